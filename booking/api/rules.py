"""How a rule that repeats is said: of opening, of absence, of a series of workshops."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from booking.domain.occurrences import Recurrence, Repeats
from booking.domain.settings import refuse_unfit_span
from booking.models import Recurring
from booking.queries.unserved import MOST_IDS
from foundation.web.api.fields import Choice, Day, Flag, HouseSchema, Identifier, Instant, Several, Whole

_MOST_APART = 52
_FOUR_WEEKS = timedelta(weeks=4)
_FIELDS = ("repeats", "first_day", "last_day", "every", "weekdays")


class RuleBody(HouseSchema):
    """On which days: once; on weekdays every `every` weeks; on the day of the month every `every` months."""

    repeats = Choice(Repeats, load_default=Repeats.WEEKLY)
    every = Whole(
        least=1,
        most=_MOST_APART,
        load_default=1,
        metadata={"description": "Weeks, counted from the Monday of the first day's week, or months."},
    )
    weekdays = Several(
        Whole(least=0, most=6),
        most=7,
        load_default=list,
        metadata={"description": "Monday is 0; for weekly rules alone.", "example": [1, 3]},
    )
    first_day = Day(required=True)
    last_day = Day(load_default=None, allow_none=True, metadata={"description": "Included; null: no end."})


class RuleChanges(HouseSchema):
    """What is to be different; the rest stays. With `since`, one of the dates to come, a new rule begins there.

    What has begun, what is booked and the dates that were set by hand stay as they are.
    """

    since = Day(load_default=None, allow_none=True)
    repeats = Choice(Repeats)
    every = Whole(least=1, most=_MOST_APART)
    weekdays = Several(Whole(least=0, most=6), most=7)
    first_day = Day()
    last_day = Day(allow_none=True)


class RuleAnswer(HouseSchema):
    """On which days, and up to which of them the dates are written."""

    repeats = Choice(Repeats, required=True)
    every = Whole(least=1, most=_MOST_APART, required=True)
    weekdays = Several(Whole(least=0, most=6), most=7, required=True)
    first_day = Day(required=True)
    last_day = Day(required=True, allow_none=True)
    written_until = Day(required=True)


def recurrence_of(body: dict[str, Any]) -> Recurrence:
    """Take the days of a rule out of a body."""
    said = {name: body.pop(name) for name in _FIELDS}
    return Recurrence(**{**said, "weekdays": frozenset(said["weekdays"])})


def changes_of(body: dict[str, Any]) -> dict[str, Any]:
    """Return the changes of a rule as its use case takes them."""
    return {name: frozenset(value) if name == "weekdays" else value for name, value in body.items()}


def told_rule(rule: Recurring) -> dict[str, Any]:
    """Return the days of a rule as they are answered."""
    known = rule.recurrence
    return {
        **{name: getattr(known, name) for name in _FIELDS},
        "weekdays": sorted(known.weekdays),
        "written_until": rule.written_until,
    }


class UnservedIds(HouseSchema):
    """What is booked and to come, and lies outside of the opening hours or in an absence by now: nothing touches it."""

    count = Whole(required=True)
    appointment_ids = Several(Identifier(), most=MOST_IDS, required=True)
    workshop_ids = Several(Identifier(), most=MOST_IDS, required=True)


class DatesAsked(HouseSchema):
    """Which dates: those that share some time with `[since, until)`, four weeks from now by default, a year at most."""

    since = Instant(load_default=None)
    until = Instant(load_default=None)


class RuleDateBody(HouseSchema):
    """Which date: the day on which the rule puts it, also when it was moved."""

    rule_day = Day(required=True)


class RuleDateAnswer(HouseSchema):
    """A date of a rule. An exception was set by hand, and outlives the edits of its rule."""

    rule_day = Day(required=True)
    starts_at = Instant(required=True)
    ends_at = Instant(required=True)
    is_cancelled = Flag(required=True)
    is_exception = Flag(required=True)


def span_asked(asked: dict[str, Any], now: datetime) -> dict[str, datetime]:
    """Return from when until when; raise UnfitValues for more than a year."""
    since = asked["since"] or now
    until = asked["until"] or since + _FOUR_WEEKS
    refuse_unfit_span(since, until)
    return {"since": since, "until": until}
