"""A video training opens: links leave by themselves; somebody signs by two channels; who leads it counts and signs."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.models import Countersignature, Grade, Meeting, Signature, Statement
from attendance.steps.invitations import announce_invitations
from tests.journeys.conftest import Town
from tests.journeys.staff import LEADER_MAIL, Invited, log_in, mailed_link, open_sheet, training_under_way

SONIA = Invited("Sonia", "Lefèvre", "sonia@courriel.example", "+33639980001")
AMADOU = Invited("Amadou", "Diallo", phone="+33639980002")


def a_video_training(town: Town) -> None:
    """Plan it, with links that leave by themselves."""
    planned = training_under_way(town, (SONIA, AMADOU))
    house = town.house

    def change(db: Session) -> None:
        meeting = db.get_one(Meeting, planned.meeting_id)
        meeting.video_room, meeting.invites, meeting.seats = "https://visio.example/salle", True, 1
        announce_invitations(db, house.system(), now=house.now, meeting_id=meeting.id)

    house.database.in_transaction(house.organisation.id, change)


def sign(town: Town, page: Page) -> None:
    page.get_by_role("button", name="Recevoir un code pour mon arrivée").click()
    town.deliver()
    (digits,) = re.findall(r"\b\d{6}\b", town.house.texts[-1][1].text)
    page.get_by_label("Code à six chiffres").fill(digits)
    page.get_by_role("button", name="Émarger").click()
    expect(page.get_by_text("C'est émargé. Merci.")).to_be_visible()


def state_amadou(town: Town, page: Page) -> None:
    page.get_by_text("Constater une présence").first.click()
    page.get_by_label("Précisez").first.fill("Téléphone déchargé, reconnu en visio")
    page.get_by_role("button", name="Noter le constat").first.click()
    expect(page.get_by_text("Le constat est noté.")).to_be_visible()
    expect(page.get_by_text("Personnes : 2. Places : 1.")).to_be_visible()
    town.inspect(page)


def countersign(town: Town, page: Page) -> None:
    """Count another number than the sheet has: it is asked twice."""
    page.get_by_label("Nombre de personnes comptées").fill("3")
    page.get_by_role("button", name="Contresigner cette demi-journée").click()
    expect(page.get_by_text("Vous comptez 3, la feuille dit 2")).to_be_visible()
    town.inspect(page)
    page.get_by_label("C'est bien le nombre").check()
    page.get_by_label("Remarque (facultatif)").fill("Une personne sans inscription")
    page.get_by_role("button", name="Contresigner cette demi-journée").click()
    expect(page.get_by_text("Remarque : Une personne sans inscription")).to_be_visible()
    assert page.context.cookies() == []


def test_links_leave_by_themselves_and_the_facilitator_countersigns_what_they_see(town: Town) -> None:
    a_video_training(town)
    town.deliver()
    town.mailbox.wait_for(2)
    assert [text.to for _, text in town.house.texts] == ["+33639980002"]
    with town.browser() as browser:
        with town.page(browser, scripts=False) as page:
            page.goto(mailed_link(town, "sonia@courriel.example"))
            sign(town, page)
        with town.page(browser) as page:
            page.goto(mailed_link(town, LEADER_MAIL))
            state_amadou(town, page)
            countersign(town, page)
        with town.page(browser) as page:
            log_in(town, page)
            open_sheet(page)
            expect(page.get_by_text("Comptées par qui anime : 3.")).to_be_visible()
            expect(page.get_by_role("heading", name="Liens pour signer")).to_be_visible()
            town.inspect(page)
    with town.house.database.reading(town.house.organisation.id) as db:
        assert db.scalars(select(Signature.grade)).one() is Grade.C
        assert db.scalars(select(Statement.facilitator_id)).one() is not None
        assert db.scalars(select(Countersignature.headcount)).one() == 3
    town.house.clock.advance(timedelta(hours=1))
    town.deliver()
    assert sum(LEADER_MAIL in mail.recipients for mail in town.mailbox.received) == 1  # nothing is left to remind of
