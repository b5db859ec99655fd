"""A manager types a training in, watches who comes, corrects with a second hand, files papers, decides what waits."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Browser, FilePayload, Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.models import (
    Attachment,
    AttachmentKind,
    Attendee,
    Correction,
    CorrectionState,
    HalfDay,
    Meeting,
    Review,
    Scan,
    Signature,
    Standing,
    Statement,
)
from directory.models import Beneficiary, Venue
from directory.queries import badges
from directory.steps.badges import badge_until
from foundation.times import local, say_hour
from tests.attendance import scene
from tests.attendance.offline import Phone
from tests.journeys.conftest import Town, midday_zone
from tests.journeys.staff import TITLE, Invited, log_in, open_sheet, press_until, training_under_way

PEOPLE = "Sonia Lefèvre; sonia@courriel.example\nAmadou Diallo; +33639980002"
SEEN_BY_ALL = "Présente de 10 h à midi, l'équipe l'a vue"
PAPER = FilePayload(name="feuille signée.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7 a photograph")


def rows(town: Town, model: Any) -> Sequence[Any]:
    with town.house.database.reading(town.house.organisation.id) as db:
        return db.scalars(select(model).order_by(model.id)).all()


def at_noon(town: Town) -> None:
    """Have it be about noon at the venue."""

    def settle(db: Session) -> None:
        db.get_one(Venue, town.house.venue.id).time_zone = midday_zone(town.house.now)

    town.house.database.in_transaction(town.house.organisation.id, settle)


def badge_of(town: Town, last_name: str) -> str:
    """What somebody's badge says."""
    house = town.house

    def give(db: Session) -> str:
        who = db.scalars(select(Beneficiary.id).where(Beneficiary.last_name == last_name)).one()
        until = house.now + timedelta(days=1)
        badge = badge_until(db, house.system(), beneficiary_id=who, until=until, now=house.now)
        return badges.text_of(db, badge, house.keys)

    return house.database.in_transaction(house.organisation.id, give)


# -- planned, and watched ----------------------------------------------------------------------------------------------


def type_training(town: Town, page: Page) -> None:
    """It began ten minutes ago; first the hours are forgotten, and nothing that was typed is lost."""
    begins = local(town.house.now, midday_zone(town.house.now)) - timedelta(minutes=10)
    page.get_by_role("link", name="Nouvelle formation").click()
    page.get_by_label("Titre", exact=True).fill(TITLE)
    page.get_by_label("Lieu").select_option(label=town.house.venue.name)
    page.get_by_label("Intervenants").fill("Élodie Grondin; elodie@formation.example")
    page.get_by_label("Inscrits").fill(PEOPLE)
    page.get_by_role("button", name="Planifier la formation").click()
    expect(page.locator(".summary")).to_be_visible()
    expect(page.get_by_label("Inscrits")).to_have_value(PEOPLE)
    first = page.get_by_role("group", name="Demi-journée 1")
    first.get_by_label("Jour").fill(begins.date().isoformat())
    first.get_by_label("De", exact=True).fill(begins.strftime("%H:%M"))
    first.get_by_label("À", exact=True).fill((begins + timedelta(hours=2)).strftime("%H:%M"))
    page.get_by_role("button", name="Planifier la formation").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(page.get_by_role("rowheader", name="Sonia Lefèvre")).to_be_visible()


def add_walk_in(page: Page) -> None:
    page.get_by_role("link", name="Ajouter une personne").click()
    page.get_by_label("Prénom").fill("Zoé")
    page.get_by_label("Nom", exact=True).fill("Lê-Van")
    page.get_by_role("button", name="Ajouter", exact=True).click()
    expect(page.get_by_text("La personne est sur la feuille.")).to_be_visible()
    page.get_by_role("link", name="Revenir à la feuille").click()
    expect(page.get_by_role("rowheader", name="Zoé Lê-Van")).to_contain_text("Sans inscription")


def sign_at_the_door(town: Town, browser: Browser) -> None:
    """Sonia shows her badge to Karim, whose browser has no script."""
    with town.page(browser, scripts=False) as page:
        log_in(town, page, agent=town.house.agents[1])
        page.get_by_role("textbox", name="Lecteur de codes").fill(badge_of(town, "Lefèvre"))
        page.get_by_role("button", name="Vérifier").click()
        expect(page.get_by_role("status").first).to_contain_text("Sonia")


def the_printed_list_is_who_is_there(page: Page) -> None:
    page.emulate_media(media="print")
    expect(page.get_by_text("Liste d'évacuation")).to_be_visible()
    expect(page.get_by_text("Sonia Lefèvre")).to_be_visible()
    expect(page.locator(".tick:visible")).to_have_count(1)
    for beside in ("nav", "#lieu", "text=Amadou Diallo", "text=Actualiser"):
        expect(page.locator(beside)).to_be_hidden()
    page.emulate_media(media="screen")


def test_a_training_is_typed_in_without_javascript_and_the_board_follows_who_comes(town: Town) -> None:
    at_noon(town)
    with town.browser() as browser:
        with town.page(browser, scripts=False) as page:
            log_in(town, page, "/equipe/seances", agent=town.house.manager)
            type_training(town, page)
            add_walk_in(page)
        with town.page(browser) as page:
            log_in(town, page, "/equipe/seances")
            open_sheet(page)
            page.get_by_role("link", name="Présents", exact=True).click()
            expect(page.get_by_role("heading", name="0 présent", exact=True)).to_be_visible()
            expect(page.get_by_role("heading", name="3 attendus")).to_be_visible()
            sign_at_the_door(town, browser)
            expect(page.get_by_role("heading", name="1 présent")).to_be_visible()
            expect(page.get_by_role("heading", name="2 attendus")).to_be_visible()
            the_printed_list_is_who_is_there(page)
            town.inspect(page)
            page.get_by_role("link", name=f"Feuille : {TITLE}").click()
            expect(page.get_by_role("cell", name="badge présenté à Karim Belkacem")).to_be_visible()
    assert [one.title for one in rows(town, Meeting)] == [TITLE]
    assert len(rows(town, HalfDay)) == 1
    assert [one.is_walk_in for one in rows(town, Attendee)] == [False, False, True]
    assert [one.standing for one in rows(town, Signature)] == [Standing.COUNTS]


# -- corrected by two hands --------------------------------------------------------------------------------------------


def propose(town: Town, page: Page) -> None:
    """Three days later Nadia says that Amadou was there, and cannot confirm it herself."""
    began = local(rows(town, HalfDay)[0].starts_at, rows(town, Meeting)[0].time_zone)
    page.get_by_role("link", name="Corriger").click()
    page.get_by_label("Personne", exact=True).select_option(label="Amadou Diallo")
    page.get_by_label("La personne était là et n'a pas signé").check()
    page.get_by_label("Pourquoi ?").fill(SEEN_BY_ALL)
    page.get_by_role("button", name="Corriger").click()
    expect(page.get_by_text("Donnez l'heure.").first).to_be_visible()
    expect(page.get_by_label("Pourquoi ?")).to_have_value(SEEN_BY_ALL)
    page.get_by_label("À quelle heure ?").fill(began.strftime("%H:%M"))
    page.get_by_role("button", name="Corriger").click()
    expect(page.get_by_text("La correction attend une seconde personne.")).to_be_visible()
    page.get_by_role("link", name="1 correction attend une seconde personne").click()
    expect(page.get_by_text(f"Arrivée : était là, à {say_hour(began, 'fr')}", exact=True)).to_be_visible()
    expect(page.get_by_text("C'est votre correction : une autre personne décide.")).to_be_visible()
    expect(page.get_by_role("button", name="Confirmer")).to_have_count(0)


def test_a_late_correction_takes_two_hands_and_stands_on_the_sheet_with_its_reason(town: Town) -> None:
    training_under_way(town, [Invited("Amadou", "Diallo", phone="+33639980002")])
    town.house.clock.advance(timedelta(days=3))
    with town.browser() as browser:
        with town.page(browser, scripts=False) as page:
            log_in(town, page, "/equipe/seances")
            open_sheet(page)
            propose(town, page)
        assert [one.state for one in rows(town, Correction)] == [CorrectionState.PENDING]
        with town.page(browser, scripts=False) as page:
            log_in(town, page, "/equipe/corrections", agent=town.house.manager)
            page.get_by_role("button", name="Confirmer").click()
            expect(page.get_by_text("La correction est notée.")).to_be_visible()
            expect(page.get_by_text("Aucune correction n'attend.")).to_be_visible()
            open_sheet(page)
            expect(page.get_by_role("cell").first).to_contain_text(SEEN_BY_ALL)
    (corrected,) = rows(town, Correction)
    assert corrected.state is CorrectionState.APPLIED
    assert (corrected.proposed_by, corrected.decided_by) == (town.house.agents[0].id, town.house.manager.id)


# -- paper, and what waits ---------------------------------------------------------------------------------------------


def test_a_sheet_signed_on_paper_is_attached_then_transcribed_box_by_box(town: Town) -> None:
    training_under_way(town, [Invited("Sonia", "Lefèvre"), Invited("Amadou", "Diallo")])
    with town.browser() as browser, town.page(browser, scripts=False) as page:
        log_in(town, page, "/equipe/seances")
        open_sheet(page)
        page.get_by_role("link", name="Preuves et papier").click()
        page.get_by_role("button", name="Joindre la photo").click()
        expect(page.get_by_text("Choisissez un fichier.").first).to_be_visible()
        page.locator("input[name='paper-file']").set_input_files(PAPER)
        page.get_by_role("button", name="Joindre la photo").click()
        expect(page.get_by_text("Le fichier est joint.")).to_be_visible()
        page.get_by_role("link", name="Transcrire la feuille papier").click()
        page.get_by_role("row", name="Sonia Lefèvre").get_by_role("checkbox").first.check()
        page.get_by_role("button", name="Transcrire", exact=True).click()
        expect(page.get_by_text("1 présence est transcrite.")).to_be_visible()
        expect(page.get_by_text("constat, pas une signature (arrivée)")).to_be_visible()
    (paper,) = rows(town, Attachment)
    assert paper.kind is AttachmentKind.PAPER
    assert [one.paper_id for one in rows(town, Statement)] == [paper.id]
    assert not rows(town, Signature)


@pytest.mark.parametrize(
    ("button", "review", "signed"), [("Accepter", Review.ACCEPTED, 1), ("Écarter", Review.REJECTED, 0)]
)
def test_what_a_lost_device_sent_is_looked_at_and_decided_by_keyboard(
    town: Town, button: str, review: Review, signed: int
) -> None:
    at_noon(town)
    planned = scene.training(town.house)
    town.house.clock.advance(timedelta(minutes=70))
    lost = Phone(planned)
    lost.revoke()
    lost.hear(lost.scan(0, planned.half_days[0].starts_at))
    with town.browser() as browser, town.page(browser) as page:
        log_in(town, page, "/equipe/seances", agent=town.house.manager)
        press_until(page, "À vérifier")
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="Sonia Lefèvre")).to_be_visible()
        press_until(page, button)
        page.keyboard.press("Enter")
        expect(page.locator(".summary")).to_be_focused()
        press_until(page, "reason")
        page.keyboard.type("Passage vu par Karim, tablette retrouvée")
        press_until(page, button)
        page.keyboard.press("Enter")
        expect(page.get_by_text("Rien à vérifier.")).to_be_visible()
    assert [one.review for one in rows(town, Scan)] == [review]
    assert [one.standing for one in rows(town, Signature)] == [Standing.COUNTS] * signed
