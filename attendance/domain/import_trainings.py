"""A file of trainings: its columns, and what a line of it says: a half-day, somebody who is enrolled, or both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from directory.domain.contacts import parse_email
from directory.domain.import_cells import parse_day, parse_hour
from directory.domain.import_lines import WHOLE_LINE, Fault, Reading
from directory.domain.import_people import PERSON_COLUMNS, PersonLine, read_person
from foundation.refusals import Invalid
from foundation.tables import Column, Line

LONGEST_REFERENCE = 80
LONGEST_TITLE = 200
LONGEST_LEADER = 160
_DAY_ENDS = 24 * 60

TRAINING_COLUMNS: Mapping[str, Column] = {
    "reference": Column(("référence", "reference", "formation", "training", "code"), is_needed=True),
    "title": Column(("titre", "title", "intitulé")),
    "agreement_title": Column(("titre de la convention", "agreement title", "convention", "agreement")),
    "venue": Column(("lieu", "venue")),
    "video_room": Column(("visio", "video room", "adresse de la visio")),
    "seats": Column(("places", "seats", "nombre de places")),
    "day": Column(("jour", "day", "date")),
    "begins": Column(("début", "begins", "de", "from", "heure de début")),
    "ends": Column(("fin", "ends", "à", "to", "heure de fin")),
    "module": Column(("module", "module title", "titre du module", "séquence")),
    "leaders": Column(("intervenants", "facilitators", "intervenant", "facilitator", "formateurs", "formateur")),
    **{name: replace(column, is_needed=False) for name, column in PERSON_COLUMNS.items()},
}
_OF_HALF_DAY = ("day", "begins", "ends", "module")
OF_TRAINING = ("title", "agreement_title", "venue", "video_room", "seats", "leaders")
"""What is said once of a training, on any of its lines."""


@dataclass(frozen=True)
class SpanLine:
    """A half-day on the wall clock: minutes since midnight."""

    day: date
    begins: int
    ends: int
    module: str


@dataclass(frozen=True)
class TrainingLine:
    """What a line says; `told` are the texts of `OF_TRAINING` that stand on it."""

    reference: str
    told: Mapping[str, str]
    span: SpanLine | None
    person: PersonLine | None


@dataclass(frozen=True)
class LeaderNamed:
    """Who leads, as «Élodie Grondin <elodie@formation.example>» says it."""

    name: str
    email: str | None


def read_training_line(line: Line, region: str) -> tuple[TrainingLine, dict[str, Fault]]:
    """Return what a line says and what is wrong with it."""
    said = Reading(line)
    reference = said.text("reference", longest=LONGEST_REFERENCE, is_needed=True)
    told = {name: said.text(name, longest=_LONGEST.get(name, 2000)) for name in OF_TRAINING}
    span = _span(said) if any(line.cells.get(name) for name in _OF_HALF_DAY) else None
    faults = said.faults
    person = None
    if any(line.cells.get(name) for name in PERSON_COLUMNS):
        person, wrong = read_person(line, region)
        faults |= wrong
    if not faults and span is None and person is None and not any(told.values()):
        faults[WHOLE_LINE] = Fault("training.import_nothing")
    return TrainingLine(reference, {name: text for name, text in told.items() if text}, span, person), faults


_LONGEST = {"title": LONGEST_TITLE, "agreement_title": LONGEST_TITLE, "video_room": 300, "seats": 10}


def _span(said: Reading) -> SpanLine | None:
    day = said.needed("day", parse_day, fault="training.import_day")
    begins = said.needed("begins", parse_hour, fault="training.import_hour")
    ends = said.needed("ends", parse_hour, fault="training.import_hour")
    module = said.text("module", longest=LONGEST_TITLE)
    if begins == _DAY_ENDS:
        said.blame("begins", "training.import_hour")
    if day is None or begins is None or ends is None or said.faults:
        return None
    return SpanLine(day, begins, ends, module)


def read_leaders(text: str) -> list[LeaderNamed]:
    """Return who leads, whom «|» keeps apart; raise ValueError."""
    return [_leader(part) for part in text.split("|") if part.strip()]


def _leader(text: str) -> LeaderNamed:
    words = text.split()
    mails = [word.strip("<>()") for word in words if "@" in word]
    name = " ".join(word for word in words if "@" not in word)
    if not 0 < len(name) <= LONGEST_LEADER or len(mails) > 1:
        raise ValueError(text)
    return LeaderNamed(name, parse_email(mails[0]) if mails else None)


class TrainingsNotTried(Invalid):
    """A file is imported once its trial has been seen."""
