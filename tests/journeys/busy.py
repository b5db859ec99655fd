"""A training under way to which everything has happened once, for looking at every page of attendance."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from attendance.domain.invitations import Whom
from attendance.domain.room_codes import Way
from attendance.models import AttachmentKind, SignatureKind
from attendance.use_cases.add_walk_in import WalkIn, add_walk_in
from attendance.use_cases.ask_again import ask_again
from attendance.use_cases.record_connections import Connection, record_connections
from attendance.use_cases.state_presence import Person, state_presence
from directory.models import Venue
from tests.api import link_of
from tests.attendance import rooms, scene
from tests.attendance.scene import Scene, shown
from tests.journeys.conftest import Town, midday_zone
from tests.journeys.staff import log_in

LONG_NAME = WalkIn(None, "Marie-Antoinette", "de La Rochefoucauld-Montbel", "+33639980009")
REASON = "Téléphone déchargé, identité vérifiée par le livret"


@dataclass(frozen=True)
class Day:
    """The town, one browser for all, and the training; `cookies` are those of a manager who is in."""

    town: Town
    browser: Browser
    scene: Scene
    cookies: Any

    @contextmanager
    def page(self, *, staff: bool = False) -> Iterator[Page]:
        """Open a page of a fresh visitor, or of the manager."""
        with self.town.page(self.browser) as page:
            if staff:
                page.context.add_cookies(self.cookies)
            yield page

    def sheet(self, end: str = "") -> str:
        """The address of the training's sheet, or of a page below it."""
        return f"/equipe/seances/{shown(self.scene.meeting_id)}{end}"

    def signing(self, person: int) -> str:
        """Somebody's personal link."""
        return f"/signer/{link_of(self.town.house, 'sign', self.scene.attendees[person])}"

    def countersigning(self) -> str:
        """The facilitator's personal link."""
        return f"/contresigner/{link_of(self.town.house, 'countersign', self.scene.facilitator_id)}"

    def room(self) -> str:
        """The address of the room's screen."""
        return f"/salle/{rooms.display(self.scene)}"

    def presence(self) -> str:
        """What a telephone reads from the room's screen."""
        return f"/presence/{rooms.shown(self.scene, Way.CODE)}"


def busy_day(town: Town, browser: Browser) -> Day:
    """Plan the training, let its first two minutes go by, and come in as the manager."""
    house = town.house

    def settle(db: Session) -> None:
        db.get_one(Venue, house.venue.id).time_zone = midday_zone(house.now)

    house.database.in_transaction(house.organisation.id, settle)
    planned = scene.training(house)
    house.clock.advance(timedelta(minutes=62))
    happen(planned)
    with town.page(browser) as page:
        log_in(town, page, "/equipe/seances", agent=house.manager)
        return Day(town, browser, planned, page.context.cookies())


def happen(planned: Scene) -> None:
    """Sonia scans, Amadou is stated, somebody walks in, papers pile up, and what is doubtful waits."""
    planned.scan(planned.sent())
    begins = planned.half_days[0].starts_at
    half_day = planned.half_days[0].id
    person = Person(attendee_id=planned.attendees[1], half_day_id=half_day)
    _do(planned, state_presence, person=person, kind=SignatureKind.ARRIVAL, reason=REASON)
    _do(planned, add_walk_in, meeting_id=planned.meeting_id, walk_in=LONG_NAME)
    scene.attachment(planned)
    scene.attachment(planned, kind=AttachmentKind.DOCUMENT, content=b"%PDF-1.7 work")
    connection = Connection(planned.attendees[2], half_day, begins, begins + timedelta(minutes=1))
    _do(planned, record_connections, meeting_id=planned.meeting_id, connections=[connection])
    _do(planned, ask_again, meeting_id=planned.meeting_id, whom=Whom.ATTENDEES, half_day_id=half_day)
    scene.correction(planned)
    scene.entry(planned)


def _do(planned: Scene, action: Any, **values: Any) -> None:
    house = planned.house
    house.database.in_transaction(house.organisation.id, action, planned.agent, now=house.now, **values)
