"""An agent logs in, sees the day and scans: camera, keyboard scanner, names; every «no» with its sentence."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.models import Grade, Method, Scan, Signature, Standing, Statement, StatementCause
from booking.models import Appointment, AppointmentStatus, AppointmentType
from directory.models import Badge, Organisation
from directory.queries import badges
from foundation.database import EVERY_ORGANISATION
from tests.attendance.scene import altered
from tests.booking import diary
from tests.journeys.camera import film
from tests.journeys.conftest import Town, midday_zone
from tests.journeys.staff import log_in

OpenNow = Callable[..., AppointmentType]
Row = TypeVar("Row")


def booked_soon(town: Town, kind: AppointmentType) -> tuple[Appointment, str]:
    """Somebody has booked the next slot; their appointment and the text of their badge."""
    house = town.house
    starts_at = min(one for one in diary.listed_now(house, kind) if one > house.now)
    appointment = diary.book(house, kind, starts_at)

    def text(db: Session) -> str:
        badge = badges.live_of(db, appointment.beneficiary_id, now=house.now)
        assert badge is not None
        return badges.text_of(db, badge, house.keys)

    with house.database.reading(house.organisation.id) as db:
        return appointment, text(db)


def choose_desk(page: Page, town: Town) -> None:
    page.locator("#target").select_option(label=page.locator("#target option", has_text="Bordeaux").first.inner_text())


def rows(town: Town, model: type[Row]) -> list[Row]:
    with town.house.database.reading(town.house.organisation.id) as db:
        return list(db.scalars(select(model)))


def scan_by_keyboard(page: Page, text: str) -> None:
    """A keyboard scanner types fast and ends with Enter, wherever the focus is."""
    page.locator("h1").first.click(force=True)
    page.keyboard.insert_text("") if not text else page.keyboard.type(text)
    page.keyboard.press("Enter")


def scan_until_said(page: Page, text: str, where: Locator, said: str) -> None:
    """Scan by keyboard until the page says so: a machine that is too busy types more slowly than any scanner."""
    for _ in range(2):
        scan_by_keyboard(page, text)
        with suppress(AssertionError):
            expect(where).to_contain_text(said, timeout=10_000)
            return
    scan_by_keyboard(page, text)
    expect(where).to_contain_text(said, timeout=10_000)


def test_the_camera_reads_the_badge_of_the_mail_and_a_second_look_says_already_signed(
    town: Town, open_now: OpenNow
) -> None:
    appointment, _ = booked_soon(town, open_now())
    town.deliver()
    (received,) = town.mailbox.wait_for(1)
    pictures = [part for part in received.message.walk() if part.get_filename() == "badge.png"]
    picture = pictures[0].get_payload(decode=True)
    assert isinstance(picture, bytes)
    with town.browser(film=film(picture, town.folder / "badge.y4m")) as browser, town.page(browser) as page:
        log_in(town, page)
        choose_desk(page, town)
        verdict = page.locator("#verdict")
        expect(verdict).to_be_visible(timeout=15_000)
        expect(verdict).to_have_attribute("data-colour", "green", timeout=15_000)
        expect(verdict).to_contain_text("Camille")
        box = verdict.bounding_box()
        assert box is not None
        assert box["width"] >= 360
        assert box["height"] >= 790, "the verdict fills the screen"
        town.inspect(page)
        page.reload()
        choose_desk(page, town)
        expect(page.locator("#verdict")).to_have_attribute("data-colour", "orange", timeout=15_000)
        expect(page.locator("#announcement")).to_contain_text("Déjà émargé, à")
    signature, second = rows(town, Signature)
    assert (signature.standing, second.standing) == (Standing.COUNTS, Standing.DUPLICATE)
    assert (signature.method, signature.grade) == (Method.BADGE, Grade.A)
    assert signature.agent_id == town.house.agents[0].id
    town.deliver()
    (row,) = rows(town, Appointment)
    assert row.status is AppointmentStatus.ARRIVED, "booking knows that they came"
    assert appointment.id == row.id


def test_the_browser_checks_the_badge_with_the_public_key_before_it_asks_the_server(
    town: Town, open_now: OpenNow
) -> None:
    _, text = booked_soon(town, open_now())
    with town.browser() as browser, town.page(browser) as page:
        log_in(town, page)
        page.wait_for_load_state("networkidle")
        asked: list[str] = []
        page.route("**/equipe/scanner/passages", lambda route: asked.append(route.request.url))
        for scanned, said in ((text, "Badge reconnu"), (altered(text), "Badge inconnu de ce lecteur")):
            scan_until_said(page, scanned, page.locator("#hint"), said)
        assert asked
        assert rows(town, Scan) == [], "the server was not reached yet"


def test_the_day_shows_who_is_expected(town: Town, open_now: OpenNow) -> None:
    booked_soon(town, open_now())
    # The day that opens is the organisation's: near midnight it is another one than at the venue, where it is noon.
    zone, house = midday_zone(town.house.now), town.house

    def move(db: Session) -> None:
        db.get_one(Organisation, house.organisation.id).time_zone = zone

    house.database.in_transaction(EVERY_ORGANISATION, move)
    with town.browser() as browser, town.page(browser, width=1280) as page:
        page.goto("/equipe/jour")
        town.inspect(page)
        log_in(town, page)
        page.get_by_role("link", name="Jour").click()
        expect(page.get_by_text("Camille Durand").first).to_be_visible()
        town.inspect(page)
        for name in ("Séances", "Connexions"):
            page.get_by_role("link", name=name).click()
            town.inspect(page)


def test_a_keyboard_scanner_does_the_same_without_a_camera_and_each_no_has_its_sentence(
    town: Town, open_now: OpenNow
) -> None:
    _, text = booked_soon(town, open_now())
    house = town.house
    with town.browser() as browser, town.page(browser) as page:
        log_in(town, page)
        choose_desk(page, town)
        announcement = page.locator("#announcement")
        scan_until_said(page, altered(text), announcement, "pas valable")
        scan_until_said(page, text[:70] + "!" + text[71:], announcement, "ne se lit pas")
        scan_until_said(page, text, page.locator("#passages"), "Camille")
        (badge,) = rows(town, Badge)
        house.database.in_transaction(
            house.organisation.id, lambda db: setattr(db.get_one(Badge, badge.id), "revoked_at", house.now)
        )
        page.wait_for_timeout(3200)
        scan_until_said(page, text, announcement, "a été retiré")
    assert [scan.verdict for scan in rows(town, Scan)] == ["unknown", "malformed", "signed", "revoked"]
    assert len(rows(town, Signature)) == 1


def test_a_name_found_by_search_is_a_statement_and_never_a_signature(town: Town, open_now: OpenNow) -> None:
    booked_soon(town, open_now())
    with town.browser() as browser, town.page(browser) as page:
        log_in(town, page)
        choose_desk(page, town)
        page.locator("#query").fill("du")
        page.get_by_role("button", name="Chercher").click()
        expect(page.locator("#search-said")).to_contain_text("trois lettres")
        page.locator("#query").fill("dura")
        page.get_by_role("button", name="Chercher").click()
        page.locator("#people button").first.click()
        page.get_by_label("Pourquoi n'émarge-t-elle pas").select_option(label="Elle n'a pas son badge")
        page.locator("#reason").fill("Badge oublié, identité vérifiée")
        town.inspect(page)
        page.locator("#statement button[type=submit], #statement .row button:not([type])").first.click()
        expect(page.locator("#announcement")).not_to_be_empty(timeout=10_000)
        page.wait_for_timeout(300)
    assert rows(town, Signature) == []
    (statement,) = rows(town, Statement)
    assert statement.reason == "Badge oublié, identité vérifiée"
    assert statement.cause is StatementCause.NO_BADGE


def test_without_javascript_the_scanner_page_is_a_plain_form(town: Town, open_now: OpenNow) -> None:
    _, text = booked_soon(town, open_now())
    with town.browser() as browser, town.page(browser, scripts=False) as page:
        log_in(town, page)
        choose_desk(page, town)
        page.get_by_role("textbox", name="Lecteur de codes").fill(text)
        page.get_by_role("button", name="Vérifier").click()
        expect(page.locator(".answer")).to_contain_text("Camille")
    assert len(rows(town, Signature)) == 1
