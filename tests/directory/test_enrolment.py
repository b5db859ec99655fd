"""A device enrols once by a link, keeps its key to itself, and comes in by signing what it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import create_engine, select, update
from sqlalchemy.orm import Session

from directory.domain.enrolment import EnrolmentRefused
from directory.models import ApiKey, Device
from directory.use_cases import enrol as enrolling
from directory.use_cases.retire_agent import retire_agent
from directory.use_cases.revoke_device import revoke_device
from foundation import ids
from foundation.database import EVERY_ORGANISATION, Database
from foundation.tenancy import scoped_session
from tests.api import Asking, asking, key
from tests.attendance.racing import at_once
from tests.devices import Pen
from tests.house import House

DAY = timedelta(days=1)


@dataclass
class Door:
    """A device of the house, its pen, and a way to ask."""

    house: House
    values: dict[str, Any] = field(default_factory=dict)
    pen: Pen = field(default_factory=Pen)

    def __post_init__(self) -> None:
        body = {"name": "Tablette", "agent_id": ids.to_text(self.house.agents[0].id), **self.values}
        answer = self.manager.post("/devices", body)
        assert answer.status_code == 201, answer.get_json()
        self.id = answer.get_json()["id"]

    @property
    def manager(self) -> Asking:
        return asking(self.house, key(self.house))

    @property
    def anybody(self) -> Asking:
        return asking(self.house, None)

    def offer(self) -> str:
        answer = self.manager.post(f"/devices/{self.id}/enrolment")
        assert answer.status_code == 201, answer.get_json()
        return str(answer.get_json()["token"])

    def enrol(self, token: str, pen: Pen | None = None, **changed: str) -> Any:
        pen = pen or self.pen
        proof = pen.sign("paraphe-enrolment-1", token, pen.public_key)
        body = {"token": token, "public_key": pen.public_key, "proof": proof, **changed}
        return self.anybody.post("/device-enrolments", body)

    def challenge(self) -> str:
        answer = self.anybody.post("/device-challenges", {"device_id": self.id})
        return str(answer.get_json()["challenge"])

    def come_in(self, challenge: str | None = None, pen: Pen | None = None) -> Any:
        challenge = challenge or self.challenge()
        signature = (pen or self.pen).sign("paraphe-session-1", self.id, challenge)
        body = {"device_id": self.id, "challenge": challenge, "signature": signature}
        return self.anybody.post("/device-sessions", body)


@pytest.fixture
def door(house: House) -> Door:
    return Door(house)


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def test_a_device_enrols_with_its_link_and_comes_in_by_what_it_signs(door: Door) -> None:
    answer = door.enrol(door.offer())
    assert answer.status_code == 201
    said = answer.get_json()
    assert (said["device_id"], said["kind"], said["organisation"]) == (door.id, "scanner", "Maison des Solidarités")
    let_in = door.come_in()
    assert let_in.status_code == 200
    text = let_in.get_json()["token"]
    scanner = asking(door.house, text)
    assert scanner.get("/meetings").status_code == 200
    assert refused(scanner.get("/devices")) == (403, "not-allowed")
    assert datetime.fromisoformat(let_in.get_json()["server_time"]) == door.house.now


def test_a_link_is_used_once_and_everything_else_hears_the_same(door: Door) -> None:
    token = door.offer()
    assert door.enrol(token).status_code == 201
    answers = [door.enrol(token, Pen()), door.enrol("x" * 43)]
    replaced = door.offer()
    door.offer()
    answers.append(door.enrol(replaced))
    run_out = door.offer()
    door.house.clock.advance(DAY)
    answers.append(door.enrol(run_out))
    late = door.offer()
    answers.append(door.enrol(late, proof=Pen().sign("paraphe-enrolment-1", late, door.pen.public_key)))
    revoke(door)
    answers.append(door.enrol(late))
    assert {refused(one) for one in answers} == {(410, "enrolment-refused")}
    assert len({one.get_json()["detail"] for one in answers}) == 1


def test_a_wrong_proof_leaves_the_link_good_and_a_key_that_is_none_is_told(door: Door) -> None:
    token = door.offer()
    assert refused(door.enrol(token, proof=door.pen.sign("paraphe-session-1", token))) == (410, "enrolment-refused")
    answer = door.enrol(token, public_key="AAAA")
    assert refused(answer) == (422, "device-key-unreadable")
    assert "public_key" in answer.get_json()["fields"]
    assert door.enrol(token).status_code == 201


def test_enrolled_anew_the_key_before_opens_nothing(door: Door) -> None:
    door.enrol(door.offer())
    before, door.pen = door.pen, Pen()
    assert door.enrol(door.offer()).status_code == 201
    assert refused(door.come_in(pen=before)) == (401, "device-refused")
    assert door.come_in().status_code == 200


def test_an_unknown_a_revoked_an_ended_a_masterless_device_and_a_bad_signature_hear_the_same(house: House) -> None:
    door = Door(house, {"expires_at": (house.now + 2 * DAY).isoformat()})
    answers = [door.come_in()]  # it has no key yet
    door.enrol(door.offer())
    answers.append(door.come_in(pen=Pen()))
    answers.append(door.anybody.post("/device-sessions", _signed(door, ids.to_text(12345))))
    answers.append(door.come_in(challenge="1780000000~x.AAAA"))
    old = door.challenge()
    house.clock.advance(timedelta(minutes=2))
    answers.append(door.come_in(old))
    house.clock.advance(2 * DAY)
    answers.append(door.come_in())
    other = Door(house)
    other.enrol(other.offer())
    retire(house)
    answers.append(other.come_in())
    lost = Door(house, {"agent_id": ids.to_text(house.agents[1].id)})
    lost.enrol(lost.offer())
    revoke(lost)
    answers.append(lost.come_in())
    assert {refused(one) for one in answers} == {(401, "device-refused")}
    assert len({one.get_json()["detail"] for one in answers}) == 1


def _signed(door: Door, device_id: str) -> dict[str, str]:
    challenge = door.anybody.post("/device-challenges", {"device_id": device_id}).get_json()["challenge"]
    signature = door.pen.sign("paraphe-session-1", device_id, challenge)
    return {"device_id": device_id, "challenge": challenge, "signature": signature}


def test_a_challenge_of_one_device_lets_no_other_in(house: House) -> None:
    one, other = Door(house), Door(house)
    for door in (one, other):
        door.enrol(door.offer())
    assert refused(other.come_in(one.challenge())) == (401, "device-refused")


def test_what_it_was_given_opens_for_half_a_day_until_it_comes_in_again_or_is_revoked(door: Door) -> None:
    door.enrol(door.offer())
    first = door.come_in().get_json()["token"]
    second = door.come_in().get_json()["token"]
    assert asking(door.house, first).get("/meetings").status_code == 401
    assert asking(door.house, second).get("/meetings").status_code == 200
    door.house.clock.advance(timedelta(hours=12))
    assert asking(door.house, second).get("/meetings").status_code == 401
    third = door.come_in().get_json()["token"]
    revoke(door)
    assert asking(door.house, third).get("/meetings").status_code == 401
    with door.house.database.reading(EVERY_ORGANISATION) as db:
        assert len(db.scalars(select(ApiKey).where(ApiKey.by_challenge.is_(True))).all()) == 1
    listed = door.manager.get("/api-keys").get_json()["items"]
    assert [one for one in listed if one["device_id"] == door.id] == []


def test_a_key_given_to_a_device_by_hand_ends_with_the_device(house: House) -> None:
    door = Door(house, {"expires_at": (house.now + DAY).isoformat()})
    made = door.manager.post("/api-keys", {"name": "À la main", "device_id": door.id, "scopes": ["scan", "see-day"]})
    text = made.get_json()["secret"]
    assert asking(house, text).get("/meetings").status_code == 200
    house.clock.advance(DAY)
    assert asking(house, text).get("/meetings").status_code == 401


def test_a_kiosk_has_the_scope_of_a_kiosk_and_no_other(house: House) -> None:
    door = Door(house, {"kind": "kiosk", "venue_id": ids.to_text(house.venue.id)})
    door.enrol(door.offer())
    kiosk = asking(house, door.come_in().get_json()["token"])
    assert refused(kiosk.get("/meetings")) == (403, "not-allowed")


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"name": " "}, 422, "unreadable-request"),
        ({"kind": "toaster"}, 422, "unreadable-request"),
        ({"venue_id": ids.to_text(77)}, 404, "venue-not-found"),
        ({"agent_id": ids.to_text(77)}, 404, "agent-not-found"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 422, "ends-in-the-past"),
    ],
)
def test_a_device_that_cannot_be_is_refused(door: Door, changed: dict[str, str], status: int, code: str) -> None:
    body = {"name": "Tablette", "agent_id": ids.to_text(door.house.agents[0].id), **changed}
    assert refused(door.manager.post("/devices", body)) == (status, code)


def test_a_revoked_device_is_offered_no_link(door: Door) -> None:
    revoke(door)
    assert refused(door.manager.post(f"/devices/{door.id}/enrolment")) == (404, "device-not-found")


def test_neither_token_nor_challenge_nor_key_is_kept(door: Door) -> None:
    token = door.offer()
    door.enrol(token)
    told = door.come_in().get_json()["token"]
    with door.house.database.reading(EVERY_ORGANISATION) as db:
        row = db.scalars(select(Device)).one()
        assert row.enrolment_hash is None
        assert row.public_key == door.pen.point
        kept = " ".join(str(value) for one in db.scalars(select(ApiKey)) for value in vars(one).values())
    assert token not in kept
    assert told not in kept


def revoke(door: Door) -> None:
    house = door.house
    house.database.in_transaction(
        house.organisation.id, revoke_device, house.system(), now=house.now, device_id=ids.from_text(door.id)
    )


def retire(house: House) -> None:
    house.database.in_transaction(
        house.organisation.id, retire_agent, house.system(), now=house.now, agent_id=house.agents[0].id
    )


AT_ONCE = 8


def many_with_one_link(door: Door, run: Callable[..., Any]) -> list[str]:
    """Eight devices use one link at the same moment; what each hears."""
    token = door.offer()

    def use(pen: Pen) -> str:
        proof = pen.sign("paraphe-enrolment-1", token, pen.public_key)
        try:
            run(enrolling.enrol, now=door.house.now, token=token, public_key=pen.public_key, proof=proof)
        except EnrolmentRefused:
            return "refused"
        return "enrolled"

    return at_once([partial(use, Pen()) for _ in range(AT_ONCE)])


def test_of_eight_devices_that_use_one_link_at_once_one_enrols(door: Door) -> None:
    database = Database(door.house.database.url.render_as_string(hide_password=False), pool_size=AT_ONCE)
    heard = many_with_one_link(door, partial(database.in_transaction, EVERY_ORGANISATION))
    database.dispose()
    assert sorted(heard) == ["enrolled", *["refused"] * (AT_ONCE - 1)]


def test_without_the_second_look_one_link_enrols_several(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """The negative control: the token is found, and then taken without looking again whether it is still there."""
    barrier = Barrier(AT_ONCE)

    def take(db: Session, device: Device, point: bytes, *, now: datetime) -> None:
        barrier.wait(timeout=60)
        db.execute(update(Device).where(Device.id == device.id).values(public_key=point, enrolled_at=now))

    monkeypatch.setattr(enrolling, "_take", take)
    level = "AUTOCOMMIT" if door.house.database.is_sqlite else "READ COMMITTED"
    engine = create_engine(door.house.database.url, isolation_level=level, pool_size=AT_ONCE)

    def run(use_case: Callable[..., Any], **named: Any) -> Any:
        with engine.connect() as connection, scoped_session(connection, EVERY_ORGANISATION) as db:
            return use_case(db, **named)

    heard = many_with_one_link(door, run)
    engine.dispose()
    assert heard == ["enrolled"] * AT_ONCE
