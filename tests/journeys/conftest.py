"""A real server, a real browser, a real SMTP conversation: what the journeys travel with."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, sync_playwright
from sqlalchemy.orm import Session

from booking.domain.occurrences import Hours, Recurrence
from booking.models import AppointmentType, Grid
from booking.use_cases.open_hours import open_hours
from directory.models import Venue
from foundation.clock import ManualClock, SystemClock
from foundation.messages import SmtpMailSender
from tests.house import House, config_for
from tests.servers.smtp import Mailbox, receiving
from tests.servers.web import base_url, free_port, serving

HOUSE = Path(__file__).parents[2]
AXE = HOUSE / "node_modules" / "axe-core" / "axe.min.js"
HOW_TO_GET_CHROMIUM = "No Chromium here. Debian: apt install chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


class RunningClock(ManualClock):
    """The real time, which a test can put forward: browsers have clocks of their own."""

    def __init__(self) -> None:
        """Begin with the machine's time."""
        super().__init__(SystemClock().now())
        self._began = SystemClock().now()

    def now(self) -> datetime:
        """Return the time as it goes on."""
        return super().now() + (SystemClock().now() - self._began)


class Town:
    """The house behind a real server, with a letter box, and ways to open a browser before it."""

    def __init__(self, house: House, mailbox: Mailbox, playwright: Playwright, folder: Path) -> None:
        """Move in."""
        self.house = house
        self.mailbox = mailbox
        self.url = house.config.base_url
        self.folder = folder
        self.playwright = playwright
        self.serious: list[str] = []
        self.complaints: list[str] = []

    @contextmanager
    def browser(self, *, film: Path | None = None) -> Iterator[Browser]:
        """Open Chromium, with a film before its camera, or without a camera."""
        arguments = list(ARGUMENTS)
        if film is not None:
            arguments += [
                "--use-fake-ui-for-media-stream",
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-video-capture={film}",
            ]
        path = chromium_path()
        if path is None:
            pytest.skip(HOW_TO_GET_CHROMIUM)
        browser = self.playwright.chromium.launch(executable_path=path, args=arguments)
        try:
            yield browser
        finally:
            browser.close()

    @contextmanager
    def page(self, browser: Browser, *, scripts: bool = True, width: int = 360) -> Iterator[Page]:
        """Open a page of a fresh visitor; complaints of the browser's console are faults."""
        context = browser.new_context(
            java_script_enabled=scripts,
            viewport={"width": width, "height": 800},
            locale="fr-FR",
            permissions=["camera"],
            base_url=self.url,
        )
        context.set_default_timeout(8_000)
        outer, complaints = self.complaints, list[str]()
        self.complaints = complaints
        page = context.new_page()
        page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        try:
            yield page
        finally:
            context.close()
            self.complaints = outer
        assert [one for one in complaints if "status of 4" not in one] == []

    def inspect(self, page: Page) -> None:
        """Have axe look at the page, and the page stay inside its width."""
        before = len(self.complaints)
        self.serious += complaints(page)
        del self.complaints[before:]  # axe itself tries inline styles, which the page's policy forbids

    def deliver(self) -> None:
        """Let the worker do everything that waits."""
        self.house.worker.run_until_empty()


def complaints(page: Page) -> list[str]:
    """What axe finds serious on the page, and whether it is wider than its window."""
    found: list[str] = []
    if AXE.exists():
        if not page.evaluate("'axe' in window"):
            page.evaluate(AXE.read_text(encoding="utf-8"))
        for one in page.evaluate("axe.run().then(said => said.violations)"):
            if one["impact"] in {"serious", "critical"}:
                where = "; ".join(node["html"][:120] for node in one["nodes"])
                found.append(f"{page.url}: {one['id']} ({one['impact']}): {where}")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*found, *([f"{page.url}: {wide} px too wide"] if wide > 0 else [])]


def chromium_path() -> str | None:
    """Where the system's Chromium is."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def midday_zone(now: datetime) -> str:
    """An IANA zone in which it is about noon at present, so that no journey meets midnight."""
    offset = 12 - now.astimezone(UTC).hour
    return f"Etc/GMT{-offset:+d}" if offset else "Etc/GMT"


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, which drives the system's Chromium."""
    if chromium_path() is None:
        pytest.skip(HOW_TO_GET_CHROMIUM)
    with sync_playwright() as running:
        yield running


@contextmanager
def town_of(furnished_sqlite: Path, folder: Path, playwright: Playwright) -> Iterator[Town]:
    """Build the whole house on SQLite, served for real, mailing for real."""
    path = folder / "house.sqlite3"
    shutil.copy(furnished_sqlite, path)
    port = free_port()
    config = config_for(f"sqlite:///{path}", base_url(port))
    with ExitStack() as stack:
        mailbox = stack.enter_context(receiving())
        house = stack.enter_context(House(config, RunningClock()))
        sender = SmtpMailSender(mailbox.host, mailbox.port, config.mail_sender, security="none")
        house.worker = replace(house.worker, mail=sender)
        stack.enter_context(serving(house.app, port))
        town = Town(house, mailbox, playwright, folder)
        yield town
    assert town.serious == []


@pytest.fixture
def town(furnished_sqlite: Path, tmp_path: Path, playwright: Playwright) -> Iterator[Town]:
    """A town of this test's own."""
    with town_of(furnished_sqlite, tmp_path, playwright) as town:
        yield town


@pytest.fixture
def open_now(town: Town) -> Callable[..., AppointmentType]:
    """Open a reason that can be booked at once, all day, at a venue where it is about noon."""

    def open_it(**changes: object) -> AppointmentType:
        house = town.house
        zone = midday_zone(house.now)
        values: dict[str, object] = {
            "name": "Aide administrative",
            "duration_minutes": 15,
            "pause_minutes": 0,
            "grid": Grid.CLOCK,
            "channels": ["on-site"],
            "booking_notice_minutes": 0,
            "cancel_notice_minutes": 0,
            "what_to_bring": "Une pièce d'identité.",
            **changes,
        }
        kind = AppointmentType(organisation_id=house.organisation.id, **values)
        first_day = house.now.date() - timedelta(days=2)

        def write(db: Session) -> None:
            db.add(kind)
            db.get_one(Venue, house.venue.id).time_zone = zone
            db.flush()
            for weekday in range(7):
                open_hours(
                    db,
                    house.system(),
                    now=house.now,
                    resource_id=house.agents[0].resource_id,
                    venue_id=house.venue.id,
                    type_ids=[kind.id],
                    recurrence=Recurrence.weekly(weekday, since=first_day),
                    hours=Hours.between(time(6), time(20)),
                )

        house.database.in_transaction(house.organisation.id, write)
        return kind

    return open_it
