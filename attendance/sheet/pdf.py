"""The attendance sheet as a PDF that a person would file: tagged (PDF/UA-1) and made to last (PDF/A-2a)."""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

SHEET = Path(__file__).parent / "sheet.typ"
PAPER = Path(__file__).parent / "paper.typ"
_ONE_LETTER = """
#set document(title: "letter")
#set text(font: "Libertinus Serif", lang: "fr")
#text(json(bytes(sys.inputs.data)))
"""


def pdf_of(printed: dict[str, Any], *, made_at: datetime, template: Path = SHEET) -> bytes:
    """Return the PDF of a printed sheet.

    What people typed travels as data (`sys_inputs`), so none of it is ever read as markup; the template stands alone
    in its root, so it can read no file; the fonts are the library's own, so that it looks the same everywhere.
    Both standards refuse a letter that no font can draw: such a letter is printed as its number, `U+674E`, so that
    one name or one reason never takes the whole sheet away.
    """
    data = json.dumps(printed)
    try:
        return _compile(template.read_text(), data, made_at=made_at)
    except typst.TypstError:
        # Control characters stand in JSON as escapes, so the letters are looked for in the values themselves.
        letters = {letter for text in _texts(printed) for letter in text}
        unprintable = {letter for letter in letters if not letter.isascii() or not letter.isprintable()}
        numbers = {letter: f"U+{ord(letter):04X} " for letter in unprintable if not _can_be_drawn(letter)}
        if not numbers:
            raise
        drawable = json.dumps(_replaced(printed, str.maketrans(numbers)))
        return _compile(template.read_text(), drawable, made_at=made_at)


def _compile(template: str, data: str, *, made_at: datetime) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / SHEET.name
        path.write_text(template)
        return typst.compile(
            path,
            root=Path(folder),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": data},
            pdf_standards=["ua-1", "a-2a"],
            timestamp=int(made_at.timestamp()),
        )


@lru_cache(maxsize=4096)
def _can_be_drawn(letter: str) -> bool:
    try:
        _compile(_ONE_LETTER, json.dumps(letter), made_at=datetime.fromtimestamp(0, UTC))
    except typst.TypstError:
        return False
    return True


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list | tuple):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)


def _replaced(value: Any, numbers: dict[int, str]) -> Any:
    if isinstance(value, str):
        return value.translate(numbers)
    if isinstance(value, dict):
        return {name: _replaced(one, numbers) for name, one in value.items()}
    return [_replaced(one, numbers) for one in value] if isinstance(value, list | tuple) else value


def file_name(title: str, day: str) -> str:
    """Return a file name in plain letters: `emargement-2026-04-13-gerer-son-budget.pdf`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]
    return f"emargement-{day}-{words}".rstrip("-") + ".pdf"
