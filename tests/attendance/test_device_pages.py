"""The pages of an enrolled device hold nothing of anybody, and everything that they need to open without a network."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from flask.testing import FlaskClient

from attendance.pages import device as pages
from tests.attendance.scene import training
from tests.house import House

PAGES = ("/appareil", "/appareil/enroler")


def shell(client: FlaskClient, address: str = "/appareil/sw.js", **headers: str) -> dict[str, Any]:
    """What the service worker keeps, and under which version."""
    found = re.search(r"const SHELL = (\{.*\});", client.get(address, headers=headers).text)
    assert found is not None
    read: dict[str, Any] = json.loads(found.group(1))
    return read


def fetched(client: FlaskClient, address: str) -> tuple[int, str, bytes]:
    """What is answered; a file is closed."""
    with client.get(address) as answer:
        return answer.status_code, str(answer.mimetype), bytes(answer.data)


def named_in(client: FlaskClient, address: str) -> set[str]:
    """Every address that a page, a sheet of style or a module names."""
    text = fetched(client, address)[2].decode()
    patterns: tuple[str, ...] = (
        r'(?:href|src)="([^"#]+)',
        r'url\("([^"]+)"\)',
        r'(?:from|import) "(\.[^"]+)"',
        r'import\("(\.[^"]+)"\)',
    )
    patterns += (r'data-(?:wasm|ed25519)-url="([^"]+)"',)
    return {urlsplit(urljoin(address, one)).path for pattern in patterns for one in re.findall(pattern, text)}


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_the_same_for_everybody_and_names_nobody(sqlite_house: House, address: str) -> None:
    house = sqlite_house
    training(house)
    stranger = house.client().get(address)
    known = house.client()
    house.log_in(known, house.agents[0])
    assert stranger.status_code == 200
    assert known.get(address).text == stranger.text
    for name in ("Lefèvre", "Nadia", "Maison des Solidarités", "csrf"):
        assert name not in stranger.text


def test_everything_that_the_pages_load_is_kept_by_the_worker(sqlite_house: House) -> None:
    client = sqlite_house.client()
    kept = set(shell(client)["files"])
    missing, seen = set(), set()
    waiting = list(PAGES)
    while waiting:
        address = waiting.pop()
        seen.add(address)
        for one in named_in(client, address) - seen:
            if fetched(client, one)[0] == 200 and one not in kept and one not in {"/", "/appareil/borne"}:
                missing.add(one)
            elif re.search(r"\.(js|css)$", one):
                waiting.append(one)
    assert missing == set()
    assert "/static/attendance/device/sending.js" in seen
    for address in kept:
        assert fetched(client, address)[0] == 200, address


def test_the_worker_may_serve_the_scanner_and_nothing_above_it(sqlite_house: House) -> None:
    answer = sqlite_house.client().get("/appareil/sw.js")
    assert answer.headers["Service-Worker-Allowed"] == "/appareil"
    assert answer.mimetype == "text/javascript"
    assert "no-cache" in answer.headers["Cache-Control"]
    assert "worker-src 'self'" in answer.headers["Content-Security-Policy"]
    manifest = sqlite_house.client().get("/appareil/manifest.webmanifest")
    assert manifest.mimetype == "application/manifest+json"
    told = manifest.get_json()
    assert (told["scope"], told["start_url"], told["display"]) == ("/appareil", "/appareil", "standalone")
    for icon in told["icons"]:
        assert fetched(sqlite_house.client(), icon["src"])[:2] == (200, "image/png")


def test_the_version_is_another_when_one_byte_or_one_word_is(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = sqlite_house.client()
    first = shell(client)
    assert shell(client) == first, "or the device would fetch everything at each opening"
    assert shell(client, **{"Accept-Language": "en"})["version"] != first["version"]
    monkeypatch.setattr(pages, "_OF_FOUNDATION", pages._OF_FOUNDATION[1:])
    assert shell(client)["version"] != first["version"]


def test_only_the_module_sends_in_the_background(sqlite_house: House) -> None:
    client = sqlite_house.client()
    assert client.get("/appareil/sw.js?envoi").text.startswith('import "/static/attendance/device/background.js";')
    assert "import" not in client.get("/appareil/sw.js").text


def test_the_scanner_may_use_the_camera_and_where_one_enrols_may_not(sqlite_house: House) -> None:
    client = sqlite_house.client()
    assert "camera=(self)" in client.get("/appareil").headers["Permissions-Policy"]
    assert "camera=()" in client.get("/appareil/enroler").headers["Permissions-Policy"]
