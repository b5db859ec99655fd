"""What waits until a person has looked at it: accepted, it counts at the time it was seen; set aside, it is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import event, select

from attendance.domain.refusals import SheetIsClosed
from attendance.domain.reviews import (
    EntryCounts,
    EntryDecided,
    EntryNotFound,
    EntryOfNobody,
    EntryOfTheFuture,
    EntryRefused,
    ReviewReasonNeeded,
)
from attendance.models import Drawing, Review, Scan, ScanUndo, Signature, Standing, Statement
from attendance.queries import reviews
from attendance.queries.reviews import ReviewLine
from attendance.steps import reviewing
from attendance.use_cases.review_entry import review_entry
from directory.domain.permissions import NotAllowed, Permission
from directory.queries import devices
from foundation.actors import Actor
from foundation.models import AuditEntry
from tests.api import asking, key
from tests.attendance.offline import MINUTE, Phone
from tests.attendance.queues import close, counting, rows, ten
from tests.attendance.racing import Run, at_once, crowded, unguarded
from tests.attendance.scene import Scene, shown, training
from tests.house import House

WHY = "Téléphone perdu le soir, passage vu par Karim"
DRAWING = "M10 10L200 40L300 80L400 60L500 90L600 50L700 80L800 40"


@pytest.fixture
def scene(house: House) -> Scene:
    """The training begins at ten; the network comes back at eleven."""
    made = training(house)
    house.clock.advance(timedelta(hours=2))
    return made


def lost(scene: Scene, number: int = 0) -> Phone:
    """A device that was revoked: whatever it still sends waits."""
    phone = Phone(scene, number)
    phone.revoke()
    return phone


def decide(scene: Scene, entry_id: int, *, accepts: bool = True, reason: str = WHY, by: Actor | None = None) -> None:
    scene.house.database.in_transaction(
        scene.agent.organisation_id,
        review_entry,
        by or scene.agent,
        now=scene.house.now,
        entry_id=entry_id,
        accepts=accepts,
        reason=reason,
    )


def waiting(scene: Scene) -> list[ReviewLine]:
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        return reviews.waiting(db)[0]


def only(scene: Scene, model: Any) -> Any:
    (row,) = rows(scene, model)
    return row


# -- accepted ----------------------------------------------------------------------------------------------------------


def test_a_scan_that_is_accepted_counts_at_the_time_it_was_seen(scene: Scene) -> None:
    phone = lost(scene)
    phone.hear(phone.scan(0, ten(scene, 3)))
    decide(scene, only(scene, Scan).id)
    (signed,) = counting(scene)
    assert (signed.observed_at, signed.recorded_at) == (ten(scene, 3), scene.house.now)
    assert (signed.device_id, signed.agent_id) == (phone.device.id, scene.house.agents[0].id)
    scan = only(scene, Scan)
    assert (scan.review, scan.reviewed_by, scan.review_reason) == (Review.ACCEPTED, scene.agent.agent_id, WHY)
    assert scan.reviewed_at == scene.house.now
    assert waiting(scene) == []


def test_accepted_it_takes_over_from_what_was_seen_later(scene: Scene) -> None:
    phone, other = lost(scene, 1), Phone(scene, 2)
    other.hear(other.scan(0, ten(scene, 9)))
    phone.hear(phone.scan(0, ten(scene, 3)))
    assert [row.device_id for row in counting(scene)] == [other.device.id]
    decide(scene, rows(scene, Scan)[1].id)
    assert [row.device_id for row in counting(scene)] == [phone.device.id]
    assert len(rows(scene, Signature)) == 2


def test_what_was_drawn_with_it_is_not_lost(scene: Scene) -> None:
    phone = lost(scene)
    phone.hear(phone.scan(0, ten(scene), drawing=DRAWING))
    assert only(scene, Drawing).path == DRAWING
    decide(scene, only(scene, Scan).id)
    assert counting(scene)[0].drawing_id == only(scene, Drawing).id


def test_a_statement_that_is_accepted_is_its_author_s(scene: Scene) -> None:
    phone = lost(scene)
    phone.hear(phone.state(1, ten(scene, 4), reason="Badge oublié"))
    second = replace(scene.house.actor(scene.house.agents[1]), through=78)
    decide(scene, only(scene, Scan).id, by=second)
    stated = only(scene, Statement)
    assert (stated.attendee_id, stated.reason, stated.stated_at) == (
        scene.attendees[1],
        "Badge oublié",
        ten(scene, 4),
    )
    assert (stated.agent_id, stated.reviewed_by) == (scene.house.agents[0].id, second.agent_id)
    assert (stated.review, stated.device_id, stated.counter) == (Review.ACCEPTED, phone.device.id, 1)
    assert rows(scene, Signature) == []


def test_an_undo_that_is_accepted_takes_the_scan_back(scene: Scene) -> None:
    phone = Phone(scene)
    scan = phone.scan(0, ten(scene))
    phone.hear(scan)
    phone.revoke()
    assert phone.hear(phone.undo(scan, ten(scene, 0.2))) == ["awaiting-review"]
    assert len(counting(scene)) == 1
    decide(scene, only(scene, ScanUndo).id)
    assert only(scene, Signature).standing is Standing.UNDONE


@pytest.mark.parametrize("first", ["scan", "undo"])
def test_a_scan_and_its_undo_that_both_waited_end_taken_back_in_either_order(scene: Scene, first: str) -> None:
    phone = lost(scene)
    scan = phone.scan(0, ten(scene))
    phone.hear(scan, phone.undo(scan, ten(scene, 0.2)))
    both = [only(scene, Scan).id, only(scene, ScanUndo).id]
    for entry_id in both if first == "scan" else reversed(both):
        decide(scene, entry_id)
    assert only(scene, Signature).standing is Standing.UNDONE


def test_what_counts_already_is_seen_and_taken_away_by_a_correction_alone(scene: Scene) -> None:
    phone = Phone(scene)
    phone.hear(phone.scan(0, ten(scene), shown="too-early"))
    entry_id = only(scene, Scan).id
    with pytest.raises(EntryCounts):
        decide(scene, entry_id, accepts=False)
    decide(scene, entry_id)
    assert len(rows(scene, Signature)) == len(counting(scene)) == 1


def test_the_device_that_asks_again_hears_what_it_heard_and_that_it_is_settled(scene: Scene) -> None:
    phone = lost(scene)
    entry = phone.scan(0, ten(scene))
    (first,) = phone.send(entry).get_json()["results"]
    decide(scene, only(scene, Scan).id)
    (again,) = phone.send(entry).get_json()["results"]
    assert again == first | {"state": "settled"}
    assert len(rows(scene, Signature)) == 1


# -- set aside, or not to be accepted ----------------------------------------------------------------------------------


def test_what_is_set_aside_counts_for_nothing_and_is_kept(scene: Scene) -> None:
    phone = lost(scene)
    phone.hear(phone.scan(0, ten(scene)))
    decide(scene, only(scene, Scan).id, accepts=False)
    assert only(scene, Scan).review is Review.REJECTED
    assert rows(scene, Signature) == []


def test_an_undo_that_is_set_aside_takes_back_nothing_even_of_what_is_accepted_later(scene: Scene) -> None:
    phone = lost(scene)
    scan = phone.scan(0, ten(scene))
    phone.hear(scan, phone.undo(scan, ten(scene, 0.2)))
    decide(scene, only(scene, ScanUndo).id, accepts=False)
    decide(scene, only(scene, Scan).id)
    assert len(counting(scene)) == 1


def test_nobody_decides_twice(scene: Scene) -> None:
    phone = lost(scene)
    phone.hear(phone.scan(0, ten(scene)))
    entry_id = only(scene, Scan).id
    decide(scene, entry_id, accepts=False)
    for accepts in (True, False):
        with pytest.raises(EntryDecided):
            decide(scene, entry_id, accepts=accepts)
    assert rows(scene, Signature) == []


def test_on_a_closed_sheet_nothing_is_accepted_and_it_can_be_set_aside(scene: Scene) -> None:
    phone = Phone(scene)
    scan = phone.scan(2, ten(scene))
    phone.hear(scan)
    close(scene)
    phone.revoke()
    entries = phone.scan(0, ten(scene)), phone.state(1, ten(scene)), phone.undo(scan, ten(scene, 0.2))
    phone.hear(*entries)
    waits = [one.id for one in waiting(scene)]
    assert len(waits) == 3
    for entry_id in waits:
        with pytest.raises(SheetIsClosed):
            decide(scene, entry_id)
    assert [one.id for one in waiting(scene)] == waits
    for entry_id in waits:
        decide(scene, entry_id, accepts=False)
    assert (waiting(scene), len(counting(scene)), rows(scene, Statement)) == ([], 1, [])


def test_what_is_refused_by_its_own_facts_stays_refused(scene: Scene) -> None:
    phone = lost(scene)
    phone.hear(phone.scan(0, ten(scene, -31)), phone.scan(0, ten(scene), badge="nothing of ours"))
    early, unreadable = rows(scene, Scan)
    with pytest.raises(EntryRefused):
        decide(scene, early.id)
    with pytest.raises(EntryOfNobody):
        decide(scene, unreadable.id)
    assert [one.is_acceptable for one in waiting(scene)] == [False, False]


def test_an_undo_that_came_too_late_is_not_accepted_either(scene: Scene) -> None:
    phone = Phone(scene)
    scan = phone.scan(0, ten(scene))
    phone.hear(scan)
    phone.revoke()
    phone.hear(phone.undo(scan, ten(scene, 1)))
    with pytest.raises(EntryRefused):
        decide(scene, only(scene, ScanUndo).id)
    assert len(counting(scene)) == 1


def test_a_time_that_is_still_to_come_is_accepted_once_it_is_past(scene: Scene) -> None:
    phone = Phone(scene)
    phone.hear(phone.scan(0, scene.house.now + 10 * MINUTE))
    entry_id = only(scene, Scan).id
    with pytest.raises(EntryOfTheFuture):
        decide(scene, entry_id)
    scene.house.clock.advance(10 * MINUTE)
    decide(scene, entry_id)
    assert counting(scene)[0].observed_at == scene.house.now


@pytest.mark.parametrize("reason", ["", " \n ", "x" * 301])
def test_who_decides_says_why(scene: Scene, reason: str) -> None:
    phone = lost(scene)
    phone.hear(phone.scan(0, ten(scene)))
    with pytest.raises(ReviewReasonNeeded):
        decide(scene, only(scene, Scan).id, reason=reason)
    assert len(waiting(scene)) == 1


def test_who_may_not_manage_meetings_decides_nothing(scene: Scene) -> None:
    phone = lost(scene)
    phone.hear(phone.scan(0, ten(scene)))
    with pytest.raises(NotAllowed):
        decide(scene, only(scene, Scan).id, by=replace(scene.agent, permissions=frozenset({"scan", "close-sheet"})))


def test_an_entry_that_nobody_has_to_look_at_is_not_found_nor_another_organisation_s(scene: Scene) -> None:
    phone, gone = Phone(scene, 1), lost(scene, 2)
    phone.hear(phone.scan(0, ten(scene)))
    gone.hear(gone.scan(1, ten(scene)))
    settled, waits = rows(scene, Scan)
    for entry_id in (settled.id, 1):
        with pytest.raises(EntryNotFound):
            decide(scene, entry_id)
    stranger = scene.house.actor(scene.house.stranger)
    with pytest.raises(EntryNotFound):
        scene.house.database.in_transaction(
            stranger.organisation_id, review_entry, stranger, now=scene.house.now, entry_id=waits.id, accepts=True,
            reason=WHY,
        )  # fmt: skip


def test_a_decision_is_in_the_audit_trail_without_the_reason(scene: Scene) -> None:
    phone = lost(scene)
    phone.hear(phone.scan(0, ten(scene)), phone.scan(1, ten(scene)))
    first, second = rows(scene, Scan)
    decide(scene, first.id)
    decide(scene, second.id, accepts=False)
    with scene.house.database.reading(scene.agent.organisation_id) as db:
        kept = db.scalars(
            select(AuditEntry).where(AuditEntry.action.startswith("entry.")).order_by(AuditEntry.id)
        ).all()
    assert [(one.action, one.subject_id, one.details) for one in kept] == [
        ("entry.accepted", first.id, {}),
        ("entry.rejected", second.id, {}),
    ]


# -- the list ----------------------------------------------------------------------------------------------------------


def test_the_list_says_whom_it_is_about_and_why_it_waits(scene: Scene) -> None:
    phone = Phone(scene, values={"name": "Téléphone de l'accueil"})
    scan = phone.scan(0, ten(scene, 3))
    phone.revoke()
    phone.hear(scan, phone.state(1, ten(scene)), phone.undo(scan, ten(scene, 3.2)))
    one, stated, undone = waiting(scene)
    assert (one.name, one.title, one.what, one.flags) == ("Sonia Lefèvre", "Comprendre", "scan", ("after-revocation",))
    assert (one.agent, one.observed_at, one.is_acceptable) == ("Nadia Ferrand", ten(scene, 3), True)
    assert (stated.name, stated.what, stated.cause, stated.reason) == (
        "Amadou Diallo",
        "statement",
        "no-badge",
        "Badge oublié",
    )
    assert (undone.name, undone.what, undone.is_acceptable) == ("Sonia Lefèvre", "undo", True)


def test_the_list_takes_as_many_statements_for_many_as_for_one(scene: Scene) -> None:
    phone = lost(scene)
    phone.hear(phone.scan(0, ten(scene)))
    few = statements_of(scene, lambda: waiting(scene))
    phone.hear(*(phone.scan(number % 3, ten(scene, number)) for number in range(1, 30)))
    assert len(waiting(scene)) == 30
    assert statements_of(scene, lambda: waiting(scene)) == few == 4


def statements_of(scene: Scene, run: Callable[[], Any]) -> int:
    seen: list[str] = []

    def listen(*told: Any) -> None:
        seen.append(told[2])

    event.listen(scene.house.database.engine, "before_cursor_execute", listen)
    run()
    event.remove(scene.house.database.engine, "before_cursor_execute", listen)
    return len(seen)


def test_programs_read_the_list_by_the_page_and_decide(scene: Scene) -> None:
    phone = lost(scene)
    phone.hear(*(phone.scan(number, ten(scene, number)) for number in range(3)))
    program = asking(scene.house, key(scene.house, Permission.MANAGE_MEETINGS))
    first = program.get("/reviews?limit=2").get_json()
    rest = program.get(f"/reviews?limit=2&after={first['next']}").get_json()
    assert [one["name"] for one in first["items"] + rest["items"]] == ["Sonia Lefèvre", "Amadou Diallo", "Zoé Lê-Van"]
    assert rest["next"] is None
    entry = first["items"][0]
    assert (entry["observed_at"], entry["flags"]) == ("2026-04-13T10:00:00+02:00", ["after-revocation"])
    told = program.post(f"/reviews/{entry['id']}", {"accepts": True, "reason": WHY})
    assert (told.status_code, told.get_json()["review"], told.get_json()["review_reason"]) == (200, "accepted", WHY)
    again = program.post(f"/reviews/{entry['id']}", {"accepts": False, "reason": WHY})
    assert (again.status_code, again.get_json()["code"]) == (409, "entry-decided")
    assert len(counting(scene)) == 1


# -- the page ----------------------------------------------------------------------------------------------------------


def page(scene: Scene) -> tuple[Any, str]:
    client = scene.house.client()
    return client, scene.house.log_in(client, scene.house.agents[0])


def test_an_agent_accepts_on_the_page_and_sets_aside(scene: Scene) -> None:
    phone = lost(scene)
    phone.hear(phone.scan(0, ten(scene)), phone.scan(1, ten(scene)))
    first, second = (shown(row.id) for row in rows(scene, Scan))
    client, token = page(scene)
    said = client.get("/equipe/a-verifier").get_data(as_text=True)
    assert "Sonia Lefèvre" in said
    assert "Reçu après la révocation de l" in said
    for entry_id, decision, done in ((first, "accept", "accepted"), (second, "reject", "rejected")):
        sent = {"csrf_token": token, "decision": decision, f"{entry_id}-reason": WHY}
        answer = client.post(f"/equipe/a-verifier/{entry_id}", data=sent)
        assert (answer.status_code, answer.headers["Location"]) == (303, f"/equipe/a-verifier?done={done}")
    assert len(counting(scene)) == 1
    assert "Rien à vérifier." in client.get("/equipe/a-verifier?done=rejected").get_data(as_text=True)


def test_without_a_reason_the_form_comes_back_beside_its_entry(scene: Scene) -> None:
    phone = lost(scene)
    phone.hear(phone.scan(0, ten(scene)), phone.scan(1, ten(scene)))
    first = shown(rows(scene, Scan)[0].id)
    client, token = page(scene)
    answer = client.post(f"/equipe/a-verifier/{first}", data={"csrf_token": token, "decision": "accept"})
    said = answer.get_data(as_text=True)
    assert (answer.status_code, said.count("Dites en quelques mots pourquoi.")) == (422, 2)  # summary, and field
    assert re.search(f'id="{first}-reason-error"', said)
    assert len(waiting(scene)) == 2
    typed = {"csrf_token": token, f"{first}-reason": "Vu par Karim"}
    undecided = client.post(f"/equipe/a-verifier/{first}", data=typed)
    assert (undecided.status_code, 'value="Vu par Karim"' in undecided.get_data(as_text=True)) == (422, True)


def test_who_comes_too_late_is_told_so_with_what_was_typed(scene: Scene) -> None:
    phone = lost(scene)
    phone.hear(phone.scan(0, ten(scene)))
    entry_id = only(scene, Scan).id
    client, token = page(scene)
    decide(scene, entry_id, accepts=False)
    sent = {"csrf_token": token, "decision": "accept", f"{shown(entry_id)}-reason": WHY}
    answer = client.post(f"/equipe/a-verifier/{shown(entry_id)}", data=sent)
    assert (answer.status_code, "Ce passage a déjà été vérifié." in answer.get_data(as_text=True)) == (409, True)


def test_what_can_only_be_set_aside_or_only_be_seen_offers_nothing_else(scene: Scene) -> None:
    phone = Phone(scene)
    phone.hear(phone.scan(0, ten(scene, -31), shown="kept"), phone.scan(1, ten(scene), shown="too-early"))
    client, _ = page(scene)
    refused, seen = client.get("/equipe/a-verifier").get_data(as_text=True).split("<h2>")[1:]
    assert ('value="accept"' in refused, 'value="reject"' in refused) == (False, True)
    assert ('value="accept"' in seen, 'value="reject"' in seen) == (True, False)


# -- two at once -------------------------------------------------------------------------------------------------------


def two_decide(scene: Scene, run: Run) -> list[str]:
    """One accepts and one sets aside, at once."""
    phone = lost(scene)
    phone.hear(phone.scan(0, ten(scene)))
    entry_id = only(scene, Scan).id

    def one(*, accepts: bool) -> str:
        try:
            run(review_entry, scene.agent, now=scene.house.now, entry_id=entry_id, accepts=accepts, reason=WHY)
        except EntryDecided:
            return "too late"
        return "accepted" if accepts else "rejected"

    return at_once([lambda: one(accepts=True), lambda: one(accepts=False)])


def test_of_two_who_decide_at_once_one_is_told_too_late(scene: Scene) -> None:
    with crowded(scene.house, 2) as run:
        heard = two_decide(scene, run)
    assert sorted(heard)[1] == "too late"
    accepted = "accepted" in heard
    assert only(scene, Scan).review is (Review.ACCEPTED if accepted else Review.REJECTED)
    assert len(counting(scene)) == int(accepted)


def test_without_the_guards_both_are_told_that_they_decided(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    barrier = Barrier(2)

    def careless(_db: Any, entry: Scan, *, review: Review, **_: Any) -> None:
        barrier.wait(timeout=60)
        entry.review = review

    monkeypatch.setattr(devices, "locked", devices.by_id)
    monkeypatch.setattr(reviewing, "claim", careless)
    with unguarded(scene.house, 2) as run:
        heard = two_decide(scene, run)
    assert sorted(heard) == ["accepted", "rejected"]
