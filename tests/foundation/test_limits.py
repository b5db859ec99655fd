"""Coarse limits: a flood is answered 429 with the time to wait; a building with many scanners is no flood."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from werkzeug.test import TestResponse

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


def until_refused(ask: Callable[[int], TestResponse], *, least: int = 5) -> TestResponse:
    """Ask until it is too much, and return that answer: no sooner than after `least`, and soon after.

    Not exactly after: the window slides, and a minute of the machine may end in between.
    """
    for number in range(2 * least + 2):
        answer = ask(number)
        if answer.status_code == 429:
            assert number >= least
            return answer
    raise AssertionError("nobody was refused")


def test_beyond_the_limit_a_program_is_told_when_to_come_back(limited: House) -> None:
    program = asking(limited, key(limited))
    refused = until_refused(lambda _: program.get("/venues"))
    assert refused.mimetype == PROBLEM
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert refused.get_json()["code"] == "http-429"


def test_a_person_sees_a_page_that_says_so(limited: House) -> None:
    browser = limited.client()
    refused = until_refused(lambda _: browser.get("/"))
    assert "une minute" in refused.get_data(as_text=True)
    assert int(refused.headers["Retry-After"]) <= 60


def test_two_keys_of_one_network_are_counted_apart(limited: House) -> None:
    first, second = asking(limited, key(limited)), asking(limited, key(limited))
    until_refused(lambda _: first.get("/venues"))
    assert second.get("/venues").status_code == 200


def test_showing_a_new_key_each_time_does_not_help_a_flood(limited: House) -> None:
    until_refused(lambda number: asking(limited, f"invented {number}").get("/venues"), least=50)


def test_whoever_has_no_address_is_counted_too(limited: House, caplog: pytest.LogCaptureFixture) -> None:
    # So it is behind a proxy that speaks over a Unix socket.
    browser = limited.client()
    until_refused(lambda _: browser.get("/", environ_overrides={"REMOTE_ADDR": ""}))
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
