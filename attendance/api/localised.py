"""What queries return, as the API writes it: plain dictionaries, each time with the offset of its place."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any

from foundation import times


def localised(value: Any, zone: str) -> Any:
    """Return a view (dataclasses in tuples in dataclasses) as dictionaries and lists, its times in an IANA zone."""
    if isinstance(value, datetime):
        return times.local(value, zone)
    if is_dataclass(value) and not isinstance(value, type):
        return {one.name: localised(getattr(value, one.name), zone) for one in fields(value)}
    if isinstance(value, tuple | list):
        return [localised(one, zone) for one in value]
    return value
