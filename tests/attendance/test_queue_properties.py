"""Whatever order queues arrive in, in whatever pieces and however often, the attendance is what the rules alone say."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from shutil import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from attendance.domain.findings import Code
from attendance.steps import signing
from tests.attendance.queue_model import HALF_DAYS, Deed, Story, by_the_rules, put_down
from tests.attendance.queue_outcomes import (
    BEHIND,
    Delivery,
    Outcome,
    Place,
    check,
    evening,
    outcome,
    outcome_in,
    with_phones,
)
from tests.attendance.scene import training
from tests.house import House, config_for


@pytest.fixture(scope="module")
def place(furnished_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One training and its devices for every example: whatever an example writes is rolled back."""
    path = tmp_path_factory.mktemp("queues") / "house.sqlite3"
    copy(furnished_sqlite, path)
    with House(config_for(f"sqlite:///{path}")) as house:
        scene = training(house)
        phones = with_phones(scene)
        evening(scene)
        yield scene, phones


# -- stories -----------------------------------------------------------------------------------------------------------

_MOMENTS = (-31, -30, 0, 5, 180, 209, 210)
"""Minutes after the beginning: just before the window, its two ends, and within."""


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """What up to four devices saw of three people around two half-days, with its undos in and out of time."""
    many = draw(st.integers(1, 7))
    ranks = iter(draw(st.permutations(range(2 * many))))
    people = draw(st.sampled_from([1, 1, 3]))
    seen: Story = []
    for _ in range(many):
        half_day = draw(st.sampled_from([0, 0, 1]))
        at = HALF_DAYS[half_day][0] + 60 * draw(st.sampled_from(_MOMENTS)) + draw(st.sampled_from([-1, 0, 0, 1, 20]))
        deed = Deed(
            draw(st.sampled_from(["scan", "scan", "scan", "draw", "state"])),
            draw(st.integers(0, len(BEHIND) - 1)),
            at,
            next(ranks),
            draw(st.integers(0, people - 1)),
            half_day,
            shown=draw(st.sampled_from(["", "kept", "already-signed", "too-late"])),
        )
        leaves = deed.what != "state" and draw(st.booleans())
        seen.append(deed._replace(kind="departure") if leaves else deed)
    return seen + [
        _undo(seen, draw(st.integers(0, many - 1)), draw(st.sampled_from(_AFTER)), next(ranks), draw(_OTHERS))
        for _ in range(draw(st.integers(0, many)))
    ]


_AFTER = (-1, 0, 10, 29, 30, 31)
_OTHERS = st.sampled_from([0, 0, 0, 1])


def _undo(seen: Story, number: int, after: int, rank: int, other: int = 0) -> Deed:
    phone = (seen[number].phone + other) % len(BEHIND)
    return Deed("undo", phone, seen[number].at + after, rank, undone=number)


@st.composite
def arrivals(draw: st.DrawFn) -> tuple[Story, list[Delivery]]:
    """A story, and one way in which its entries arrive: each once at least, some again, at any time of a day."""
    story = draw(stories())
    again = draw(st.lists(st.integers(0, len(story) - 1), max_size=4))
    order = draw(st.permutations([*range(len(story)), *again]))
    when, drift = st.sampled_from([0, 0.5, 20]), st.sampled_from([0, 0, 90_000, -3_600_000])
    return story, [Delivery(number, draw(when), draw(drift)) for number in order]


@settings(max_examples=120, deadline=None, derandomize=True)
@given(arrivals())
def test_any_order_any_pieces_and_any_repetition_give_what_the_rules_say(
    place: Place, arriving: tuple[Story, list[Delivery]]
) -> None:
    """An entry is a transaction of its own, whatever batch it comes in: so every interleaving is one of batches."""
    story, deliveries = arriving
    scene, phones = place
    expected = by_the_rules(scene, phones, story)
    found = outcome(place, story, deliveries)
    check(found, expected, story, scene)
    assert found == outcome(place, story, [Delivery(number) for number in range(len(story))])


# -- what the property has found ---------------------------------------------------------------------------------------


def both_ways(place: Place, story: Story) -> tuple[Outcome, Outcome]:
    """What comes of a story that arrives as it happened, and backwards."""
    there = [Delivery(number) for number in range(len(story))]
    return outcome(place, story, there), outcome(place, story, there[::-1])


def test_a_device_that_saw_somebody_twice_has_nobody_look_at_it(place: Place) -> None:
    story = [Deed("scan", 0, 0, 0, shown="kept"), Deed("scan", 0, 60, 1, shown="already-signed")]
    for found in both_ways(place, story):
        assert found.awaiting == frozenset()


def test_a_device_that_let_somebody_pass_who_is_refused_has_somebody_look(place: Place) -> None:
    story = [Deed("scan", 0, 0, 0, shown="kept"), Deed("scan", 0, HALF_DAYS[0][1] + 3600, 1, shown="already-signed")]
    for found in both_ways(place, story):
        assert found.awaiting == {story[1].key}


def test_the_sheet_tells_statements_as_they_were_made(place: Place) -> None:
    story = [Deed("state", 0, 60, 0), Deed("state", 1, 0, 1)]
    for found in both_ways(place, story):
        (cell, *_), *_ = (one.cells for one in found.sheet.people if one.cells[0].statements)
        assert [one.stated_at for one in cell.statements] == sorted(one.stated_at for one in cell.statements)


def test_a_finding_names_people_in_the_same_order(place: Place) -> None:
    story = [Deed("draw", 0, 0, 1, person=0), Deed("draw", 0, 0, 0, person=1)]
    one, other = both_ways(place, story)
    assert one.findings == other.findings
    assert one.findings[0].code is Code.SAME_DRAWING


def test_without_taking_over_the_first_to_arrive_would_count(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signing, "order", lambda _: (datetime.min.replace(tzinfo=UTC), 0, ""))
    story = [Deed("scan", 0, 0, 0), Deed("scan", 1, 60, 1)]
    expected = by_the_rules(*place, story)
    there, back = both_ways(place, story)
    assert there.attendance == expected
    assert back.attendance != expected


# -- through the door, on each engine ----------------------------------------------------------------------------------

_SAW = [
    Deed("scan", 0, 0, 9),
    Deed("scan", 1, 0, 8),
    Deed("scan", 2, 5, 7, person=1),
    Deed("draw", 3, 5, 6, person=1),
    Deed("scan", 0, 10800, 5, kind="departure"),
    Deed("scan", 2, 10790, 4, kind="departure"),
    Deed("state", 1, 60, 3, person=2),
    Deed("state", 3, 60, 2, person=2),
    Deed("scan", 3, 4 * 3600, 1, half_day=1),
    Deed("scan", 1, -1801, 0, person=2),
]
_STORY = [*_SAW, _undo(_SAW, 0, 30, 10), _undo(_SAW, 2, 31, 11), _undo(_SAW, 5, 0, 12), _undo(_SAW, 8, 9, 13, other=1)]


@pytest.mark.parametrize("seed", [1, 2])
def test_queues_sent_in_pieces_and_again_give_it_on_each_engine(house: House, seed: int) -> None:
    scene = training(house)
    phones = with_phones(scene)
    evening(scene)
    dice, entries = Random(seed), put_down(scene, phones, _STORY)  # noqa: S311
    for phone, batch in batches(dice, entries):
        answer = phones[phone].send(*batch)
        assert answer.status_code == 200, answer.get_json()
        house.clock.advance(timedelta(minutes=dice.randint(0, 20)))
    with house.database.reading(house.organisation.id) as db:
        check(outcome_in(db, scene), by_the_rules(scene, phones, _STORY), _STORY, scene)


def batches(dice: Random, entries: list[dict[str, Any]]) -> list[tuple[int, list[dict[str, Any]]]]:
    """Each device's queue twice, shuffled and cut anywhere; the devices take turns as it falls."""
    made: list[tuple[int, list[dict[str, Any]]]] = []
    for phone in range(len(BEHIND)):
        queue = [entry for deed, entry in zip(_STORY, entries, strict=True) if deed.phone == phone] * 2
        dice.shuffle(queue)
        while queue:
            many = dice.randint(1, 4)
            made.append((phone, queue[:many]))
            queue = queue[many:]
    dice.shuffle(made)
    return made
