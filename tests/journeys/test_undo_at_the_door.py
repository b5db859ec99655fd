"""Staff take back the passage they have just scanned, and hand the screen over where a drawing is needed."""

from __future__ import annotations

from typing import TypeVar

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.models import Meeting, Scan, ScanUndo, Signature, Standing
from tests.journeys.conftest import Town
from tests.journeys.devices import badge_texts
from tests.journeys.staff import Invited, log_in, training_under_way

Row = TypeVar("Row")


def rows(town: Town, model: type[Row]) -> list[Row]:
    with town.house.database.reading(town.house.organisation.id) as db:
        return list(db.scalars(select(model)))


def scan(page: Page, text: str, said: str) -> None:
    page.locator("#badge").fill(text)
    page.get_by_role("button", name="Vérifier").click()
    expect(page.locator("#announcement")).to_contain_text(said)


@pytest.mark.parametrize("width", [360, 1280])
def test_a_passage_is_undone_by_its_button_or_by_two_keys_and_can_be_scanned_again(town: Town, width: int) -> None:
    planned = training_under_way(town, [Invited("Sonia", "Lefèvre"), Invited("Amadou", "Diallo")])
    texts = badge_texts(town, planned)
    with town.browser() as browser, town.page(browser, width=width) as page:
        log_in(town, page)
        scan(page, texts[0], "Émargé")
        expect(page.locator("#verdict")).to_be_hidden()
        town.inspect(page)
        page.get_by_role("button", name="Annuler ce passage").click()
        expect(page.locator("#passages")).to_contain_text("Sonia Lefèvre · Annulé")
        scan(page, texts[1], "Émargé")
        page.locator("h1").first.click(force=True)
        page.keyboard.press("Control+z")
        expect(page.locator("#passages")).to_contain_text("Amadou Diallo · Annulé")
        expect(page.get_by_role("button", name="Annuler ce passage")).to_have_count(0)
        scan(page, texts[0], "Émargé")
        town.inspect(page)
    assert len(rows(town, ScanUndo)) == 2
    counting = [one.attendee_id for one in rows(town, Signature) if one.standing is Standing.COUNTS]
    assert counting == [planned.attendees[0]]


def test_where_a_drawing_is_needed_the_screen_is_handed_over(town: Town) -> None:
    planned = training_under_way(town, [Invited("Sonia", "Lefèvre")])
    (text,) = badge_texts(town, planned)
    house = town.house

    def need(db: Session) -> None:
        db.get_one(Meeting, planned.meeting_id).needs_drawing = True

    house.database.in_transaction(house.organisation.id, need)
    with town.browser() as browser, town.page(browser, width=1280) as page:
        log_in(town, page)
        scan(page, text, "À signer")
        expect(page.get_by_role("heading", name="Signez ici")).to_be_visible()
        expect(page.locator("#verdict")).to_be_hidden()
        town.inspect(page)
        page.keyboard.press("Escape")
        expect(page.locator("#pad-dialog")).to_be_hidden()
        scan(page, text, "À signer")
        box = page.locator("canvas.pad").bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 30, box["y"] + 30)
        page.mouse.down()
        for step in range(1, 9):
            page.mouse.move(box["x"] + 30 + 40 * step, box["y"] + (120 if step % 2 else 30), steps=4)
        page.mouse.up()
        page.get_by_role("button", name="C'est ma signature").click()
        expect(page.locator("#announcement")).to_contain_text("Émargé")
    (signed,) = rows(town, Signature)
    assert signed.drawing_id is not None
    assert [one.verdict for one in rows(town, Scan)] == ["needs-signature", "needs-signature", "signed"]
