"""Tablets of the journeys: each a browser of its own that keeps what it keeps, enrolled by a link that staff give."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import Beneficiary, Device, DeviceKind
from directory.queries import badges
from directory.steps.badges import badge_until
from directory.use_cases.enrol_device import enrol_device
from directory.use_cases.offer_enrolment import offer_enrolment
from tests.journeys.conftest import ARGUMENTS, Town, chromium_path
from tests.journeys.staff import Planned

SCANNER = "/appareil"


@dataclass
class Tablet:
    """One device: its browser may be closed and opened again, with the same things in it."""

    town: Town
    name: str = "Tablette de l'accueil"
    url: str = ""
    is_kiosk: bool = False

    @property
    def folder(self) -> Path:
        """Where its browser keeps what it keeps."""
        return self.town.folder / f"browser of {self.name}"

    @contextmanager
    def opened(self, *, film: Path | None = None, width: int = 360, clock: str = "") -> Iterator[Page]:
        """Open the browser; `clock` is a script that makes its clock wrong. Complaints of the console are faults."""
        arguments = list(ARGUMENTS)
        if film is not None:
            arguments += ["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream"]
            arguments += [f"--use-file-for-fake-video-capture={film}"]
        context = self.town.playwright.chromium.launch_persistent_context(
            self.folder,
            executable_path=chromium_path(),
            args=arguments,
            viewport={"width": width, "height": 800},
            locale="fr-FR",
            base_url=self.url or self.town.url,
            permissions=["camera"],
        )
        context.set_default_timeout(10_000)
        if clock:
            context.add_init_script(clock)
        complaints: list[str] = []
        page = context.pages[0]
        page.on("pageerror", lambda error: complaints.append(str(error)))
        try:
            yield page
        finally:
            context.close()
        assert complaints == []

    def enrol(self, page: Page) -> None:
        """Open the link that a manager was given, and press the button."""
        page.goto(f"/appareil/enroler#{offered(self.town, self.name, is_kiosk=self.is_kiosk)}")
        page.get_by_label("L'écran de cet appareil se verrouille").check()
        page.get_by_role("button", name="Enrôler cet appareil").click()
        expect(page.get_by_role("heading", name="C'est fait")).to_be_visible()

    def open_scanner(self, page: Page, people: int) -> None:
        """Go to the scanner, and wait for the list of the day and for the worker that keeps the page."""
        page.goto(SCANNER)
        plural = "personnes" if people > 1 else "personne"
        expect(page.locator("#list-said")).to_contain_text(f"{people} {plural}")
        page.evaluate("navigator.serviceWorker.ready.then(() => true)")


def offered(town: Town, name: str, *, is_kiosk: bool = False) -> str:
    """Entrust a device to an agent, and return the one-time token of its link."""
    house = town.house
    who: dict[str, Any] = {"name": name, "agent_id": house.agents[0].id}
    who |= {"kind": DeviceKind.KIOSK, "venue_id": house.venue.id} if is_kiosk else {}

    def make(db: Session) -> str:
        known = db.scalar(select(Device).where(Device.name == name))
        device = known or enrol_device(db, house.system(), now=house.now, **who)
        return offer_enrolment(db, house.system(), now=house.now, device_id=device.id).token

    return house.database.in_transaction(house.organisation.id, make)


def badge_texts(town: Town, planned: Planned) -> list[str]:
    """Give everybody of a training a badge, and return what each says."""
    house = town.house
    until = house.now.replace(year=house.now.year + 1)

    def give(db: Session) -> list[str]:
        made = [
            badge_until(db, house.system(), beneficiary_id=one, until=until, now=house.now) for one in planned.people
        ]
        return [badges.text_of(db, one, house.keys) for one in made]

    return house.database.in_transaction(house.organisation.id, give)


def full_names(town: Town) -> list[str]:
    """Everybody's last name: none of them may be on a device."""
    with town.house.database.reading(town.house.organisation.id) as db:
        return list(db.scalars(select(Beneficiary.last_name)))
