"""The demonstration's attendance: a month of scans, a training under way, one that is filed, and a video room."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain import codes
from attendance.domain.targets import Target, TargetKind
from attendance.domain.trainings import Leader, Span, Training
from attendance.models import Attendee, Facilitator, HalfDay, OneTimeCode, SignatureKind
from attendance.steps.scans import SentScan
from attendance.use_cases.ask_code import ask_code
from attendance.use_cases.close_sheet import close_sheet
from attendance.use_cases.confirm_code import confirm_code
from attendance.use_cases.countersign import countersign
from attendance.use_cases.plan_training import plan_training
from attendance.use_cases.scan_badge import scan_badge
from attendance.use_cases.send_sign_links import send_sign_links
from attendance.use_cases.state_presence import Person, state_presence
from directory.demonstration import Coming, Office
from directory.domain.permissions import ROLES
from directory.models import Agent
from directory.queries import badges
from directory.steps.badges import badge_until
from foundation.actors import Actor, ActorKind
from foundation.models import PersonalLink
from foundation.web.services import Services

MORNING, AFTERNOON = (time(9, 0), time(12, 30)), (time(13, 30), time(17, 0))
MODULES = (
    "Repérer les situations de fragilité",
    "Écouter et reformuler",
    "Orienter vers le bon service",
    "Prendre soin de soi en accompagnant",
)
FACILITATOR = Leader("Claire Vasseur", email="claire.vasseur@courriel.example", phone="+33639980091")


def furnish(services: Services, office: Office, *, came: Sequence[Coming], people: Sequence[int]) -> None:
    """Write it all in one transaction, each thing at its own time."""
    now = services.clock.now()

    def write(db: Session) -> None:
        desk = Desk(db, services, office)
        for coming in came:
            at = coming.starts_at - timedelta(minutes=desk.dice.randint(0, 9))
            desk.scan(coming.beneficiary_id, Target(TargetKind.DESK, coming.venue_id), at)
        _filed_training(desk, people[:7], now)
        _training_under_way(desk, people[4:12], now)
        _video_room(desk, people[:4], now)

    services.database.in_transaction(office.organisation.id, write)


class Desk:
    """An agent of the demonstration who scans and plans, at the times of the past month."""

    def __init__(self, db: Session, services: Services, office: Office) -> None:
        """Sit down."""
        self.db = db
        self.services = services
        self.office = office
        self.dice = random.Random(2026)  # noqa: S311 - the same demonstration each time
        self.agent = _as_actor(office.agents[1])
        self._count = 0

    def scan(
        self, beneficiary_id: int, target: Target, at: datetime, kind: SignatureKind = SignatureKind.ARRIVAL
    ) -> None:
        """Show the person's badge to the scanner."""
        self._count += 1
        until = at + timedelta(days=1)
        badge = badge_until(self.db, self.agent, beneficiary_id=beneficiary_id, until=until, now=at)
        text = badges.text_of(self.db, badge, self.services.keys)
        sent = SentScan(f"demonstration-{self._count}", text, target, kind, at)
        scan_badge(self.db, self.agent, now=at, sent=sent)

    def plan(self, training: Training, at: datetime) -> int:
        """Plan a training."""
        return plan_training(self.db, self.agent, now=at, training=training)

    def half_days(self, meeting_id: int) -> list[HalfDay]:
        """Return the half-days of a meeting in order."""
        query = select(HalfDay).where(HalfDay.meeting_id == meeting_id).order_by(HalfDay.starts_at)
        return list(self.db.scalars(query))

    def attend(self, meeting_id: int, now: datetime, *, absent: int) -> None:
        """Have the half-days that have begun signed; number `absent` misses every second one, another leaves early."""
        attendees = list(self.db.scalars(select(Attendee).where(Attendee.meeting_id == meeting_id)))
        for number, half_day in enumerate(self.half_days(meeting_id)):
            for position, attendee in enumerate(attendees):
                at = half_day.starts_at + timedelta(minutes=self.dice.randint(-12, 6), seconds=self.dice.randint(0, 59))
                if at > now or (position == absent and number % 2):
                    continue
                if position == absent + 1 and number == 0:
                    self._state(attendee, half_day, at)
                else:
                    self.scan(attendee.beneficiary_id, Target(TargetKind.HALF_DAY, half_day.id), at)
                if position == absent + 2 and number == 1:
                    self._leave_early(attendee, half_day, now)
            self._countersign(meeting_id, half_day, now, headcount=len(attendees) - number % 2)

    def _state(self, attendee: Attendee, half_day: HalfDay, at: datetime) -> None:
        person = Person(attendee_id=attendee.id, half_day_id=half_day.id)
        reason = "Venue sans téléphone ni badge, identité vérifiée."
        state_presence(self.db, self.agent, now=at, person=person, kind=SignatureKind.ARRIVAL, reason=reason)

    def _leave_early(self, attendee: Attendee, half_day: HalfDay, now: datetime) -> None:
        at = half_day.ends_at - timedelta(minutes=25)
        if at <= now:
            target = Target(TargetKind.HALF_DAY, half_day.id)
            self.scan(attendee.beneficiary_id, target, at, SignatureKind.DEPARTURE)

    def sign_from_afar(self, meeting_id: int, now: datetime, *, most: int) -> None:
        """Have some of those who were sent a link sign by their one-time code."""
        keys, half_day = self.services.keys, self.half_days(meeting_id)[0]
        query = select(Attendee, PersonalLink).join(PersonalLink, PersonalLink.subject_id == Attendee.id)
        mine = query.where(Attendee.meeting_id == meeting_id, PersonalLink.purpose == "sign").order_by(Attendee.id)
        what: dict[str, Any] = {"half_day_id": half_day.id, "kind": SignatureKind.ARRIVAL}
        for attendee, link in self.db.execute(mine.limit(most)):
            holder = Actor(ActorKind.BENEFICIARY, attendee.organisation_id, attendee.id, link.id)
            how: dict[str, Any] = {"now": now, "link_channel": link.channel, "keys": keys}
            ask_code(self.db, holder, **what, **how)
            code = self.db.scalars(select(OneTimeCode).filter_by(attendee_id=attendee.id, **what)).one()
            purpose = codes.purpose(attendee.id, half_day.id, SignatureKind.ARRIVAL.value)
            digits = codes.code_of(keys.derive(purpose, codes.SECRET_BYTES), code.issue)
            confirm_code(self.db, holder, typed=digits, **what, **how)

    def _countersign(self, meeting_id: int, half_day: HalfDay, now: datetime, *, headcount: int) -> None:
        at = half_day.ends_at + timedelta(minutes=3)
        if at > now:
            return
        for facilitator in self.db.scalars(select(Facilitator).where(Facilitator.meeting_id == meeting_id)):
            actor = Actor(ActorKind.FACILITATOR, self.office.organisation.id, facilitator.id)
            countersign(self.db, actor, now=at, half_day_id=half_day.id, headcount=headcount)


def _filed_training(desk: Desk, people: Sequence[int], now: datetime) -> None:
    days = list(_working_days(now, desk, count=2, back=16))
    training = _two_days(desk, "Accueillir et accompagner, groupe 1", days, people)
    meeting_id = desk.plan(training, now - timedelta(days=30))
    desk.attend(meeting_id, now, absent=3)
    closed_at = desk.half_days(meeting_id)[-1].ends_at + timedelta(minutes=40)
    close_sheet(desk.db, desk.agent, now=closed_at, meeting_id=meeting_id)


def _training_under_way(desk: Desk, people: Sequence[int], now: datetime) -> None:
    days = list(_working_days(now, desk, count=2, back=1))
    training = _two_days(desk, "Accueillir et accompagner, groupe 2", days, people)
    desk.attend(desk.plan(training, now - timedelta(days=12)), now, absent=2)


def _video_room(desk: Desk, people: Sequence[int], now: datetime) -> None:
    """Plan a video meeting that is open at this very moment, send its personal links, and have two people sign."""
    begins = now.replace(minute=0, second=0, microsecond=0)
    training = Training(
        title="Comprendre sa retraite, en visioconférence",
        half_days=(Span(begins, begins + timedelta(hours=3)),),
        beneficiary_ids=people,
        leaders=(FACILITATOR,),
        video_room="https://visio.paraphe.example/retraite",
    )
    meeting_id = desk.plan(training, now - timedelta(days=5))
    send_sign_links(desk.db, desk.agent, now=now, meeting_id=meeting_id)
    desk.sign_from_afar(meeting_id, now, most=2)


def _two_days(desk: Desk, title: str, days: Sequence[date], people: Sequence[int]) -> Training:
    zone = ZoneInfo(desk.office.bordeaux.time_zone)
    hours = [(day, span) for day in days for span in (MORNING, AFTERNOON)]
    spans = [
        Span(datetime.combine(day, opens, zone), datetime.combine(day, closes, zone), module)
        for (day, (opens, closes)), module in zip(hours, MODULES, strict=True)
    ]
    return Training(title, spans, people, (FACILITATOR,), venue_id=desk.office.bordeaux.id)


def _working_days(now: datetime, desk: Desk, *, count: int, back: int) -> Iterator[date]:
    day = now.astimezone(ZoneInfo(desk.office.bordeaux.time_zone)).date() - timedelta(days=back)
    while count:
        if day.weekday() < 5:  # noqa: PLR2004 - Saturday and Sunday
            yield day
            count -= 1
        day += timedelta(days=1)


def _as_actor(agent: Agent) -> Actor:
    return Actor(ActorKind.AGENT, agent.organisation_id, agent.id, None, frozenset(ROLES[agent.role]))
