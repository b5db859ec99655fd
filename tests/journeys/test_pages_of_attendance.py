"""Every page of attendance at two widths, by day and by night: axe, the window's width, one title, silence."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import FilePayload, Page, Playwright, expect

from foundation.ids import to_text
from foundation.times import local
from tests.attendance.scene import shown
from tests.journeys.busy import Day, busy_day
from tests.journeys.conftest import midday_zone, town_of
from tests.journeys.devices import offered

Way = Callable[[Day, Page], None]
LOOKS: tuple[tuple[int, Literal["light", "dark"]], ...] = (
    (360, "light"),
    (360, "dark"),
    (1280, "light"),
    (1280, "dark"),
)


@pytest.fixture(scope="module")
def day(furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory, playwright: Playwright) -> Iterator[Day]:
    """One world and one browser for every page."""
    folder = tmp_path_factory.mktemp("busy")
    with town_of(furnished_sqlite, folder, playwright) as town, town.browser() as browser:
        yield busy_day(town, browser)


# -- ways to the pages -------------------------------------------------------------------------------------------------


def arrive(page: Page, address: str) -> None:
    """Open an address at which there is something."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok, answer.status


def at(address: str) -> Way:
    """The page of an address."""
    return lambda _, page: arrive(page, address)


def below_sheet(end: str = "") -> Way:
    """The training's sheet, or a page below it."""
    return lambda day, page: arrive(page, day.sheet(end))


def of_training(end: str = "") -> Way:
    """Where the training is changed, or a page below it."""
    return lambda day, page: arrive(page, day.sheet(end).replace("/seances/", "/formations/"))


def sent_empty(end: str, button: str) -> Way:
    """A page below the sheet, once its form was sent as it was: it comes back and says what is missing."""

    def go(day: Day, page: Page) -> None:
        arrive(page, day.sheet(end))
        press(page, button)
        expect(page.locator(".summary")).to_be_focused()

    return go


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).last.click()


def board_of_venue(day: Day, page: Page) -> None:
    arrive(page, f"/equipe/presents?lieu={to_text(day.town.house.venue.id)}")


def board_of_meeting(day: Day, page: Page) -> None:
    arrive(page, f"/equipe/presents?seance={shown(day.scene.meeting_id)}")


def somebody_known(day: Day, page: Page) -> None:
    arrive(page, day.sheet("/ajouter"))
    page.get_by_label("Chercher une personne connue").fill("Lef")
    press(page, "Chercher")
    expect(page.get_by_role("heading", name="Sonia Lefèvre")).to_be_visible()


def record_of(*lines: str) -> Way:
    """The trial of a video service's file, whose lines have the day at the place of `{day}`."""

    def go(day: Day, page: Page) -> None:
        today = local(day.town.house.now, midday_zone(day.town.house.now)).strftime("%d/%m/%Y")
        content = "\n".join(("Nom;Arrivée;Départ", *lines)).replace("{day}", today)
        arrive(page, day.sheet("/preuves"))
        file = FilePayload(name="releve.csv", mimeType="text/csv", buffer=content.encode())
        page.locator("input[name='record-file']").set_input_files(file)
        press(page, "Essayer")
        expect(page.get_by_role("heading", name="Essai du relevé de visio")).to_be_visible()

    return go


def review_without_reason(_: Day, page: Page) -> None:
    arrive(page, "/equipe/a-verifier")
    press(page, "Écarter")
    expect(page.locator(".summary")).to_be_focused()


def signing_of(person: int) -> Way:
    """Somebody's page by their personal link."""
    return lambda day, page: arrive(page, day.signing(person))


def code_of_zoe(day: Day, page: Page) -> None:
    arrive(page, day.signing(2))
    page.get_by_role("button", name="code").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def countersigning(day: Day, page: Page) -> None:
    arrive(page, day.countersigning())


def countersigned_wrongly(day: Day, page: Page) -> None:
    arrive(page, day.countersigning())
    page.get_by_label("Nombre de personnes comptées").fill("9")
    press(page, "Contresigner cette demi-journée")
    expect(page.get_by_text("C'est bien le nombre")).to_be_visible()


def screen_of_room(day: Day, page: Page) -> None:
    arrive(page, day.room())
    expect(page.locator(".word")).to_be_visible()


def unknown_phone(day: Day, page: Page) -> None:
    arrive(page, day.presence())
    expect(page.get_by_text("Ouvrez votre lien personnel")).to_be_visible()


def known_phone(day: Day, page: Page) -> None:
    arrive(page, day.signing(2))
    press(page, "Reconnaître ce téléphone")
    arrive(page, day.presence())
    expect(page.get_by_role("button", name="Signer mon arrivée")).to_be_visible()


def forgotten_phone(day: Day, page: Page) -> None:
    known_phone(day, page)
    press(page, "Oublier ce téléphone")
    expect(page.get_by_role("heading", level=1)).to_have_text("Téléphone oublié")


def enrolment(day: Day, page: Page) -> None:
    arrive(page, f"/appareil/enroler#{offered(day.town, 'Tablette de l’accueil')}")
    expect(page.get_by_role("button", name="Enrôler cet appareil")).to_be_visible()


def given_link(_: Day, page: Page) -> None:
    arrive(page, "/equipe/cles")
    form = page.locator("form[action='/equipe/appareils']")
    form.locator("input[name$=name]").fill("Téléphone de Nadia")
    form.locator("select[name$=agent]").select_option(index=1)
    form.locator("button").click()
    page.get_by_role("button", name="lien d'enrôlement").last.click()
    expect(page.locator("code.key")).to_be_visible()


STAFF: dict[str, Way] = {
    "meetings": at("/equipe/seances"),
    "sheet": below_sheet(),
    "board-choice": at("/equipe/presents"),
    "board-of-venue": board_of_venue,
    "board-of-meeting": board_of_meeting,
    "training": at("/equipe/formations/nouvelle"),
    "trainings-import": at("/equipe/formations/import"),
    "training-changed": of_training(),
    "training-people": of_training("/inscrire"),
    "walk-in": below_sheet("/ajouter"),
    "walk-in-found": somebody_known,
    "walk-in-wrong": sent_empty("/ajouter", "Ajouter"),
    "correct": below_sheet("/corriger"),
    "correct-wrong": sent_empty("/corriger", "Corriger"),
    "corrections": at("/equipe/corrections"),
    "evidence": below_sheet("/preuves"),
    "evidence-wrong": sent_empty("/preuves", "Joindre le document"),
    "transcribe": below_sheet("/transcrire"),
    "transcribe-wrong": sent_empty("/transcrire", "Transcrire"),
    "record": record_of("Sonia Lefèvre;{day} 13:00;{day} 13:01"),
    "record-wrong": record_of("Inconnue au bataillon;{day} 13:00;{day} 13:01", "Zoé Lê-Van;demain;{day} 13:01"),
    "reviews": at("/equipe/a-verifier"),
    "reviews-wrong": review_without_reason,
    "scanner": at("/equipe/scanner"),
    "keys": given_link,
}
VISITORS: dict[str, Way] = {
    "sign": signing_of(2),
    "sign-signed": signing_of(0),
    "code": code_of_zoe,
    "countersign": countersigning,
    "countersign-wrong": countersigned_wrongly,
    "room": screen_of_room,
    "phone-unknown": unknown_phone,
    "phone-known": known_phone,
    "phone-forgotten": forgotten_phone,
    "device": at("/appareil"),
    "kiosk-unenrolled": at("/appareil/borne"),
    "enrol": enrolment,
    "enrol-without-link": at("/appareil/enroler"),
}


@pytest.mark.parametrize("name", [*STAFF, *VISITORS])
def test_a_page_can_be_seen_and_heard_at_every_width_and_hour(day: Day, name: str) -> None:
    with day.page(staff=name in STAFF) as page:
        {**STAFF, **VISITORS}[name](day, page)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        for width, scheme in LOOKS:
            page.set_viewport_size({"width": width, "height": 800})
            # Still: axe would measure the colours of a transition half-way.
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            day.town.inspect(page)
        found, day.town.serious = day.town.serious, []
        assert found == []
        expect(page.locator("h1:visible, h1.visually-hidden")).to_have_count(1)
