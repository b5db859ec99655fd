"""What a room's screen shows in a test, and somebody who signs before it."""

from __future__ import annotations

from datetime import timedelta

from attendance.domain import room_codes
from attendance.domain.room_codes import RoomVerdict, Way
from attendance.models import Meeting, SignatureKind
from attendance.queries import links, rooms
from attendance.queries.rooms import RoomView
from attendance.steps.room_codes import Offer, Shown, offers
from attendance.use_cases.open_display import open_display
from attendance.use_cases.renew_room_code import renew_room_code
from attendance.use_cases.sign_in_room import sign_in_room
from foundation.links import link_token
from tests.attendance.scene import Scene

ARRIVAL, DEPARTURE = SignatureKind.ARRIVAL, SignatureKind.DEPARTURE


def view(scene: Scene) -> RoomView:
    """What the screen shows now."""
    house = scene.house
    with house.database.reading(house.organisation.id) as db:
        return rooms.view(db, scene.meeting_id, keys=house.keys, now=house.now)


def secret_of(scene: Scene, way: Way) -> bytes:
    """The secret of the room, which nobody but the server has."""
    house = scene.house
    with house.database.reading(house.organisation.id) as db:
        return rooms.secrets(db.get_one(Meeting, scene.meeting_id), way, house.keys)[0]


def shown(scene: Scene, way: Way, *, later: timedelta = timedelta(0)) -> str:
    """The code or word of now, or of another moment, whether or not a screen shows it."""
    secret, step = secret_of(scene, way), room_codes.step_at(scene.house.now + later, way.seconds)
    return room_codes.code_of(scene.meeting_id, secret, step) if way is Way.CODE else room_codes.word_of(secret, step)


def offered(scene: Scene, person: int = 0, *, code: str | None = None) -> list[Offer]:
    """What somebody can sign who scans the screen."""
    house = scene.house
    attendee_id = scene.attendees[person]
    scanned = shown(scene, Way.CODE) if code is None else code
    with house.database.reading(house.organisation.id) as db:
        room = rooms.by_code(db, scanned, keys=house.keys, now=house.now)
        page = links.signing_page(db, attendee_id)
        return offers(page, room.step, house.keys, attendee_id=attendee_id, now=house.now)


def sign(
    scene: Scene,
    way: Way,
    text: str,
    *,
    person: int = 0,
    half_day: int = 0,
    kind: SignatureKind = ARRIVAL,
    link_id: int | None = None,
) -> RoomVerdict:
    """Sign with an intent or a word."""
    return scene.house.database.in_transaction(
        scene.agent.organisation_id,
        sign_in_room,
        scene.holder(person, link_id),
        now=scene.house.now,
        half_day_id=scene.half_days[half_day].id,
        kind=kind,
        shown=Shown(way, text),
        keys=scene.house.keys,
    )


def display(scene: Scene) -> str:
    """Open the display, and return the token of its link."""
    house = scene.house
    link = house.database.in_transaction(
        house.organisation.id, open_display, scene.agent, now=house.now, meeting_id=scene.meeting_id
    )
    return link_token(link, house.keys)


def renew(scene: Scene) -> int:
    """Withdraw the display and change the secret."""
    house = scene.house
    return house.database.in_transaction(
        house.organisation.id, renew_room_code, scene.agent, now=house.now, meeting_id=scene.meeting_id
    )


def wrong_word(scene: Scene) -> str:
    """A word that is good at no moment near now."""
    near = {shown(scene, Way.WORD, later=timedelta(minutes=minute)) for minute in (-1, 0)}
    return next(word for word in ("abeille 00", "abeille 01", "abeille 02") if word not in near)
