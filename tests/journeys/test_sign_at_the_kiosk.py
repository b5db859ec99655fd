"""A tablet in the hall: one finds one's own name, signs by finger, and it is the next person's."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from attendance.models import Drawing, Grade, Method, Signature, SignatureKind
from directory.models import Device
from directory.use_cases.revoke_device import revoke_device
from tests.journeys.conftest import Town
from tests.journeys.devices import Tablet, full_names
from tests.journeys.staff import Invited, Planned, press_until, training_under_way

KIOSK = "/appareil/borne"
PEOPLE = (("Sonia", "Lefèvre"), ("Amadou", "Diallo"), ("Zoé", "Lê-Van"))


@pytest.fixture
def planned(town: Town) -> Planned:
    return training_under_way(town, [Invited(*one) for one in PEOPLE])


@pytest.fixture
def tablet(town: Town) -> Tablet:
    return Tablet(town, "Borne du hall", is_kiosk=True)


def signatures(town: Town) -> list[Signature]:
    with town.house.database.reading(town.house.organisation.id) as db:
        return list(db.scalars(select(Signature).order_by(Signature.id)))


def ready(tablet: Tablet, page: Page) -> None:
    """Enrol, and open the kiosk by the button that is there then."""
    tablet.enrol(page)
    page.get_by_role("link", name="Ouvrir").click()
    expect(page.get_by_role("textbox", name="Tapez le début de votre nom")).to_be_focused()


def find(page: Page, name: str) -> None:
    page.get_by_role("textbox", name="Tapez le début de votre nom").fill(name)
    page.get_by_role("button", name="Chercher").click()


def draw(page: Page, *, pace: int = 4) -> None:
    """Sign by finger: a zigzag."""
    box = page.locator("canvas.pad").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    for step in range(1, 7):
        page.mouse.move(box["x"] + 20 + 30 * step, box["y"] + (90 if step % 2 else 20), steps=pace)
    page.mouse.up()


def done(page: Page) -> None:
    page.get_by_role("button", name="C'est ma signature").click()


def test_three_people_sign_one_after_the_other_and_leave_nothing_on_the_screen(
    town: Town, planned: Planned, tablet: Tablet
) -> None:
    with tablet.opened(width=1280) as page:
        ready(tablet, page)
        town.inspect(page)
        for name, shown in (("lefe", "Sonia L."), ("amadou", "Amadou D."), ("zoé", "Zoé L.")):
            find(page, name)
            expect(page.locator("#people li")).to_have_count(1)
            expect(page.locator("#people")).to_contain_text(shown)
            town.inspect(page)
            page.get_by_role("button", name="J'arrive").click()
            expect(page.locator("#sign-for")).to_have_text(f"{shown}, signez ici")
            town.inspect(page)
            draw(page)
            done(page)
            expect(page.locator("#told")).to_contain_text(f"Merci {shown.split()[0]}, votre arrivée est signée à")
            town.inspect(page)
            page.get_by_role("button", name="Au suivant").click()
            expect(page.get_by_role("textbox", name="Tapez le début de votre nom")).to_be_focused()
            text = (
                page.locator("body").inner_text()
                + page.get_by_role("textbox", name="Tapez le début de votre nom").input_value()
            )
            assert shown not in text
            assert not any(one in page.content() for one in full_names(town))
    kept = signatures(town)
    assert [one.attendee_id for one in kept] == list(planned.attendees)
    assert {(one.method, one.grade, one.kind) for one in kept} == {
        (Method.DRAWN_AT_KIOSK, Grade.C, SignatureKind.ARRIVAL)
    }


def test_who_has_signed_is_offered_their_departure_alone(town: Town, planned: Planned, tablet: Tablet) -> None:
    with tablet.opened() as page:
        ready(tablet, page)
        for button in ("J'arrive", "Je pars"):
            find(page, "dial")
            page.get_by_role("button", name=button).click()
            draw(page)
            done(page)
            expect(page.locator("#told")).to_contain_text("Merci Amadou")
            page.get_by_role("button", name="Au suivant").click()
        find(page, "dial")
        expect(page.locator("#people")).to_contain_text("déjà émargé")
        expect(page.locator("#people button")).to_have_count(0)
        page.get_by_role("button", name="Ce n'est pas moi").click()
        expect(page.locator("#people li")).to_have_count(0)
        town.inspect(page)
    assert [one.kind for one in signatures(town)] == [SignatureKind.ARRIVAL, SignatureKind.DEPARTURE]
    assert planned.attendees[1] == signatures(town)[0].attendee_id


def test_too_few_letters_nobody_and_hardly_any_ink_are_said(town: Town, planned: Planned, tablet: Tablet) -> None:
    with tablet.opened() as page:
        ready(tablet, page)
        find(page, "di")
        expect(page.locator("#find-said")).to_have_text("Tapez au moins trois lettres.")
        find(page, "grondin")
        expect(page.locator("#find-said")).to_contain_text("Personne de ce nom n'est attendu ici")
        find(page, "dial")
        page.get_by_role("button", name="J'arrive").click()
        done(page)
        expect(page.locator("#pad .said-by-server")).not_to_be_empty()
        page.get_by_role("button", name="Ne pas signer").click()
        expect(page.get_by_role("textbox", name="Tapez le début de votre nom")).to_be_focused()
    assert signatures(town) == []
    assert planned.meeting_id


def test_without_an_answer_nothing_is_said_to_be_signed_and_it_is_sent_again_once(
    town: Town, planned: Planned, tablet: Tablet
) -> None:
    with tablet.opened() as page:
        ready(tablet, page)
        lost: list[str] = []

        def lose_the_answer(route: Route) -> None:
            lost.append(route.request.post_data or "")
            if len(lost) > 2:
                route.continue_()
                return
            route.fetch()
            route.abort()

        page.context.route("**/api/v1/kiosk/signatures", lose_the_answer)
        find(page, "dial")
        page.get_by_role("button", name="J'arrive").click()
        draw(page)
        done(page)
        expect(page.locator("#told")).to_contain_text("n'est pas encore enregistrée")
        town.inspect(page)
        page.get_by_role("button", name="Réessayer").click()
        expect(page.locator("#told")).to_contain_text("Merci Amadou", timeout=20_000)
    assert len(lost) == 3
    assert len(set(lost)) == 1, "the same request each time"
    assert len(signatures(town)) == 1
    assert planned.meeting_id


def test_whoever_walks_away_leaves_no_name_behind(town: Town, planned: Planned, tablet: Tablet) -> None:
    with tablet.opened() as page:
        page.clock.install()
        ready(tablet, page)
        find(page, "dial")
        expect(page.locator("#people")).to_contain_text("Amadou D.")
        page.clock.fast_forward(46_000)
        expect(page.locator("#people li")).to_have_count(0)
        find(page, "dial")
        page.get_by_role("button", name="J'arrive").click()
        expect(page.locator("#sign-for")).to_contain_text("Amadou D.")
        page.clock.fast_forward(46_000)
        expect(page.locator("#sign-for")).to_be_hidden()
        assert "Amadou" not in page.content()
    assert planned.meeting_id


def test_drawn_slowly_or_fast_the_same_line_is_kept_without_its_time(
    town: Town, planned: Planned, tablet: Tablet
) -> None:
    with tablet.opened() as page:
        ready(tablet, page)
        for name, pace in (("lefe", 2), ("dial", 40)):
            find(page, name)
            page.get_by_role("button", name="J'arrive").click()
            draw(page, pace=pace)
            done(page)
            expect(page.locator("#told")).to_contain_text("Merci")
            page.get_by_role("button", name="Au suivant").click()
    with town.house.database.reading(town.house.organisation.id) as db:
        fast, slow = db.scalars(select(Drawing.path).order_by(Drawing.id))
    counts = [path.count("L") for path in (fast, slow)]
    assert abs(counts[0] - counts[1]) <= 2, "as many points, however many moments the finger was seen at"
    assert planned.meeting_id


def test_a_scanner_is_no_kiosk_nor_is_a_browser_that_nobody_enrolled(town: Town, planned: Planned) -> None:
    scanner = Tablet(town, "Scanner")
    with scanner.opened() as page:
        page.goto(KIOSK)
        expect(page.locator("#stranger")).to_be_visible()
        town.inspect(page)
        scanner.enrol(page)
        page.goto(KIOSK)
        expect(page.locator("#is_scanner")).to_be_visible()
        expect(page.locator("#kiosk")).to_be_hidden()
    assert planned.meeting_id


def test_a_kiosk_that_is_revoked_says_so_and_finds_nobody(town: Town, planned: Planned, tablet: Tablet) -> None:
    house = town.house
    with tablet.opened() as page:
        ready(tablet, page)
        with house.database.reading(house.organisation.id) as db:
            device_id = db.scalars(select(Device.id).where(Device.name == tablet.name)).one()
        house.database.in_transaction(
            house.organisation.id, revoke_device, house.system(), now=house.now, device_id=device_id
        )
        find(page, "dial")
        expect(page.locator("#revoked")).to_be_visible()
        expect(page.locator("#kiosk")).to_be_hidden()
        page.reload()
        expect(page.locator("#revoked")).to_be_visible()
    assert planned.meeting_id


def test_found_and_chosen_by_keyboard(town: Town, planned: Planned, tablet: Tablet) -> None:
    with tablet.opened(width=1280) as page:
        ready(tablet, page)
        page.keyboard.type("dial")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Touchez votre nom")).to_be_focused()
        press_until(page, "J'arrive")
        page.keyboard.press("Enter")
        expect(page.locator("#sign-for")).to_contain_text("Amadou D.")
        press_until(page, "Ne pas signer")
        page.keyboard.press("Enter")
        expect(page.get_by_role("textbox", name="Tapez le début de votre nom")).to_be_focused()
    assert planned.meeting_id
