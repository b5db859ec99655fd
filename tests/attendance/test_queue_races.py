"""Devices that send at once: nothing is lost, nothing is signed twice. And what happens without each guard."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from threading import Event
from typing import Any

import pytest

from attendance.domain.refusals import AlreadySigned
from attendance.domain.verdicts import Verdict
from attendance.models import Review, Scan, Signature, SignatureKind, Standing
from attendance.queries import badges
from attendance.steps import settling, signing, undoing
from attendance.steps.scans import Answer
from attendance.use_cases.receive_entry import receive_entry
from directory.models import Device
from directory.queries import devices
from directory.use_cases.revoke_device import revoke_device
from foundation.rows import insert_if_absent
from tests.attendance.offline import Phone
from tests.attendance.queues import counting, received, rows, ten
from tests.attendance.racing import Run, at_once, crowded, drop_index, drop_unique, meeting_halfway, unguarded
from tests.attendance.scene import Scene, training
from tests.house import House

on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
"""SQLite has one writer at a time, from its first statement on: there the question does not arise."""


@pytest.fixture
def scene(house: House) -> Scene:
    """The training begins at ten; the network comes back at eleven."""
    made = training(house)
    house.clock.advance(timedelta(hours=2))
    return made


def sending(scene: Scene, run: Run, phone: Phone, entry: dict[str, Any]) -> Callable[[], Answer]:
    """Return what sends one entry of a device."""
    actor, what = received(phone, entry)

    def send() -> Answer:
        answer: Answer = run(receive_entry, actor, now=scene.house.now, received=what)
        return answer

    return send


# -- one person, many devices ------------------------------------------------------------------------------------------


def test_many_devices_that_took_one_person_end_in_the_earliest_and_its_duplicates(scene: Scene) -> None:
    phones = [Phone(scene, number) for number in range(1, 13)]
    entries = [one.scan(0, ten(scene, 40 - one.number)) for one in phones]
    with crowded(scene.house, 12) as run:
        answers = at_once([sending(scene, run, *one) for one in zip(phones, entries, strict=True)])
    assert {one.verdict for one in answers} <= {Verdict.SIGNED, Verdict.ALREADY_SIGNED}
    (first,) = counting(scene)
    assert (first.device_id, first.observed_at) == (phones[-1].device.id, ten(scene, 28))
    assert Counter(one.standing for one in rows(scene, Signature)) == {Standing.COUNTS: 1, Standing.DUPLICATE: 11}


def two_that_take_over(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> Phone:
    """Two queues at once hold something earlier than what counts; return the device that saw the person first."""
    late, one, other = (Phone(scene, number) for number in (1, 2, 3))
    late.hear(late.scan(0, ten(scene, 30)))
    meeting_halfway(monkeypatch, signing, "_found")
    with crowded(scene.house, 2) as run:
        at_once([sending(scene, run, phone, phone.scan(0, ten(scene, at))) for phone, at in ((one, 3), (other, 9))])
    return one


@on_postgresql
def test_two_that_take_over_at_once_leave_the_earlier_of_them(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    first = two_that_take_over(scene, monkeypatch)
    assert [(row.device_id, row.observed_at) for row in counting(scene)] == [(first.device.id, ten(scene, 3))]
    assert len(rows(scene, Signature)) == 3


@on_postgresql
def test_without_the_lock_of_the_cell_two_that_take_over_meet_at_the_index(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "lock", lambda *_: None)
    with pytest.raises(AlreadySigned):
        two_that_take_over(scene, monkeypatch)


def test_without_the_index_one_person_signs_as_often_as_they_were_seen(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_index(scene.house, "uq_signature_counts")
    phones = [Phone(scene, number) for number in range(1, 9)]
    entries = [one.scan(0, ten(scene, one.number)) for one in phones]
    with unguarded(scene.house, 8) as run:
        at_once([sending(scene, run, *one) for one in zip(phones, entries, strict=True)])
    assert len(counting(scene)) == 8


def test_an_arrival_and_a_departure_at_once_are_two_signatures(scene: Scene) -> None:
    one, other = Phone(scene, 1), Phone(scene, 2)
    comes, leaves = one.scan(0, ten(scene)), other.scan(0, ten(scene, 30), kind="departure")
    with crowded(scene.house, 2) as run:
        answers = at_once([sending(scene, run, one, comes), sending(scene, run, other, leaves)])
    assert [one.verdict for one in answers] == [Verdict.SIGNED] * 2
    assert {(row.kind, row.observed_at) for row in counting(scene)} == {
        (SignatureKind.ARRIVAL, ten(scene)),
        (SignatureKind.DEPARTURE, ten(scene, 30)),
    }


def test_two_whole_queues_with_the_same_people_are_taken_at_once(scene: Scene) -> None:
    one, other = Phone(scene, 1), Phone(scene, 2)
    queues = {
        phone.id: (phone, [phone.scan(person, ten(scene, at + person * 5)) for person in order])
        for phone, at, order in ((one, 0, (0, 1, 2)), (other, 1, (2, 1, 0)))
    }
    with crowded(scene.house, 2) as run:

        def send(phone: Phone, entries: list[dict[str, Any]]) -> list[Verdict]:
            return [sending(scene, run, phone, entry)().verdict for entry in entries]

        at_once([lambda queue=queue: send(*queue) for queue in queues.values()])  # type: ignore[misc]
    assert {row.device_id for row in counting(scene)} == {one.device.id}
    assert Counter(row.standing for row in rows(scene, Signature)) == {Standing.COUNTS: 3, Standing.DUPLICATE: 3}


# -- one entry, sent a hundred times -----------------------------------------------------------------------------------


def test_one_entry_that_arrives_fifty_times_at_once_signs_once_and_hears_one_answer(scene: Scene) -> None:
    phone = Phone(scene)
    entry = phone.scan(0, ten(scene))
    with crowded(scene.house, 50) as run:
        answers = at_once([sending(scene, run, phone, entry)] * 50)
    assert len(set(answers)) == 1
    assert len(rows(scene, Scan)) == len(rows(scene, Signature)) == 1


def test_without_its_guards_it_is_kept_again_and_again(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The device's lock keeps its entries one behind the other, and the key's constraint what was kept from twins."""
    phone = Phone(scene)
    entry = phone.scan(0, ten(scene), badge="nothing of ours")
    drop_unique(scene.house, "scan", "uq_scan_source_key")
    monkeypatch.setattr(devices, "locked", devices.by_id)
    meeting_halfway(monkeypatch, badges, "known", 20)
    with unguarded(scene.house, 20) as run:
        at_once([sending(scene, run, phone, entry)] * 20)
    assert len(rows(scene, Scan)) > 1


# -- taken back, while others are seen ---------------------------------------------------------------------------------


def undone_while_a_duplicate_arrives(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is about to be kept as a duplicate of the first when the first is taken back."""
    one, other = Phone(scene, 1), Phone(scene, 2)
    first, second = one.scan(0, ten(scene)), other.scan(0, ten(scene, 5))
    one.hear(first)
    undo = one.undo(first, ten(scene, 0.1))
    inserted, stood, insert, stand = Event(), Event(), insert_if_absent, settling.stand

    def insert_and_wait(*arguments: Any, **values: Any) -> Any:
        result = insert(*arguments, **values)
        inserted.set()
        stood.wait(timeout=2)  # when the lock is held, it is waited for in vain: that is the point
        return result

    def wait_and_stand(*arguments: Any) -> None:
        inserted.wait(timeout=2)
        stand(*arguments)
        stood.set()

    monkeypatch.setattr(signing, "insert_if_absent", insert_and_wait)
    monkeypatch.setattr(undoing, "stand", wait_and_stand)
    with crowded(scene.house, 2) as run:
        at_once([sending(scene, run, one, undo), sending(scene, run, other, second)])


@on_postgresql
def test_a_signature_that_is_taken_back_while_its_duplicate_arrives_gives_way_to_it(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    undone_while_a_duplicate_arrives(scene, monkeypatch)
    assert sorted(row.standing.value for row in rows(scene, Signature)) == ["counts", "undone"]


@on_postgresql
def test_without_the_lock_of_the_cell_the_duplicate_is_one_of_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (signing, undoing):
        monkeypatch.setattr(module, "lock", lambda *_: None)
    undone_while_a_duplicate_arrives(scene, monkeypatch)
    assert sorted(row.standing.value for row in rows(scene, Signature)) == ["duplicate", "undone"]


def scan_and_undo_at_once(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have looked for the other, and neither has committed."""
    phone = Phone(scene)
    scan = phone.scan(0, ten(scene))
    undo = phone.undo(scan, ten(scene, 0.2))
    meeting_halfway(monkeypatch, undoing, "observation_of")
    meeting_halfway(monkeypatch, signing, "_insert")
    with crowded(scene.house, 2) as run:
        at_once([sending(scene, run, phone, scan), sending(scene, run, phone, undo)])


def test_a_scan_and_its_undo_at_once_end_taken_back(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scan_and_undo_at_once(scene, monkeypatch)
    assert [row.standing for row in rows(scene, Signature)] == [Standing.UNDONE]


# -- revoked, while it sends -------------------------------------------------------------------------------------------


def test_a_revocation_during_a_scan_comes_before_it_or_after_it(scene: Scene) -> None:
    phones = [Phone(scene, number) for number in range(1, 9)]
    with crowded(scene.house, 16) as run:

        def revoke(phone: Phone) -> None:
            run(revoke_device, scene.house.system(), now=scene.house.now, device_id=phone.device.id)

        tasks: list[Callable[[], Any]] = []
        for phone in phones:
            entry = phone.scan(phone.number % 3, ten(scene, phone.number))
            tasks += [sending(scene, run, phone, entry), lambda phone=phone: revoke(phone)]  # type: ignore[misc]
        at_once(tasks)
    signed = {row.key for row in rows(scene, Signature)}
    for scan in rows(scene, Scan):
        awaits = scan.review is Review.AWAITING
        assert awaits == ("after-revocation" in scan.flags) == (scan.key not in signed)
    assert len(rows(scene, Scan)) == 8


def revoked_in_between(scene: Scene) -> Scan:
    """The device is revoked after the edge has read it, and before the entry is judged."""
    phone = Phone(scene)
    actor, what = received(phone, phone.scan(0, ten(scene)))
    phone.revoke()
    scene.house.database.in_transaction(
        scene.house.organisation.id, receive_entry, actor, now=scene.house.now, received=what
    )
    scan: Scan = rows(scene, Scan)[0]
    return scan


def test_what_is_judged_after_a_revocation_waits_even_when_it_arrived_before(scene: Scene) -> None:
    assert revoked_in_between(scene).review is Review.AWAITING
    assert rows(scene, Signature) == []


def test_when_the_device_is_not_read_again_a_revocation_in_between_is_not_seen(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(devices, "locked", lambda _, device_id: Device(id=device_id))
    assert revoked_in_between(scene).review is None
    assert len(rows(scene, Signature)) == 1
