"""What people type into a spreadsheet for a day or an hour; ValueError for the rest."""

from __future__ import annotations

import re
from datetime import date

YEARS = range(2000, 2200)
_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", flags=re.ASCII)
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})", flags=re.ASCII)
_HOUR = re.compile(r"(\d{1,2}) ?(?:[:hH] ?(\d{2})(?::00)?|[hH])", flags=re.ASCII)


def parse_day(text: str) -> date:
    """Return the day of «14/04/2026» or «2026-04-14»."""
    if found := _ISO_DAY.fullmatch(text):
        year, month, day = found.groups()
    elif found := _DAY.fullmatch(text):
        day, month, year = found.groups()
    else:
        raise ValueError(text)
    if int(year) not in YEARS:
        raise ValueError(text)
    return date(int(year), int(month), int(day))


def parse_hour(text: str) -> int:
    """Return the minutes since midnight of «9:30», «9h30», «09:30», «9 h» or «24:00»."""
    found = _HOUR.fullmatch(text)
    if found is None:
        raise ValueError(text)
    hour, minute = int(found.group(1)), int(found.group(2) or 0)
    if minute > 59 or hour * 60 + minute > 24 * 60:  # noqa: PLR2004 - an hour's last minute
        raise ValueError(text)
    return hour * 60 + minute
