"""Two come together, ask for a time without a script, and staff answer by keyboard; the mail says which it was."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from booking.models import AppointmentType
from foundation.ids import to_text
from tests.journeys.conftest import Town
from tests.journeys.staff import log_in

PICTURES = os.environ.get("PARAPHE_PICTURES")


def picture(page: Page, name: str) -> None:
    """Keep the page as a picture, light and dark, for whoever wants to look at it."""
    if PICTURES:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.wait_for_timeout(400)  # colours change slowly
            width = page.viewport_size["width"] if page.viewport_size else 0
            page.screenshot(path=Path(PICTURES) / f"{name}-{width}-{scheme}.png", full_page=True)
        page.emulate_media(color_scheme="light")


def press_until(page: Page, role: str, name: str) -> None:
    """Go on by the keyboard until this is where one stands; of several, the first."""
    target = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    for _ in range(60):
        page.keyboard.press("Tab")
        if target.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"the keyboard does not reach {name}")


def ask(town: Town, page: Page, kind: AppointmentType, first_name: str) -> None:
    page.goto(f"/o/{town.house.organisation.slug}/motif/{to_text(kind.id)}")
    page.get_by_role("link", name="2", exact=True).click()
    expect(page.get_by_text("30 min")).to_be_visible()
    picture(page, "slots-for-two")
    page.get_by_role("button", name="Choisir ce créneau").click()
    page.get_by_label("Prénom").fill(first_name)
    page.get_by_label("Nom", exact=True).fill("Durand")
    page.get_by_label("Adresse mail").fill(f"{first_name.lower()}@exemple.example")
    page.get_by_role("button", name="Valider le rendez-vous").click()
    expect(page.get_by_role("heading", name="Votre demande est envoyée.")).to_be_visible()
    picture(page, "ticket-requested")


def test_a_request_for_two_is_made_without_a_script_and_decided_by_keyboard(
    town: Town, open_now: Callable[..., AppointmentType]
) -> None:
    kind = open_now(needs_approval=True, most_people=3)
    with town.browser() as browser, town.page(browser, scripts=False) as page:
        ask(town, page, kind, "Camille")
        ticket = page.url
        ask(town, page, kind, "Noé")
        town.deliver()
        log_in(town, page, "/equipe/demandes")
        picture(page, "requests")
        expect(page.get_by_text("2 personnes")).to_have_count(2)
        press_until(page, "button", "Accepter")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Noé Durand")).to_be_visible()
        expect(page.get_by_text("Camille Durand")).to_have_count(0)
        press_until(page, "textbox", "Pourquoi (la personne le lira) (facultatif)")
        page.keyboard.type("Nous sommes complets ce jour-là.")
        press_until(page, "button", "Refuser")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Aucune demande n'attend.")).to_be_visible()
        town.deliver()
        page.goto(ticket)
        expect(page.get_by_role("heading", name="Votre rendez-vous est noté.")).to_be_visible()
    said = [str(letter.message["Subject"]) for letter in town.mailbox.wait_for(4)]
    assert [subject.partition(" du ")[0] for subject in said[:2]] == ["Votre demande de rendez-vous"] * 2
    assert [subject.endswith("est annulé") for subject in said[2:]] == [False, True]


@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_a_request_satisfy_axe(town: Town, open_now: Callable[..., AppointmentType], width: int) -> None:
    kind = open_now(needs_approval=True, most_people=3)
    with town.browser() as browser, town.page(browser, width=width) as page:
        ask(town, page, kind, "Camille")
        town.inspect(page)
        page.goto(f"/o/{town.house.organisation.slug}/motif/{to_text(kind.id)}?personnes=2")
        town.inspect(page)
        log_in(town, page, "/equipe/demandes")
        picture(page, "requests")
        town.inspect(page)
