"""What docs/devices.md shows of the lines that a device signs is what the server checks."""

from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path

from attendance.domain.entries import Entry, EntryKind
from attendance.domain.targets import Target, TargetKind
from foundation import ids

DOCUMENT = (Path(__file__).parents[2] / "docs" / "devices.md").read_text("utf-8")


def test_the_lines_of_the_example_are_those_that_the_server_checks() -> None:
    (block,) = re.findall(r"```\n(.*?)\n```", DOCUMENT, re.DOTALL)
    lines = tuple(block.split("\n"))
    _, what, device_id, counter, key, seen_at, offset, target, kind, _, _, shown = lines
    half_day_id = ids.from_text(target.removeprefix("half_day:"))
    entry = Entry(
        what=EntryKind(what),
        counter=int(counter),
        key=key,
        seen_at=datetime.fromisoformat(seen_at),
        seen_at_text=seen_at,
        list_offset=int(offset),
        target_text=target,
        target=Target(TargetKind.HALF_DAY, half_day_id),
        kind=kind,
        badge="PRP0",
        shown=shown,
    )
    assert entry.lines(device_id) == lines


def test_every_sort_of_entry_has_its_line() -> None:
    for kind in EntryKind:
        assert f"| `{kind}` |" in DOCUMENT
