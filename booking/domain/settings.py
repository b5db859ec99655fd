"""What an organisation may set: bounds, and values that contradict each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from booking.domain.intervals import MINUTES_A_DAY
from booking.domain.occurrences import WeeklyHours, days_of
from booking.domain.refusals import UnfitValues

A_YEAR = timedelta(days=366)
AHEAD = timedelta(weeks=52)
"""How far the dates of a rule are written as rows."""
MOST_WEEKS_APART = 52
SEATS = (1, 500)
FARTHEST_WORKSHOP = 2 * A_YEAR

LIMITS: Mapping[str, tuple[int, int]] = {
    "duration_minutes": (1, MINUTES_A_DAY),
    "pause_minutes": (0, MINUTES_A_DAY // 3),
    "step_minutes": (1, MINUTES_A_DAY),
    "booking_notice_minutes": (0, 365 * MINUTES_A_DAY),
    "booking_horizon_minutes": (1, 2 * 365 * MINUTES_A_DAY),
    "cancel_notice_minutes": (0, 365 * MINUTES_A_DAY),
    "position": (0, 1_000_000),
}
"""The least and the most of each number of an AppointmentType."""


def refuse_unfit_type(values: Mapping[str, Any], *, only_for_workshops: str) -> None:
    """Return when the values of an AppointmentType go together; raise UnfitValues.

    `only_for_workshops` is the one channel that a workshop has.
    """
    numbers = {name: values[name] for name in LIMITS if values[name] is not None}
    wrong = {name: "api.field.out_of_range" for name, number in numbers.items() if not _within(number, *LIMITS[name])}
    channels = list(values["channels"])
    if not channels:
        wrong["channels"] = "api.field.too_few_or_too_many"
    elif len(set(channels)) < len(channels):
        wrong["channels"] = "booking.unfit.twice"
    elif values["is_workshop"] and channels != [only_for_workshops]:
        wrong["channels"] = "booking.unfit.workshop_on_site"
    if values["booking_horizon_minutes"] < values["booking_notice_minutes"]:
        wrong.setdefault("booking_horizon_minutes", "booking.unfit.horizon_before_notice")
    _refuse(wrong)


def refuse_unfit_hours(hours: WeeklyHours, type_ids: Sequence[int], *, today: date) -> None:
    """Return when a rule opens something on at least one day from about now; raise UnfitValues."""
    wrong: dict[str, str] = {}
    if not type_ids:
        wrong["type_ids"] = "api.field.too_few_or_too_many"
    elif len(set(type_ids)) < len(type_ids):
        wrong["type_ids"] = "booking.unfit.twice"
    if not _within(hours.weekday, 0, 6):
        wrong["weekday"] = "api.field.out_of_range"
    if not _within(hours.every_weeks, 1, MOST_WEEKS_APART):
        wrong["every_weeks"] = "api.field.out_of_range"
    if hours.opens_at == hours.closes_at:
        wrong["closes_at"] = "booking.unfit.closed"
    if not today - A_YEAR <= hours.first_day <= today + AHEAD:
        wrong["first_day"] = "booking.unfit.too_far"
    if hours.last_day is not None and hours.last_day < hours.first_day:
        wrong["last_day"] = "booking.unfit.ends_before"
    _refuse(wrong)
    last_day = hours.first_day + timedelta(weeks=hours.every_weeks + 1)
    if next(days_of(hours, until=last_day), None) is None:
        raise UnfitValues({"last_day": "booking.unfit.no_day"})


def refuse_unfit_span(starts_at: datetime, ends_at: datetime) -> None:
    """Return when the end comes after the start, and not more than a year after; raise UnfitValues."""
    if ends_at <= starts_at:
        raise UnfitValues({"ends_at": "booking.unfit.ends_before"})
    if ends_at - starts_at > A_YEAR:
        raise UnfitValues({"ends_at": "booking.unfit.too_long"})


def refuse_unfit_workshop(starts_at: datetime, capacity: int, *, now: datetime) -> None:
    """Return when somebody could still come to a workshop at that time; raise UnfitValues."""
    wrong: dict[str, str] = {}
    if starts_at <= now:
        wrong["starts_at"] = "booking.unfit.past"
    elif starts_at > now + FARTHEST_WORKSHOP:
        wrong["starts_at"] = "booking.unfit.too_far"
    elif not is_whole_minute(starts_at):
        wrong["starts_at"] = "booking.unfit.seconds"
    if not _within(capacity, *SEATS):
        wrong["capacity"] = "api.field.out_of_range"
    _refuse(wrong)


def refuse_seconds(starts_at: datetime) -> None:
    """Return when a start is a whole minute, as everything in a diary is; raise UnfitValues."""
    if not is_whole_minute(starts_at):
        raise UnfitValues({"starts_at": "booking.unfit.seconds"})


def is_whole_minute(instant: datetime) -> bool:
    """Say whether nothing is left beyond the minute."""
    return instant.second == 0 and instant.microsecond == 0


def _within(number: int, least: int, most: int) -> bool:
    return least <= number <= most


def _refuse(wrong: dict[str, str]) -> None:
    if wrong:
        raise UnfitValues(wrong)
