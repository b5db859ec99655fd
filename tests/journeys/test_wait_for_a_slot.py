"""Somebody finds nothing that suits, waits, and accepts what is freed: without scripts, by keyboard, past axe."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select

from booking.models import Appointment, AppointmentType, WaitingEntry, WaitingStatus
from tests.booking.diary import book, cancel
from tests.booking.waiting_room import person
from tests.journeys.conftest import Town
from tests.journeys.staff import press_until

OpenNow = Callable[..., AppointmentType]
HOME = "/o/maison-des-solidarites"


def taken(town: Town, kind: AppointmentType) -> Appointment:
    """Somebody has a slot of tomorrow at noon, or near it."""
    town.house.clock.advance(timedelta())
    noon = (town.house.now + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    return book(town.house, kind, noon, person=person(1))


def join(page: Page, *, phone: str = "", email: str = "") -> None:
    page.goto(HOME)
    page.get_by_role("link", name="Aide administrative").click()
    page.get_by_role("link", name="Me prévenir").click()
    page.get_by_label("Prénom").fill("Camille")
    page.get_by_label("Nom", exact=True).fill("Durand")
    page.locator("[name=phone]").fill(phone)
    page.locator("[name=email]").fill(email)
    page.get_by_role("button", name="M'inscrire").click()


def state(town: Town) -> WaitingStatus:
    with town.house.database.reading(town.house.organisation.id) as db:
        return db.scalars(select(WaitingEntry.status)).one()


def links(text: str) -> list[str]:
    return re.findall(r"https?://\S+/attente/\S+", text)


def booked(town: Town) -> list[datetime]:
    with town.house.database.reading(town.house.organisation.id) as db:
        return list(db.scalars(select(Appointment.starts_at).where(Appointment.cancelled_at.is_(None))))


def test_from_nothing_that_suits_to_a_ticket_without_scripts(town: Town, open_now: OpenNow) -> None:
    freed = taken(town, open_now())
    with town.browser() as browser, town.page(browser, scripts=False) as page:
        join(page, email="camille@exemple.fr")
        expect(page.get_by_role("heading", level=1)).to_have_text("Vous êtes sur la liste d'attente.")
        assert page.context.cookies() == []
        cancel(town.house, freed)
        town.deliver()
        letters = [one for one in town.mailbox.wait_for(3) if list(one.recipients) == ["camille@exemple.fr"]]
        assert len(letters) == 2
        body = letters[-1].message.get_body(("plain",))
        assert body is not None
        (url,) = links(str(body.get_content()))
        page.goto(url)
        expect(page.get_by_role("heading", level=1)).to_have_text("Une place s'est libérée pour vous.")
        assert state(town) is WaitingStatus.OFFERED, "a GET changes nothing"
        page.get_by_role("button", name="Accepter").click()
        expect(page.locator(".ticket")).to_be_visible()
    assert booked(town) == [freed.starts_at]


def test_the_pages_of_the_waiting_list_satisfy_axe_and_fit_360_pixels(town: Town, open_now: OpenNow) -> None:
    freed = taken(town, open_now())
    with town.browser() as browser, town.page(browser) as page:
        page.goto(HOME)
        page.get_by_role("link", name="Aide administrative").click()
        page.get_by_role("link", name="Me prévenir").click()
        town.inspect(page)
        page.get_by_role("button", name="M'inscrire").click()
        expect(page.locator(".summary")).to_be_visible()
        town.inspect(page)
        join(page, phone="06 39 98 00 01")
        town.inspect(page)
        mine = page.url
        cancel(town.house, freed)
        town.deliver()
        page.goto(mine)
        expect(page.get_by_role("button", name="Accepter")).to_be_visible()
        town.inspect(page)
        page.get_by_role("button", name="Refuser").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Vous êtes sur la liste d'attente.")
        town.inspect(page)
        page.get_by_role("button", name="Ne plus attendre").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Vous n'attendez plus.")
        town.inspect(page)


def test_waiting_and_accepting_are_done_by_keyboard(town: Town, open_now: OpenNow) -> None:
    freed = taken(town, open_now())
    with town.browser() as browser, town.page(browser) as page:
        page.goto(HOME)
        press_until(page, "Aide administrative")
        page.keyboard.press("Enter")
        page.wait_for_url("**/motif/**")
        page.goto(f"{page.url}/attendre")
        for name, typed in (("first_name", "Camille"), ("last_name", "Durand"), ("phone", "0639980001")):
            press_until(page, name)
            page.keyboard.type(typed)
        press_until(page, "M'inscrire")
        page.keyboard.press("Enter")
        page.wait_for_url("**/attente/**")
        cancel(town.house, freed)
        town.deliver()
        page.reload()
        press_until(page, "Accepter")
        page.keyboard.press("Enter")
        expect(page.locator(".ticket")).to_be_visible()
