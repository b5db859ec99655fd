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
_told: set[str] = set()


@schemathesis.hook  # type: ignore[untyped-decorator, unused-ignore]
def before_call(context: Any, case: Any, kwargs: Any) -> None:
    """Put ids of things that are there where ids are."""
    for part in (case.path_parameters, case.query, case.body):
        _make_real(part)


@schemathesis.hook  # type: ignore[untyped-decorator, unused-ignore]
def after_call(context: Any, case: Any, response: Any) -> None:
    """Remember what the answer has told."""
    if response is not None and response.status_code in {200, 201}:
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
    if value in _told:
        return value
    if name in {"hold", "token", "badge"} and value:
        return _KNOWN.get(name, value)
    if not isinstance(value, str) or not _ID.fullmatch(value):
        return value
    known = [table for table in _KNOWN if re.search(rf"(^|_){table}_ids?$", name)]
    return _KNOWN[max(known, key=len)] if known else value
