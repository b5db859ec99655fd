"""What staff do first in most journeys: log in with both factors, and have a training to look after."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import pyotp
from playwright.sync_api import Page
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.trainings import Leader, Span, Training
from attendance.models import Attendee, Facilitator, HalfDay
from attendance.use_cases.plan_training import plan_training
from directory.models import Agent, Venue
from directory.steps.people import known_or_new
from tests.house import PASSWORD, TOTP_SECRET
from tests.journeys.conftest import Town, midday_zone

TITLE = "Gérer ses papiers en ligne"
LEADER = "Élodie Grondin"
LEADER_MAIL = "elodie@formation.example"


@dataclass(frozen=True)
class Planned:
    """A training of two half-days, the first of which has begun: by ids, people in the order they were given."""

    meeting_id: int
    half_days: tuple[int, ...]
    people: tuple[int, ...]
    attendees: tuple[int, ...]
    facilitator_id: int


@dataclass(frozen=True)
class Invited:
    """Somebody who is enrolled, and how they can be reached."""

    first_name: str
    last_name: str
    email: str | None = None
    phone: str | None = None


def log_in(town: Town, page: Page, path: str = "/equipe/scanner", agent: Agent | None = None) -> None:
    """Go to a staff page by way of the password and the code of the second factor."""
    page.goto(path)
    page.get_by_label("Adresse de courriel").fill((agent or town.house.agents[0]).email)
    page.get_by_label("Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Code à six chiffres").fill(pyotp.TOTP(TOTP_SECRET).at(town.house.now))
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url(f"**{path}")


def training_under_way(town: Town, people: Sequence[Invited]) -> Planned:
    """Plan a training that began ten minutes ago, at a venue where it is about noon; the second half-day is later."""
    house = town.house
    begins = house.now.replace(second=0, microsecond=0) - timedelta(minutes=10)

    def plan(db: Session) -> Planned:
        db.get_one(Venue, house.venue.id).time_zone = midday_zone(house.now)
        db.flush()
        actor = house.actor(house.agents[0])
        known = [
            known_or_new(
                db,
                actor,
                first_name=one.first_name,
                last_name=one.last_name,
                email=one.email,
                phone=one.phone,
                language="fr",
                now=house.now,
            ).id
            for one in people
        ]
        spans = (
            Span(begins, begins + timedelta(hours=1), "Comprendre"),
            Span(begins + timedelta(hours=2), begins + timedelta(hours=3), "Faire"),
        )
        training = Training(TITLE, spans, known, [Leader(LEADER, email=LEADER_MAIL)], venue_id=house.venue.id)
        meeting_id = plan_training(db, actor, now=house.now, training=training)
        half_days = db.scalars(select(HalfDay.id).order_by(HalfDay.starts_at)).all()
        enrolled = {one.beneficiary_id: one.id for one in db.scalars(select(Attendee))}
        attendees = tuple(enrolled[one] for one in known)
        return Planned(meeting_id, tuple(half_days), tuple(known), attendees, db.scalars(select(Facilitator.id)).one())

    return house.database.in_transaction(house.organisation.id, plan)


def open_sheet(page: Page) -> None:
    """From any staff page to the sheet of the training, by the links that staff click."""
    page.get_by_role("link", name="Séances").click()
    page.get_by_role("link", name=TITLE).click()


def mailed_link(town: Town, to: str) -> str:
    """Return the address in the last mail that somebody received."""
    received = [one for one in town.mailbox.received if to in one.recipients]
    body = received[-1].message.get_body(("plain",))
    assert body is not None
    return str(re.findall(r"https?://\S+", str(body.get_content()))[0])


def press_until(page: Page, text: str) -> None:
    """Press Tab until what has the focus says `text`; fail when it never does."""
    for _ in range(60):
        page.keyboard.press("Tab")
        focused = page.evaluate("document.activeElement.innerText || document.activeElement.name || ''")
        if text in str(focused):
            return
    raise AssertionError(f"«{text}» cannot be reached by keyboard")
