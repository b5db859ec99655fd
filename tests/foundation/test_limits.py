"""Coarse limits: a flood is answered 429 with the time to wait; a building with many scanners is no flood."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from foundation.web.api.operations import PROBLEM
from foundation.web.limits import network
from tests.api import asking, key
from tests.house import House, config_for


@pytest.fixture
def limited(furnished_sqlite: Path, tmp_path: Path) -> Iterator[House]:
    """A house that takes five requests a minute of one caller."""
    path = tmp_path / "limited.sqlite3"
    path.write_bytes(furnished_sqlite.read_bytes())
    with House(replace(config_for(f"sqlite:///{path}"), requests_a_minute=5)) as built:
        yield built


def test_beyond_the_limit_a_program_is_told_when_to_come_back(limited: House) -> None:
    program = asking(limited, key(limited))
    answers = [program.get("/venues") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    refused = answers[-1]
    assert refused.mimetype == PROBLEM
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.get_json()["code"] == "http-429"


def test_a_person_sees_a_page_that_says_so(limited: House) -> None:
    browser = limited.client()
    answers = [browser.get("/") for _ in range(6)]
    assert answers[-1].status_code == 429
    assert "une minute" in answers[-1].get_data(as_text=True)
    assert int(answers[-1].headers["Retry-After"]) <= 60


def test_two_keys_of_one_network_are_counted_apart(limited: House) -> None:
    first, second = asking(limited, key(limited)), asking(limited, key(limited))
    assert [first.get("/venues").status_code for _ in range(6)][-1] == 429
    assert second.get("/venues").status_code == 200


def test_showing_a_new_key_each_time_does_not_help_a_flood(limited: House) -> None:
    answers = [asking(limited, f"invented {number}").get("/venues").status_code for number in range(51)]
    assert set(answers[:50]) == {401}
    assert answers[50] == 429


def test_whoever_has_no_address_is_counted_too(limited: House, caplog: pytest.LogCaptureFixture) -> None:
    # So it is behind a proxy that speaks over a Unix socket.
    browser = limited.client()
    answers = [browser.get("/", environ_overrides={"REMOTE_ADDR": ""}).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]
    assert not caplog.records


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3::7", "2001:db8:1:2::/64"),
        # How a server that listens on `::` sees IPv4: all of it lies in one /64.
        ("::ffff:192.0.2.7", "192.0.2.7"),
    ],
)
def test_a_network_is_an_ipv4_address_or_a_64th_of_ipv6(sqlite_house: House, address: str, counted: str) -> None:
    with sqlite_house.app.test_request_context("/", environ_overrides={"REMOTE_ADDR": address}):
        assert network() == counted


def test_static_files_and_the_health_page_do_not_count(limited: House) -> None:
    browser = limited.client()
    for _ in range(8):
        with browser.get("/static/foundation/paraphe.css") as answer:
            assert answer.status_code == 200
        assert browser.get("/healthz").status_code == 200


def test_without_a_limit_nobody_is_counted(sqlite_house: House) -> None:
    program = asking(sqlite_house, key(sqlite_house))
    assert {program.get("/venues").status_code for _ in range(20)} == {200}
