"""`Idempotency-Key`: one effect, one answer, whoever sends what how often, on both engines."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, event, func, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from directory.models import Venue
from foundation import audit, idempotency
from foundation.database import EVERY_ORGANISATION
from foundation.keys import MasterKeys
from foundation.models import IdempotencyKey
from foundation.rows import insert_if_absent
from foundation.web.api import once as onces
from tests.api import Asking, asking, key
from tests.house import House

VENUE = {"name": "Annexe", "address": "3 rue Neuve", "time_zone": "Europe/Paris", "region": "FR"}
MANY = 100


def send(program: Asking, name: str = "first", **changes: Any) -> TestResponse:
    return program.post("/venues", {**VENUE, **changes}, headers={"Idempotency-Key": name})


def venues(house: House) -> int:
    with house.database.reading(house.organisation.id) as db:
        return db.scalars(select(func.count(Venue.id)).where(Venue.name == VENUE["name"])).one()


def at_once(many: int, work: Callable[[], Any]) -> list[Any]:
    ready = threading.Barrier(many)

    def run() -> Any:
        ready.wait(30)
        return work()

    with ThreadPoolExecutor(many) as threads:
        running = [threads.submit(run) for _ in range(many)]
        return [one.result() for one in running]


def test_sent_again_it_changes_nothing_more_and_is_answered_as_the_first_time(house: House) -> None:
    program = asking(house, key(house))
    first, second = send(program), send(program)
    assert (first.status_code, first.headers["Location"]) == (201, f"/api/v1/venues/{first.json['id']}")  # type: ignore[index]
    assert (second.status_code, second.data) == (201, first.data)
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert venues(house) == 1


def test_the_same_key_with_another_body_is_refused(house: House) -> None:
    program = asking(house, key(house))
    send(program)
    answer = send(program, address="4 rue Neuve")
    assert (answer.status_code, answer.json["code"]) == (422, "key-reused")  # type: ignore[index]
    assert venues(house) == 1


def test_the_same_key_of_another_program_is_another_key(house: House) -> None:
    send(asking(house, key(house)))
    assert "Idempotency-Replayed" not in send(asking(house, key(house))).headers
    assert venues(house) == 2


def test_after_a_day_the_key_is_free_again(house: House) -> None:
    program = asking(house, key(house))
    send(program)
    house.clock.advance(idempotency.KEPT - timedelta(seconds=1))
    assert "Idempotency-Replayed" in send(program).headers
    house.clock.advance(timedelta(seconds=1))
    assert "Idempotency-Replayed" not in send(program).headers
    assert venues(house) == 2


def test_a_refusal_changed_nothing_so_the_key_may_be_tried_again(house: House) -> None:
    program = asking(house, key(house))
    assert send(program, region=None).status_code == 422
    assert send(program).status_code == 201


def test_a_key_that_cannot_be_read_is_refused_before_anything_happens(sqlite_house: House) -> None:
    program = asking(sqlite_house, key(sqlite_house))
    for unreadable in ("", "a b", "x" * 256):
        answer = send(program, unreadable)
        assert (answer.status_code, answer.json["code"]) == (400, "unreadable-idempotency-key")  # type: ignore[index]
    assert venues(sqlite_house) == 0


def test_what_is_kept_can_be_read_by_nobody_who_has_the_database_alone(sqlite_house: House) -> None:
    send(asking(sqlite_house, key(sqlite_house)))
    with sqlite_house.database.reading(EVERY_ORGANISATION) as db:
        kept = db.scalars(select(IdempotencyKey)).one()
    assert kept.status == 201
    assert VENUE["address"] not in kept.body


def test_who_has_the_database_alone_cannot_try_what_was_sent(sqlite_house: House) -> None:
    # A body may hold a password, and a plain hash of it is tried a billion times faster than a password's.
    send(asking(sqlite_house, key(sqlite_house)))
    body = sqlite_house.app.json.dumps(VENUE).encode()
    said = ["POST", "/api/v1/venues?", hashlib.sha256(body).hexdigest()]
    with sqlite_house.database.reading(EVERY_ORGANISATION) as db:
        kept = db.scalars(select(IdempotencyKey)).one()
    assert kept.request_hash != hashlib.sha256("\n".join(said).encode()).hexdigest()


def test_a_new_master_key_leaves_the_answers_of_the_day_as_they_are(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = asking(sqlite_house, key(sqlite_house))
    first = send(program)
    rotated = MasterKeys((bytes(range(7, 39)), *sqlite_house.keys.keys))
    monkeypatch.setitem(sqlite_house.app.extensions, "paraphe", replace(sqlite_house.services, keys=rotated))
    again = send(program)
    assert (again.data, again.headers.get("Idempotency-Replayed")) == (first.data, "true")
    assert send(program, address="4 rue Neuve").status_code == 422


def test_an_answer_that_is_forgotten_at_that_moment_is_made_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    program = asking(house, key(house))
    send(program)
    met: list[object] = []

    def forgotten_after(db: Session, *arguments: Any, **values: Any) -> int | None:
        inserted = insert_if_absent(db, *arguments, **values)
        if inserted is None and not met:
            # As the worker of another process does, whose clock is a little ahead.
            met.append(db.execute(delete(IdempotencyKey)))
        return inserted

    monkeypatch.setattr(idempotency, "insert_if_absent", forgotten_after)
    assert (send(program).status_code, len(met)) == (201, 1)


def test_an_effect_that_fails_at_its_very_end_leaves_neither_effect_nor_answer(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = asking(house, key(house))

    def broken(*_arguments: Any, **_options: Any) -> None:
        raise RuntimeError("the power fails")

    with monkeypatch.context() as during:
        during.setattr(idempotency, "keep", broken)
        assert send(program).status_code == 500
    assert venues(house) == 0
    assert send(program).status_code == 201


def test_a_hundred_equal_requests_at_once_have_one_effect_and_a_hundred_equal_answers(house: House) -> None:
    program = key(house)
    answers = at_once(MANY, lambda: send(asking(house, program)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert venues(house) == 1


def test_a_hundred_at_once_are_one_by_the_database_alone(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # As between processes: what this one knows of its own requests is taken away.
    monkeypatch.setattr(onces, "_after_the_first", _nobody_waits)
    monkeypatch.setattr(idempotency, "PATIENCE", timedelta(seconds=20))
    program = key(house)
    answers = at_once(MANY, lambda: send(asking(house, program)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.data for answer in answers}) == 1
    assert venues(house) == 1


def test_negative_control_without_the_claim_each_request_has_its_own_effect(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "claim", lambda *_, **__: None)
    monkeypatch.setattr(idempotency, "keep", lambda *_, **__: None)
    program = key(house)
    answers = at_once(20, lambda: send(asking(house, program)))
    assert len({answer.data for answer in answers}) == 20
    assert venues(house) == 20


@contextmanager
def slow_venues(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The first venue is added slowly: it has begun when `begun` is set, and ends when `go` is."""
    begun, go = threading.Event(), threading.Event()
    swift = audit.record

    def slow(*arguments: Any, **options: Any) -> None:
        begun.set()
        assert go.wait(20)
        swift(*arguments, **options)

    with monkeypatch.context() as during:
        during.setattr(audit, "record", slow)
        yield begun, go
    go.set()


def test_while_the_first_is_running_its_twin_is_told_to_wait(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(idempotency, "PATIENCE", timedelta(milliseconds=200))
    program = key(house)
    with slow_venues(monkeypatch) as (begun, go), ThreadPoolExecutor(1) as other:
        first = other.submit(lambda: send(asking(house, program)))
        assert begun.wait(10)
        twin = send(asking(house, program))
        assert (twin.status_code, twin.json["code"], twin.headers["Retry-After"]) == (409, "still-running", "1")  # type: ignore[index]
        go.set()
        assert first.result().status_code == 201
    assert send(asking(house, program)).data == first.result().data
    assert venues(house) == 1


def test_while_another_process_runs_the_first_its_twin_is_told_to_wait(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(idempotency, "PATIENCE", timedelta(milliseconds=200))
    monkeypatch.setattr("foundation.database.ATTEMPTS", 1)
    # What this process knows of its own requests is taken away: the database alone keeps the order, as between two.
    monkeypatch.setattr(onces, "_after_the_first", _nobody_waits)
    if house.database.is_sqlite:
        event.listen(house.database.engine, "checkout", lambda raw, *_: raw.execute("PRAGMA busy_timeout=200"))
        monkeypatch.setattr(house.database, "_write_lock", None)
        told = {(503, "busy")}
    else:
        told = {(409, "still-running")}
    program = key(house)
    with slow_venues(monkeypatch) as (begun, go), ThreadPoolExecutor(1) as other:
        first = other.submit(lambda: send(asking(house, program)))
        assert begun.wait(10)
        twin = send(asking(house, program))
        assert (twin.status_code, twin.json["code"]) in told  # type: ignore[index]
        assert twin.headers["Retry-After"] == "1"
        go.set()
        assert first.result().status_code == 201
    assert venues(house) == 1


@contextmanager
def _nobody_waits(_sent: object) -> Any:
    yield
