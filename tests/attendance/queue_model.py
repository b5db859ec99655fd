"""What several devices saw while nobody answered, and what comes of it by the rules alone, whatever arrives first."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from tests.attendance.offline import Phone
from tests.attendance.queues import ten
from tests.attendance.scene import Scene

HALF_DAYS = ((0, 3 * 3600), (4 * 3600, 7 * 3600))
"""Of the training: seconds after ten."""
HALF_AN_HOUR = 1800
DRAWN = "M100 100L150 120L200 90L250 140L300 100L350 150L400 100L450 160"


class Deed(NamedTuple):
    """Something done at a device, so many seconds after ten by our clock; an undo names the deed that it takes back."""

    what: str
    phone: int
    at: int
    rank: int
    person: int = 0
    half_day: int = 0
    kind: str = "arrival"
    shown: str = ""
    undone: int = -1

    @property
    def key(self) -> str:
        """Made of its rank, so that keys are not in the order of time."""
        return str(UUID(int=self.rank + 1))


Story = list[Deed]
Cell = tuple[int, int, str]


class Observed(NamedTuple):
    """One signature: of whom, for what, when, by which device, under which key, and what it is worth."""

    cell: Cell
    observed_at: datetime
    source: int
    key: str
    standing: str


class Said(NamedTuple):
    """One statement."""

    cell: Cell
    stated_at: datetime
    source: int
    key: str


@dataclass(frozen=True)
class Attendance:
    """Everything that anybody observed or stated, each as often as it is there."""

    observed: Counter[Observed]
    said: Counter[Said]

    def counting(self) -> dict[Cell, datetime]:
        """When each signature that counts was made."""
        return {one.cell: one.observed_at for one in self.observed if one.standing == "counts"}


def by_the_rules(scene: Scene, phones: list[Phone], story: Story) -> Attendance:
    """The earliest counts, of one instant that of the lower device and key; in thirty seconds it is taken back."""
    seen: dict[Cell, list[tuple[datetime, int, str]]] = defaultdict(list)
    gone: list[Observed] = []
    said: Counter[Said] = Counter()
    for number, deed in enumerate(story):
        cell = (deed.person, deed.half_day, deed.kind)
        named = (ten(scene, deed.at / 60), phones[deed.phone].device.id, deed.key)
        if deed.what == "state" and _is_open(deed):
            said[Said(cell, *named)] += 1
        elif deed.what in {"scan", "draw"} and _is_open(deed, until=HALF_AN_HOUR):
            if _is_undone(story, number):
                gone.append(Observed(cell, *named, "undone"))
            else:
                seen[cell].append(named)
    kept = [
        Observed(cell, *named, "duplicate" if place else "counts")
        for cell, found in seen.items()
        for place, named in enumerate(sorted(found))
    ]
    return Attendance(Counter(gone + kept), said)


def _is_open(deed: Deed, *, until: int | None = None) -> bool:
    begin, end = HALF_DAYS[deed.half_day]
    begin -= HALF_AN_HOUR if deed.kind == "arrival" else 0
    return begin <= deed.at and (until is None or deed.at < end + until)


def _is_undone(story: Story, number: int) -> bool:
    deed = story[number]
    return any(
        one.what == "undo" and one.undone == number and one.phone == deed.phone and 0 <= one.at - deed.at <= 30
        for one in story
    )


def put_down(scene: Scene, phones: list[Phone], story: Story) -> list[dict[str, Any]]:
    """The entries of a story, as the devices sign them; their counters begin anew."""
    for phone in phones:
        phone.counter = 0
    return [_entry(phones[deed.phone], deed, ten(scene) + timedelta(seconds=deed.at), story) for deed in story]


def _entry(phone: Phone, deed: Deed, at: datetime, story: Story) -> dict[str, Any]:
    if deed.what == "undo":
        return phone.undo({"key": story[deed.undone].key}, at, key=deed.key)
    where: dict[str, Any] = {"half_day": deed.half_day, "key": deed.key, "shown": deed.shown}
    if deed.what == "state":
        return phone.state(deed.person, at, **where)
    if deed.what == "draw":
        return phone.draw(deed.person, at, drawing=DRAWN, kind=deed.kind, **where)
    return phone.scan(deed.person, at, kind=deed.kind, **where)
