"""Connection times as video services write them down: their columns, their many ways to write a time."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from attendance.domain.windows import AFTER, BEFORE
from foundation.refusals import Invalid
from foundation.tables import Column, bare

LONGEST = timedelta(hours=24)

CONNECTION_COLUMNS: Mapping[str, Column] = {
    "name": Column(
        ("nom", "name", "participant", "nom complet", "full name", "nom d'utilisateur", "user name", "display name",
         "name (original name)", "nom (nom d'origine)", "nom du participant", "participant name")
    ),
    "first_name": Column(("prénom", "first name")),
    "email": Column(
        ("courriel", "email", "e-mail", "adresse e-mail", "user email", "e-mail de l'utilisateur", "email address",
         "adresse de courriel", "participant id (upn)", "id du participant (upn)")
    ),
    "connected": Column(
        ("connecté", "connected", "connexion", "join time", "heure d'arrivée", "heure de connexion", "arrivée",
         "joined at", "first join", "première connexion", "joined"),
        is_needed=True,
    ),
    "disconnected": Column(
        ("déconnecté", "disconnected", "déconnexion", "leave time", "heure de départ", "heure de déconnexion", "départ",
         "left at", "last leave", "dernière déconnexion", "left"),
        is_needed=True,
    ),
    "duration": Column(
        ("durée", "duration", "duration (minutes)", "durée (minutes)", "in-meeting duration", "durée de la réunion")
    ),
    "role": Column(("rôle", "role")),
    "guest": Column(("invité", "guest")),
    "waiting": Column(("salle d'attente", "in waiting room", "in the waiting room", "en salle d'attente")),
}  # fmt: skip
"""Length, role and guest are taken so that a file need not be edited, and are not read."""

_YEARS = range(2000, 2200)
_DAYS_FIRST = ("%d/%m/%Y", "%d/%m/%y", "%d.%m.%Y", "%d-%m-%Y")
_MONTHS_FIRST = ("%m/%d/%Y", "%m/%d/%y")
_HOURS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p", "%Hh%M")


class UnreadableConnections(Invalid):
    """A connection has a beginning before its end, during the meeting, within a day."""


@dataclass(frozen=True)
class Span:
    """One half-day of the meeting."""

    half_day_id: int
    starts_at: datetime
    ends_at: datetime


def read_moment(text: str, *, days: Collection[date], zone: str) -> datetime:
    """Return the instant that is written; raise ValueError.

    With an offset it is that instant (RFC 3339), without one the wall clock of `zone`, which is when people say that it
    was. A day that can be read in two ways is one of the meeting's `days`; where both are, it begins with the day.
    """
    said = " ".join(text.replace(",", " ").replace("\u202f", " ").split())
    try:
        told = datetime.fromisoformat(said)
    except ValueError:
        told = _read_by_hand(said, days)
    if told.year not in _YEARS:
        raise ValueError(text)
    return (told if told.tzinfo is not None else told.replace(tzinfo=ZoneInfo(zone))).astimezone(UTC)


def half_days_of(connected_at: datetime, disconnected_at: datetime, spans: Iterable[Span]) -> list[int]:
    """Return the half-days whose window a connection overlaps, by id."""
    return [
        one.half_day_id
        for one in spans
        if connected_at < one.ends_at + AFTER and disconnected_at > one.starts_at - BEFORE
    ]


def is_in_order(connected_at: datetime, disconnected_at: datetime) -> bool:
    """Say whether somebody left after they came, within a day."""
    return connected_at < disconnected_at <= connected_at + LONGEST


def names_of(first_name: str, last_name: str) -> set[str]:
    """Return how a name may be written: first name first or last, without accents and case."""
    return {bare(f"{first_name}{last_name}"), bare(f"{last_name}{first_name}")}


def _read_by_hand(said: str, days: Collection[date]) -> datetime:
    readings = [
        reading
        for day in (*_DAYS_FIRST, *_MONTHS_FIRST)
        for hour in _HOURS
        if (reading := _parsed(said, f"{day} {hour}")) is not None
    ]
    if not readings:
        raise ValueError(said)
    return next((one for one in readings if one.date() in days), readings[0])


def _parsed(said: str, form: str) -> datetime | None:
    try:
        return datetime.strptime(said, form)  # noqa: DTZ007 - the zone is the meeting's, and is added by the caller
    except ValueError:
        return None


class ConnectionsNotTried(Invalid):
    """What is imported is the very file that was tried."""
