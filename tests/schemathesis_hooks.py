"""What the tester of the API knows of the world: real ids in place of invented ones, so that it gets past «not found».

Loaded by schemathesis. Ids that an answer has told are left alone: those are what its stateful phase follows.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any

import schemathesis

_ID = re.compile(r"[0-7][0-9a-hjkmnp-tv-z]{12}")
_KNOWN: dict[str, str] = json.loads(os.environ.get("PARAPHE_TEST_WORLD", "{}"))
_LIKELY = {
    "time_zone": "Europe/Paris",
    "region": "FR",
    "phone": "06 39 98 00 01",
    "starts_at": "2026-04-14T09:00:00+02:00",
    "ends_at": "2026-04-14T10:00:00+02:00",
    "until": "2026-05-14T10:00:00+02:00",
    "expires_at": "2026-12-31T00:00:00Z",
    "observed_at": "2026-04-13T09:00:00+02:00",
    "opens_at": "09:00",
    "closes_at": "12:00",
    "first_day": "2026-04-13",
    "last_day": "2026-12-31",
    "siret": "81234567800023",
}
"""Good values where a text of the right form is awaited: what makes them good, a schema cannot say."""
_ENDINGS = ("/retirement", "/revocation", "/cancellation", "/closing")
_FORMS = {"at": r"[\dT:.+-]+Z?|\d\d:\d\d", "day": r"\d{4}-\d\d-\d\d"}
_told: set[str] = set()


@schemathesis.hook  # type: ignore[untyped-decorator, unused-ignore]
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Put ids of things that are there where ids are; what ends a thing is left to things the tester has made."""
    parts = (case.query, case.body) if case.path.endswith(_ENDINGS) else (case.path_parameters, case.query, case.body)
    for part in parts:
        _make_real(part)


@schemathesis.hook  # type: ignore[untyped-decorator, unused-ignore]
def after_call(context: Any, case: Any, response: Any) -> None:
    """Remember what the answer has told."""
    kind = response.headers.get("content-type", [""])[0] if response is not None else ""
    if kind == "application/json":
        _told.update(re.findall(r'"([\w-]{13,})"', response.text))


def _make_real(part: Any) -> None:
    if isinstance(part, list):
        for one in part:
            _make_real(one)
    if not isinstance(part, dict):
        return
    for name, value in part.items():
        if isinstance(value, list) and name.endswith("_ids"):
            part[name] = [_real(name, one) for one in value]
        elif isinstance(value, str):
            part[name] = _real(name if name != "id" else _door(part), value)
        else:
            _make_real(value)


def _door(target: dict[str, Any]) -> str:
    return "half_day_id" if target.get("kind") == "half-day" else "venue_id"


def _real(name: str, value: Any) -> Any:
    if not isinstance(value, str) or value in _told:
        return value
    if name in _LIKELY and _is_of_its_form(name, value):
        return _LIKELY[name]
    if name in {"hold", "token", "badge"} and value:
        return _KNOWN.get(name, value)
    if not _ID.fullmatch(value):
        return value
    known = [table for table in _KNOWN if re.search(rf"(^|_){table}_ids?$", name)]
    return _KNOWN[max(known, key=len)] if known else value


def _is_of_its_form(name: str, value: str) -> bool:
    # What was made wrong on purpose stays wrong.
    form = _FORMS.get(name.partition("_")[2], r"[^\0]+")
    return len(value) <= len(_LIKELY[name]) + 12 and re.fullmatch(form, value) is not None
