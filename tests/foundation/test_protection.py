"""What every answer carries, and where a form may come from."""

from __future__ import annotations

import gzip
import logging

import pytest
from flask import Response

from foundation.web import errors
from tests.house import House

ADDRESS = "/o/maison-des-solidarites"
SOMEBODY = "zoe@exemple.fr"


def test_every_page_forbids_scripts_of_others_frames_and_referrers(sqlite_house: House) -> None:
    headers = sqlite_house.client().get(ADDRESS).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "camera=()" in headers["Permissions-Policy"]


def test_only_the_scanner_page_may_use_the_camera_and_webassembly(sqlite_house: House) -> None:
    client = sqlite_house.client()
    sqlite_house.log_in(client, sqlite_house.agents[0])
    headers = client.get("/equipe/scanner").headers
    assert "'wasm-unsafe-eval'" in headers["Content-Security-Policy"]
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert "wasm" not in client.get("/equipe/jour").headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://exemple.org"},
        {"Origin": "http://localhost:1"},
    ],
)
def test_a_form_sent_from_another_site_is_refused_even_without_a_cookie(
    sqlite_house: House, headers: dict[str, str]
) -> None:
    answer = sqlite_house.client().post("/langue", data={"language": "en"}, headers=headers)
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers


def test_public_pages_set_no_cookie_and_the_language_is_the_only_one_ever(sqlite_house: House) -> None:
    client = sqlite_house.client()
    assert "Set-Cookie" not in client.get(ADDRESS).headers
    answer = client.post("/langue", data={"language": "en", "next": ADDRESS})
    assert answer.headers["Set-Cookie"].startswith("langue=en;")
    assert 'lang="en"' in client.get(ADDRESS).get_data(as_text=True)


@pytest.mark.parametrize("target", ["https://exemple.org", "//exemple.org", "/\\exemple.org"])
def test_the_choice_of_language_never_leads_to_another_site(sqlite_house: House, target: str) -> None:
    answer = sqlite_house.client().post("/langue", data={"language": "en", "next": target})
    assert answer.headers["Location"] == "/"


def test_the_browsers_language_is_spoken_and_french_otherwise(sqlite_house: House) -> None:
    client = sqlite_house.client()
    assert 'lang="en"' in client.get(ADDRESS, headers={"Accept-Language": "en-GB"}).get_data(as_text=True)
    assert 'lang="fr"' in client.get(ADDRESS, headers={"Accept-Language": "de"}).get_data(as_text=True)


@pytest.mark.parametrize(
    ("method", "address", "status"),
    [("GET", "/rien", 404), ("GET", "/o/rien", 404), ("GET", "/rdv/rien", 404), ("DELETE", ADDRESS, 405)],
)
def test_a_wrong_address_is_a_page_for_people_and_problem_details_for_programs(
    sqlite_house: House, method: str, address: str, status: int
) -> None:
    client = sqlite_house.client()
    page = client.open(address, method=method, headers={"Accept": "text/html"})
    assert page.status_code == status
    assert "<h1" in page.get_data(as_text=True)
    problem = client.open(address, method=method, headers={"Accept": "application/json"})
    assert problem.status_code == status
    assert problem.mimetype == "application/problem+json"
    assert problem.json is not None
    assert problem.json["status"] == status
    assert problem.json["detail"]
    if status == 405:
        assert "GET" in problem.headers["Allow"]


def test_a_bug_is_a_calm_page_without_a_trace_and_without_the_requests_contents(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**_: object) -> str:
        raise RuntimeError(SOMEBODY)

    monkeypatch.setitem(sqlite_house.app.view_functions, "foundation.choose_language", _open(broken))
    with caplog.at_level(logging.ERROR):
        answer = sqlite_house.client().post("/langue", data={"language": "secret words"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 500
    assert "Traceback" not in text
    assert "broken" not in text
    assert "secret words" not in caplog.text
    assert SOMEBODY not in caplog.text
    assert "RuntimeError" in caplog.text
    assert "test_protection.py" in caplog.text, "where it broke is told"


def test_a_bug_while_a_bug_is_told_leaves_no_address_in_the_log_either(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    whole = errors.page

    def broken(status: int, title: str, sentence: str) -> Response:
        if status == 404:
            raise RuntimeError(SOMEBODY)
        return whole(status, title, sentence)

    monkeypatch.setattr(errors, "page", broken)
    with caplog.at_level(logging.ERROR):
        assert sqlite_house.client().get("/rdv/secret-token").status_code == 500
    assert "secret-token" not in caplog.text
    assert SOMEBODY not in caplog.text
    assert "test_protection.py" in caplog.text


def _open(view: object) -> object:
    from foundation.web.access import everyone, open_to  # noqa: PLC0415

    return open_to(everyone)(view)  # type: ignore[type-var]


def test_a_body_that_is_too_large_is_refused_with_a_sentence(sqlite_house: House) -> None:
    answer = sqlite_house.client().post("/langue", data={"language": "x" * 1_100_000})
    assert answer.status_code == 413
    assert "trop lourd" in answer.get_data(as_text=True)


def test_static_files_leave_compressed_for_whoever_asks_and_are_not_sent_twice(sqlite_house: House) -> None:
    client, address = sqlite_house.client(), "/static/foundation/paraphe.css"
    plain = client.get(address, buffered=True)
    small = client.get(address, headers={"Accept-Encoding": "gzip"}, buffered=True)
    assert gzip.decompress(small.get_data()) == plain.get_data()
    assert len(small.get_data()) < len(plain.get_data()) / 2
    cached = {"Accept-Encoding": "gzip", "If-None-Match": small.headers["ETag"]}
    again = client.get(address, headers=cached, buffered=True)
    assert again.status_code == 304
    page = client.get(ADDRESS, headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in page.headers
