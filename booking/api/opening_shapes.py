"""What is said of opening hours, and of one of their dates."""

from __future__ import annotations

from booking.api.rules import RuleAnswer, RuleBody, RuleChanges, RuleDateAnswer, RuleDateBody, UnservedIds
from foundation.web.api.cursors import PageAsked
from foundation.web.api.fields import Day, Flag, HouseSchema, Identifier, Part, Several, WallClock

_MOST_TYPES = 100


class NewOpeningHours(RuleBody):
    """A rule on the wall clock, in the zone of its venue (of the organisation without one)."""

    resource_id = Identifier(required=True)
    venue_id = Identifier(required=True, allow_none=True)
    type_ids = Several(Identifier(), fewest=1, most=_MOST_TYPES, required=True)
    opens_at = WallClock(required=True, metadata={"example": "09:00"})
    closes_at = WallClock(
        may_end_the_day=True,
        required=True,
        metadata={"example": "12:30", "description": "Before `opens_at` it is the next day; midnight is `24:00`."},
    )
    closes_on_holidays = Flag(load_default=True)


class OpeningHoursAnswer(RuleAnswer):
    """A rule of opening. Its dates are written up to `written_until`, and further each night."""

    id = Identifier(required=True)
    resource_id = Identifier(required=True)
    venue_id = Identifier(required=True, allow_none=True)
    type_ids = Several(Identifier(), most=_MOST_TYPES, required=True)
    opens_at = WallClock(required=True)
    closes_at = WallClock(may_end_the_day=True, required=True)
    closes_on_holidays = Flag(required=True)


class OpeningHoursChanged(OpeningHoursAnswer):
    """A rule that was changed, and what is left for staff to see to: of its resource, whichever rule it was about."""

    unserved = Part(UnservedIds, required=True)


class OpeningHoursChanges(RuleChanges):
    """What is to be different; the rest stays. With `since`, one of the dates to come, a new rule begins there.

    What has begun and the dates that were set by hand stay as they are. What is booked stays too.
    """

    venue_id = Identifier(allow_none=True)
    type_ids = Several(Identifier(), fewest=1, most=_MOST_TYPES)
    opens_at = WallClock()
    closes_at = WallClock(may_end_the_day=True)
    closes_on_holidays = Flag()


class OpeningEnd(HouseSchema):
    """The last day, included; null: from now on."""

    last_day = Day(load_default=None, allow_none=True)


class OpeningDateChanges(RuleDateBody):
    """Another day, other hours; what is left out stays as it is."""

    local_day = Day()
    opens_at = WallClock()
    closes_at = WallClock(may_end_the_day=True)
    closes_on_holidays = Flag()


class OpeningDateAnswer(RuleDateAnswer):
    """A date of opening; `local_day` is the day on which it is."""

    local_day = Day(required=True)
    closes_on_holidays = Flag(required=True)


class OpeningDatesAnswer(HouseSchema):
    """The dates, in order."""

    items = Several(Part(OpeningDateAnswer), most=2_000, required=True)


class OpeningHoursAsked(PageAsked):
    """Which rules."""

    resource_id = Identifier(load_default=None)
