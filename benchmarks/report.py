"""What is shown and kept: a table for people, one JSON line a row for programs, and which machine it was."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

KEPT = Path(__file__).parent.parent / "var" / "benchmarks"
HEADINGS = (
    "row",
    "engine",
    "server",
    "clients",
    "a second",
    "p50 ms",
    "p95 ms",
    "p99 ms",
    "statements",
    "control a second",
    "ratio (spread)",
    "client's share",
    "wrong",
)
_TEXTS = 3


def machine() -> dict[str, str | int | float]:
    """Describe the machine without naming it; `busy_before` is the load of the minute before the run."""
    return {
        "cores": os.cpu_count() or 0,
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": _system(),
        "python": platform.python_version(),
        **{name: _version(name) for name in ("Flask", "SQLAlchemy", "psycopg", "gunicorn", "granian")},
        "busy_before": round(os.getloadavg()[0], 2),
    }


def _system() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"


def keep(line: dict[str, Any], day: str, folder: Path = KEPT) -> str:
    """Append a line to the file of the day, and return it as it was written."""
    written = json.dumps(line, ensure_ascii=False)
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{day}.jsonl").open("a", encoding="utf-8") as file:
        file.write(f"{written}\n")
    return written


def table(lines: Sequence[dict[str, Any]]) -> str:
    """Return the lines of the rows over HTTP as a Markdown table."""
    return grid(HEADINGS, [_cells(line) for line in lines], texts=_TEXTS)


def grid(headings: Sequence[str], rows: Sequence[Sequence[str]], *, texts: int) -> str:
    """Return a Markdown table whose columns stand below each other; the first `texts` are words, to the left."""
    cells = [headings, *rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(headings))]
    rule = ["-" * width if column < texts else "-" * (width - 1) + ":" for column, width in enumerate(widths)]
    return "\n".join("| " + " | ".join(_aligned(row, widths, texts)) + " |" for row in [headings, rule, *rows])


def _aligned(row: Sequence[str], widths: Sequence[int], texts: int) -> list[str]:
    return [
        cell.ljust(width) if column < texts else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]


def _cells(line: dict[str, Any]) -> tuple[str, ...]:
    ratio, control = line["ratio"], line["control"]
    return (
        line["row"],
        line["engine"],
        line["server"],
        str(line["clients"]),
        f"{line['per_second']:.0f}",
        f"{line['p50_ms']:.1f}",
        f"{line['p95_ms']:.1f}",
        f"{line['p99_ms']:.1f}",
        str(line["statements"]),
        f"{control['per_second']:.0f}",
        f"{ratio['value']:.3f} ({ratio['low']:.3f}–{ratio['high']:.3f})",
        f"{line['client_share']:.0%}",
        str(line["wrong"] + control["wrong"]),
    )
