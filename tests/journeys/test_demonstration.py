"""`paraphe demo` and `paraphe run --demo`, as `make run` calls them: believable, served for real, nothing leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, expect
from sqlalchemy import ColumnExpressionArgument, func, select
from sqlalchemy.orm import Mapped, Session

from attendance.models import Countersignature, HalfDay, Meeting, MeetingKind, SheetState, Signature
from booking.models import Appointment, AppointmentStatus, AppointmentType
from directory.models import Agent, Organisation, Venue
from foundation.database import EVERY_ORGANISATION, Database
from tests.journeys.conftest import ARGUMENTS, chromium_path, complaints
from tests.servers.web import free_port

HOUSE = Path(__file__).parents[2]
PARAPHE = [sys.executable, "-c", "from wsgi import cli; cli()"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration, made by its command."""
    folder = tmp_path_factory.mktemp("demonstration") / "demo"
    said = _paraphe(folder, "demo")
    assert "nadia.ferrand@paraphe.example" in said
    assert "TOTP" in said
    return folder


def _environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PARAPHE", "DATABASE", "MAIL"))}
    return {**kept, "PARAPHE_DEMO_FOLDER": str(folder)}


def _paraphe(folder: Path, *words: str) -> str:
    done = subprocess.run(  # noqa: S603 - our own command
        [*PARAPHE, *words], cwd=HOUSE, env=_environment(folder), capture_output=True, text=True, check=True, timeout=120
    )
    return done.stdout


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    """The demonstration, served by its command."""
    port = free_port()
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*PARAPHE, "run", "--demo", "--port", str(port)], cwd=HOUSE, env=_environment(folder)
    )
    url = f"http://127.0.0.1:{port}"
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{url}/healthz", timeout=2).close()  # noqa: S310 - our own server
            break
        except OSError:
            time.sleep(0.1)
    yield url
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=20) in {0, -signal.SIGTERM}


def count(db: Session, column: Mapped[int], *where: ColumnExpressionArgument[bool]) -> int:
    return db.scalar(select(func.count(column)).where(*where)) or 0


def test_the_demonstration_is_a_body_that_a_reader_believes_in(folder: Path) -> None:
    database = Database(f"sqlite:///{folder}/paraphe.sqlite3")
    with database.reading(EVERY_ORGANISATION) as db:
        assert count(db, Organisation.id) == 1
        assert set(db.scalars(select(Venue.time_zone))) == {"Europe/Paris", "Indian/Reunion"}
        assert count(db, Agent.id) == 4
        channels = {channel for kind in db.scalars(select(AppointmentType)) for channel in kind.channels}
        assert channels == {"on-site", "phone", "video", "home"}
        assert count(db, AppointmentType.id, AppointmentType.is_workshop) == 1
        assert count(db, Appointment.id) > 100
        assert count(db, Appointment.id, Appointment.status == AppointmentStatus.NO_SHOW) > 3
        assert count(db, Signature.id) > 50
        trainings = select(Meeting.id).where(Meeting.kind == MeetingKind.TRAINING)
        sizes = select(func.count(HalfDay.id)).where(HalfDay.meeting_id.in_(trainings)).group_by(HalfDay.meeting_id)
        assert sorted(db.scalars(sizes)) == [1, 4, 4]
        assert count(db, Meeting.id, Meeting.sheet_state == SheetState.CLOSED) == 1
        assert count(db, Countersignature.id) >= 4
    database.dispose()


def test_made_a_second_time_it_changes_nothing(folder: Path) -> None:
    before = (folder / "paraphe.sqlite3").stat().st_mtime_ns
    assert "is there" in _paraphe(folder, "demo")
    assert (folder / "paraphe.sqlite3").stat().st_mtime_ns == before


def test_its_keys_are_nobody_elses_business(folder: Path) -> None:
    assert (folder / "master-keys").stat().st_mode & 0o077 == 0
    assert folder.stat().st_mode & 0o077 == 0


def test_somebody_books_and_finds_the_mail_in_the_demonstrations_mailbox(address: str, playwright: Playwright) -> None:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
    page = browser.new_context(locale="fr-FR", viewport={"width": 360, "height": 800}).new_page()
    page.set_default_timeout(10_000)
    page.goto(f"{address}/demo")
    assert complaints(page) == []
    page.get_by_role("link", name="Prendre rendez-vous").click()
    page.get_by_role("link", name="Aide administrative").click()
    page.get_by_role("button", name="Choisir ce créneau").click()
    page.get_by_label("Prénom").fill("Ondine")
    page.get_by_label("Nom", exact=True).fill("Delmas")
    page.locator("[name=email]").fill("ondine@exemple.fr")
    page.get_by_role("button", name="Valider le rendez-vous").click()
    expect(page.locator(".ticket")).to_be_visible()
    badge = page.get_by_role("link", name="badge.png")
    letter = page.locator(".message", has_text="ondine@exemple.fr").filter(has=badge)
    for _ in range(80):
        page.goto(f"{address}/demo/boite")
        if letter.count():
            break
        page.wait_for_timeout(250)
    assert complaints(page) == []
    assert letter.count() == 1
    letter.get_by_role("link", name="/rdv/").first.click()
    expect(page.locator(".ticket")).to_be_visible()
    browser.close()


def test_an_agent_logs_in_with_what_the_demonstration_page_shows(address: str, playwright: Playwright) -> None:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
    page = browser.new_context(locale="fr-FR").new_page()
    page.set_default_timeout(10_000)
    page.goto(f"{address}/demo")
    row = page.get_by_role("row", name="Nadia Ferrand")
    code, email = row.get_by_role("cell").nth(0).inner_text(), row.get_by_role("cell").nth(1).inner_text()
    password = page.locator("main p code").first.inner_text()
    page.get_by_role("link", name="Se connecter").click()
    page.get_by_label("Adresse de courriel").fill(email)
    page.get_by_label("Mot de passe").fill(password)
    page.get_by_role("button", name="Continuer").click()
    page.get_by_label("Code à six chiffres").fill(code)
    page.get_by_role("button", name="Se connecter").click()
    page.wait_for_url("**/equipe/jour")
    browser.close()
