"""The room's screen and the phones before it: no name, no later code, and one button for whoever is known."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from attendance.domain.room_codes import Way
from attendance.models import Signature
from tests.api import asking, link_of
from tests.attendance import scene as scenes
from tests.attendance.rooms import display, renew, shown, sign, wrong_word
from tests.attendance.scene import PEOPLE, Scene, training
from tests.attendance.screens import scanned
from tests.house import House, config_for

STEP = timedelta(seconds=15)
MINUTE = timedelta(minutes=1)
REMEMBERED = "Ce téléphone vous reconnaîtra"


@pytest.fixture
def scene(sqlite_house: House) -> Scene:
    """9:45 of the training: its first half-day opened at 9:30."""
    made = training(sqlite_house)
    sqlite_house.clock.advance(timedelta(minutes=45))
    return made


@pytest.fixture
def link(scene: Scene) -> str:
    return link_of(scene.house, "sign", scene.attendees[0])


@pytest.fixture
def phone(scene: Scene, link: str) -> FlaskClient:
    """Sonia's phone, which knows her because she has pressed the button."""
    client = scene.house.client()
    answer = client.post(f"/signer/{link}/telephone", follow_redirects=True)
    assert REMEMBERED in read(answer)
    return client


def read(answer: Any) -> str:
    text = re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True))
    return " ".join(unescape(text).replace("\u00a0", " ").split())


def signatures(scene: Scene) -> list[tuple[str, str, str]]:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        found = db.scalars(select(Signature).order_by(Signature.id))
        return [(one.kind.value, one.method.value, one.grade.value) for one in found]


def sent_by(page: str) -> dict[str, str]:
    """The hidden fields of the button that signs."""
    return {name: unescape(value) for name, value in re.findall(r'name="(intent|half_day|kind)" value="([^"]*)"', page)}


def presence(scene: Scene, *, later: timedelta = timedelta(0)) -> str:
    return f"/presence/{shown(scene, Way.CODE, later=later)}"


def address(scene: Scene) -> str:
    return f"/presence/{scenes.shown(scene.meeting_id)}/emarger"


# -- the screen ------------------------------------------------------------------------------------------------------


def test_the_screen_shows_the_code_its_word_and_the_counts_without_javascript(scene: Scene) -> None:
    sign(scene, Way.WORD, shown(scene, Way.WORD))
    answer = scene.house.client().get(f"/salle/{display(scene)}")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert scanned(page) == f"{scene.house.services.base_url}{presence(scene)}"
    assert shown(scene, Way.WORD) in read(answer)
    assert "1 sur 3 ont émargé" in read(answer)
    assert re.search(r'<noscript><meta http-equiv="refresh" content="15"></noscript>', page)
    assert 'data-seconds="15"' in page
    assert answer.headers["Cache-Control"] == "no-store"


def test_for_ten_minutes_no_answer_holds_a_later_code_or_anybodys_name(scene: Scene) -> None:
    """Each answer of the page and of the API is read as a camera and as a thief would read it."""
    token = display(scene)
    client, program = scene.house.client(), asking(scene.house, token)
    names = {name for first, last, *_ in PEOPLE for name in (first, last)} | {"Élodie", "Grondin"}
    seen = set()
    for _ in range(120):
        page = client.get(f"/salle/{token}").get_data(as_text=True)
        told = program.get("/display")
        text = unescape(page) + told.get_data(as_text=True)
        code = scanned(page)
        assert code == (told.json or {})["code"]["address"] == scene.house.services.base_url + presence(scene)
        seen.add(code)
        later = {shown(scene, Way.CODE, later=number * STEP)[13:] for number in range(1, 50)}
        later |= {shown(scene, Way.WORD, later=number * MINUTE) for number in range(1, 15)}
        assert not [one for one in later - {shown(scene, Way.WORD)} if one in text]
        assert not [name for name in names if name in text]
        scene.house.clock.advance(timedelta(seconds=5))
    assert len(seen) == 40


def test_the_screen_asks_again_when_the_next_step_begins(scene: Scene) -> None:
    token, client = display(scene), scene.house.client()
    scene.house.clock.advance(timedelta(seconds=9.5))
    page = client.get(f"/salle/{token}").get_data(as_text=True)
    assert 'data-seconds="6"' in page
    before = scanned(page)
    scene.house.clock.advance(timedelta(seconds=6))
    assert scanned(client.get(f"/salle/{token}").get_data(as_text=True)) not in {before, None}


def test_between_half_days_the_screen_says_when_the_next_opens(scene: Scene) -> None:
    token, client = display(scene), scene.house.client()
    first, second = scene.half_days
    scene.write(second, starts_at=second.starts_at + timedelta(hours=2), ends_at=second.ends_at + timedelta(hours=2))
    scene.house.clock.set(first.ends_at + timedelta(minutes=30))
    answer = client.get(f"/salle/{token}")
    assert "On pourra émarger à partir de lundi 13 avril à 15 h 30." in read(answer)
    assert scanned(answer.get_data(as_text=True)) is None
    renewed = display(scene)  # the last half-day has moved, and the link lasts longer
    scene.house.clock.set(second.ends_at + timedelta(hours=2, minutes=29))
    assert client.get(f"/salle/{renewed}").status_code == 200
    scene.house.clock.advance(MINUTE)
    assert client.get(f"/salle/{renewed}").status_code == 410


def test_a_withdrawn_display_shows_nothing(scene: Scene) -> None:
    token = display(scene)
    renew(scene)
    answer = scene.house.client().get(f"/salle/{token}")
    assert answer.status_code == 410
    assert shown(scene, Way.WORD) not in read(answer)


def test_staff_open_and_renew_the_display_from_the_sheet(scene: Scene) -> None:
    client = scene.house.client()
    client.environ_base["HTTP_X_CSRF_TOKEN"] = scene.house.log_in(client, scene.house.agents[0])
    sheet = f"/equipe/seances/{scenes.shown(scene.meeting_id)}"
    assert "Afficher le code" in read(client.get(sheet))
    opened = client.post(f"{sheet}/salle")
    assert opened.status_code == 303
    assert scene.house.client().get(opened.headers["Location"]).status_code == 200
    renewed = client.post(f"{sheet}/salle/renouveler", follow_redirects=True)
    assert "L'affichage est retiré" in read(renewed)
    assert scene.house.client().get(opened.headers["Location"]).status_code == 410


# -- a phone that is not known ---------------------------------------------------------------------------------------


def test_a_phone_that_is_not_known_is_asked_for_the_personal_link_and_is_told_no_name(scene: Scene) -> None:
    answer = scene.house.client().get(presence(scene))
    assert answer.status_code == 200
    assert "Ouvrez votre lien personnel" in read(answer)
    assert "intent" not in answer.get_data(as_text=True)
    assert not [name for first, last, *_ in PEOPLE for name in (first, last) if name in read(answer)]
    assert "Set-Cookie" not in answer.headers


def test_wrong_old_and_future_codes_hear_the_same(scene: Scene, phone: FlaskClient) -> None:
    paths = [presence(scene, later=-2 * STEP), presence(scene, later=STEP), "/presence/x", f"{presence(scene)}a"]
    answers = [client.get(path) for client in (phone, scene.house.client()) for path in paths]
    assert {one.status_code for one in answers} == {404}
    assert len({read(one) for one in answers}) == 1
    assert "Ce code n'est pas bon, ou ne l'est plus." in read(answers[0])


# -- a phone that is known -------------------------------------------------------------------------------------------


def test_a_known_phone_signs_with_one_button(scene: Scene, phone: FlaskClient) -> None:
    page = phone.get(presence(scene))
    assert "Bonjour Sonia." in read(page)
    assert "Signer mon arrivée" in read(page)
    assert signatures(scene) == [], "a GET signs nothing"
    done = phone.post(address(scene), data=sent_by(page.get_data(as_text=True)), follow_redirects=True)
    assert "C'est émargé. Merci." in read(done)
    assert signatures(scene) == [("arrival", "room-code", "B")]


def test_a_button_pressed_twice_signs_once_and_is_thanked_twice(scene: Scene, phone: FlaskClient) -> None:
    sent = sent_by(phone.get(presence(scene)).get_data(as_text=True))
    answers = [phone.post(address(scene), data=sent) for _ in range(2)]
    assert [one.status_code for one in answers] == [303, 303]
    assert len(signatures(scene)) == 1


def test_a_button_pressed_too_late_says_what_to_do(scene: Scene, phone: FlaskClient) -> None:
    sent = sent_by(phone.get(presence(scene)).get_data(as_text=True))
    scene.house.clock.advance(5 * MINUTE)
    late = phone.post(address(scene), data=sent)
    assert late.status_code == 422
    assert "Scannez de nouveau l'écran." in read(late)
    scene.house.clock.advance(timedelta(hours=4))
    closed = phone.post(address(scene), data=sent)
    assert (closed.status_code, "n'est pas ouvert" in read(closed)) == (422, True)
    assert signatures(scene) == []


def test_a_form_that_is_not_ours_is_refused_and_never_a_fault(scene: Scene, phone: FlaskClient) -> None:
    sent = sent_by(phone.get(presence(scene)).get_data(as_text=True))
    for change in ({"half_day": "x"}, {"half_day": scenes.shown(scene.meeting_id)}, {"kind": "x"}, {"kind": ""}):
        assert phone.post(address(scene), data=sent | change).status_code == 404
    for intent in ("", "x", "é", sent["intent"][:-9]):
        assert phone.post(address(scene), data=sent | {"intent": intent}).status_code == 422
    assert signatures(scene) == []


def test_an_intent_is_of_no_use_to_another_phone_or_without_one(scene: Scene, phone: FlaskClient) -> None:
    sent = sent_by(phone.get(presence(scene)).get_data(as_text=True))
    other = scene.house.client()
    assert other.post(address(scene), data=sent).status_code == 404
    other.post(f"/signer/{link_of(scene.house, 'sign', scene.attendees[1])}/telephone")
    assert other.post(address(scene), data=sent).status_code == 422
    assert signatures(scene) == []


def test_another_site_cannot_have_a_known_phone_sign(scene: Scene, phone: FlaskClient) -> None:
    sent = sent_by(phone.get(presence(scene)).get_data(as_text=True))
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://ailleurs.example"}):
        assert phone.post(address(scene), data=sent, headers=headers).status_code == 403
    assert signatures(scene) == []


def test_what_a_phone_keeps_is_sent_to_rooms_alone_and_gone_with_the_link(scene: Scene, link: str) -> None:
    answer = scene.house.client().post(f"/signer/{link}/telephone")
    (cookie,) = answer.headers.getlist("Set-Cookie")
    assert {"HttpOnly", "SameSite=Lax", "Path=/presence"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    assert "Expires=Tue, 14 Apr 2026 07:45:00 GMT" in cookie
    secure = replace(
        config_for(scene.house.database.url.render_as_string(hide_password=False)), base_url="https://p.example"
    )
    with House(secure, scene.house.clock) as house:
        (cookie,) = house.client().post(f"/signer/{link}/telephone").headers.getlist("Set-Cookie")
    assert "Secure" in cookie.split("; ")


def test_a_phone_forgets_when_it_is_asked_to_and_when_the_link_is_over(scene: Scene, phone: FlaskClient) -> None:
    assert "Bonjour" in read(phone.get(presence(scene)))
    forgotten = phone.post(f"/telephone/{scenes.shown(scene.meeting_id)}/oublier")
    assert "ne vous reconnaît plus" in read(forgotten)
    assert "Bonjour" not in read(phone.get(presence(scene)))


def test_a_phone_is_not_known_any_more_when_its_link_has_run_out(scene: Scene, phone: FlaskClient) -> None:
    sent = sent_by(phone.get(presence(scene)).get_data(as_text=True))
    scene.house.clock.advance(timedelta(days=1))
    assert "Bonjour" not in read(phone.get(presence(scene)))
    assert phone.post(address(scene), data=sent).status_code == 410


def test_a_phone_that_is_known_in_one_room_is_not_in_another(scene: Scene, phone: FlaskClient, link: str) -> None:
    from tests.attendance.test_room_signing import booked_room  # noqa: PLC0415

    first = scenes.shown(scene.meeting_id)
    room = booked_room(scene)
    assert "Bonjour" not in read(phone.get(presence(room)))
    name = f"presence-{scenes.shown(room.meeting_id)}"
    phone.set_cookie(name, link, path="/presence")
    assert "Bonjour" not in read(phone.get(presence(room))), "somebody has put their other link under this name"
    assert first != scenes.shown(room.meeting_id)


# -- the word on the personal link -----------------------------------------------------------------------------------


def type_word(scene: Scene, link: str, word: str, kind: str = "arrivee", half_day: int = 0) -> Any:
    path = f"/signer/{link}/{scenes.shown(scene.half_days[half_day].id)}/{kind}/mot"
    return scene.house.client().post(path, data={"word": word})


def test_the_word_typed_on_the_personal_link_signs_arrival_then_departure(scene: Scene, link: str) -> None:
    assert "Mot de la salle" in read(scene.house.client().get(f"/signer/{link}"))
    typed = shown(scene, Way.WORD).replace(" ", "-").upper()
    assert type_word(scene, link, typed).headers["Location"] == f"/signer/{link}?fait=1"
    scene.house.clock.advance(timedelta(minutes=30))
    assert type_word(scene, link, shown(scene, Way.WORD), "depart").status_code == 303
    assert signatures(scene) == [("arrival", "room-word", "B"), ("departure", "room-word", "B")]


def test_a_word_that_is_wrong_old_future_or_used_hears_the_same_and_comes_back_filled_in(
    scene: Scene, link: str
) -> None:
    scene.house.clock.advance(timedelta(minutes=30))
    used = shown(scene, Way.WORD)
    type_word(scene, link, used)
    words = [wrong_word(scene), used, *(shown(scene, Way.WORD, later=number * MINUTE) for number in (-2, 1))]
    answers = [type_word(scene, link, word, "depart") for word in words]
    assert {one.status_code for one in answers} == {422}
    for word, answer in zip(words, answers, strict=True):
        assert f'value="{word}"' in unescape(answer.get_data(as_text=True))
    texts = {read(one) for one in answers}
    assert len(texts) == 1
    assert "Ce mot n'est pas bon, ou ne l'est plus." in texts.pop()


def test_what_is_not_open_is_said_beside_the_word(scene: Scene, link: str) -> None:
    answer = type_word(scene, link, shown(scene, Way.WORD), half_day=1)
    assert answer.status_code == 422
    assert "L'émargement de cette demi-journée n'est pas ouvert." in read(answer)
