"""A training as it is planned: what makes one, and what is refused of a plan or of its change."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from attendance.domain.refusals import UnreadableTraining
from foundation.refusals import Conflict, NotFound
from foundation.wording import LANGUAGES

MOST_HALF_DAYS = 100
MOST_PEOPLE = 500
MOST_LEADERS = 20
MOST_SEATS = 10_000
LONGEST_HALF_DAY = timedelta(days=1)
LONGEST_TITLE = 200
LONGEST_NAME = 160
LONGEST_REFERENCE = 80
_VIDEO_ROOM = re.compile(r"https://[^\s\x00-\x1f\x7f]{1,292}")


class ReferenceTaken(Conflict):
    """Two trainings of an organisation have not the same reference."""


class FacilitatorNotFound(NotFound):
    """This facilitator does not lead there."""


class MeetingIsBooked(Conflict):
    """Of an appointment or a workshop the booking is the truth: it is changed there."""


class HalfDayHasEvidence(Conflict):
    """Somebody signed, stated or noted something of this half-day: it keeps its hours, and stays."""


class AttendeeHasEvidence(Conflict):
    """Somebody signed, stated or noted something of this person: they stay on the sheet."""


class FacilitatorHasEvidence(Conflict):
    """This facilitator has countersigned or stated: they stay on the sheet."""


@dataclass(frozen=True)
class Span:
    """A half-day: its hours, and the title of its module if it has its own."""

    starts_at: datetime
    ends_at: datetime
    title: str = ""


@dataclass(frozen=True)
class Leader:
    """Who leads it, with an account or without; an agent named without a way to reach them is, where they log in."""

    name: str
    email: str | None = None
    phone: str | None = None
    agent_id: int | None = None
    language: str = "fr"


@dataclass(frozen=True)
class Training:
    """What is planned: at a venue, in a video room, or both. Whoever is enrolled twice is enrolled once.

    `invites` None: people are asked to sign by themselves where there is a video room. `reference`: the planner's own
    name of it, which no other training has.
    """

    title: str
    half_days: Sequence[Span]
    beneficiary_ids: Sequence[int]
    leaders: Sequence[Leader]
    venue_id: int | None = None
    video_room: str | None = None
    agreement_title: str | None = None
    needs_drawing: bool = False
    invites: bool | None = None
    seats: int | None = None
    reference: str | None = None

    def check(self) -> None:
        """Raise UnreadableTraining with what is wrong."""
        wrong = self._wrong_place() | self._wrong_half_days() | self._wrong_leaders()
        if not self.title.strip():
            wrong["title"] = "training.title_needed"
        elif len(self.title.strip()) > LONGEST_TITLE:
            wrong["title"] = "training.too_long"
        if len(self.agreement_title or "") > LONGEST_TITLE:
            wrong["agreement_title"] = "training.too_long"
        if self.seats is not None and not 0 < self.seats <= MOST_SEATS:
            wrong["seats"] = "training.seats_needed"
        if len(self.beneficiary_ids) > MOST_PEOPLE:
            wrong["beneficiary_ids"] = "training.too_many_people"
        if len(self.reference or "") > LONGEST_REFERENCE:
            wrong["reference"] = "training.too_long"
        if wrong:
            raise UnreadableTraining(wrong)

    def _wrong_place(self) -> dict[str, str]:
        if self.video_room is not None and not _VIDEO_ROOM.fullmatch(self.video_room):
            return {"video_room": "training.video_room_unreadable"}
        return {"venue_id": "training.venue_needed"} if self.venue_id is None and self.video_room is None else {}

    def _wrong_half_days(self) -> dict[str, str]:
        spans = sorted(self.half_days, key=lambda one: one.starts_at)
        if not spans or any(one.ends_at <= one.starts_at for one in spans):
            return {"half_days": "training.half_days_needed"}
        if len(spans) > MOST_HALF_DAYS:
            return {"half_days": "training.too_many_half_days"}
        if any(one.ends_at - one.starts_at > LONGEST_HALF_DAY for one in spans):
            return {"half_days": "training.half_day_too_long"}
        if any(later.starts_at < former.ends_at for former, later in pairwise(spans)):
            return {"half_days": "training.half_days_overlap"}
        return {"half_days": "training.too_long"} if any(len(one.title) > LONGEST_TITLE for one in spans) else {}

    def _wrong_leaders(self) -> dict[str, str]:
        agents = [one.agent_id for one in self.leaders if one.agent_id is not None]
        if not self.leaders or any(not one.name.strip() for one in self.leaders):
            return {"leaders": "training.leader_needed"}
        if len(self.leaders) > MOST_LEADERS:
            return {"leaders": "training.too_many_leaders"}
        if len(agents) > len(set(agents)):
            return {"leaders": "training.leader_twice"}
        if any(len(one.name.strip()) > LONGEST_NAME for one in self.leaders):
            return {"leaders": "training.too_long"}
        if any(one.language not in LANGUAGES for one in self.leaders):
            return {"leaders": "training.language_needed"}
        return {}
