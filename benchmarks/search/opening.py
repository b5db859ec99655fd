"""The openings and the absences of the data set: rules, and their dates as rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from benchmarks.search.data_set import BLOCKS, MONDAY, WEEKDAYS, ZONE, DataSet
from benchmarks.search.writing import Row, write
from booking.domain.intervals import MINUTES_A_DAY, instant_of
from booking.domain.occurrences import Recurrence, Repeats, covered, open_on
from booking.models import OpeningHours, OpeningOccurrence, TimeOff, TimeOffOccurrence, opening_hours_type
from foundation.ids import new_id

UNTIL = MONDAY + timedelta(weeks=52)


@dataclass(frozen=True)
class Loaded:
    """The ids under which the numbers of the data set stand in a database."""

    organisation_id: int
    venues: Sequence[int]
    agents: Sequence[int]
    types: Sequence[int]
    people: Sequence[int]


@dataclass(frozen=True)
class Opening:
    """Writes when who is open, and when who is away."""

    connection: Connection
    data: DataSet
    loaded: Loaded

    def write(self) -> None:
        """Write all of it."""
        rules = list(self._rules())
        served = ({"opening_hours_id": rule["id"], "appointment_type_id": one} for rule in rules for one in self._types)
        write(self.connection, OpeningHours, rules)
        write(self.connection, opening_hours_type, served)
        write(self.connection, OpeningOccurrence, (one for rule in rules for one in _dates(rule)))
        absences = list(self._absences())
        write(self.connection, TimeOff, absences)
        write(self.connection, TimeOffOccurrence, (_absent(rule) for rule in absences))

    @property
    def _types(self) -> Sequence[int]:
        return self.loaded.types

    def _rules(self) -> Iterator[Row]:
        for agent in range(self.data.agents):
            for weekday in range(WEEKDAYS):
                for hours in BLOCKS:
                    yield {
                        **self._rule(Repeats.WEEKLY, self._first_monday(agent) + timedelta(days=weekday), agent),
                        "every": 2 if self.data.is_fortnightly(agent) else 1,
                        "weekdays": str(weekday),
                        "venue_id": self.loaded.venues[self.data.venue_of(agent, weekday)],
                        "opens_minute": hours.opens,
                        "closes_minute": hours.closes,
                    }

    def _absences(self) -> Iterator[Row]:
        for one in self.data.absences:
            yield {
                **self._rule(Repeats.ONCE, one.first_day, one.agent),
                "starts_minute": 0,
                "ends_minute": MINUTES_A_DAY,
                "days": (one.last_day - one.first_day).days,
            }

    def _first_monday(self, agent: int) -> date:
        later = self.data.first_week(agent) if self.data.is_fortnightly(agent) else 0
        return MONDAY + timedelta(weeks=later - self.data.weeks_behind)

    def _rule(self, repeats: Repeats, first_day: date, agent: int) -> Row:
        return {
            "id": new_id(),
            "organisation_id": self.loaded.organisation_id,
            "resource_id": self.loaded.agents[agent],
            "repeats": repeats,
            "first_day": first_day,
            "written_until": UNTIL,
        }


def _dates(rule: Row) -> Iterator[Row]:
    weekdays = frozenset({int(rule["weekdays"])})
    recurrence = Recurrence(Repeats.WEEKLY, rule["first_day"], None, rule["every"], weekdays)
    hours = next(hours for hours in BLOCKS if hours.opens == rule["opens_minute"])
    for day in recurrence.days(since=rule["first_day"], until=UNTIL):
        for span in open_on(day, hours, ZONE):
            yield {
                **{name: rule[name] for name in ("organisation_id", "resource_id", "venue_id")},
                "id": new_id(),
                "opening_hours_id": rule["id"],
                "rule_day": day,
                "local_day": day,
                "starts_at": instant_of(span.start),
                "ends_at": instant_of(span.end),
            }


def _absent(rule: Row) -> Row:
    first = datetime.combine(rule["first_day"], datetime.min.time())
    (span,) = covered(first, first + timedelta(days=rule["days"] + 1), ZONE)
    return {
        **{name: rule[name] for name in ("organisation_id", "resource_id")},
        "id": new_id(),
        "time_off_id": rule["id"],
        "rule_day": rule["first_day"],
        "starts_at": instant_of(span.start),
        "ends_at": instant_of(span.end),
    }
