"""Dates and hours as people say them, in their language and in the zone of the place."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date

from foundation.wording import Say


def local(instant: datetime, zone: str) -> datetime:
    """Return the wall-clock time of `instant` in an IANA zone."""
    return instant.astimezone(ZoneInfo(zone))


@lru_cache(maxsize=4096)  # a week of slots says each of its days a hundred times
def say_day(day: date, language: str) -> str:
    """Return «mardi 14 avril» or “Tuesday 14 April”; the first of the month is «1er» in French."""
    text = format_date(day, "EEEE d MMMM", locale="fr" if language == "fr" else "en_GB")
    return text.replace(" 1 ", " 1er ") if language == "fr" else text


def say_day_and_year(day: date, language: str) -> str:
    """Return the day with its year."""
    return f"{say_day(day, language)} {day.year}"


def say_hour(instant: datetime, language: str) -> str:
    """Return «9 h 30», «9 h» or “9:30”, of a wall-clock time."""
    if language == "fr":
        # No-break spaces, so that an hour is never cut in two.
        return f"{instant.hour}\u00a0h" + (f"\u00a0{instant.minute:02}" if instant.minute else "")
    return f"{instant.hour}:{instant.minute:02}"


def say_moment(instant: datetime, zone: str, say: Say, language: str) -> str:
    """Return «mardi 14 avril à 9 h 30» in the zone of the place."""
    there = local(instant, zone)
    return say("time.moment", day=say_day(there.date(), language), hour=say_hour(there, language))
