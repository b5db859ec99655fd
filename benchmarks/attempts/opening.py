"""What changes when somebody is open, while others book: time off, and edits of dates and rules."""

from __future__ import annotations

from datetime import timedelta

from benchmarks.attempts.crowd import Attempt, Crowd, an_hour, now_of, one_of
from booking.use_cases.change_hours import change_hours
from booking.use_cases.change_opening_day import cancel_opening_day, change_opening_day, restore_opening_day
from booking.use_cases.change_time_off import end_time_off
from booking.use_cases.take_time_off import take_time_off


def take_off(crowd: Crowd, attempt: Attempt) -> None:
    """An agent is away for an hour; what is booked stays."""
    number, dice = attempt
    starts_at = an_hour(number, dice)
    span = {"starts_at": starts_at, "ends_at": starts_at + timedelta(hours=1)}
    crowd.do(take_time_off, crowd.agent(dice), now_of(number), resource_id=dice.choice(crowd.town.resources), **span)


def come_back(crowd: Crowd, attempt: Attempt) -> None:
    """An absence ends, or never was."""
    number, dice = attempt
    crowd.do(end_time_off, crowd.agent(dice), now_of(number), time_off_id=one_of(crowd.absences, dice))


def close_day(crowd: Crowd, attempt: Attempt) -> None:
    """Close one date."""
    number, dice = attempt
    day = one_of(crowd.open_days, dice)
    crowd.do(cancel_opening_day, crowd.agent(dice), now_of(number), rule_id=day.rule_id, rule_day=day.rule_day)


def change_day(crowd: Crowd, attempt: Attempt) -> None:
    """Give one date shorter hours."""
    number, dice = attempt
    day = one_of(crowd.open_days, dice)
    hours = {"opens": 9 * 60 + 15, "closes": 19 * 60}
    which = {"rule_id": day.rule_id, "rule_day": day.rule_day}
    crowd.do(change_opening_day, crowd.agent(dice), now_of(number), **which, **hours)


def restore_day(crowd: Crowd, attempt: Attempt) -> None:
    """Make one date what its rule says again."""
    number, dice = attempt
    day = one_of(crowd.changed_days, dice)
    crowd.do(restore_opening_day, crowd.agent(dice), now_of(number), rule_id=day.rule_id, rule_day=day.rule_day)


def change_rule(crowd: Crowd, attempt: Attempt) -> None:
    """Write the dates of a rule anew: all, or in a new rule from one of them on."""
    number, dice = attempt
    day = one_of(crowd.open_days, dice)
    since = day.rule_day if dice.random() < 0.5 else None  # noqa: PLR2004
    changes = {"closes_on_holidays": dice.random() < 0.5}  # noqa: PLR2004
    which = {"rule_id": day.rule_id, "since": since}
    crowd.do(change_hours, crowd.agent(dice), now_of(number), **which, changes=changes)
