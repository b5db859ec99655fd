"""What is asked of a search, and what can be read from its answer: values only, no database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from booking.domain import slots as engine
from booking.domain.caps import Tally
from booking.domain.intervals import Interval
from booking.domain.slots import Cut, Slot, Team
from booking.models import AppointmentType, Channel, Grid
from directory.models import Venue


@dataclass(frozen=True)
class Question:
    """Which slots: of a type, by a channel, whose start lies in `starts` (minutes, half-open).

    `venues` narrows to some of them (None stands for an opening without one), `resource_id` to teams with one agent.
    `people` come together. `duration` is that of an appointment which moves; what the asker holds, or the appointment
    that moves, is in nobody's way. It is not moved to the start and venue where it is already (`stays_at`).
    """

    type: AppointmentType
    channel: Channel
    starts: Interval
    venues: tuple[int | None, ...] | None = None
    resource_id: int | None = None
    people: int = 1
    duration: int | None = None
    own_hold: int | None = None
    own_appointment: int | None = None
    stays_at: tuple[int, int | None] | None = None

    @property
    def cut(self) -> Cut:
        """Return how free time is cut for this question."""
        kind = self.type
        times = 1 if kind.people_share_time else self.people
        duration = self.duration or kind.duration_minutes * times
        step = kind.step_minutes or duration + kind.pause_minutes
        return Cut(duration, kind.pause_minutes, step, kind.grid is Grid.CLOCK)

    def has_venue(self, venue_id: int | None) -> bool:
        """Say whether openings at this venue serve the question: on site needs somewhere to go."""
        if self.channel is Channel.ON_SITE and venue_id is None:
            return False
        return self.venues is None or venue_id in self.venues


@dataclass(frozen=True)
class Finding:
    """What was read, ready to be asked. `full` are the tallies of the type and of each agent that has a cap."""

    question: Question
    teams: Sequence[Team]
    own_zone: str
    venues: Mapping[int, Venue]
    taken: Mapping[int, Sequence[Interval]]
    type_tally: Tally | None = None
    agent_tallies: Mapping[int, Tally] = field(default_factory=dict)

    def slots(self, now: datetime, *, within: Interval | None = None) -> list[Slot]:
        """Return every slot that the public may book at `now`, with each team that could serve it, in order.

        `within` narrows what was asked, when more was read than is to be shown.
        """
        open_ = self._open_to_public(now)
        shown = open_ if within is None else Interval(max(open_.start, within.start), min(open_.end, within.end))
        return sorted((slot for team in self.teams for slot in self._slots_of(team, shown)), key=lambda slot: slot.rank)

    def first(self, now: datetime) -> Slot | None:
        """Return the next available slot, looking no further than it in each team's time."""
        within = self._open_to_public(now)
        found: Slot | None = None
        for team in self.teams:
            one = next(self._slots_of(team, within), None)
            if one is not None and (found is None or one.start < found.start):
                found, within = one, Interval(within.start, one.start)
        return found

    def fitting(self) -> list[Slot]:
        """Return who could serve at the first minute asked, whatever notice, horizon and grid: for staff."""
        start, cut = self.question.starts.start, self.question.cut
        return [
            slot
            for team in self.teams
            if engine.fits(team, cut, start)
            and not self._is_full(
                slot := Slot(start, start + cut.duration, team.venue_id, team.agent_ids, team.thing_ids)
            )
        ]

    def zone_at(self, venue_id: int | None) -> ZoneInfo:
        """Return the time zone of a venue, or the organisation's without one."""
        return ZoneInfo(self.own_zone if venue_id is None else self.venues[venue_id].time_zone)

    def minutes_that_day(self, slot: Slot, agent_id: int) -> int:
        """Return how busy an agent of a slot is on its day."""
        day = engine.local_day(slot.start, self.zone_at(slot.venue_id))
        return engine.minutes_in(self.taken[agent_id], day)

    def _open_to_public(self, now: datetime) -> Interval:
        kind, asked = self.question.type, self.question.starts
        open_ = engine.bookable(now, notice=kind.booking_notice_minutes, horizon=kind.booking_horizon_minutes)
        return Interval(max(asked.start, open_.start), min(asked.end, open_.end))

    def _slots_of(self, team: Team, within: Interval) -> Iterator[Slot]:
        found = engine.slots_of(team, self.question.cut, self.zone_at(team.venue_id), within)
        return (
            slot for slot in found if (slot.start, slot.venue_id) != self.question.stays_at and not self._is_full(slot)
        )

    def _is_full(self, slot: Slot) -> bool:
        if self.type_tally is not None and self.type_tally.is_full(slot.start):
            return True
        tallies = (self.agent_tallies.get(agent_id) for agent_id in slot.agent_ids)
        return any(tally is not None and tally.is_full(slot.start) for tally in tallies)
