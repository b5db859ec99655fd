"""Somebody without a badge is found by name and signs on the agent's screen, with the network or without it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from attendance.models import Drawing, Grade, Method, Signature
from tests.journeys.conftest import Town
from tests.journeys.devices import Tablet
from tests.journeys.staff import Invited, Planned, log_in, training_under_way
from tests.journeys.test_sign_at_the_kiosk import draw

PEOPLE = (("Sonia", "Lefèvre"), ("Amadou", "Diallo"), ("Zoé", "Lê-Van"))


@pytest.fixture
def planned(town: Town) -> Planned:
    return training_under_way(town, [Invited(*one) for one in PEOPLE])


def choose(page: Page, query: str, name: str) -> None:
    page.locator("#query").fill(query)
    page.get_by_role("button", name="Chercher").click()
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("heading", name=f"{name}, sans badge")).to_be_focused()


def sign_on_screen(page: Page) -> None:
    page.get_by_role("button", name="Faire signer à l'écran").click()
    expect(page.get_by_role("heading", name="Signez ici")).to_be_visible()
    draw(page)
    page.get_by_role("button", name="C'est ma signature").click()


def only_signature(town: Town) -> Signature:
    with town.house.database.reading(town.house.organisation.id) as db:
        (one,) = db.scalars(select(Signature))
        assert db.scalars(select(Drawing.id)).one() == one.drawing_id
    assert (one.method, one.grade) == (Method.DRAWN_BEFORE_AGENT, Grade.A)
    assert one.agent_id == town.house.agents[0].id
    return one


def test_on_the_staff_page(town: Town, planned: Planned) -> None:
    with town.browser() as browser, town.page(browser, width=1280) as page:
        log_in(town, page)
        choose(page, "diallo", "Amadou Diallo")
        town.inspect(page)
        sign_on_screen(page)
        expect(page.locator("#announcement")).to_contain_text("Émargé")
        expect(page.get_by_role("button", name="Annuler ce passage")).to_be_visible()
    assert only_signature(town).attendee_id == planned.attendees[1]


def test_who_does_not_sign_after_all_leaves_nothing(town: Town, planned: Planned) -> None:
    with town.browser() as browser, town.page(browser) as page:
        log_in(town, page)
        choose(page, "diallo", "Amadou Diallo")
        page.get_by_role("button", name="Faire signer à l'écran").click()
        page.get_by_role("button", name="Ne pas signer").click()
        expect(page.locator("#pad-dialog")).to_be_hidden()
    with town.house.database.reading(town.house.organisation.id) as db:
        assert db.scalars(select(Signature)).all() == []
    assert planned.meeting_id


@pytest.mark.parametrize("is_cut", [False, True])
def test_on_an_enrolled_tablet(town: Town, planned: Planned, *, is_cut: bool) -> None:
    tablet = Tablet(town)
    with tablet.opened() as page:
        tablet.enrol(page)
        tablet.open_scanner(page, 3)
        page.context.set_offline(is_cut)
        choose(page, "amad", "Amadou D.")
        town.inspect(page)
        sign_on_screen(page)
        expect(page.locator("#announcement")).to_contain_text("Gardé" if is_cut else "Émargé")
        page.context.set_offline(False)
        expect(page.locator("#network")).to_contain_text("tout est envoyé", timeout=20_000)
        choose(page, "amad", "Amadou D.")
        sign_on_screen(page)
        expect(page.locator("#announcement")).to_contain_text("Déjà émargé")
    with town.house.database.reading(town.house.organisation.id) as db:
        first, second = db.scalars(select(Signature).order_by(Signature.observed_at))
    assert (first.standing, second.standing) == ("counts", "duplicate")
    assert first.attendee_id == planned.attendees[1]
    assert {first.method, second.method} == {Method.DRAWN_BEFORE_AGENT}
