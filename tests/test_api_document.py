"""The API's own description: valid, complete, readable, and kept to by every answer that a tester could think of."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import select

from directory.domain.permissions import Permission
from directory.models import Badge
from directory.queries import badges
from foundation.web.api.document import described
from foundation.web.api.reading import subjects
from tests.api import asking, key
from tests.house import OPERATOR_KEY, House
from tests.servers.web import serving
from tests.test_api_access import PROVEN_BY_THE_BODY, Ours

OPERATIONS = {"get", "post", "patch", "put", "delete"}
CONFIG = Path(__file__).parent / "schemathesis.toml"
HOOKS = Path(__file__).parent / "schemathesis_hooks.py"


def operations(app: Flask) -> list[tuple[str, str, dict[str, Any]]]:
    """Every operation of the document: method, path, description."""
    return [
        (method.upper(), path, told)
        for path, ways in described(app)["paths"].items()
        for method, told in ways.items()
        if method in OPERATIONS
    ]


def test_the_document_is_valid_openapi_3_1(sqlite_house: House) -> None:
    answer = asking(sqlite_house, None).get("/openapi.json")
    assert answer.status_code == 200
    document = answer.get_json()
    assert document["openapi"] == "3.1.0"
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_the_document_describes_every_route_of_the_api_and_no_other(sqlite_house: House) -> None:
    app = sqlite_house.app
    routed = {
        (method, rule.rule.replace("<id:", "{").replace("<", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and not rule.endpoint.startswith("api.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert {(method, path) for method, path, _ in operations(app)} == routed
    assert len(routed) > 50


def test_every_operation_says_who_may_and_how_it_refuses(sqlite_house: House) -> None:
    for method, path, told in operations(sqlite_house.app):
        assert told["summary"], (method, path)
        assert len(told["security"]) == (0 if path in PROVEN_BY_THE_BODY else 1), (method, path)
        assert {"400", "401", "403", "404", "422", "429"} <= set(told["responses"]), (method, path)
        if method != "GET":
            assert {"409", "415"} <= set(told["responses"]), (method, path)


def test_the_page_shows_every_operation_without_a_script(sqlite_house: House) -> None:
    answer = sqlite_house.client().get("/api/v1/")
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "<script" not in text
    for method, path, _ in operations(sqlite_house.app):
        assert f"<code>{method} {path}</code>" in text
    shown = sum(len(subject.ways) for subject in subjects(described(sqlite_house.app)))
    assert shown == len(operations(sqlite_house.app))


def question(house: House, ours: Ours, text: str, folder: Path, *narrowed: str) -> subprocess.CompletedProcess[str]:
    """Have schemathesis read the document and ask everything, knowing what is there."""
    known = {**ours.ids, "hold": ours.hold.token, "token": ours.hold.token, "badge": badge_of(house)}
    environment = {
        **os.environ,
        "PARAPHE_TEST_HOOKS": str(HOOKS),
        "PARAPHE_TEST_WORLD": json.dumps(known),
        "PARAPHE_TEST_KEY": text,
        "PARAPHE_TEST_SIGN": ours.tokens["/signer/"],
        "PARAPHE_TEST_COUNTERSIGN": ours.tokens["/contresigner/"],
        "PARAPHE_TEST_OPERATOR": OPERATOR_KEY,
    }
    tester = Path(sys.executable).parent / "schemathesis"
    with serving(house.app) as url:
        return subprocess.run(  # noqa: S603 - our own command
            [str(tester), "--config-file", str(CONFIG), "run", f"{url}/api/v1/openapi.json", *narrowed],
            env=environment,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )


def badge_of(house: House) -> str:
    """What the QR of somebody's badge says."""
    with house.database.reading(house.organisation.id) as db:
        return badges.text_of(db, db.scalars(select(Badge)).first() or Badge(), house.keys)


def test_a_tester_who_reads_the_document_finds_no_answer_that_it_does_not_allow(house: House, tmp_path: Path) -> None:
    ours = Ours(house)
    run = question(house, ours, key(house), tmp_path)
    assert run.returncode == 0, run.stdout[-12_000:] + run.stderr[-2000:]
    (tested,) = re.findall(r"Tested: (\d+)", run.stdout)
    (links,) = re.findall(r"API Links: +(\d+) covered", run.stdout)
    (asked,) = re.findall(r"(\d+) generated", run.stdout)
    assert int(tested) == len(operations(house.app))
    assert int(links) >= 10, "what one answer has told was followed by the next question"
    assert int(asked) > 3000


def test_nor_does_one_who_holds_a_scanner(house: House, tmp_path: Path) -> None:
    ours = Ours(house)
    scanner = key(house, Permission.SCAN, Permission.SEARCH_PEOPLE, Permission.SEE_DAY, device=ours.device)
    narrowed = [f"--include-path=/api/v1/{path}" for path in ("scans", "statements", "expected/search")]
    run = question(house, ours, scanner, tmp_path, "--phases=examples,coverage,fuzzing", *narrowed)
    assert run.returncode == 0, run.stdout[-12_000:] + run.stderr[-2000:]
