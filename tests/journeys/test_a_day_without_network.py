"""The second example of the documentation: moment by moment under our clock, and all at once as a reader runs it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import ModuleType

import pytest

from attendance.use_cases.decide_correction import decide_correction
from directory.domain.permissions import Permission
from foundation import ids
from foundation.clock import ManualClock
from tests.api import key
from tests.house import House, config_for
from tests.journeys.test_first_day import EXAMPLE, received, tell
from tests.servers.web import base_url, free_port, serving

BEHIND = timedelta(hours=3)
MINUTE = timedelta(minutes=1)
SCOPES = [one for one in Permission if one is not Permission.KIOSK]
EXAMPLES = EXAMPLE.parent

MORNING = [
    "Prepared: Accueillir et accompagner, 3 badges, a scanner",
    "On the network: signed (Awa Traoré)",
    "Without network: 4 entries are kept",
    "Sent twice: scan undone, undo undone, scan signed, statement stated",
    "From afar: signed",
    "Countersigned: 4 heads",
]
AFTERNOON = [
    "On the network: signed (Awa Traoré)",
    "After its revocation: awaiting-review, awaiting-review",
    "Reviewed: Emma Vidal, 14:10, clock-off, after-revocation: accepted",
    "Countersigned: 2 heads",
    "Correction: pending",
]
SHEET = [
    "Accueillir et accompagner, Bordeaux Saint-Michel, sheet open",
    "  Awa Traoré       arrival 09:45 badge (grade A); correction pending | arrival 13:50 badge (grade A)",
    "  Bruno Mercier    arrival 10:05 badge (grade A) | absent",
    "  Chloé Petit      stated by Inès Duprat: no-badge | absent",
    "  Denis Royer      arrival 10:30 one-time-code (grade C) | absent",
    "  Emma Vidal       absent | arrival 14:10 badge (grade A)",
    "  Yasmine Colin    4 heads, « Deux retards » | 2 heads, « Deux retards »",
]


class RunningClock(ManualClock):
    """A clock that runs: whoever runs the example reads theirs, and so must the server."""

    def now(self) -> datetime:
        """Say what time it is."""
        return datetime.now(UTC)


@pytest.fixture
def story(monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """The example as a module; it imports what lies beside it, and nothing of ours."""
    monkeypatch.syspath_prepend(str(EXAMPLES))
    import a_day_without_network  # noqa: PLC0415 - it is found only now

    yield a_day_without_network
    for name in ("a_day_without_network", "scanner", "first_day"):
        sys.modules.pop(name, None)


def answers(house: House) -> dict[str, Callable[[], str]]:
    """What people have received, and type."""
    return {
        "The link that Denis received by mail": lambda: received(
            house, "denis@courriel.example", r"https?://\S+/signer/\S+"
        ),
        "The code that Denis received by sms": lambda: received(house, "+33639980104", r"\b\d{6}\b"),
        "The link that Yasmine received by mail": lambda: received(
            house, "yasmine.colin@formation.example", r"https?://\S+/contresigner/\S+"
        ),
    }


@contextmanager
def told(story: ModuleType, house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """What the example says, while it is answered as people would."""
    said: list[str] = []
    typed = answers(house)
    monkeypatch.setattr(story, "say", said.append)
    monkeypatch.setattr(story, "ask", lambda what: typed[what]())
    yield said


def at(house: House, hour: int, minute: int = 0) -> None:
    """Let the clock go on to an hour of that day in Bordeaux."""
    house.clock.advance(house.now.replace(hour=hour - 2, minute=minute) - house.now)


def test_a_whole_day_moment_by_moment(story: ModuleType, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    begins_at = house.now + timedelta(hours=1)  # at ten
    with serving(house.app) as address, told(story, house, monkeypatch) as said:
        day = story.prepare(address, key(house, *SCOPES), lambda: house.now - BEHIND, begins_at)
        at(house, 9, 45)
        story.doors_open(day, 0)
        at(house, 10, 5)
        story.network_is_cut(day, 0)
        at(house, 10, 30)
        story.network_is_back(day)
        story.sign_from_afar(day, 0)
        at(house, 13)
        story.countersign(day, 0)
        at(house, 13, 50)
        story.doors_open(day, 1)
        at(house, 14, 10)
        story.scanner_is_lost(day, 1)
        at(house, 17)
        story.look_at_what_waits(day)
        story.countersign(day, 1)
        correction_id = story.propose_correction(day, 0)
        story.print_sheet(day)
        story.close(day)
        at(house, 17, 5)
        decide(house, correction_id)
        story.close(day)
    assert said[:-2] == [*MORNING, *AFTERNOON, *SHEET]
    assert ": corrections-wait: " in said[-2]
    assert said[-1] == "Sheet: closed"


def decide(house: House, correction_id: str) -> None:
    """Whom no program replaces: the manager agrees."""
    manager = house.actor(house.manager)
    house.database.in_transaction(
        manager.organisation_id,
        decide_correction,
        manager,
        now=house.now,
        correction_id=ids.from_text(correction_id),
        accepts=True,
    )


def test_as_a_program_it_all_happens_at_once(database_url: str) -> None:
    port = free_port()
    with House(config_for(database_url, base_url(port)), RunningClock(datetime.now(UTC))) as house:
        typed = answers(house) | {"A key of the organisation": lambda: key(house, *SCOPES)}
        with serving(house.app, port) as address:
            said = tell([sys.executable, str(EXAMPLES / "a_day_without_network.py"), address], typed)
    assert "Sent twice: scan undone, undo undone, scan signed, statement stated" in said
    assert "From afar: signed" in said
    assert "after-revocation: accepted" in said
    assert "Correction: pending" in said
    assert "Not closed: " in said
