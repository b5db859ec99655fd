"""People find their own name on a kiosk and sign by finger; before an agent, that is worth more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from attendance.domain.kiosk import SEARCHES, begins_words, short_names
from attendance.domain.verdicts import Verdict
from attendance.models import Drawing, Grade, Meeting, Method, Review, Scan, Signature, SignatureKind, Standing
from attendance.steps.drawn import SentDrawing
from attendance.steps.scans import Answer
from attendance.steps.statements import Person
from attendance.use_cases.sign_at_kiosk import sign_at_kiosk
from directory.domain.permissions import Permission
from directory.models import DeviceKind
from foundation.actors import Actor, ActorKind
from foundation.models import AuditEntry
from tests.api import Asking, asking, device, key, kiosk_key
from tests.attendance.offline import Phone
from tests.attendance.queues import close, counting, rows, ten
from tests.attendance.racing import Run, at_once, crowded, drop_index, unguarded
from tests.attendance.scene import Scene, appointment, shown, training
from tests.house import House

DRAWN = "M100 100L150 120L200 90L250 140L300 100L350 150L400 100L450 160"
OTHER = "M90 100L150 120L200 90L250 140L300 100L350 150L400 100L450 160"


@pytest.fixture
def scene(house: House) -> Scene:
    """The training begins at ten; it is a quarter to."""
    made = training(house)
    house.clock.advance(timedelta(minutes=45))
    return made


@pytest.fixture
def kiosk(scene: Scene) -> Asking:
    """A kiosk in the hall of the venue."""
    held = device(scene.house, kind=DeviceKind.KIOSK, venue_id=scene.house.venue.id)
    return asking(scene.house, kiosk_key(scene.house, held))


@pytest.fixture
def tablet(scene: Scene) -> Asking:
    """The scanner that an agent holds."""
    held = device(scene.house)
    return asking(scene.house, key(scene.house, Permission.SCAN, Permission.SEARCH_PEOPLE, device=held))


def search(kiosk: Asking, query: str) -> list[dict[str, Any]]:
    answer = kiosk.post("/kiosk/searches", {"query": query})
    assert answer.status_code == 200, answer.json
    assert (answer.json or {})["is_too_many"] is False
    return list((answer.json or {})["people"])


def drawing(scene: Scene, person: int = 0, *, name: str = "signature-1", **changed: Any) -> dict[str, Any]:
    attendee = f"at:{shown(scene.attendees[person])}:{shown(scene.half_days[0].id)}"
    body = {"key": name, "attendee": attendee, "kind": "arrival", "drawing": DRAWN}
    return body | {"observed_at": scene.house.now.isoformat()} | changed


def sign(kiosk: Asking, body: dict[str, Any]) -> dict[str, Any]:
    answer = kiosk.post("/kiosk/signatures", body)
    assert answer.status_code == 200, answer.json
    return dict(answer.json or {})


# -- one's own name ----------------------------------------------------------------------------------------------------


def test_the_beginning_of_ones_name_finds_it_cut_short(scene: Scene, kiosk: Asking) -> None:
    (found,) = search(kiosk, "dial")
    assert (found["name"], found["title"], found["kinds"]) == ("Amadou D.", "Comprendre", ["arrival"])
    assert found["starts_at"] == "2026-04-13T10:00:00+02:00"
    assert [one["name"] for one in search(kiosk, "zoé lê")] == ["Zoé L."]


def test_a_name_is_not_found_from_its_middle_nor_by_two_letters(scene: Scene, kiosk: Asking) -> None:
    assert search(kiosk, "iallo") == []
    answer = kiosk.post("/kiosk/searches", {"query": "di"})
    assert (answer.status_code, (answer.json or {})["code"]) == (422, "query-too-short")


def test_the_search_is_counted_and_kept_without_the_name(scene: Scene, kiosk: Asking) -> None:
    search(kiosk, "dial")
    with scene.house.database.reading(scene.house.organisation.id) as db:
        (entry,) = db.scalars(select(AuditEntry).where(AuditEntry.action == "people.searched"))
    assert entry.details == {"found": 1}
    assert "dial" not in str(entry.details)


def test_who_collects_names_is_made_to_wait_and_then_goes_on(scene: Scene, kiosk: Asking) -> None:
    answers = [kiosk.post("/kiosk/searches", {"query": f"aa{number}"}).status_code for number in range(SEARCHES + 1)]
    assert (set(answers[:SEARCHES]), answers[SEARCHES]) == ({200}, 429)
    answer = kiosk.post("/kiosk/searches", {"query": "dial"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    scene.house.clock.advance(timedelta(minutes=10))
    assert search(kiosk, "dial") != []


def test_only_who_can_sign_now_and_here_is_found(scene: Scene, kiosk: Asking) -> None:
    appointment(scene, starts_at=scene.house.now + timedelta(minutes=29), person=2)
    appointment(scene, starts_at=scene.house.now + timedelta(minutes=31), person=2)
    assert len(search(kiosk, "le van")) == 2, "the half-day and the appointment whose doors are open"
    scene.house.clock.advance(timedelta(hours=4))
    assert [one["title"] for one in search(kiosk, "le van")] == ["Faire"]
    elsewhere = device(scene.house, name="Ailleurs", kind=DeviceKind.KIOSK, venue_id=scene.house.far_venue.id)
    far = asking(scene.house, kiosk_key(scene.house, elsewhere))
    assert search(far, "le van") == []


def test_a_departure_is_offered_once_it_has_begun_and_what_is_signed_is_not(scene: Scene, kiosk: Asking) -> None:
    sign(kiosk, drawing(scene, 1))
    assert search(kiosk, "dial")[0]["kinds"] == []
    scene.house.clock.advance(timedelta(minutes=15))
    assert search(kiosk, "dial")[0]["kinds"] == ["departure"]
    assert search(kiosk, "sonia")[0]["kinds"] == ["arrival", "departure"]


def test_names_are_cut_as_short_as_tells_them_apart() -> None:
    assert short_names([("Sonia", "Lefèvre"), ("Amadou", "Diallo")]) == ["Sonia L.", "Amadou D."]
    assert short_names([("Sonia", "Lefèvre"), ("sonia", "Lenoir")]) == ["Sonia Lef.", "sonia Len."]
    assert short_names([("Sonia", "Le"), ("Sonia", "Lenoir")]) == ["Sonia Le", "Sonia Len."]
    assert short_names([("Sonia", "Lenoir"), ("Sonia", "Lenoir")]) == ["Sonia L.", "Sonia L."]
    assert short_names([("Ida", "O")]) == ["Ida O"]


@pytest.mark.parametrize(
    ("query", "name", "is_found"),
    [
        ("zoe", "zoe le van", True),
        ("van zoe", "zoe le van", True),
        ("oe", "zoe le van", False),
        ("zoe x", "zoe", False),
    ],
)
def test_each_word_begins_a_word_of_the_name(query: str, name: str, *, is_found: bool) -> None:
    assert begins_words(query, name) is is_found


# -- one's own signature -----------------------------------------------------------------------------------------------


def test_signed_at_the_kiosk_it_is_of_grade_c_and_speaks_to_the_person(scene: Scene, kiosk: Asking) -> None:
    said = sign(kiosk, drawing(scene))
    assert (said["verdict"], said["sentence"]) == ("signed", "Thank you Sonia, your arrival is signed at 9:45.")
    assert (said["first_name"], said["name"]) == ("Sonia", None)
    (kept,) = counting(scene)
    assert (kept.method, kept.grade, kept.agent_id) == (Method.DRAWN_AT_KIOSK, Grade.C, None)
    assert kept.device_id is not None
    assert [one.path for one in rows(scene, Drawing)] == [DRAWN]


def test_before_an_agent_it_is_of_grade_a_and_the_agent_is_named(scene: Scene, tablet: Asking) -> None:
    target = {"kind": "half-day", "id": shown(scene.half_days[0].id)}
    answer = tablet.post("/expected/search", {"query": "diallo", "target": target})
    attendee = (answer.json or {})["people"][0]["attendee"]
    said = tablet.post("/drawn-signatures", drawing(scene, attendee=attendee)).json or {}
    assert (said["verdict"], said["name"]) == ("signed", "Amadou Diallo")
    (kept,) = counting(scene)
    assert (kept.method, kept.grade) == (Method.DRAWN_BEFORE_AGENT, Grade.A)
    assert kept.agent_id == scene.house.agents[0].id


def test_a_program_without_an_agent_is_no_witness(scene: Scene) -> None:
    alone = asking(scene.house, key(scene.house, Permission.SCAN))
    answer = alone.post("/drawn-signatures", drawing(scene))
    assert (answer.status_code, (answer.json or {})["code"]) == (403, "witness-needed")


def test_a_kiosk_signs_nobody_before_an_agent_and_a_scanner_nobody_alone(
    scene: Scene, kiosk: Asking, tablet: Asking
) -> None:
    assert kiosk.post("/drawn-signatures", drawing(scene)).status_code == 403
    assert tablet.post("/kiosk/signatures", drawing(scene)).status_code == 403
    assert tablet.post("/kiosk/searches", {"query": "diallo"}).status_code == 403


def test_who_has_booked_an_appointment_signs_it_as_well(scene: Scene, kiosk: Asking) -> None:
    appointment(scene, starts_at=scene.house.now, person=1)
    attendee = next(one["attendee"] for one in search(kiosk, "dial") if one["attendee"].startswith("appointment:"))
    assert sign(kiosk, drawing(scene, attendee=attendee))["verdict"] == "signed"
    assert len(counting(scene)) == 1


REFUSED: list[tuple[str, Callable[[Scene], dict[str, Any]], timedelta]] = [
    ("malformed", lambda scene: drawing(scene, drawing="M1 1L2 2"), timedelta(0)),
    ("wrong-meeting", lambda scene: drawing(scene, attendee=f"at:{shown(1)}:{shown(1)}"), timedelta(0)),
    ("too-early", drawing, -timedelta(minutes=30)),
    ("too-early", lambda scene: drawing(scene, kind="departure"), timedelta(0)),
    ("too-late", drawing, timedelta(hours=4)),
]


@pytest.mark.parametrize(("verdict", "body", "later"), REFUSED)
def test_what_does_not_fit_is_refused_with_a_sentence_and_kept(
    scene: Scene, kiosk: Asking, verdict: str, body: Callable[[Scene], dict[str, Any]], later: timedelta
) -> None:
    scene.house.clock.set(scene.house.now + later)
    said = sign(kiosk, body(scene))
    assert said["verdict"] == verdict
    assert "kiosk." not in said["sentence"]
    assert counting(scene) == []
    assert [one.verdict for one in rows(scene, Scan)] == [verdict]


def test_a_cancelled_appointment_and_a_closed_sheet_are_refused(scene: Scene, kiosk: Asking) -> None:
    booked = appointment(scene, starts_at=scene.house.now, person=1)
    scene.write(booked, status="cancelled", cancelled_at=scene.house.now)
    attendee = f"appointment:{shown(booked.id)}"
    assert sign(kiosk, drawing(scene, attendee=attendee))["verdict"] == "cancelled"
    close(scene)
    afternoon = f"at:{shown(scene.attendees[0])}:{shown(scene.half_days[1].id)}"
    assert sign(kiosk, drawing(scene, name="signature-2", attendee=afternoon))["verdict"] == "too-late"


def test_a_kiosk_of_another_venue_signs_nobody(scene: Scene) -> None:
    held = device(scene.house, kind=DeviceKind.KIOSK, venue_id=scene.house.far_venue.id)
    far = asking(scene.house, kiosk_key(scene.house, held))
    assert sign(far, drawing(scene))["verdict"] == "wrong-meeting"


def test_nobody_is_in_a_video_room_by_signing_in_the_hall(scene: Scene) -> None:
    anywhere = asking(scene.house, kiosk_key(scene.house, device(scene.house, kind=DeviceKind.KIOSK)))
    with scene.house.database.reading(scene.house.organisation.id) as db:
        meeting = db.get_one(Meeting, scene.meeting_id)
    scene.write(meeting, venue_id=None, video_room="https://visio.example/papiers")
    assert sign(anywhere, drawing(scene))["verdict"] == "wrong-meeting"
    assert search(anywhere, "sonia") == []


def test_a_reference_that_cannot_be_read_is_told(scene: Scene, kiosk: Asking) -> None:
    answer = kiosk.post("/kiosk/signatures", drawing(scene, attendee="nobody"))
    assert (answer.status_code, (answer.json or {})["code"]) == (422, "unreadable-target")


# -- the key first -----------------------------------------------------------------------------------------------------


def test_a_retry_hears_the_first_answer_even_when_its_time_has_passed(scene: Scene, kiosk: Asking) -> None:
    body = drawing(scene)
    first = sign(kiosk, body)
    scene.house.clock.advance(timedelta(hours=5))
    again = sign(kiosk, body)
    assert (again["verdict"], again["signed_at"], again["first_name"]) == ("signed", first["signed_at"], "Sonia")
    assert len(rows(scene, Signature)) == 1


def test_the_same_key_with_another_drawing_is_refused_and_that_is_kept(scene: Scene, kiosk: Asking) -> None:
    sign(kiosk, drawing(scene))
    assert sign(kiosk, drawing(scene, drawing=OTHER))["verdict"] == "key-reused"
    with scene.house.database.reading(scene.house.organisation.id) as db:
        assert db.scalar(select(AuditEntry.action).where(AuditEntry.action == "scan.key-reused")) is not None


def test_who_signs_twice_hears_when_and_the_second_is_a_duplicate(scene: Scene, kiosk: Asking) -> None:
    sign(kiosk, drawing(scene))
    scene.house.clock.advance(timedelta(minutes=1))
    said = sign(kiosk, drawing(scene, name="signature-2", drawing=OTHER))
    assert said["sentence"] == "Sonia, you had already signed at 9:45. All is well."
    assert sorted(one.standing for one in rows(scene, Signature)) == [Standing.COUNTS, Standing.DUPLICATE]


# -- in a queue --------------------------------------------------------------------------------------------------------


def test_what_was_drawn_before_an_agent_without_a_network_arrives_as_such(scene: Scene) -> None:
    scene.house.clock.advance(timedelta(hours=1))
    phone = Phone(scene)
    entry = phone.draw(1, ten(scene), drawing=DRAWN)
    assert phone.hear(entry, entry) == ["signed", "signed"]
    (kept,) = counting(scene)
    assert (kept.method, kept.grade, kept.observed_at) == (Method.DRAWN_BEFORE_AGENT, Grade.A, ten(scene))
    assert phone.hear(phone.undo(entry, ten(scene, 0.1))) == ["undone"]
    assert counting(scene) == []


def test_an_undo_that_comes_before_its_drawing_takes_it_back(scene: Scene) -> None:
    scene.house.clock.advance(timedelta(hours=1))
    phone = Phone(scene)
    entry = phone.draw(1, ten(scene), drawing=DRAWN)
    assert phone.hear(phone.undo(entry, ten(scene, 0.1)), entry) == ["undone", "undone"]
    assert [one.standing for one in rows(scene, Signature)] == [Standing.UNDONE]


@pytest.mark.parametrize("changed", [{"drawing": "M1 1"}, {"attendee": "nobody"}, {"kind": "sideways"}])
def test_a_drawing_that_cannot_be_read_is_kept_and_signs_nothing(scene: Scene, changed: dict[str, str]) -> None:
    scene.house.clock.advance(timedelta(hours=1))
    phone = Phone(scene)
    assert phone.hear(phone.draw(1, ten(scene), **{"drawing": DRAWN, **changed})) == ["malformed"]
    assert len(rows(scene, Scan)) == 1
    assert rows(scene, Signature) == []


def test_drawn_on_a_device_that_was_revoked_it_waits_and_is_accepted_as_what_it_was(scene: Scene) -> None:
    scene.house.clock.advance(timedelta(hours=1))
    phone = Phone(scene)
    entry = phone.draw(1, ten(scene), drawing=DRAWN)
    phone.revoke()
    assert phone.hear(entry) == ["awaiting-review"]
    assert rows(scene, Signature) == []
    client = scene.house.client()
    scene.house.log_in(client, scene.house.manager)
    page = client.get("/equipe/a-verifier").get_data(as_text=True)
    assert "Signature tracée" in page
    (waiting,) = rows(scene, Scan)
    program = asking(scene.house, key(scene.house))
    answer = program.post(f"/reviews/{shown(waiting.id)}", {"accepts": True, "reason": "Vue par Élodie"})
    assert answer.status_code in {200, 201}, answer.json
    (kept,) = counting(scene)
    assert (kept.method, kept.grade, kept.drawing_id is not None) == (Method.DRAWN_BEFORE_AGENT, Grade.A, True)
    assert rows(scene, Scan)[0].review is Review.ACCEPTED


def test_a_kiosk_sends_no_queue_so_that_it_witnesses_nothing(scene: Scene) -> None:
    phone = Phone(scene, values={"kind": DeviceKind.KIOSK, "venue_id": scene.house.venue.id})
    scene.house.clock.advance(timedelta(hours=1))
    assert phone.send(phone.scan(0, ten(scene))).status_code == 401
    assert rows(scene, Scan) == []


# -- many at once ------------------------------------------------------------------------------------------------------


def at_the_same_time(scene: Scene, run: Run, many: int, *, is_one_key: bool) -> list[Answer]:
    held = device(scene.house, kind=DeviceKind.KIOSK, venue_id=scene.house.venue.id)
    scopes = frozenset({Permission.KIOSK.value})
    actor = Actor(ActorKind.DEVICE, held.organisation_id, held.id, None, scopes, entrusted_to=held.agent_id)
    person = Person(attendee_id=scene.attendees[0], half_day_id=scene.half_days[0].id)
    names = [f"signature-{0 if is_one_key else number}" for number in range(many)]
    sent = [SentDrawing(one, "x", SignatureKind.ARRIVAL, scene.house.now, DRAWN) for one in names]

    def signing(one: SentDrawing) -> Callable[[], Answer]:
        return lambda: run(sign_at_kiosk, actor, now=scene.house.now, sent=one, person=person)

    return at_once([signing(one) for one in sent])


@pytest.mark.parametrize("is_one_key", [True, False])
def test_thirty_times_at_once_it_is_signed_once(scene: Scene, *, is_one_key: bool) -> None:
    with crowded(scene.house, 30) as run:
        answers = at_the_same_time(scene, run, 30, is_one_key=is_one_key)
    assert {one.verdict for one in answers} <= {Verdict.SIGNED, Verdict.ALREADY_SIGNED}
    assert len(counting(scene)) == 1
    assert len(rows(scene, Signature)) == (1 if is_one_key else 30)


def test_without_the_index_it_is_signed_as_often_as_it_was_drawn(scene: Scene) -> None:
    drop_index(scene.house, "uq_signature_counts")
    with unguarded(scene.house, 8) as run:
        at_the_same_time(scene, run, 8, is_one_key=False)
    assert len(counting(scene)) > 1
