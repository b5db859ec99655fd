"""Queues of devices: what arrives late, twice, out of order or from somebody doubtful is classified, never dropped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from attendance.models import Scan, ScanUndo, Signature, Statement
from tests.attendance.offline import MINUTE, Phone
from tests.attendance.queues import close, counting, revoke, rows, ten
from tests.attendance.scene import Scene, altered, appointment, desk, shown, training
from tests.house import House

HOUR = timedelta(hours=1)


@pytest.fixture
def scene(house: House) -> Scene:
    """The training begins at ten; the network comes back at eleven."""
    made = training(house)
    house.clock.advance(2 * HOUR)
    return made


def test_what_was_seen_without_network_is_signed_at_the_time_it_was_seen(scene: Scene) -> None:
    phone = Phone(scene)
    answer = phone.send(phone.scan(0, ten(scene, 3)))
    (said,) = answer.get_json()["results"]
    assert (said["verdict"], said["accepted"], said["colour"], said["state"]) == ("signed", True, "green", "settled")
    assert (said["first_name"], said["name"]) == ("Sonia", "Sonia Lefèvre")
    (signed,) = counting(scene)
    assert (signed.observed_at, signed.recorded_at) == (ten(scene, 3), scene.house.now)
    (scan,) = rows(scene, Scan)
    assert (scan.told_at, scan.list_offset, scan.upload_offset, scan.flags) == (ten(scene, 3), 0, 0, [])


def test_the_same_entry_hears_its_first_answer_whatever_has_changed_since(scene: Scene) -> None:
    phone = Phone(scene)
    entry = phone.scan(0, ten(scene))
    first = phone.send(entry).get_json()["results"]
    revoke(scene, 0)
    close(scene)
    assert phone.send(entry).get_json()["results"] == first
    assert len(rows(scene, Scan)) == len(rows(scene, Signature)) == 1


def test_the_same_key_with_another_body_is_refused_and_the_first_stays(scene: Scene) -> None:
    phone = Phone(scene)
    entry = phone.scan(0, ten(scene))
    phone.hear(entry)
    assert phone.hear(phone.scan(1, ten(scene), key=entry["key"])) == ["key-reused"]
    assert phone.hear(phone.undo(entry, ten(scene), key=entry["key"])) == ["key-reused"]
    assert phone.hear(phone.state(1, ten(scene), key=entry["key"])) == ["key-reused"]
    assert len(rows(scene, Scan)) == 1


def test_a_clock_that_is_off_by_hours_is_corrected_and_flagged(scene: Scene) -> None:
    phone = Phone(scene, behind=3 * HOUR)
    assert phone.hear(phone.scan(0, ten(scene, 7))) == ["signed"]
    (signed,) = counting(scene)
    assert signed.observed_at == ten(scene, 7)
    (scan,) = rows(scene, Scan)
    assert (scan.told_at, scan.flags) == (ten(scene, 7) - 3 * HOUR, ["clock-off"])


def test_a_clock_that_was_changed_since_the_list_was_fetched_is_flagged(scene: Scene) -> None:
    phone = Phone(scene, behind=3 * HOUR)
    entry = phone.scan(0, ten(scene))
    phone.behind = timedelta(0)
    assert phone.hear(entry) == ["signed"]
    assert rows(scene, Scan)[0].flags == ["clocks-differ", "clock-off"]
    assert counting(scene)[0].observed_at == ten(scene)


def test_a_clock_that_nobody_measured_is_measured_when_the_queue_arrives(scene: Scene) -> None:
    phone = Phone(scene, behind=10 * MINUTE, measured=False)
    assert phone.hear(phone.scan(0, ten(scene))) == ["signed"]
    assert counting(scene)[0].observed_at == ten(scene)
    assert rows(scene, Scan)[0].flags == ["clock-unknown", "clock-off"]


def test_two_devices_that_took_the_same_person_end_in_one_signature_and_one_duplicate(scene: Scene) -> None:
    one, other = Phone(scene, 1), Phone(scene, 2)
    early, late = one.scan(0, ten(scene, 1)), other.scan(0, ten(scene, 4))
    assert other.hear(late) == ["signed"]
    assert one.hear(early) == ["signed"]  # earlier, so it takes over
    assert [(row.device_id, row.standing.value) for row in rows(scene, Signature)] == [
        (other.device.id, "duplicate"),
        (one.device.id, "counts"),
    ]


def test_of_two_at_the_same_instant_the_device_s_number_decides(scene: Scene) -> None:
    one, other = Phone(scene, 1), Phone(scene, 2)
    assert other.hear(other.scan(0, ten(scene))) == ["signed"]
    assert one.hear(one.scan(0, ten(scene))) == ["signed"]
    assert [row.device_id for row in counting(scene)] == [one.device.id]


@pytest.mark.parametrize(
    ("minutes", "kind", "verdict"),
    [
        (-31, "arrival", "too-early"),
        (-30, "arrival", "signed"),
        (-1, "departure", "too-early"),
        (0, "departure", "signed"),
    ],
)
def test_the_window_is_that_of_the_moment_it_was_seen(scene: Scene, minutes: int, kind: str, verdict: str) -> None:
    scene.house.clock.advance(5 * HOUR)
    phone = Phone(scene)
    assert phone.hear(phone.scan(0, ten(scene, minutes), kind=kind)) == [verdict]


def test_a_badge_counts_until_it_was_revoked_and_what_came_before_is_flagged(scene: Scene) -> None:
    phone = Phone(scene)
    before = phone.scan(0, ten(scene, 5))
    scene.house.clock.advance(-50 * MINUTE)
    revoke(scene, 0)  # at ten past ten
    scene.house.clock.advance(50 * MINUTE)
    after = phone.scan(0, ten(scene, 15), half_day=0, kind="departure")
    assert phone.hear(after, before) == ["revoked", "signed"]
    assert [row.flags for row in rows(scene, Scan)] == [[], ["revoked-since"]]


def test_an_appointment_that_was_cancelled_afterwards_was_kept_by_who_came(scene: Scene) -> None:
    booked = appointment(scene, starts_at=ten(scene))
    scene.remove(scene.attendees[0])
    phone = Phone(scene)
    target = f"desk:{shown(desk(scene).identifier)}"
    entry = phone.scan(0, ten(scene, 2), target=target)
    late = phone.scan(0, ten(scene, 20), target=target, kind="departure")
    scene.write(booked, status="cancelled", cancelled_at=ten(scene, 10))
    assert phone.hear(entry, late) == ["signed", "cancelled"]
    assert rows(scene, Scan)[0].flags == ["cancelled-since"]


@pytest.mark.parametrize(
    ("text", "verdict"),
    [("nothing of ours", "malformed"), ("altered", "unknown")],
)
def test_a_bad_badge_is_refused_and_kept(scene: Scene, text: str, verdict: str) -> None:
    phone = Phone(scene)
    badge = altered(scene.texts[0]) if text == "altered" else text
    assert phone.hear(phone.scan(0, ten(scene), badge=badge)) == [verdict]
    assert [(row.verdict, row.attendee_id) for row in rows(scene, Scan)] == [(verdict, None)]


def test_an_entry_that_names_no_door_is_kept_as_unreadable(scene: Scene) -> None:
    phone = Phone(scene)
    assert phone.hear(phone.scan(0, ten(scene), target="the door on the left")) == ["malformed"]
    (scan,) = rows(scene, Scan)
    assert (scan.target_kind, scan.target_id) == (None, None)


def test_who_was_let_in_by_the_device_and_is_not_by_us_is_looked_at(scene: Scene) -> None:
    phone = Phone(scene)
    answer = phone.send(phone.scan(0, ten(scene, -40), shown="kept"), phone.scan(0, ten(scene), shown="too-early"))
    assert [(one["verdict"], one["state"]) for one in answer.get_json()["results"]] == [
        ("too-early", "awaiting-review"),
        ("signed", "awaiting-review"),
    ]
    assert [row.flags for row in rows(scene, Scan)] == [["shown-otherwise"]] * 2
    assert len(counting(scene)) == 1


def test_what_arrives_after_the_device_was_revoked_waits_and_does_not_count(scene: Scene) -> None:
    phone = Phone(scene)
    phone.revoke()
    entries = phone.scan(0, ten(scene)), phone.state(1, ten(scene))
    answer = phone.send(*entries)
    assert [(one["verdict"], one["state"]) for one in answer.get_json()["results"]] == [
        ("awaiting-review", "awaiting-review")
    ] * 2
    assert rows(scene, Signature) == rows(scene, Statement) == []
    assert [row.flags for row in rows(scene, Scan)] == [["after-revocation"]] * 2


@pytest.mark.parametrize(
    ("late", "flags"), [(timedelta(hours=47, minutes=59), []), (timedelta(hours=48, minutes=1), ["late"])]
)
def test_what_arrives_two_days_late_waits(scene: Scene, late: timedelta, flags: list[str]) -> None:
    phone = Phone(scene)
    scene.house.clock.advance(ten(scene) + late - scene.house.now)
    assert phone.hear(phone.scan(0, ten(scene))) == ["awaiting-review" if flags else "signed"]
    assert rows(scene, Scan)[0].flags == flags


def test_what_arrives_after_the_sheet_was_closed_waits(scene: Scene) -> None:
    phone = Phone(scene)
    close(scene)
    assert phone.hear(phone.scan(0, ten(scene)), phone.state(1, ten(scene))) == ["awaiting-review"] * 2
    assert [row.flags for row in rows(scene, Scan)] == [["sheet-closed"]] * 2


def test_what_is_told_of_the_future_waits(scene: Scene) -> None:
    phone = Phone(scene)
    assert phone.hear(phone.scan(0, scene.house.now + 3 * MINUTE)) == ["awaiting-review"]
    assert phone.hear(phone.scan(1, scene.house.now + MINUTE)) == ["signed"]


def test_an_entry_that_the_device_did_not_sign_is_kept_and_waits(scene: Scene) -> None:
    phone = Phone(scene)
    entry = phone.scan(0, ten(scene)) | {"proof": Phone(scene, 9).scan(0, ten(scene))["proof"]}
    assert phone.hear(entry) == ["awaiting-review"]
    assert rows(scene, Scan)[0].flags == ["bad-proof"]


@pytest.mark.parametrize("field", ["badge", "kind", "target", "seen_at", "shown", "counter", "list_offset"])
def test_no_field_of_an_entry_can_be_changed_on_its_way(scene: Scene, field: str) -> None:
    phone = Phone(scene)
    changed = {
        "badge": scene.texts[1], "kind": "departure", "target": f"half_day:{shown(scene.half_days[1].id)}",
        "seen_at": phone.scan(0, ten(scene, 1))["seen_at"], "shown": "kept", "counter": 77, "list_offset": 1,
    }  # fmt: skip
    phone.send(phone.scan(0, ten(scene)) | {field: changed[field]})
    assert "bad-proof" in rows(scene, Scan)[0].flags


def test_a_queue_that_the_device_did_not_sign_is_refused_and_leaves_nothing(scene: Scene) -> None:
    phone, other = Phone(scene, 1), Phone(scene, 2)
    entry = phone.scan(0, ten(scene))
    answers = [
        phone.send(entry, signature=other.pen.sign("anything")),
        phone.send(entry, device_id=other.id),
        phone.send(entry, device_id=shown(12345)),
        phone.send(entry, entries=[entry, entry]),
        phone.send(entry, sent_at="2026-04-13T08:00:00.000Z"),
    ]
    assert {(one.status_code, one.get_json()["code"]) for one in answers} == {(401, "device-refused")}
    assert rows(scene, Scan) == []


def test_a_counter_that_names_two_entries_makes_the_later_one_wait(scene: Scene) -> None:
    phone = Phone(scene)
    assert phone.hear(phone.scan(0, ten(scene))) == ["signed"]
    phone.counter = 0
    assert phone.hear(phone.scan(1, ten(scene), key="another-key")) == ["awaiting-review"]
    assert [row.flags for row in rows(scene, Scan)] == [[], ["counter-reused"]]


def test_a_device_that_is_enrolled_anew_counts_from_the_beginning(scene: Scene) -> None:
    phone = Phone(scene)
    phone.hear(phone.scan(0, ten(scene)))
    scene.house.clock.advance(MINUTE)
    scene.write(phone.device, enrolled_at=scene.house.now)
    phone.counter = 0
    assert phone.hear(phone.scan(1, ten(scene), key="another-key")) == ["signed"]


def test_what_arrives_after_the_last_day_of_the_device_waits(scene: Scene) -> None:
    phone = Phone(scene, values={"expires_at": scene.house.now + MINUTE})
    before, after = phone.scan(0, ten(scene)), phone.scan(1, ten(scene))
    assert phone.hear(before) == ["signed"]
    scene.house.clock.advance(MINUTE)
    assert phone.hear(after) == ["awaiting-review"]
    assert [row.flags for row in rows(scene, Scan)] == [[], ["device-ended"]]


def test_a_statement_that_is_sent_again_hears_the_same_words(scene: Scene) -> None:
    phone = Phone(scene)
    entry = phone.state(0, ten(scene))
    first = phone.send(entry).get_json()["results"]
    assert first[0]["name"] == "Sonia Lefèvre"
    assert phone.send(entry).get_json()["results"] == first


def test_a_device_of_one_venue_scans_nobody_at_another(scene: Scene) -> None:
    phone = Phone(scene, values={"venue_id": scene.house.far_venue.id})
    assert phone.hear(phone.scan(0, ten(scene))) == ["wrong-meeting"]
    here = Phone(scene, 1, values={"venue_id": scene.house.venue.id})
    assert here.hear(here.scan(0, ten(scene))) == ["signed"]


def test_statements_wait_in_queues_too_and_never_compete_with_signatures(scene: Scene) -> None:
    phone = Phone(scene)
    stated, scanned = phone.state(0, ten(scene, 1)), phone.scan(0, ten(scene, 2))
    assert phone.hear(stated, scanned, stated) == ["stated", "signed", "stated"]
    (statement,) = rows(scene, Statement)
    assert (statement.stated_at, statement.cause.value, statement.reason) == (ten(scene, 1), "no-badge", "Badge oublié")
    assert counting(scene)[0].observed_at == ten(scene, 2)


@pytest.mark.parametrize(
    ("changed", "verdict"),
    [({"reason": " "}, "malformed"), ({"attendee": "nobody"}, "malformed"), ({"cause": "laziness"}, "malformed")],
)
def test_a_statement_that_cannot_be_read_is_kept_as_such(scene: Scene, changed: dict[str, str], verdict: str) -> None:
    phone = Phone(scene)
    assert phone.hear(phone.state(0, ten(scene)) | changed) == [verdict]
    assert rows(scene, Statement) == []
    assert len(rows(scene, Scan)) == 1


def test_a_scan_is_taken_back_within_thirty_seconds_even_when_the_undo_arrives_first(scene: Scene) -> None:
    phone = Phone(scene)
    scan = phone.scan(0, ten(scene))
    undo = phone.undo(scan, ten(scene) + timedelta(seconds=30))
    assert phone.hear(undo, scan, undo, scan) == ["undone"] * 4
    assert [row.standing.value for row in rows(scene, Signature)] == ["undone"]


def test_after_thirty_seconds_or_before_the_scan_nothing_is_taken_back(scene: Scene) -> None:
    phone = Phone(scene)
    scan = phone.scan(0, ten(scene))
    phone.hear(scan)
    late = phone.undo(scan, ten(scene) + timedelta(seconds=31))
    early = phone.undo(scan, ten(scene) - timedelta(seconds=1))
    assert phone.hear(late, early) == ["undo-too-late"] * 2
    assert len(counting(scene)) == 1
    assert [row.verdict for row in rows(scene, ScanUndo)] == ["undo-too-late"] * 2


def test_when_the_first_is_taken_back_the_next_that_was_observed_takes_over(scene: Scene) -> None:
    one, other = Phone(scene, 1), Phone(scene, 2)
    first, second = one.scan(0, ten(scene)), other.scan(0, ten(scene, 2))
    one.hear(first)
    other.hear(second)
    assert one.hear(one.undo(first, ten(scene) + timedelta(seconds=9))) == ["undone"]
    assert [(row.device_id, row.standing.value) for row in rows(scene, Signature)] == [
        (one.device.id, "undone"),
        (other.device.id, "counts"),
    ]


def test_no_device_takes_back_what_another_has_scanned(scene: Scene) -> None:
    one, other = Phone(scene, 1), Phone(scene, 2)
    scan = one.scan(0, ten(scene))
    one.hear(scan)
    other.hear(other.undo(scan, ten(scene)))
    assert len(counting(scene)) == 1


@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"sent_at": "yesterday"}, 422),
        ({"entries": "none"}, 422),
        ({"entries": [{"what": "scan"}]}, 422),
        ({"surprise": 1}, 422),
    ],
)
def test_a_queue_that_is_none_is_told_which_field(scene: Scene, changed: dict[str, Any], status: int) -> None:
    phone = Phone(scene)
    answer = phone.send(phone.scan(0, ten(scene)), **changed)
    assert answer.status_code == status
    assert answer.get_json()["fields"]


def test_two_hundred_entries_are_taken_at_once_and_no_more(scene: Scene) -> None:
    phone = Phone(scene)
    entries = [phone.scan(number % 3, ten(scene, number / 10)) for number in range(201)]
    assert phone.send(*entries).status_code == 422
    assert len(phone.hear(*entries[:200])) == 200
    assert len(counting(scene)) == 3
    assert len(rows(scene, Signature)) == 200
