"""A room with a screen: one scans it with a phone that is known, another types its word; the counts go up."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from attendance.models import Grade, Method, Signature
from foundation import ids
from tests.api import link_of
from tests.journeys.conftest import Town
from tests.journeys.staff import Invited, Planned, log_in, open_sheet, press_until, training_under_way

AMINA = Invited("Amina", "Lefèvre", "amina@courriel.example", "+33639980001")
AMADOU = Invited("Amadou", "Diallo", phone="+33639980002")
SIGN_IN, SIGN_OUT = "Signer mon arrivée", "Signer mon départ"


@pytest.fixture
def planned(town: Town) -> Planned:
    return training_under_way(town, (AMINA, AMADOU))


@contextmanager
def screen(town: Town, browser: Browser) -> Iterator[Page]:
    """Staff open the display from the sheet, and the address is typed on the room's computer."""
    with town.page(browser, width=1280) as page:
        log_in(town, page)
        open_sheet(page)
        town.inspect(page)
        page.get_by_role("button", name="Afficher le code").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Gérer ses papiers en ligne")
        address = page.url
    with town.page(browser, width=1280) as page:
        page.goto(address)
        yield page


def photographed(page: Page) -> str:
    """What a camera reads from the whole screen."""
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(page.screenshot())))
    return str(code.text)


def word_on(page: Page) -> str:
    return page.locator(".word").inner_text()


def personal_link(town: Town, planned: Planned, person: int) -> str:
    return f"{town.url}/signer/{link_of(town.house, 'sign', planned.attendees[person])}"


def signatures(town: Town) -> list[tuple[int, Method, Grade]]:
    with town.house.database.reading(town.house.organisation.id) as db:
        found = db.scalars(select(Signature).order_by(Signature.id))
        return [(one.attendee_id, one.method, one.grade) for one in found]


def test_a_phone_without_javascript_scans_the_screen_and_signs_arrival_and_departure(
    town: Town, planned: Planned
) -> None:
    with town.browser() as browser, screen(town, browser) as room, town.page(browser, scripts=False) as phone:
        assert "Amina" not in room.locator("body").inner_text()
        expect(room.get_by_text("0 sur 2")).to_be_visible()
        phone.goto(personal_link(town, planned, 0))
        phone.get_by_role("button", name="Reconnaître ce téléphone").click()
        expect(phone.get_by_text("Ce téléphone vous reconnaîtra")).to_be_visible()
        phone.goto(photographed(room))
        expect(phone.get_by_text("Bonjour Amina.")).to_be_visible()
        phone.get_by_role("button", name=SIGN_IN).click()
        expect(phone.get_by_text("C'est émargé. Merci.")).to_be_visible()
        town.house.clock.advance(timedelta(seconds=15))
        room.reload()
        expect(room.get_by_text("1 sur 2")).to_be_visible()
        phone.goto(photographed(room))
        phone.get_by_role("button", name=SIGN_OUT).click()
        expect(phone.get_by_text("Départ émargé,")).to_be_visible()
    amina = planned.attendees[0]
    assert signatures(town) == [(amina, Method.ROOM_CODE, Grade.B)] * 2


def test_a_phone_that_is_not_known_is_led_to_the_word(town: Town, planned: Planned) -> None:
    with town.browser() as browser, screen(town, browser) as room, town.page(browser, scripts=False) as phone:
        phone.goto(photographed(room))
        expect(phone.get_by_text("Ouvrez votre lien personnel")).to_be_visible()
        phone.goto(personal_link(town, planned, 1))
        field = phone.get_by_label("Mot de la salle")
        field.fill("abeille 1234")
        phone.get_by_role("button", name=SIGN_IN).click()
        expect(phone.locator(".summary")).to_contain_text("Ce mot n'est pas bon, ou ne l'est plus.")
        phone.get_by_label("Mot de la salle").fill(word_on(room).upper().replace(" ", ""))
        phone.get_by_role("button", name=SIGN_IN).click()
        expect(phone.get_by_text("C'est émargé. Merci.")).to_be_visible()
    assert signatures(town) == [(planned.attendees[1], Method.ROOM_WORD, Grade.B)]


def test_the_screen_renews_itself_and_covers_a_code_that_it_cannot_renew(town: Town, planned: Planned) -> None:
    with town.browser() as browser, screen(town, browser) as room:
        before = photographed(room)
        expect(room.locator("#room[data-seconds]")).to_be_visible()
        room.wait_for_function(
            "before => document.querySelector('.qr img').src !== before", arg=picture(room), timeout=20_000
        )
        assert photographed(room) != before
        room.context.set_offline(True)
        expect(room.get_by_text("L'écran n'a plus de réseau")).to_be_visible(timeout=20_000)
        assert zxingcpp.read_barcodes(Image.open(io.BytesIO(room.screenshot()))) == []
        room.context.set_offline(False)
        expect(room.locator(".is-stale")).to_have_count(0, timeout=20_000)
        assert photographed(room).startswith(f"{town.url}/presence/{ids.to_text(planned.meeting_id)}")
        town.complaints[:] = [one for one in town.complaints if "ERR_INTERNET_DISCONNECTED" not in one]


def picture(page: Page) -> str:
    return str(page.locator(".qr img").get_attribute("src"))


def test_the_pages_satisfy_axe_at_both_widths_and_a_keyboard_is_enough(town: Town, planned: Planned) -> None:
    with town.browser() as browser, screen(town, browser) as room:
        room.set_viewport_size({"width": 360, "height": 800})
        town.inspect(room)
        assert photographed(room).startswith(town.url)
        room.set_viewport_size({"width": 1280, "height": 800})
        town.inspect(room)
        assert room.evaluate("document.querySelector('.word').getBoundingClientRect().bottom < innerHeight")
        code = photographed(room)
        with town.page(browser) as stranger:
            stranger.goto(code)
            town.inspect(stranger)
            stranger.goto(f"{code}x")
            town.inspect(stranger)
        with town.page(browser) as phone:
            phone.goto(personal_link(town, planned, 0))
            town.inspect(phone)
            press_until(phone, "Reconnaître ce téléphone")
            phone.keyboard.press("Enter")
            expect(phone.get_by_text("Ce téléphone vous reconnaîtra")).to_be_visible()
            phone.goto(photographed(room))
            town.inspect(phone)
            press_until(phone, SIGN_IN)
            phone.keyboard.press("Enter")
            expect(phone.get_by_text("C'est émargé. Merci.")).to_be_visible()
            phone.goto(photographed(room))
            phone.get_by_role("button", name="Oublier ce téléphone").click()
            expect(phone.get_by_role("heading", level=1)).to_have_text("Téléphone oublié")
            town.inspect(phone)
