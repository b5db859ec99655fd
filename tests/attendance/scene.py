"""A training of two half-days with three people, and one appointment: what most examples are about."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import base45
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.targets import Target, TargetKind
from attendance.domain.trainings import Leader, Span, Training
from attendance.models import (
    AttachmentKind,
    Attendee,
    Correction,
    CorrectionAction,
    CorrectionState,
    Facilitator,
    HalfDay,
    Review,
    Scan,
    SignatureKind,
)
from attendance.steps.scans import Answer, SentScan
from attendance.use_cases.ask_code import ask_code
from attendance.use_cases.attach_file import Upload, attach_file
from attendance.use_cases.plan_training import plan_training
from attendance.use_cases.scan_badge import scan_badge
from booking.domain.events import AppointmentBooked
from booking.models import Appointment, AppointmentStatus, AppointmentType, Channel, Workshop
from directory.models import Badge, Beneficiary
from directory.queries import badges
from directory.steps.badges import badge_until
from directory.steps.people import known_or_new
from foundation.actors import Actor, ActorKind
from foundation.ids import to_text
from foundation.outbox import announce
from tests.house import House

PEOPLE = (
    ("Sonia", "Lefèvre", "sonia@courriel.example", "+33639980001"),
    ("Amadou", "Diallo", None, "+33639980002"),
    ("Zoé", "Lê-Van", "zoe@courriel.example", None),
)


@dataclass
class Scene:
    """Who and what there is; ids only, as everybody outside the database knows them."""

    house: House
    agent: Actor
    people: list[Beneficiary]
    badges: list[Badge]
    texts: list[str]
    meeting_id: int
    half_days: list[HalfDay]
    attendees: list[int]
    facilitator_id: int

    def target(self, number: int = 0) -> Target:
        """The door of a half-day."""
        return Target(TargetKind.HALF_DAY, self.half_days[number].id)

    def sent(self, person: int = 0, *, key: str = "key-0001", target: Target | None = None) -> SentScan:
        """What the scanner sends when a person shows their badge."""
        where = target or self.target()
        return SentScan(key, self.texts[person], where, SignatureKind.ARRIVAL, self.house.now)

    def scan(self, sent: SentScan, foreign_key: bytes | None = None) -> Answer:
        """Scan as the agent."""
        return self.house.database.in_transaction(
            self.agent.organisation_id, scan_badge, self.agent, now=self.house.now, sent=sent, foreign_key=foreign_key
        )

    def holder(self, person: int, link_id: int | None = None) -> Actor:
        """The person who holds their personal link."""
        return Actor(ActorKind.BENEFICIARY, self.agent.organisation_id, self.attendees[person], link_id)

    def write(self, change: object, **values: object) -> None:
        """Change a row behind everybody's back."""

        def run(db: Session) -> None:
            row = db.get(type(change), change.id)  # type: ignore[attr-defined]
            for name, value in values.items():
                setattr(row, name, value)

        self.house.database.in_transaction(self.agent.organisation_id, run)

    def remove(self, attendee_id: int) -> None:
        """Take somebody off the training."""
        self.house.database.in_transaction(
            self.agent.organisation_id, lambda db: db.delete(db.get_one(Attendee, attendee_id))
        )


def training(house: House) -> Scene:
    """Plan the training: Monday 10:00 to 13:00 and 14:00 to 17:00 in Bordeaux; it is 9:00."""
    agent = replace(house.actor(house.agents[0]), through=77)
    begin = house.now + timedelta(hours=1)

    def make(db: Session) -> Scene:
        people = [
            known_or_new(
                db, agent, first_name=first, last_name=last, email=mail, phone=phone, language="fr", now=house.now
            )
            for first, last, mail, phone in PEOPLE
        ]
        until = house.now + timedelta(days=30)
        given = [badge_until(db, agent, beneficiary_id=one.id, until=until, now=house.now) for one in people]
        plan = Training(
            title="Gérer ses papiers en ligne",
            half_days=(
                Span(begin, begin + timedelta(hours=3), "Comprendre"),
                Span(begin + timedelta(hours=4), begin + timedelta(hours=7), "Faire"),
            ),
            beneficiary_ids=[one.id for one in people],
            leaders=[Leader("Élodie Grondin", email="elodie@formation.example")],
            venue_id=house.venue.id,
        )
        meeting_id = plan_training(db, agent, now=house.now, training=plan)
        spans = db.scalars(select(HalfDay).order_by(HalfDay.starts_at)).all()
        attendees = {one.beneficiary_id: one.id for one in db.scalars(select(Attendee))}
        facilitator = db.scalars(select(Facilitator)).one()
        texts = [badges.text_of(db, one, house.keys) for one in given]
        return Scene(
            house,
            agent,
            people,
            given,
            texts,
            meeting_id,
            list(spans),
            [attendees[one.id] for one in people],
            facilitator.id,
        )

    return house.database.in_transaction(agent.organisation_id, make)


def appointment(scene: Scene, *, starts_at: datetime, person: int = 0) -> Appointment:
    """Book an appointment of half an hour in Bordeaux, straight in the database."""
    house = scene.house

    def book(db: Session) -> Appointment:
        kind = AppointmentType(
            organisation_id=house.organisation.id,
            name="Aide administrative",
            duration_minutes=30,
            channels=[Channel.ON_SITE.value],
        )
        db.add(kind)
        db.flush()
        row = Appointment(
            organisation_id=house.organisation.id,
            type_id=kind.id,
            beneficiary_id=scene.people[person].id,
            venue_id=house.venue.id,
            resource_id=house.agents[0].resource_id,
            channel=Channel.ON_SITE,
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=30),
            status=AppointmentStatus.BOOKED,
            created_at=house.now,
        )
        db.add(row)
        db.flush()
        return row

    return house.database.in_transaction(house.organisation.id, book)


def announced(scene: Scene, *booked: Appointment) -> None:
    """Announce bookings as booking does; the worker has not heard of them yet."""
    house = scene.house

    def tell(db: Session) -> None:
        for one in booked:
            announce(db, house.system(), AppointmentBooked(one.id), now=house.now)

    house.database.in_transaction(house.organisation.id, tell)


def workshop(scene: Scene, booked: Appointment) -> Workshop:
    """Plan a workshop of two hours at the hour of an appointment, which is not yet a seat in it."""
    house = scene.house

    def plan(db: Session) -> Workshop:
        row = Workshop(
            organisation_id=house.organisation.id,
            type_id=booked.type_id,
            venue_id=house.venue.id,
            agent_resource_id=house.agents[1].resource_id,
            title="Atelier CV",
            starts_at=booked.starts_at,
            ends_at=booked.starts_at + timedelta(hours=2),
            capacity=8,
        )
        db.add(row)
        db.flush()
        return row

    return house.database.in_transaction(house.organisation.id, plan)


def desk(scene: Scene) -> Target:
    """The reception desk in Bordeaux."""
    return Target(TargetKind.DESK, scene.house.venue.id)


def shown(identifier: int) -> str:
    """An id as it stands in addresses."""
    return to_text(identifier)


def ask(scene: Scene, person: int = 0, *, link: str = "mail", half_day: int = 0) -> str:
    """Ask for a code to sign the arrival, with a link that came by mail unless the test says otherwise."""
    return scene.house.database.in_transaction(
        scene.agent.organisation_id,
        ask_code,
        scene.holder(person),
        now=scene.house.now,
        half_day_id=scene.half_days[half_day].id,
        kind=SignatureKind.ARRIVAL,
        link_channel=link,
        keys=scene.house.keys,
    )


def digits_received(scene: Scene) -> str:
    """The digits of the last message that left."""
    scene.house.worker.run_until_empty()
    sent = [mail.text for _, mail in scene.house.mails] + [sms.text for _, sms in scene.house.texts]
    return str([digits for text in sent for digits in re.findall(r"\b\d{6}\b", text)][-1])


def altered(text: str) -> str:
    """The same badge with one bit of its number changed."""
    signed = bytearray(base45.b45decode(text[3:]))
    signed[20] ^= 1
    return "PRP" + str(base45.b45encode(bytes(signed)).decode())


def attachment(scene: Scene, *, kind: AttachmentKind = AttachmentKind.PAPER, content: bytes = b"%PDF-1.7 paper") -> int:
    """Attach the photograph of a paper sheet, and return its id."""
    return scene.house.database.in_transaction(
        scene.agent.organisation_id,
        attach_file,
        scene.agent,
        now=scene.house.now,
        meeting_id=scene.meeting_id,
        upload=Upload(kind, "feuille.pdf", content),
    )


def correction(scene: Scene) -> int:
    """Write a correction down that waits for its second person, straight in the database."""

    def propose(db: Session) -> int:
        row = Correction(
            organisation_id=scene.agent.organisation_id,
            attendee_id=scene.attendees[0],
            half_day_id=scene.half_days[0].id,
            kind=SignatureKind.ARRIVAL,
            action=CorrectionAction.PRESENT,
            observed_at=scene.half_days[0].starts_at,
            reason="Vue dans la salle",
            state=CorrectionState.PENDING,
            proposed_at=scene.house.now,
            proposed_by=scene.agent.agent_id,
        )
        db.add(row)
        db.flush()
        return row.id

    return scene.house.database.in_transaction(scene.agent.organisation_id, propose)


def entry(scene: Scene) -> int:
    """Write down a scan of the first person that waits for somebody to look at it, straight in the database."""
    at = scene.half_days[0].starts_at

    def keep(db: Session) -> int:
        row = Scan(
            organisation_id=scene.agent.organisation_id,
            source=1,
            key="waits",
            body_hash="0" * 64,
            agent_id=scene.agent.agent_id,
            kind=SignatureKind.ARRIVAL,
            verdict="awaiting-review",
            answer={},
            half_day_id=scene.half_days[0].id,
            attendee_id=scene.attendees[0],
            observed_at=at,
            recorded_at=at,
            flags=["late"],
            review=Review.AWAITING,
        )
        db.add(row)
        db.flush()
        return row.id

    return scene.house.database.in_transaction(scene.agent.organisation_id, keep)
