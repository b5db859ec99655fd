"""A beneficiary without an account books in three pages with JavaScript off, and changes their mind by link."""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage

import icalendar
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, Response, expect
from sqlalchemy import select

from booking.models import Appointment, AppointmentStatus, AppointmentType, Engagement
from tests.journeys.conftest import Town
from tests.journeys.staff import press_until

OpenNow = Callable[..., AppointmentType]
HOME = "/o/maison-des-solidarites"


def appointment(town: Town) -> Appointment:
    with town.house.database.reading(town.house.organisation.id) as db:
        return db.scalars(select(Appointment)).one()


def book(page: Page, *, phone: str = "", email: str = "") -> None:
    page.goto(HOME)
    page.get_by_role("link", name="Aide administrative").click()
    page.get_by_role("button", name="Choisir ce créneau").click()
    page.get_by_label("Prénom").fill("Camille")
    page.get_by_label("Nom", exact=True).fill("Durand")
    page.locator("[name=phone]").fill(phone)
    page.locator("[name=email]").fill(email)
    page.get_by_role("button", name="Valider le rendez-vous").click()


def attachment(message: EmailMessage, media_type: str) -> bytes:
    found = [part for part in message.walk() if part.get_content_type() == media_type]
    content = found[0].get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def test_booking_takes_three_pages_and_no_script_and_ends_with_a_ticket_on_one_sheet(
    town: Town, open_now: OpenNow
) -> None:
    open_now()
    with town.browser() as browser, town.page(browser, scripts=False) as page:
        pages = []
        page.on("framenavigated", lambda frame: pages.append(frame.url))
        book(page, phone="06 39 98 00 01", email="camille@exemple.fr")
        expect(page.get_by_role("heading", level=1)).to_have_text("Votre rendez-vous est noté.")
        expect(page.get_by_text("Montrez ce code à l'accueil")).to_be_visible()
        expect(page.locator(".qr img")).to_be_visible()
        shown = page.pdf(format="A4", print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", shown)) == 1, "the ticket prints on one sheet"
        assert page.context.cookies() == []
    asked = [url for url in pages if "/rdv/" not in url and "?" not in url and not url.endswith("/")]
    assert len(dict.fromkeys(asked)) == 3, asked


def test_the_mail_has_a_calendar_entry_and_a_qr_that_an_independent_decoder_reads(
    town: Town, open_now: OpenNow
) -> None:
    open_now()
    with town.browser() as browser, town.page(browser, scripts=False) as page:
        book(page, phone="06 39 98 00 01", email="camille@exemple.fr")
    town.deliver()
    (received,) = town.mailbox.wait_for(1)
    assert list(received.recipients) == ["camille@exemple.fr"]
    booked = appointment(town)
    calendar = icalendar.Calendar.from_ical(attachment(received.message, "text/calendar"))
    (event,) = calendar.events
    assert (event.start, event.end) == (booked.starts_at, booked.ends_at)
    assert "Aide administrative" not in str(event["SUMMARY"]), "a discreet reason stays out of calendars"
    picture = attachment(received.message, "image/png")
    path = town.folder / "badge.png"
    path.write_bytes(picture)
    (code,) = zxingcpp.read_barcodes(Image.open(path))
    assert code.text.startswith("PRP")
    assert len(code.text) == 146
    (_, sms) = town.house.texts[0]
    assert sms.to == "+33639980001"
    assert len(sms.text) <= 160
    assert "Aide administrative" not in sms.text


def test_following_the_links_changes_nothing_and_the_button_cancels(town: Town, open_now: OpenNow) -> None:
    open_now()
    with town.browser() as browser, town.page(browser, scripts=False) as page:
        book(page, email="camille@exemple.fr")
        town.deliver()
        (received,) = town.mailbox.wait_for(1)
        body = received.message.get_body(("plain",))
        assert body is not None
        text = str(body.get_content())
        for url in re.findall(r"https?://\S+", text):
            page.goto(url)
        assert appointment(town).status is AppointmentStatus.BOOKED, "a GET changes nothing"
        page.goto(re.findall(r"https?://\S+/rdv/[^\s/]+", text)[0])
        page.get_by_role("link", name="Annuler").click()
        assert appointment(town).status is AppointmentStatus.BOOKED
        page.locator("main form button").first.click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("annulé")
    assert appointment(town).status is AppointmentStatus.CANCELLED
    with town.house.database.reading(town.house.organisation.id) as db:
        assert db.scalars(select(Engagement)).all() == [], "the time is free again"
    town.deliver()
    calendar = icalendar.Calendar.from_ical(attachment(town.mailbox.wait_for(2)[1].message, "text/calendar"))
    assert str(calendar["METHOD"]) == "CANCEL"


def test_moving_keeps_the_duration_and_needs_two_clicks(town: Town, open_now: OpenNow) -> None:
    open_now()
    with town.browser() as browser, town.page(browser, scripts=False) as page:
        book(page, email="camille@exemple.fr")
        before = appointment(town)
        page.get_by_role("link", name="Déplacer").click()
        page.locator(".slots button").nth(3).click()
        assert appointment(town).starts_at == before.starts_at, "choosing only keeps the new slot"
        page.locator("main form button.primary").first.click()
        expect(page.locator(".ticket")).to_be_visible()
    after = appointment(town)
    assert after.starts_at != before.starts_at
    assert after.ends_at - after.starts_at == before.ends_at - before.starts_at
    assert after.sequence == before.sequence + 1


def test_an_error_gives_the_form_back_filled_in_with_a_summary(town: Town, open_now: OpenNow) -> None:
    open_now()
    with town.browser() as browser, town.page(browser, scripts=False) as page:
        book(page, phone="12")
        expect(page.locator(".summary")).to_be_visible()
        assert page.get_by_label("Prénom").input_value() == "Camille"
        assert page.locator("[name=phone]").input_value() == "12"
        page.locator("[name=phone]").fill("06 39 98 00 01")
        page.get_by_role("button", name="Valider le rendez-vous").click()
        expect(page.locator(".ticket")).to_be_visible()


def test_the_public_pages_satisfy_axe_and_fit_360_pixels(town: Town, open_now: OpenNow) -> None:
    open_now()
    with town.browser() as browser, town.page(browser) as page:
        page.goto(HOME)
        town.inspect(page)
        page.get_by_role("link", name="Aide administrative").click()
        town.inspect(page)
        page.get_by_role("button", name="Choisir ce créneau").click()
        town.inspect(page)
        page.get_by_role("button", name="Valider le rendez-vous").click()
        expect(page.locator(".summary")).to_be_visible()
        town.inspect(page)
        page.get_by_label("Prénom").fill("Camille")
        page.get_by_label("Nom", exact=True).fill("Durand")
        page.locator("[name=email]").fill("camille@exemple.fr")
        page.get_by_role("button", name="Valider le rendez-vous").click()
        expect(page.locator(".ticket")).to_be_visible()
        town.inspect(page)
        ticket = page.url
        for path in ("/annuler", "/deplacer", "/rien"):
            page.goto(ticket + path)
            town.inspect(page)


def test_the_whole_booking_is_done_by_keyboard(town: Town, open_now: OpenNow) -> None:
    open_now()

    with town.browser() as browser, town.page(browser) as page:
        page.goto(HOME)
        press_until(page, "Aide administrative")
        page.keyboard.press("Enter")
        page.wait_for_url("**/motif/**")
        press_until(page, "Choisir ce créneau")
        page.keyboard.press("Enter")
        page.wait_for_url("**/garde/**")
        for name, typed in (("first_name", "Camille"), ("last_name", "Durand"), ("phone", "0639980001")):
            press_until(page, name)
            page.keyboard.type(typed)
        press_until(page, "Valider")
        page.keyboard.press("Enter")
        expect(page.locator(".ticket")).to_be_visible()


def bytes_of_everything(page: Page, address: str) -> list[int]:
    answers: list[Response] = []

    def keep(answer: Response) -> None:
        answers.append(answer)

    page.on("response", keep)
    page.goto(address, wait_until="networkidle")
    return [answer.request.sizes()["responseBodySize"] for answer in answers]


def test_each_page_of_the_public_flow_weighs_less_than_100_kilobytes_with_everything(
    town: Town, open_now: OpenNow
) -> None:
    """On the wire, for somebody who comes for the first time to that page: nothing is in the browser's cache."""
    open_now()
    addresses = []
    with town.browser() as browser:
        with town.page(browser) as page:
            page.goto(HOME)
            addresses.append(page.url)
            page.get_by_role("link", name="Aide administrative").click()
            addresses.append(page.url)
            page.get_by_role("button", name="Choisir ce créneau").click()
            addresses.append(page.url)
            page.get_by_label("Prénom").fill("Camille")
            page.get_by_label("Nom", exact=True).fill("Durand")
            page.locator("[name=email]").fill("camille@exemple.fr")
            page.get_by_role("button", name="Valider le rendez-vous").click()
            expect(page.locator(".ticket")).to_be_visible()
        addresses.append(page.url)
        for address in addresses:
            with town.page(browser) as fresh:
                weights = bytes_of_everything(fresh, address)
            assert len(weights) > 3
            assert 0 < sum(weights) < 100_000
