"""A facilitator countersigns by personal link; the agent closes the sheet, and files it as a PDF that says it all."""

from __future__ import annotations

import shutil
import subprocess
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.domain.targets import Target, TargetKind
from attendance.models import Countersignature, Meeting, SheetState, SignatureKind, Statement
from attendance.steps.scans import SentScan
from attendance.use_cases.close_sheet import close_sheet
from attendance.use_cases.scan_badge import scan_badge
from directory.queries import badges
from directory.steps.badges import badge_until
from foundation.times import local, say_day_and_year, say_hour
from tests.journeys.conftest import Town, midday_zone
from tests.journeys.staff import (
    LEADER,
    LEADER_MAIL,
    TITLE,
    Invited,
    Planned,
    log_in,
    mailed_link,
    open_sheet,
    press_until,
    training_under_way,
)

PEOPLE = (
    Invited("Sonia", "Lefèvre", "sonia@courriel.example", "+33639980001"),
    Invited("Amadou", "Diallo", phone="+33639980002"),
    Invited("Zoé", "Lê-Van", "zoe@courriel.example"),
)
REASON = "Téléphone déchargé, identité vérifiée"


@pytest.fixture
def planned(town: Town) -> Planned:
    return training_under_way(town, PEOPLE)


def scan(town: Town, planned: Planned, half_day: int) -> str:
    """Sonia shows her badge at the door; the hour that was kept, as it is said there."""
    house = town.house
    now = house.now

    def show(db: Session) -> None:
        agent = house.actor(house.agents[0])
        until = now + timedelta(days=1)
        badge = badge_until(db, agent, beneficiary_id=planned.people[0], until=until, now=now)
        text = badges.text_of(db, badge, house.keys)
        target = Target(TargetKind.HALF_DAY, planned.half_days[half_day])
        sent = SentScan(f"journey-{half_day}", text, target, SignatureKind.ARRIVAL, now)
        scan_badge(db, agent, now=now, sent=sent)

    house.database.in_transaction(house.organisation.id, show)
    return hour(town, now)


def hour(town: Town, instant: Any) -> str:
    with town.house.database.reading(town.house.organisation.id) as db:
        zone = db.scalars(select(Meeting.time_zone)).one()
    return plain(say_hour(local(instant, zone), "fr"))


def plain(text: str) -> str:
    """Text with single ordinary spaces, as a person reads it."""
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def state_amadou(page: Page) -> None:
    """The agent notes on the sheet that Amadou is there."""
    page.get_by_label("Personne").select_option(label="Amadou Diallo")
    page.get_by_label("Demi-journée").select_option(index=0)
    page.get_by_label("Motif, en quelques mots").fill(REASON)
    page.get_by_role("button", name="Noter le constat").click()
    expect(page.get_by_text("Le constat est noté.")).to_be_visible()


def send_countersign_link(town: Town, page: Page) -> str:
    page.get_by_role("button", name="Envoyer les liens de contreseing").click()
    expect(page.get_by_text("1 lien part.")).to_be_visible()
    town.deliver()
    town.mailbox.wait_for(1)
    return mailed_link(town, LEADER_MAIL)


def countersign(page: Page, heads: str) -> None:
    page.get_by_label("Nombre de personnes comptées").fill(heads)
    page.get_by_role("button", name="Contresigner cette demi-journée").click()


def both_half_days_are_countersigned(town: Town, planned: Planned, page: Page) -> str:
    """The facilitator countersigns the first, then, two hours later, the second; the hour at which Sonia signed it."""
    expect(page.get_by_text(f"Bonjour {LEADER}.")).to_be_visible()
    expect(page.get_by_text("Les heures sont celles de Bordeaux Saint-Michel.")).to_be_visible()
    expect(page.get_by_text("Ont émargé (1)").first).to_be_visible()
    expect(page.get_by_text("Vous pourrez contresigner à partir de")).to_have_count(1)
    countersign(page, "deux")
    expect(page.get_by_text("Écrivez le nombre de personnes")).to_be_visible()
    countersign(page, "2")
    expect(page.get_by_text("(2 personnes comptées)")).to_be_visible()
    town.house.clock.advance(timedelta(hours=2))
    signed = scan(town, planned, 1)
    page.reload()
    countersign(page, "1")
    expect(page.get_by_text("(1 personne comptée)")).to_be_visible()
    assert page.context.cookies() == []
    return signed


def download(town: Town, page: Page) -> bytes:
    href = page.get_by_role("link", name="Télécharger le PDF").get_attribute("href")
    answer = page.context.request.get(f"{town.url}{href}")
    assert answer.headers["content-type"] == "application/pdf"
    return answer.body()


def the_database_agrees(town: Town) -> None:
    with town.house.database.reading(town.house.organisation.id) as db:
        assert db.scalars(select(Meeting.sheet_state)).one() is SheetState.CLOSED
        heads = [one.headcount for one in db.scalars(select(Countersignature).order_by(Countersignature.signed_at))]
        assert heads == [2, 1]
        assert db.scalars(select(Statement.reason)).one() == REASON


def test_the_facilitator_countersigns_and_the_agent_closes_and_files_the_sheet(town: Town, planned: Planned) -> None:
    started = town.house.now
    signed = [scan(town, planned, 0)]
    with town.browser() as browser:
        with town.page(browser, width=1280) as page:
            log_in(town, page)
            open_sheet(page)
            state_amadou(page)
            expect(page.get_by_role("button", name="Clore la feuille")).to_have_count(0)
            link = send_countersign_link(town, page)
        with town.page(browser, scripts=False) as page:
            page.goto(link)
            signed.append(both_half_days_are_countersigned(town, planned, page))
        town.house.clock.advance(timedelta(hours=1))
        with town.page(browser, width=1280) as page:
            log_in(town, page)
            open_sheet(page)
            page.get_by_role("button", name="Clore la feuille").click()
            expect(page.get_by_text("Feuille close le")).to_be_visible()
            expect(page.get_by_role("button", name="Noter le constat")).to_have_count(0)
            pdf = download(town, page)
    the_database_agrees(town)
    is_a_document_that_everybody_can_read(pdf)
    says_everything(town, pdf, started, signed)


def is_a_document_that_everybody_can_read(pdf: bytes) -> None:
    """Tagged, titled, in its language: read from the bytes, by no library of ours."""
    assert pdf.startswith(b"%PDF-")
    for mark in (
        b"/MarkInfo",
        b"/StructTreeRoot",
        b"/Lang",
        b"/Title",
        b"/DisplayDocTitle true",
        b"pdfuaid",
        b"pdfaid",
    ):
        assert mark in pdf, mark


def says_everything(town: Town, pdf: bytes, started: Any, signed: list[str]) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here (Debian: apt install poppler-utils): what the PDF says was not read")
    path = town.folder / "feuille.pdf"
    path.write_bytes(pdf)
    for arguments in (["pdftotext", str(path), "-"], ["pdfinfo", str(path)]):
        done = subprocess.run(arguments, capture_output=True, check=True, text=True)  # noqa: S603 - our own arguments
        words = plain(done.stdout)
        for expected in wanted(town, started, signed) if arguments[0] == "pdftotext" else ("Tagged: yes", TITLE):
            assert plain(expected) in words, expected


def wanted(town: Town, started: Any, signed: list[str]) -> tuple[str, ...]:
    zone = midday_zone(started)
    begins = started.replace(second=0, microsecond=0) - timedelta(minutes=10)
    hours = [
        f"{say_hour(local(begins + timedelta(hours=one), zone), 'fr')} – "
        f"{say_hour(local(begins + timedelta(hours=one + 1), zone), 'fr')}"
        for one in (0, 2)
    ]
    return (
        "Feuille d'émargement", TITLE, "Maison des Solidarités", "812 345 678 00015", "75331234533",
        "Bordeaux Saint-Michel, 12 rue des Faures, 33000 Bordeaux", f"{zone} (UTC",
        say_day_and_year(local(begins, zone).date(), "fr"), *hours, "Comprendre", "Faire",
        "Sonia Lefèvre", "Amadou Diallo", "Zoé Lê-Van", *(f"Arrivée {one}" for one in signed),
        "badge présenté à Nadia Ferrand", "constat, pas une signature (arrivée)", f"« {REASON} »", "absence",
        "1 a émargé 1 constat 1 absence", "1 a émargé 2 absences",
        LEADER, "2 personnes comptées", "1 personne comptée", "Feuille close le", "par Nadia Ferrand.", "page 1 sur",
    )  # fmt: skip


def test_what_staff_do_to_a_sheet_satisfies_axe_at_360_pixels_and_a_keyboard_is_enough(
    town: Town, planned: Planned
) -> None:
    scan(town, planned, 0)
    with town.browser() as browser:
        with town.page(browser) as page:
            log_in(town, page)
            page.get_by_role("link", name="Séances").click()
            town.inspect(page)
            press_until(page, TITLE)
            page.keyboard.press("Enter")
            page.wait_for_url("**/equipe/seances/*")
            town.inspect(page)
            press_until(page, "Noter le constat")
            page.keyboard.press("Enter")
            expect(page.locator(".summary")).to_be_focused()
            town.inspect(page)
            state_amadou(page)
            town.inspect(page)
        town.house.clock.advance(timedelta(hours=3))
        with town.page(browser) as page:
            log_in(town, page)
            open_sheet(page)
            town.inspect(page)
            press_until(page, "Clore la feuille")
            page.keyboard.press("Enter")
            expect(page.get_by_text("Feuille close le")).to_be_visible()
            town.inspect(page)


def test_countersigning_satisfies_axe_at_360_pixels_and_a_keyboard_is_enough(town: Town, planned: Planned) -> None:
    with town.browser() as browser:
        with town.page(browser) as page:
            log_in(town, page)
            open_sheet(page)
            link = send_countersign_link(town, page)
        with town.page(browser) as page:
            page.goto(link)
            town.inspect(page)
            for typed, heard in (("x", "Écrivez le nombre de personnes"), ("0", "(0 personne comptée)")):
                press_until(page, "headcount")
                page.keyboard.press("Control+a")
                page.keyboard.type(typed)
                page.keyboard.press("Enter")
                expect(page.get_by_text(heard).first).to_be_visible()
                town.inspect(page)
            town.house.clock.advance(timedelta(hours=3))
            close(town, planned)
            page.reload()
            expect(page.get_by_text("La feuille est close.")).to_have_count(1)
            town.inspect(page)


def close(town: Town, planned: Planned) -> None:
    house = town.house
    actor = house.actor(house.agents[0])
    house.database.in_transaction(
        house.organisation.id, close_sheet, actor, now=house.now, meeting_id=planned.meeting_id
    )
