"""A file of appointments: its columns, and what a line of it says. Hours are those of the clock of the place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from booking.domain.import_cells import Names, parse_number
from booking.domain.intervals import MINUTES_A_DAY
from booking.domain.person import Person, Typed, understand
from directory.domain.import_cells import parse_day, parse_hour
from directory.domain.import_lines import Fault, Reading, meant, parse_language
from directory.domain.import_people import LONGEST_EMAIL, LONGEST_NAME, LONGEST_PHONE, PERSON_COLUMNS
from foundation.tables import Column, Line
from foundation.wording import Language

APPOINTMENT_COLUMNS: Mapping[str, Column] = {
    "type": Column(("motif", "type", "reason"), is_needed=True),
    "day": Column(("jour", "day", "date"), is_needed=True),
    "hour": Column(("heure", "hour", "time", "début", "start"), is_needed=True),
    "venue": Column(("lieu", "venue", "site")),
    "channel": Column(("modalité", "channel", "mode")),
    "agent": Column(("agent", "agent", "conseiller")),
    **PERSON_COLUMNS,
    "home_address": Column(("adresse", "address", "adresse où se rendre", "home address")),
    "people": Column(("personnes", "people", "nombre de personnes")),
    "note": Column(("note", "note", "remarque", "remarques")),
    "status": Column(("statut", "status", "état")),
}
COLUMN_OF: Mapping[str, str] = {
    "type_id": "type",
    "venue_id": "venue",
    "resource_id": "agent",
    "starts_at": "hour",
}
"""In which column stands what the rules of the house call otherwise."""

LONGEST_ADDRESS = 300
LONGEST_NOTE = 2_000
BOOKED = "booked"
OVER = ("seen", "no-show", "excused", "cancelled")
"""What may have become of an appointment that is past."""

_CHANNELS: Mapping[str, Sequence[str]] = {
    "on-site": ("on-site", "sur place", "présentiel"),
    "phone": ("phone", "téléphone", "par téléphone"),
    "video": ("video", "visio", "en visio", "visioconférence"),
    "home": ("home", "domicile", "à domicile"),
}
_STATUSES: Mapping[str, Sequence[str]] = {
    BOOKED: ("booked", "prévu"),
    "seen": ("seen", "reçu", "vu", "venu", "honoré"),
    "no-show": ("no-show", "absent", "lapin"),
    "excused": ("excused", "excusé"),
    "cancelled": ("cancelled", "annulé"),
}


@dataclass(frozen=True)
class Place:
    """A venue, or the organisation itself where there is none: its clock, and how numbers are typed there."""

    zone: ZoneInfo
    region: str


@dataclass(frozen=True)
class Known:
    """What lines may name; `places` by venue, None is the organisation, and the channels of each type."""

    agents: Names
    venues: Names
    types: Names
    places: Mapping[int | None, Place]
    channels: Mapping[int, Sequence[str]]


@dataclass(frozen=True)
class AppointmentLine:
    """An appointment, as a line says it. `channel` and `status` are values of the house's enumerations."""

    type_id: int
    venue_id: int | None
    channel: str
    starts_at: datetime
    agent_id: int | None
    person: Person
    people: int
    note: str
    status: str

    @property
    def is_history(self) -> bool:
        """Say whether it is known what has become of it."""
        return self.status != BOOKED


def read_appointment(
    line: Line, known: Known, *, now: datetime, takes_history: bool
) -> tuple[AppointmentLine | None, dict[str, Fault]]:
    """Return the appointment that a line says, or what is wrong with it."""
    said = Reading(line)
    type_id = said.needed("type", known.types.find, fault="booking.imports.type")
    venue_id = said.take("venue", known.venues.find, fault="booking.imports.venue")
    agent_id = said.take("agent", known.agents.find, fault="booking.imports.agent")
    place = known.places[venue_id]
    channel = _channel(said, known.channels.get(type_id or 0, ()))
    starts_at = _starts_at(said, place.zone)
    people = said.take("people", parse_number, fault="booking.imports.number", usual=1) or 0
    person = _person(said, place.region)
    note = said.text("note", longest=LONGEST_NOTE)
    if channel == "on-site" and "venue" not in line.cells:
        said.blame("venue", "booking.unfit.on_site_somewhere")
    if channel == "home" and not person.home_address:
        said.blame("home_address", "booking.person.address_needed")
    status = _status(said, starts_at, agent_id, now=now, takes_history=takes_history)
    if said.faults or type_id is None or starts_at is None:
        return None, said.faults
    return AppointmentLine(type_id, venue_id, channel, starts_at, agent_id, person, people, note, status), {}


def _channel(said: Reading, offered: Sequence[str]) -> str:
    if "channel" in said.line.cells:
        return said.take("channel", lambda text: meant(text, _CHANNELS), fault="booking.imports.channel") or ""
    if len(offered) > 1:
        said.blame("channel", "booking.imports.which_channel")
    return offered[0] if offered else ""


def _starts_at(said: Reading, zone: ZoneInfo) -> datetime | None:
    day = said.needed("day", parse_day, fault="booking.imports.day")
    minute = said.needed("hour", parse_hour, fault="booking.imports.hour")
    if day is None or minute is None:
        return None
    if minute >= MINUTES_A_DAY:
        said.blame("hour", "booking.imports.hour")
        return None
    instant = _instant(day, minute, zone)
    if instant is None:
        said.blame("hour", "booking.imports.no_such_hour")
    return instant


def _instant(day: date, minute: int, zone: ZoneInfo) -> datetime | None:
    # The first of the two, where the clock goes back; none, where it jumps over that hour.
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    return instant if instant.astimezone(zone).replace(tzinfo=None) == wall else None


def _person(said: Reading, region: str) -> Person:
    language = said.take("language", parse_language, fault="directory.imports.language", usual=Language.FRENCH)
    typed = Typed(
        first_name=said.text("first_name", longest=LONGEST_NAME),
        last_name=said.text("last_name", longest=LONGEST_NAME),
        phone=said.text("phone", longest=LONGEST_PHONE),
        email=said.text("email", longest=LONGEST_EMAIL),
        language=(language or Language.FRENCH).value,
        home_address=said.text("home_address", longest=LONGEST_ADDRESS),
    )
    person, wrong = understand(typed, region)
    for name, key in wrong.items():
        said.blame(name, key)
    return person


def _status(
    said: Reading, starts_at: datetime | None, agent_id: int | None, *, now: datetime, takes_history: bool
) -> str:
    status = said.take("status", lambda text: meant(text, _STATUSES), fault="booking.imports.status")
    if starts_at is None:
        return BOOKED
    if starts_at > now:
        if status not in {None, BOOKED}:
            said.blame("status", "booking.imports.to_come")
        return BOOKED
    if not takes_history:
        said.blame("day", "booking.imports.past")
    elif status not in OVER:
        said.blame("status", "booking.imports.what_became")
    if agent_id is None:
        said.blame("agent", "booking.imports.whose_time")
    return status or BOOKED
