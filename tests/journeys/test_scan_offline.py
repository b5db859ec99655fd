"""An enrolled tablet scans with the network, without it, before, during and after: nothing is lost or counted twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from time import monotonic
from typing import Any, TypeVar

import pytest
from playwright.sync_api import Error, Page, Route, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from attendance.models import Meeting, Review, Scan, ScanUndo, Signature, Standing, Statement, StatementCause
from attendance.pages import device as device_pages
from config import Config
from directory.models import Badge, Device
from directory.queries import badges
from directory.steps.badges import badge_until
from directory.steps.people import known_or_new
from directory.use_cases.revoke_device import revoke_device
from foundation.actors import system
from foundation.qr import qr_png
from tests.attendance.scene import altered
from tests.journeys.camera import parade
from tests.journeys.conftest import Town
from tests.journeys.devices import SCANNER, Tablet, badge_texts, full_names
from tests.journeys.staff import Invited, Planned, press_until, training_under_way
from tests.servers.web import base_url, free_port, serving

Row = TypeVar("Row")
PEOPLE = (("Sonia", "Lefèvre"), ("Amadou", "Diallo"), ("Zoé", "Lê-Van"))


class Room:
    """A training that has begun, whose people have badges, and the tablet at its door."""

    def __init__(self, town: Town, people: Sequence[tuple[str, str]] = PEOPLE) -> None:
        """Plan it."""
        self.town = town
        self.planned: Planned = training_under_way(town, [Invited(*one) for one in people])
        self.texts = badge_texts(town, self.planned)
        self.tablet = Tablet(town)

    def rows(self, model: type[Row]) -> list[Row]:
        """Read a table."""
        with self.town.house.database.reading(self.town.house.organisation.id) as db:
            return list(db.scalars(select(model)))

    def counting(self) -> list[Signature]:
        """The signatures that count."""
        return [one for one in self.rows(Signature) if one.standing is Standing.COUNTS]

    def open(self, page: Page) -> None:
        """Open the scanner with the list."""
        self.tablet.open_scanner(page, len(self.texts))


@pytest.fixture
def room(town: Town) -> Room:
    return Room(town)


def scan(page: Page, text: str) -> None:
    """A keyboard scanner: the whole code at once, however busy the machine is."""
    page.locator("#badge").fill(text)
    page.locator("#scan-form button").click()


def said(page: Page, *words: str) -> None:
    """What the verdict says, to the ears as well."""
    for word in words:
        expect(page.locator("#announcement")).to_contain_text(word)


def unsent(page: Page, count: int) -> None:
    """How many entries wait, as the page says."""
    text = f"{count} à envoyer" if count else "tout est envoyé"
    expect(page.locator("#network")).to_contain_text(text, timeout=20_000)


def test_with_the_network_the_server_says_signed_and_only_then_it_is_green(room: Room) -> None:
    with room.tablet.opened() as page:
        room.tablet.enrol(page)
        room.open(page)
        scan(page, room.texts[0])
        expect(page.locator("#verdict")).to_have_attribute("data-colour", "green")
        said(page, "Émargé", "Sonia", "Comprendre")
        scan(page, room.texts[0])
        said(page, "Déjà émargé")
        unsent(page, 0)
        page.context.set_offline(True)
        scan(page, room.texts[1])
        expect(page.locator("#verdict")).to_have_attribute("data-colour", "orange")
        said(page, "Gardé", "Amadou", "sera envoyé")
        unsent(page, 1)
    assert len(room.counting()) == 1


def refused_badges(room: Room) -> dict[str, str]:
    """One of each badge that lets nobody in, by the verdict that the server gives it."""
    house = room.town.house

    def other(db: Session) -> str:
        them = system(house.other.id)
        somebody = known_or_new(
            db, them, first_name="Ida", last_name="Sol", email=None, phone="+33639980077", language="fr", now=house.now
        )
        badge = badge_until(db, them, beneficiary_id=somebody.id, until=house.now, now=house.now)
        return badges.text_of(db, badge, house.keys)

    def own(db: Session) -> tuple[str, str]:
        us = house.system()
        gone = Badge(
            organisation_id=house.organisation.id,
            beneficiary_id=room.planned.people[0],
            number="0f" * 16,
            key_number=1,
            issued_at=house.now - timedelta(days=9),
            expires_at=(house.now - timedelta(days=1)).replace(microsecond=0),
        )
        visitor = known_or_new(
            db, us, first_name="Igor", last_name="Sy", email=None, phone="+33639980078", language="fr", now=house.now
        )
        db.add(gone)
        elsewhere = badge_until(db, us, beneficiary_id=visitor.id, until=house.now, now=house.now)
        return badges.text_of(db, gone, house.keys), badges.text_of(db, elsewhere, house.keys)

    expired, elsewhere = house.database.in_transaction(house.organisation.id, own)
    return {
        "malformed": "PRP BONJOUR",
        "unknown": altered(room.texts[0]),
        "not-ours": house.database.in_transaction(house.other.id, other),
        "expired": expired,
        "wrong-meeting": elsewhere,
    }


def test_forty_people_and_five_bad_badges_pass_the_camera_and_nobody_touches_the_screen(town: Town) -> None:
    room = Room(town, [(f"Prénom{number}", f"Nom{number}") for number in range(40)])
    bad = refused_badges(room)
    queue = list(room.texts)
    for number, text in zip((3, 11, 19, 27, 35), bad.values(), strict=True):
        queue.insert(number, text)
    film = parade([qr_png(text) for text in queue], town.folder / "parade.y4m")
    with room.tablet.opened() as page:
        room.tablet.enrol(page)
    with room.tablet.opened(film=film) as page:
        page.add_init_script(WRITE_VERDICTS_DOWN)
        room.open(page)
        # A film does not wait as people do; who was missed comes by again when it begins anew.
        verdicts = wait_until(page, "Object.fromEntries(said)", everybody_passed(bad), seconds=240)
        unsent(page, 0)
    assert set(verdicts) <= {"signed", "already-signed", *bad}
    assert len(room.counting()) == 40
    assert {scan.verdict for scan in room.rows(Scan)} == set(verdicts)
    assert not any(scan.review for scan in room.rows(Scan))


def everybody_passed(bad: Iterable[str]) -> Callable[[dict[str, Any]], bool]:
    """Forty were green, and each bad badge was refused in its own way."""
    return lambda said: said.get("signed", 0) == 40 and said.keys() >= set(bad)


WRITE_VERDICTS_DOWN = """
globalThis.said = new Map();
addEventListener("DOMContentLoaded", () => {
  const sheet = document.getElementById("verdict");
  const green = () => (sheet.dataset.colour === "green") === (sheet.dataset.verdict === "signed");
  new MutationObserver(() => {
    if (sheet.hidden) return;
    const verdict = green() ? sheet.dataset.verdict : "wrong colour";
    said.set(verdict, (said.get(verdict) ?? 0) + 1);
  }).observe(sheet, { attributeFilter: ["hidden"] });
});
"""


def test_without_a_network_before_the_opening_the_page_judges_by_public_key_and_list(  # noqa: PLR0915 - one story
    room: Room,
) -> None:
    bad = refused_badges(room)
    with room.tablet.opened() as page:
        room.tablet.enrol(page)
        room.open(page)
    with room.tablet.opened() as page:
        page.context.set_offline(True)
        page.goto(SCANNER)
        expect(page.locator("#list-said")).to_contain_text("Liste du jour : 3 personnes, à jour de")
        asked: list[str] = []
        page.on("requestfinished", lambda request: asked.append(request.url) if "/api/" in request.url else None)
        shown = {"malformed": "Illisible", "unknown": "Inconnu", "not-ours": "Inconnu", "expired": "Périmé"}
        for verdict, word in (shown | {"wrong-meeting": "Pas attendu ici"}).items():
            scan(page, bad[verdict])
            said(page, word)
        for text, name in zip(room.texts, ("Sonia", "Amadou", "Zoé"), strict=True):
            scan(page, text)
            said(page, "Gardé", name)
            expect(page.locator("#verdict")).to_have_attribute("data-colour", "orange")
            expect(page.locator("#verdict use")).to_have_attribute("href", "#shape-tick")
        scan(page, room.texts[1])
        said(page, "Déjà émargé")
        unsent(page, 9)
        assert asked == [], "nobody was asked"
        assert room.rows(Scan) == []
        expect(page.locator("#passages")).to_contain_text("Gardé")
        page.context.set_offline(False)
        unsent(page, 0)
        expect(page.locator("#passages strong").filter(has_text="Gardé")).to_have_count(0)
        expect(page.locator("#passages strong").filter(has_text="Zoé L. · Émargé")).to_have_count(1)
    kept = sorted(one.verdict for one in room.rows(Scan))
    assert kept == sorted([*bad, "signed", "signed", "signed", "already-signed"])
    assert len(room.counting()) == 3
    assert not any(one.review for one in room.rows(Scan)), "what it showed is what the server says"


def test_closing_the_browser_and_reloading_without_a_network_loses_nothing(room: Room) -> None:
    with room.tablet.opened() as page:
        room.tablet.enrol(page)
        room.open(page)
        page.context.set_offline(True)
        scan(page, room.texts[0])
        said(page, "Gardé")
        page.reload()
        unsent(page, 1)
        scan(page, room.texts[0])
        said(page, "Déjà émargé")
        scan(page, room.texts[1])
        said(page, "Gardé")
    with room.tablet.opened() as page:
        page.context.set_offline(True)
        page.goto(SCANNER)
        unsent(page, 3)
        expect(page.locator("#passages")).to_contain_text("Amadou D. · Gardé")
        assert room.rows(Scan) == []
        page.context.set_offline(False)
        unsent(page, 0)
    assert len(room.counting()) == 2
    assert sorted(one.counter or 0 for one in room.rows(Scan)) == [1, 2, 3]


def as_in_a_queue(room: Room) -> None:
    """Have scanners wait no longer than they do in life; the other journeys leave a busy machine its time."""
    services = room.town.house.services
    room.town.house.app.extensions["paraphe"] = replace(services, scanner_patience=Config.scanner_patience)


def test_a_queue_whose_answer_was_lost_is_sent_twice_and_counts_once(room: Room) -> None:
    as_in_a_queue(room)
    with room.tablet.opened() as page:
        room.tablet.enrol(page)
        room.open(page)
        bodies: list[str] = []

        def lose_the_answer(route: Route) -> None:
            bodies.append(route.request.post_data or "")
            if len(bodies) > 2:
                route.continue_()
                return
            route.fetch()
            route.abort()

        page.context.route("**/api/v1/device-queues", lose_the_answer)
        scan(page, room.texts[0])
        said(page, "Gardé")
        unsent(page, 0)
        expect(page.locator("#passages")).to_contain_text("Sonia L. · Émargé")
    assert len(bodies) == 3
    assert len({json.loads(body)["entries"][0]["proof"] for body in bodies}) == 1, "the same entry each time"
    assert len(room.rows(Scan)) == len(room.counting()) == 1


def test_a_server_that_is_stopped_is_outwaited(room: Room) -> None:
    as_in_a_queue(room)
    house, port = room.town.house, free_port()
    room.tablet.url = base_url(port)
    with room.tablet.opened() as page:
        with serving(house.app, port):
            room.tablet.enrol(page)
            room.open(page)
        began = monotonic()
        scan(page, room.texts[0])
        said(page, "Gardé", "Sonia")
        assert monotonic() - began < 5, "nobody waits in front of a scanner"
        unsent(page, 1)
        page.reload()
        unsent(page, 1)
        expect(page.locator("#list-said")).to_contain_text("3 personnes")
        with serving(house.app, port):
            unsent(page, 0)
    assert len(room.counting()) == 1


def test_two_tablets_saw_the_same_person_one_signature_counts_and_the_other_is_kept(room: Room) -> None:
    other = Tablet(room.town, "Tablette du fond")
    with room.tablet.opened() as first, other.opened() as second:
        for tablet, page in ((room.tablet, first), (other, second)):
            tablet.enrol(page)
            tablet.open_scanner(page, 3)
            page.context.set_offline(True)
        scan(second, room.texts[0])
        said(second, "Gardé")
        scan(first, room.texts[0])
        said(first, "Gardé")
        first.context.set_offline(False)
        unsent(first, 0)
        second.context.set_offline(False)
        unsent(second, 0)
    by_name = {one.id: one.name for one in room.rows(Device)}
    standings = {by_name[one.device_id or 0]: one.standing for one in room.rows(Signature)}
    assert standings == {"Tablette du fond": Standing.COUNTS, "Tablette de l'accueil": Standing.DUPLICATE}


SLOW_CLOCK = """
{
  const Real = Date;
  const behind = HOURS * 3_600_000;
  globalThis.Date = class extends Real {
    constructor(...told) {
      if (told.length === 0) super(Real.now() - behind);
      else super(...told);
    }
    static now() {
      return Real.now() - behind;
    }
  };
}
"""


def test_a_clock_that_is_three_hours_slow_is_put_right_and_flagged(room: Room) -> None:
    with room.tablet.opened(clock=SLOW_CLOCK.replace("HOURS", "3")) as page:
        room.tablet.enrol(page)
        room.open(page)
        page.context.set_offline(True)
        scan(page, room.texts[0])
        said(page, "Gardé")
        page.context.set_offline(False)
        unsent(page, 0)
    (kept,), (signed,) = room.rows(Scan), room.counting()
    assert kept.flags == ["clock-off"]
    assert kept.told_at is not None
    assert timedelta(hours=2, minutes=58) < room.town.house.now - kept.told_at < timedelta(hours=3, minutes=2)
    assert abs(room.town.house.now - signed.observed_at) < timedelta(minutes=2)


def test_the_list_of_yesterday_is_deleted_at_the_opening_and_what_is_unsent_stays(room: Room) -> None:
    with room.tablet.opened() as page:
        room.tablet.enrol(page)
        room.open(page)
        page.context.set_offline(True)
        scan(page, room.texts[0])
        said(page, "Gardé")
        assert "Sonia" in page.evaluate(KEPT)
    with room.tablet.opened(clock=SLOW_CLOCK.replace("HOURS", "-36")) as page:
        page.context.set_offline(True)
        page.goto(SCANNER)
        expect(page.locator("#list-said")).to_contain_text("La liste d'un autre jour a été effacée")
        unsent(page, 1)
        kept = page.evaluate(KEPT)
        assert "Amadou" not in kept, "the list is gone"
        scan(page, room.texts[1])
        said(page, "Gardé", "sans être vérifié")


KEPT = """async () => {
  const database = await new Promise((resolve) => {
    const request = indexedDB.open("paraphe-device");
    request.onsuccess = () => resolve(request.result);
  });
  const all = (name) => new Promise((resolve) => {
    const request = database.transaction(name).objectStore(name).getAll();
    request.onsuccess = () => resolve(request.result);
  });
  const text = JSON.stringify([await all("kept"), await all("queue")]);
  database.close();
  return text;
}"""


def test_no_last_name_lies_on_the_tablet(room: Room) -> None:
    with room.tablet.opened() as page:
        room.tablet.enrol(page)
        room.open(page)
        page.context.set_offline(True)
        scan(page, room.texts[0])
        said(page, "Gardé")
        kept = page.evaluate(KEPT)
        assert "Sonia" in kept
        assert not [name for name in full_names(room.town) if name in kept or name in page.content()]


def test_a_revoked_tablet_says_so_deletes_its_list_and_still_hands_in_what_it_saw(room: Room) -> None:
    house = room.town.house
    with room.tablet.opened() as page:
        room.tablet.enrol(page)
        room.open(page)
        page.context.set_offline(True)
        scan(page, room.texts[0])
        said(page, "Gardé")
        (device,) = room.rows(Device)
        house.database.in_transaction(
            house.organisation.id, revoke_device, house.system(), now=house.now, device_id=device.id
        )
    with room.tablet.opened() as page:
        page.goto(SCANNER)
        expect(page.get_by_role("heading", name="Cet appareil n'est plus autorisé")).to_be_visible()
        expect(page.locator("#scanner")).to_be_hidden()
        expect(page.locator("#revoked-unsent")).to_contain_text("tout est envoyé")
        assert "Amadou" not in page.evaluate(KEPT)
        room.town.inspect(page)
    (kept,) = room.rows(Scan)
    assert (kept.review, room.counting()) == (Review.AWAITING, [])


@pytest.mark.parametrize("is_cut", [False, True])
def test_the_last_passage_is_taken_back_by_its_button_and_by_two_keys(room: Room, *, is_cut: bool) -> None:
    with room.tablet.opened() as page:
        room.tablet.enrol(page)
        room.open(page)
        page.context.set_offline(is_cut)
        scan(page, room.texts[0])
        said(page, "Gardé" if is_cut else "Émargé")
        expect(page.locator("#verdict")).to_be_hidden()
        page.get_by_role("button", name="Annuler ce passage").click()
        said(page, "Annulé")
        expect(page.locator("#passages")).to_contain_text("Sonia L. · Annulé")
        scan(page, room.texts[1])
        said(page, "Gardé" if is_cut else "Émargé")
        page.locator("h1").first.click(force=True)
        page.keyboard.press("Control+z")
        expect(page.locator("#passages")).to_contain_text("Amadou D. · Annulé")
        expect(page.get_by_role("button", name="Annuler ce passage")).to_have_count(0)
        scan(page, room.texts[0])
        said(page, "Gardé" if is_cut else "Émargé")
        page.context.set_offline(False)
        unsent(page, 0)
    assert len(room.rows(ScanUndo)) == 2
    assert [one.attendee_id for one in room.counting()] == [room.planned.attendees[0]]


@pytest.mark.parametrize("is_cut", [False, True])
def test_a_name_on_the_list_is_stated_and_never_signed(room: Room, *, is_cut: bool) -> None:
    with room.tablet.opened(width=1280) as page:
        room.tablet.enrol(page)
        room.open(page)
        page.context.set_offline(is_cut)
        page.locator("#query").fill("zo")
        page.get_by_role("button", name="Chercher").click()
        expect(page.locator("#search-said")).to_contain_text("trois lettres")
        page.locator("#query").fill("zoe")
        page.get_by_role("button", name="Chercher").click()
        page.get_by_role("button", name="Zoé L.").click()
        expect(page.get_by_role("heading", name="Zoé L., sans badge")).to_be_focused()
        page.get_by_label("Pourquoi n'émarge-t-elle pas ?").select_option("no-badge")
        page.get_by_role("button", name="Badge oublié").click()
        room.town.inspect(page)
        page.get_by_role("button", name="Noter le constat").click()
        said(page, "pas une signature" if is_cut else "Constat")
        page.context.set_offline(False)
        unsent(page, 0)
    (stated,) = room.rows(Statement)
    assert (stated.cause, stated.reason, room.rows(Signature)) == (StatementCause.NO_BADGE, "Badge oublié", [])


def test_where_a_drawing_is_needed_the_person_draws_before_the_tablet_keeps_it(room: Room) -> None:
    house = room.town.house

    def need(db: Session) -> None:
        db.get_one(Meeting, room.planned.meeting_id).needs_drawing = True

    house.database.in_transaction(house.organisation.id, need)
    with room.tablet.opened() as page:
        room.tablet.enrol(page)
        room.open(page)
        scan(page, room.texts[0])
        expect(page.get_by_role("heading", name="Signez ici")).to_be_focused()
        page.get_by_role("button", name="C'est ma signature").click()
        expect(page.get_by_text("Il n'y a presque rien")).to_be_visible()
        draw(page)
        room.town.inspect(page)
        page.get_by_role("button", name="C'est ma signature").click()
        said(page, "Émargé", "Sonia")
        page.context.set_offline(True)
        scan(page, room.texts[1])
        page.get_by_role("button", name="Ne pas signer").click()
        said(page, "À signer")
        page.context.set_offline(False)
        unsent(page, 0)
    (signed,) = room.counting()
    assert signed.drawing_id is not None
    assert sorted(one.verdict for one in room.rows(Scan)) == ["needs-signature", "signed"]


def draw(page: Page) -> None:
    """Draw a line that goes up and down."""
    box = page.locator("canvas.pad").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    for step in range(1, 8):
        page.mouse.move(box["x"] + 20 + 30 * step, box["y"] + (90 if step % 2 else 20), steps=4)
    page.mouse.up()


@pytest.mark.parametrize("width", [360, 1280])
def test_the_page_is_usable_by_keyboard_and_axe_has_nothing_serious_to_say(room: Room, width: int) -> None:
    with room.tablet.opened(width=width) as page:
        room.tablet.enrol(page)
        room.open(page)
        room.town.inspect(page)
        page.emulate_media(color_scheme="dark")
        page.wait_for_timeout(500)  # colours fade over, and axe would measure one on its way
        room.town.inspect(page)
        page.locator("body").press("Tab")
        for name in ("query", "Chercher", "badge"):
            press_until(page, name)
        page.keyboard.type(room.texts[0])
        page.keyboard.press("Enter")
        said(page, "Émargé")
        room.town.inspect(page)


def test_a_new_version_takes_over_at_the_next_opening(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    with room.tablet.opened() as page:
        room.tablet.enrol(page)
        room.open(page)
        first = page.evaluate(VERSIONS)
        assert (first["waiting"], len(first["kept"])) == (False, 1)
        monkeypatch.setattr(device_pages, "KIOSK_PATH", "/appareil/borne?autre")
        page.reload()
        known = wait_until(page, VERSIONS, lambda told: told["waiting"])
        assert len(known["kept"]) == 2, "the old one still serves this opening"
    with room.tablet.opened() as page:
        page.context.set_offline(True)
        page.goto(SCANNER)
        known = wait_until(page, VERSIONS, lambda told: not told["waiting"] and len(told["kept"]) == 1)
        expect(page.locator("#list-said")).to_contain_text("3 personnes")
    assert known["kept"] != first["kept"]


VERSIONS = """async () => {
  const registration = await navigator.serviceWorker.getRegistration();
  return { waiting: Boolean(registration.waiting), kept: await caches.keys() };
}"""


def wait_until(
    page: Page, expression: str, holds: Callable[[dict[str, Any]], bool], *, seconds: int = 10
) -> dict[str, Any]:
    """Ask until it is as it should be; the page may load itself anew meanwhile, and allows no polling of its own."""
    until = monotonic() + seconds
    told: dict[str, Any] = {}
    while monotonic() < until:
        with suppress(Error):
            told = page.evaluate(expression)
            if holds(told):
                return told
        page.wait_for_timeout(100)
    raise AssertionError(told)


def test_the_browser_sends_the_queue_when_the_scanner_is_shut(room: Room) -> None:
    with room.tablet.opened() as page:
        room.tablet.enrol(page)
        room.open(page)
        page.context.set_offline(True)
        scan(page, room.texts[0])
        said(page, "Gardé")
        page.goto("/appareil/enroler")
        expect(page.locator("#enrolment-said")).to_contain_text("s'ouvre par un lien")
        assert "PRP" in page.evaluate(KEPT)
        devtools = page.context.new_cdp_session(page)
        known: list[dict[str, Any]] = []
        devtools.on("ServiceWorker.workerRegistrationUpdated", lambda told: known.extend(told["registrations"]))
        devtools.send("ServiceWorker.enable")
        page.wait_for_timeout(300)
        assert room.rows(Scan) == []
        page.context.set_offline(False)
        told = {"origin": room.town.url, "registrationId": known[0]["registrationId"], "lastChance": False}
        devtools.send("ServiceWorker.dispatchSyncEvent", {**told, "tag": "paraphe-queue"})
        wait_until(page, f"({KEPT})().then((kept) => ({{ kept }}))", lambda told: "PRP" not in told["kept"])
    assert len(room.counting()) == 1
