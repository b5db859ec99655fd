"""The scanner: a page whose camera stays open, and the few addresses it speaks to."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

from flask import Response, jsonify, render_template, request, url_for

from attendance.domain import windows
from attendance.domain.refusals import UnreadableTarget
from attendance.domain.windows import Timing
from attendance.door.badges import foreign_key
from attendance.door.references import parse_cause, parse_kind, parse_person, parse_target, reference_of
from attendance.door.words import when
from attendance.models import StatementCause
from attendance.pages.blueprint import blueprint
from attendance.pages.scanner_input import parse_drawn, parse_scan, parse_undo, told
from attendance.queries import meetings
from attendance.steps.scans import Answer, SentScan
from attendance.use_cases.find_expected import Found, find_expected
from attendance.use_cases.scan_badge import scan_badge
from attendance.use_cases.sign_before_agent import sign_before_agent
from attendance.use_cases.state_presence import state_presence
from attendance.use_cases.undo_scan import undo_scan
from directory.domain.permissions import Permission
from directory.pages.gates import staff
from directory.queries import badges as directory_badges
from directory.queries import venues
from foundation import ids, times
from foundation.web.access import open_to
from foundation.web.language import locale, say
from foundation.web.protection import let_the_page_use_the_camera
from foundation.web.services import current_actor, now, perform, reading

AHEAD = timedelta(hours=12)


@blueprint.get("/equipe/scanner", endpoint="scanner")
@open_to(staff(Permission.SCAN))
def show_scanner() -> str:
    """Show the scanner, at the half-day that is open now, else at the first reception desk."""
    return _page(request.args.get("target"), request.args.get("kind", "arrival"), None)


@blueprint.post("/equipe/scanner", endpoint="scan_form")
@open_to(staff(Permission.SCAN))
def scan_by_form() -> str:
    """Scan without JavaScript: a keyboard scanner types into the field, and the page says the verdict."""
    target, kind = request.form.get("target", ""), request.form.get("kind", "arrival")
    sent = {"key": str(uuid4()), "badge": request.form.get("badge", ""), "target": target, "kind": kind}
    return _page(target, kind, _scan(parse_scan(sent | {"observed_at": now().isoformat()})))


@blueprint.get("/equipe/scanner/cles", endpoint="scanner_keys")
@open_to(staff(Permission.SCAN))
def show_keys() -> Response:
    """Give the public keys, by which the browser judges a badge before it asks."""
    with reading() as db:
        keys = [
            {"number": key.number, "public_key": base64.b64encode(key.public_key).decode(), "retired": False}
            for key in directory_badges.public_keys(db)
        ]
    return jsonify({"organisation_id": str(current_actor().organisation_id), "keys": keys})


@blueprint.post("/equipe/scanner/passages", endpoint="scan")
@open_to(staff(Permission.SCAN))
def scan() -> Response:
    """Judge one scan, or what somebody without a badge has drawn before the agent."""
    body = _json()
    return jsonify(_drawn(body) if "attendee" in body else _scan(parse_scan(body)))


@blueprint.post("/equipe/scanner/annuler", endpoint="undo_scan")
@open_to(staff(Permission.SCAN))
def undo() -> Response:
    """Take back a scan of a moment ago."""
    answer = Answer(perform(undo_scan, now=now(), sent=parse_undo(_json())))
    return jsonify(told(answer, now=now(), say=say, language=locale()))


@blueprint.post("/equipe/scanner/recherche", endpoint="search_expected")
@open_to(staff(Permission.SEARCH_PEOPLE))
def search() -> Response:
    """Look for somebody by name at a door."""
    body = _json()
    target = parse_target(body.get("target"))
    found = perform(find_expected, now=now(), query=str(body.get("query", ""))[:200], target=target)
    return jsonify({"people": [_person(one) for one in found]})


@blueprint.post("/equipe/scanner/constats", endpoint="state_presence")
@open_to(staff(Permission.SCAN))
def state() -> Response:
    """Keep a statement about somebody whom a search found."""
    body = _json()
    person = parse_person(body.get("attendee"))
    kind, cause, reason = parse_kind(body.get("kind")), parse_cause(body.get("cause")), str(body.get("reason", ""))
    stated = perform(state_presence, now=now(), person=person, kind=kind, cause=cause, reason=reason)
    return jsonify({"sentence": say("statement.kept", name=stated.name, title=stated.title)})


def _json() -> Mapping[str, Any]:
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise UnreadableTarget
    return body


def _scan(sent: SentScan) -> dict[str, Any]:
    answer = perform(scan_badge, now=now(), sent=sent, foreign_key=foreign_key(sent.badge))
    return told(answer, now=now(), say=say, language=locale())


def _drawn(body: Mapping[str, Any]) -> dict[str, Any]:
    sent, person = parse_drawn(body), parse_person(body.get("attendee"))
    answer = perform(sign_before_agent, now=now(), sent=sent, person=person)
    return told(answer, now=now(), say=say, language=locale())


def _person(found: Found) -> dict[str, str]:
    expectation = found.expectation
    zone = expectation.time_zone
    state = say("search.expected")
    if found.signed_at is not None:
        state = say("search.signed", at=when(found.signed_at, zone, now=now(), say=say, language=locale()))
    elif found.is_stated:
        state = say("search.stated")
    hour = times.say_hour(times.local(expectation.starts_at, zone), locale())
    return {
        "attendee": reference_of(expectation),
        "name": found.name,
        "time": f"{hour}, {expectation.title}",
        "state": state,
    }


def _page(selected: str | None, kind: str, verdict: dict[str, Any] | None) -> str:
    let_the_page_use_the_camera()
    targets, nearest = _targets()
    known = {one["value"] for one in targets}
    return render_template(
        "attendance/scanner.html",
        targets=targets,
        selected=selected if selected in known else nearest,
        selected_kind=kind,
        verdict=verdict,
        causes=[one.value for one in StatementCause],
        scan_url=url_for("attendance.scan"),
        undo_url=url_for("attendance.undo_scan"),
        search_url=url_for("attendance.search_expected"),
        statement_url=url_for("attendance.state_presence"),
        keys_url=url_for("attendance.scanner_keys"),
        wasm_url=url_for("foundation.static", filename="vendor/zxing_reader.wasm"),
        scan_form_url=url_for("attendance.scan_form"),
    )


def _targets() -> tuple[list[dict[str, str]], str | None]:
    with reading() as db:
        desks = venues.every(db)
        near = meetings.half_days_between(db, since=now() - windows.AFTER, until=now() + AHEAD)
    targets = [
        {"group": say("door.desks"), "value": f"desk:{ids.to_text(one.id)}", "label": say("door.desk", venue=one.name)}
        for one in desks
    ]
    nearest = targets[0]["value"] if targets else None
    is_found = False
    for half_day, meeting in near:
        value = f"half_day:{ids.to_text(half_day.id)}"
        starts = when(half_day.starts_at, meeting.time_zone, now=now(), say=say, language=locale())
        title = half_day.title or meeting.title
        targets.append({"group": say("door.half_days"), "value": value, "label": f"{title}, {starts}"})
        timing = windows.timing(now(), starts_at=half_day.starts_at, ends_at=half_day.ends_at)
        # Nobody shows a badge at the door of a video room.
        at_the_door = meeting.venue_id is not None
        if not is_found and at_the_door and timing is Timing.OPEN:
            nearest, is_found = value, True
    return targets, nearest
