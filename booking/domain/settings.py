"""What an organisation may set: bounds, and values that contradict each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from booking.domain.intervals import MINUTES_A_DAY
from booking.domain.occurrences import Away, Hours, Recurrence, Repeats
from booking.domain.refusals import UnfitValues

LONGEST = 7 * MINUTES_A_DAY
"""An appointment of several people with its pause, in minutes: how far back a search looks."""
A_YEAR = timedelta(days=366)
AHEAD = timedelta(weeks=52)
"""How far the dates of a rule are written as rows."""
MOST_APART = {Repeats.ONCE: 1, Repeats.WEEKLY: 52, Repeats.MONTHLY: 12}
"""In weeks, or in months."""
SEATS = (1, 500)
FARTHEST_WORKSHOP = 2 * A_YEAR

LIMITS: Mapping[str, tuple[int, int]] = {
    "duration_minutes": (1, MINUTES_A_DAY),
    "pause_minutes": (0, MINUTES_A_DAY // 3),
    "step_minutes": (1, MINUTES_A_DAY),
    "booking_notice_minutes": (0, 365 * MINUTES_A_DAY),
    "booking_horizon_minutes": (1, 2 * 365 * MINUTES_A_DAY),
    "cancel_notice_minutes": (0, 365 * MINUTES_A_DAY),
    "agents_needed": (1, 3),
    "most_people": (1, 20),
    "most_a_day": (1, 1_000),
    "most_a_week": (1, 5_000),
    "person_most_a_day": (1, 100),
    "person_most_a_week": (1, 100),
    "offer_minutes": (10, 2 * MINUTES_A_DAY),
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
    for scope in ("", "person_"):
        a_day, a_week = values[f"{scope}most_a_day"], values[f"{scope}most_a_week"]
        if a_day is not None and a_week is not None and a_week < a_day:
            wrong.setdefault(f"{scope}most_a_week", "booking.unfit.week_below_day")
    times = 1 if values["people_share_time"] else values["most_people"]
    if values["duration_minutes"] * times + values["pause_minutes"] > LONGEST:
        wrong.setdefault("most_people", "booking.unfit.too_long")
    _refuse(wrong)


def refuse_unfit_hours(recurrence: Recurrence, hours: Hours, type_ids: Sequence[int], *, today: date) -> None:
    """Return when a rule opens something on at least one day from about now; raise UnfitValues."""
    wrong = _faults_of_recurrence(recurrence, today=today)
    if not type_ids:
        wrong["type_ids"] = "api.field.too_few_or_too_many"
    elif len(set(type_ids)) < len(type_ids):
        wrong["type_ids"] = "booking.unfit.twice"
    if not _within(hours.opens, 0, MINUTES_A_DAY - 1):
        wrong["opens_at"] = "api.field.out_of_range"
    if not _within(hours.closes, 0, MINUTES_A_DAY):
        wrong["closes_at"] = "api.field.out_of_range"
    elif hours.opens == hours.closes:
        wrong["closes_at"] = "booking.unfit.closed"
    _refuse(wrong)
    refuse_no_day(recurrence)


def refuse_unfit_recurrence(recurrence: Recurrence, *, today: date) -> None:
    """Return when a rule falls on at least one day from about now; raise UnfitValues."""
    _refuse(_faults_of_recurrence(recurrence, today=today))
    refuse_no_day(recurrence)


def refuse_no_day(recurrence: Recurrence) -> None:
    """Return when the rule falls on a day at all; raise UnfitValues."""
    # The day number of a month may be missing from eleven of twelve, but comes again within four years.
    far = recurrence.first_day + timedelta(days=4 * 366 if recurrence.repeats is Repeats.MONTHLY else 2 * 366)
    if next(recurrence.days(until=far), None) is None:
        raise UnfitValues({"last_day": "booking.unfit.no_day"})


def refuse_no_day_left(recurrence: Recurrence, *, today: date) -> None:
    """Return when the rule may still fall on a day from `today` on; raise UnfitValues."""
    if recurrence.repeats is Repeats.ONCE and recurrence.first_day < today:
        raise UnfitValues({"first_day": "booking.unfit.past"})
    if recurrence.last_day is not None and recurrence.last_day < today:
        raise UnfitValues({"last_day": "booking.unfit.past"})


def _faults_of_recurrence(recurrence: Recurrence, *, today: date) -> dict[str, str]:
    wrong: dict[str, str] = {}
    if (recurrence.repeats is Repeats.WEEKLY) != bool(recurrence.weekdays):
        wrong["weekdays"] = "booking.unfit.weekdays"
    elif not all(_within(weekday, 0, 6) for weekday in recurrence.weekdays):
        wrong["weekdays"] = "api.field.out_of_range"
    if not _within(recurrence.every, 1, MOST_APART[recurrence.repeats]):
        wrong["every"] = "api.field.out_of_range"
    if not today - A_YEAR <= recurrence.first_day <= today + AHEAD:
        wrong["first_day"] = "booking.unfit.too_far"
    if recurrence.last_day is not None and recurrence.last_day < recurrence.first_day:
        wrong["last_day"] = "booking.unfit.ends_before"
    return wrong


def refuse_unfit_span(starts_at: datetime, ends_at: datetime) -> None:
    """Return when the end comes after the start, and not more than a year after; raise UnfitValues."""
    if ends_at <= starts_at:
        raise UnfitValues({"ends_at": "booking.unfit.ends_before"})
    if ends_at - starts_at > A_YEAR:
        raise UnfitValues({"ends_at": "booking.unfit.too_long"})


def refuse_unfit_absence(recurrence: Recurrence, away: Away, *, starts_on: date, today: date) -> None:
    """Return when `starts_on` is the first date of a rule of absence, and none lasts too long; raise UnfitValues."""
    refuse_unfit_away(away)
    if recurrence.repeats is not Repeats.ONCE:
        refuse_unfit_recurrence(recurrence, today=today)
    if next(recurrence.days(until=starts_on), None) != starts_on:
        raise UnfitValues({"starts_at": "booking.unfit.first_date"})


def refuse_unfit_away(away: Away) -> None:
    """Return when an absence lasts no longer than a year on the wall clock; raise UnfitValues."""
    if away.days > A_YEAR.days:
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


def refuse_unfit_seats(capacity: int) -> None:
    """Return when a workshop may have so many seats; raise UnfitValues."""
    if not _within(capacity, *SEATS):
        raise UnfitValues({"capacity": "api.field.out_of_range"})


def refuse_unfit_hour(starts_minute: int) -> None:
    """Return when a day has such a minute; raise UnfitValues."""
    if not _within(starts_minute, 0, MINUTES_A_DAY - 1):
        raise UnfitValues({"starts_at": "api.field.out_of_range"})


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
