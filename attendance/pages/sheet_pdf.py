"""The attendance sheet as a PDF that a person would file: tagged (PDF/UA-1) and made to last (PDF/A-2a)."""

from __future__ import annotations

import json
import re
import tempfile
import unicodedata
from datetime import datetime
from pathlib import Path
from typing import Any

import typst

_TEMPLATE = Path(__file__).parent.parent / "sheet.typ"


def pdf_of(printed: dict[str, Any], *, made_at: datetime) -> bytes:
    """Return the PDF of a printed sheet.

    What people typed travels as data (`sys_inputs`), so none of it is ever read as markup; the template stands alone
    in its root, so it can read no file; the fonts are the library's own, so that it looks the same everywhere.
    """
    with tempfile.TemporaryDirectory() as folder:
        template = Path(folder) / _TEMPLATE.name
        template.write_bytes(_TEMPLATE.read_bytes())
        return typst.compile(
            template,
            root=Path(folder),
            ignore_system_fonts=True,
            format="pdf",
            sys_inputs={"data": json.dumps(printed)},
            pdf_standards=["ua-1", "a-2a"],
            timestamp=int(made_at.timestamp()),
        )


def file_name(title: str, day: str) -> str:
    """Return a file name in plain letters: `emargement-2026-04-13-gerer-son-budget.pdf`."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]
    return f"emargement-{day}-{words}".rstrip("-") + ".pdf"
