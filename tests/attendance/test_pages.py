import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from html import unescape
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from attendance.models import HalfDay, Meeting, Statement, StatementCause
from attendance.steps.personal_links import LinksSent
from attendance.use_cases.open_sheet import open_sheet
from attendance.use_cases.send_countersign_links import send_countersign_links
from attendance.use_cases.send_sign_links import send_sign_links
from booking.models import AppointmentStatus
from directory.queries import badges
from directory.steps.badges import badge_until
from directory.steps.people import known_or_new
from foundation.actors import system
from tests.attendance.scene import Scene, appointment, shown, training, workshop
from tests.house import House


@pytest.fixture
def scene(sqlite_house: House) -> Scene:
    made = training(sqlite_house)
    sqlite_house.clock.advance(timedelta(minutes=45))
    return made


@pytest.fixture
def staff(scene: Scene) -> FlaskClient:
    client = scene.house.client()
    token = scene.house.log_in(client, scene.house.agents[0])
    client.environ_base["HTTP_X_CSRF_TOKEN"] = token
    return client


def read(response: TestResponse) -> str:
    """What a person reads: the page without its tags."""
    text = re.sub(r"<(script|style|template).*?</\1>", "", response.get_data(as_text=True), flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).replace("\u00a0", " ").split())


def scan(scene: Scene, staff: FlaskClient, badge: str, **more: str) -> dict[str, str | None]:
    body = {
        "key": str(uuid4()),
        "badge": badge,
        "target": f"half_day:{shown(scene.half_days[0].id)}",
        "kind": "arrival",
        "observed_at": scene.house.now.isoformat(),
    }
    answer = staff.post("/equipe/scanner/passages", json=body | more)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return dict(answer.get_json())


def links(scene: Scene, use_case: Callable[..., LinksSent] = send_sign_links) -> list[str]:
    """Send the links, and return the addresses as people receive them."""
    scene.house.database.in_transaction(
        scene.agent.organisation_id,
        use_case,
        scene.agent,
        now=scene.house.now,
        meeting_id=scene.meeting_id,
    )
    scene.house.worker.run_until_empty()
    sent = [mail.text for _, mail in scene.house.mails] + [sms.text for _, sms in scene.house.texts]
    found = [re.search(r"http://127\.0\.0\.1:8000(/\S+)", text) for text in sent]
    return [match.group(1) for match in found if match]


def test_the_scanner_opens_the_camera_at_the_half_day_that_is_open(scene: Scene, staff: FlaskClient) -> None:
    page = staff.get("/equipe/scanner")
    assert page.status_code == 200
    assert "camera=(self)" in page.headers["Permissions-Policy"]
    assert "'wasm-unsafe-eval'" in page.headers["Content-Security-Policy"]
    assert f'value="half_day:{shown(scene.half_days[0].id)}" selected' in page.get_data(as_text=True)
    assert "Accueil : Bordeaux Saint-Michel" in read(page)


def test_the_scanner_is_given_the_public_keys(scene: Scene, staff: FlaskClient) -> None:
    told = staff.get("/equipe/scanner/cles").get_json()
    assert told["organisation_id"] == str(scene.house.organisation.id)
    assert [key["number"] for key in told["keys"]] == [1]


def test_a_scan_is_answered_with_a_verdict_a_colour_and_a_sentence(scene: Scene, staff: FlaskClient) -> None:
    told = scan(scene, staff, scene.texts[0])
    assert told["verdict"] == "signed"
    assert told["colour"] == "green"
    assert (told["first_name"], told["name"]) == ("Sonia", "Sonia Lefèvre")
    assert (told["half_day"] or "").replace("\u00a0", " ") == "Comprendre, 10 h – 13 h"
    scene.house.clock.advance(timedelta(seconds=1))
    assert scan(scene, staff, "]Q1\x02" + scene.texts[0])["verdict"] == "already-signed"
    assert scan(scene, staff, "un sachet de thé")["verdict"] == "malformed"


def test_a_badge_of_the_other_organisation_is_told_apart(scene: Scene, staff: FlaskClient) -> None:
    def give(db: Session) -> str:
        them = system(scene.house.other.id)
        person = known_or_new(
            db, them, first_name="Jean", last_name="Autre", email=None, phone=None, language="fr", now=scene.house.now
        )
        until = scene.house.now + timedelta(days=1)
        badge = badge_until(db, them, beneficiary_id=person.id, until=until, now=scene.house.now)
        return badges.text_of(db, badge, scene.house.keys)

    told = scan(scene, staff, scene.house.database.in_transaction(scene.house.other.id, give))
    assert (told["verdict"], told["name"]) == ("not-ours", None)


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": "half_day:zzz"}, {"target": ""}, {"kind": "lunch"}, {"observed_at": "yesterday"}, {"key": "x"},
        {"observed_at": "2026-04-13T09:45:00"}, {"observed_at": "0001-01-01T00:00:00+14:00"}, {"key": "é" * 10},
    ],
)  # fmt: skip
def test_what_no_scanner_sends_is_refused_with_a_sentence(
    scene: Scene, staff: FlaskClient, wrong: dict[str, str]
) -> None:
    body = {
        "key": str(uuid4()),
        "badge": "x",
        "target": f"desk:{shown(scene.house.venue.id)}",
        "kind": "arrival",
        "observed_at": scene.house.now.isoformat(),
    }
    answer = staff.post("/equipe/scanner/passages", json=body | wrong)
    assert answer.status_code == 422
    assert answer.get_json()["detail"] == "Cette demande ne se comprend pas. Rechargez la page et recommencez."
    assert staff.post("/equipe/scanner/passages", data="[", content_type="application/json").status_code == 422


def test_the_scanner_works_without_javascript(scene: Scene, staff: FlaskClient) -> None:
    form = {"badge": scene.texts[0], "target": f"half_day:{shown(scene.half_days[0].id)}", "kind": "arrival"}
    said = read(staff.post("/equipe/scanner", data=form))
    assert "Émargé · Sonia" in said
    assert "C'est noté, à 9 h 45." in said


def test_a_name_found_by_search_becomes_a_statement(scene: Scene, staff: FlaskClient) -> None:
    target = f"half_day:{shown(scene.half_days[0].id)}"
    short = staff.post("/equipe/scanner/recherche", json={"query": "le", "target": target})
    assert short.status_code == 422
    assert short.get_json()["detail"] == "Tapez au moins trois lettres du nom."
    people = staff.post("/equipe/scanner/recherche", json={"query": "Diallo", "target": target}).get_json()["people"]
    assert [(one["name"], one["state"]) for one in people] == [("Amadou Diallo", "attendu")]
    body = {"attendee": people[0]["attendee"], "target": target, "kind": "arrival", "reason": "Badge oublié"}
    said = staff.post("/equipe/scanner/constats", json=body | {"cause": "no-badge"}).get_json()["sentence"]
    assert said.replace("\u00a0", " ") == "Constat noté pour Amadou Diallo, « Comprendre ». Ce n'est pas une signature."
    sheet = read(staff.get(f"/equipe/seances/{shown(scene.meeting_id)}"))
    assert "constat, pas une signature (arrivée) sans badge Nadia Ferrand" in sheet
    again = staff.post("/equipe/scanner/recherche", json={"query": "Diallo", "target": target}).get_json()["people"]
    assert again[0]["state"] == "constat"
    for odd in (None, "laziness", ["no-badge"]):
        assert staff.post("/equipe/scanner/constats", json=body | {"cause": odd}).status_code == 200
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        causes = db.scalars(select(Statement.cause).order_by(Statement.id)).all()
    assert causes == [StatementCause.NO_BADGE, *[StatementCause.OTHER] * 3]


def test_the_list_of_meetings_leads_to_the_sheet_and_its_pdf(scene: Scene, staff: FlaskClient) -> None:
    listed = staff.get("/equipe/seances")
    assert "Gérer ses papiers en ligne" in read(listed)
    assert f"/equipe/seances/{shown(scene.meeting_id)}" in listed.get_data(as_text=True)
    pdf = staff.get(f"/equipe/seances/{shown(scene.meeting_id)}/feuille.pdf")
    assert pdf.mimetype == "application/pdf"
    assert 'filename="emargement-2026-04-13-gerer-ses-papiers-en-ligne.pdf"' in pdf.headers["Content-Disposition"]


def test_the_sheet_sends_links_takes_statements_and_is_closed(scene: Scene, staff: FlaskClient) -> None:
    address = f"/equipe/seances/{shown(scene.meeting_id)}"
    said = read(staff.post(f"{address}/liens", follow_redirects=True))
    assert "3 liens partent." in said
    assert "1 lien part." in read(staff.post(f"{address}/liens-intervenants", follow_redirects=True))
    form = {"attendee": shown(scene.attendees[0]), "half_day": shown(scene.half_days[0].id), "kind": "arrival"}
    wrong = staff.post(f"{address}/constats", data=form)
    assert wrong.status_code == 422
    assert "Dites pourquoi la personne n'émarge pas elle-même" in read(wrong)
    assert "Le constat est noté." in read(
        staff.post(f"{address}/constats", data=form | {"reason": "Bras cassé"}, follow_redirects=True)
    )
    assert staff.post(f"{address}/clore").status_code == 409
    scene.house.clock.advance(timedelta(hours=8))
    scene.house.log_in(staff, scene.house.agents[0])
    staff.environ_base["HTTP_X_CSRF_TOKEN"] = scene.house.log_in(staff, scene.house.agents[0])
    closed = read(staff.post(f"{address}/clore", follow_redirects=True))
    assert "Feuille close le lundi 13 avril 2026 à 17 h 45 par Nadia Ferrand." in closed


def test_somebody_far_away_signs_by_link_and_code_without_javascript(scene: Scene) -> None:
    address = next(one for one in links(scene) if "/signer/" in one)
    phone = scene.house.client()
    page = phone.get(address)
    assert "Recevoir un code pour mon arrivée" in read(page)
    assert "On pourra émarger à partir de lundi 13 avril à 13 h 30." in read(page)
    action = re.search(r'action="(/signer/[^"]+/code)"', page.get_data(as_text=True))
    assert action is not None
    form = phone.post(action.group(1), follow_redirects=True)
    assert "Un code à six chiffres part par SMS." in read(form)
    scene.house.worker.run_until_empty()
    digits = re.findall(r"\b\d{6}\b", scene.house.texts[-1][1].text)[0]
    where = action.group(1).removesuffix("/code")
    wrong = phone.post(where, data={"code": "000000" if digits != "000000" else "000001"})
    assert wrong.status_code == 422
    assert "Ce code n'est pas bon, ou ne l'est plus." in read(wrong)
    done = phone.post(where, data={"code": digits}, follow_redirects=True)
    assert "C'est émargé. Merci." in read(done)
    assert "Arrivée émargée, 9 h 45." in read(done)
    assert phone.get(address).headers.get("Set-Cookie") is None


def test_the_code_page_says_the_same_of_a_code_that_is_wrong_and_of_one_never_asked_for(scene: Scene) -> None:
    address = next(one for one in links(scene) if "/signer/" in one)
    where = f"{address}/{shown(scene.half_days[0].id)}/arrivee"
    phone = scene.house.client()
    never = phone.post(where, data={"code": "123456"})
    phone.post(f"{where}/code")
    wrong = phone.post(where, data={"code": "12345"})
    assert read(never).replace("123456", "") == read(wrong).replace("12345", "")


def test_a_link_opens_no_half_day_of_another_meeting(scene: Scene) -> None:
    address = next(one for one in links(scene) if "/signer/" in one)
    phone = scene.house.client()
    assert phone.get(f"{address}/{shown(scene.meeting_id)}/arrivee").status_code == 404
    assert phone.post(f"{address}/{shown(scene.meeting_id)}/arrivee/code").status_code == 404
    altered = address[:-9] + ("a" if address[-9] != "a" else "b") + address[-8:]
    assert phone.get(altered).status_code == 404


def test_the_page_of_a_cancelled_booking_says_so_and_asks_for_nothing(scene: Scene) -> None:
    booked = appointment(scene, starts_at=scene.house.now + timedelta(minutes=10), person=1)
    planned = workshop(scene, booked)
    scene.write(booked, workshop_id=planned.id)
    meeting_id = scene.house.database.in_transaction(
        scene.agent.organisation_id, open_sheet, scene.agent, now=scene.house.now, workshop_id=planned.id
    )
    address = next(one for one in links(replace(scene, meeting_id=meeting_id)) if "/signer/" in one)
    phone = scene.house.client()
    assert "Recevoir un code pour mon arrivée" in read(phone.get(address))
    scene.write(booked, status=AppointmentStatus.CANCELLED)
    page = read(phone.get(address))
    assert "Cette séance est annulée : il n'y a rien à émarger." in page
    assert "Recevoir un code" not in page
    action = f"{address}/{half_day_of(scene, meeting_id)}/arrivee/code"
    assert phone.post(action).status_code == 409


def half_day_of(scene: Scene, meeting_id: int) -> str:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return shown(db.scalars(select(HalfDay.id).where(HalfDay.meeting_id == meeting_id)).one())


def test_the_page_follows_a_workshop_that_was_moved(scene: Scene) -> None:
    booked = appointment(scene, starts_at=scene.house.now + timedelta(minutes=10), person=1)
    planned = workshop(scene, booked)
    scene.write(booked, workshop_id=planned.id)
    meeting_id = scene.house.database.in_transaction(
        scene.agent.organisation_id, open_sheet, scene.agent, now=scene.house.now, workshop_id=planned.id
    )
    address = next(one for one in links(replace(scene, meeting_id=meeting_id)) if "/signer/" in one)
    later = scene.house.now + timedelta(days=1)
    scene.write(planned, starts_at=later, ends_at=later + timedelta(hours=1))
    page = read(scene.house.client().get(address))
    assert "mardi 14 avril à 9 h 45" in page
    assert "On pourra émarger à partir de mardi 14 avril à 9 h 15." in page


def test_pages_and_letters_behind_links_name_the_place_whose_hours_they_tell(scene: Scene, staff: FlaskClient) -> None:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        meeting = db.get_one(Meeting, scene.meeting_id)
    here = next(one for one in links(scene, send_countersign_links) if "/contresigner/" in one)
    assert "Les heures sont celles" not in read(scene.house.client().get(here))
    scene.write(meeting, time_zone="Indian/Reunion", venue_id=scene.house.far_venue.id)
    scene.house.clock.advance(timedelta(minutes=1))
    said = "Les heures sont celles de Saint-Denis."
    for address in links(scene)[-3:]:
        assert said in read(scene.house.client().get(address)), address
    assert said in read(scene.house.client().get(here))
    assert said in scene.house.mails[-1][1].text
    assert "(heure de Saint-Denis)" in read(staff.get("/equipe/seances"))


def test_a_facilitator_countersigns_with_the_heads_they_counted(scene: Scene, staff: FlaskClient) -> None:
    address = next(one for one in links(scene, send_countersign_links) if "/contresigner/" in one)
    scan(scene, staff, scene.texts[0])
    phone = scene.house.client()
    early = read(phone.get(address))
    assert "Vous pourrez contresigner à partir de lundi 13 avril à 10 h." in early
    scene.house.clock.advance(timedelta(minutes=30))
    page = read(phone.get(address))
    assert "Ont émargé (1) Sonia Lefèvre" in page
    assert "Pas d'émargement (2) Amadou Diallo, Zoé Lê-Van" in page
    where = f"{address}/{shown(scene.half_days[0].id)}"
    assert "Écrivez le nombre de personnes" in read(phone.post(where, data={"headcount": "trois"}))
    again = phone.post(where, data={"headcount": "2", "remark": "Une personne de plus"})
    assert again.status_code == 422
    page = read(again)
    assert "Vous comptez 2, la feuille dit 1" in page
    assert "C'est bien le nombre" in page
    sent = {"headcount": "2", "is_confirmed": "yes", "remark": "Une personne de plus"}
    done = read(phone.post(where, data=sent, follow_redirects=True))
    assert "Remarque : Une personne de plus" in done
    assert "Contresigné lundi 13 avril à 10 h 15 (2 personnes comptées)." in done
    assert phone.post(where, data={"headcount": "2"}).status_code == 409


def test_another_organisation_s_staff_find_nothing_here(scene: Scene) -> None:
    stranger = scene.house.client()
    stranger.environ_base["HTTP_X_CSRF_TOKEN"] = scene.house.log_in(stranger, scene.house.stranger)
    address = f"/equipe/seances/{shown(scene.meeting_id)}"
    assert stranger.get(address).status_code == 404
    assert stranger.get(f"{address}/feuille.pdf").status_code == 404
    assert stranger.post(f"{address}/liens").status_code == 404
    assert stranger.post(f"{address}/clore").status_code == 404
    assert "Gérer ses papiers" not in read(stranger.get("/equipe/seances"))
