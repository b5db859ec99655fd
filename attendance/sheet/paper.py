"""The sheet that is signed by hand, as a file: the same header, empty cells, and a code that opens the sheet."""

from __future__ import annotations

from attendance.queries.sheet_view import SheetView
from attendance.sheet.document import SheetDocument
from attendance.sheet.pdf import PAPER, file_name, pdf_of
from attendance.sheet.words import SheetWords
from foundation import ids, times
from foundation.qr import qr_svg
from foundation.wording import Say

EMPTY_LINES = 3
"""For people who come without being expected."""


def paper_document(view: SheetView, say: Say, language: str, *, base_url: str) -> SheetDocument:
    """Return the sheet to be signed by hand; its code is the address of the sheet, which staff alone can open."""
    printed = SheetWords(view, say, language).printed()
    anchor = f"{base_url}/equipe/seances/{ids.to_text(view.meeting_id)}"
    data = {
        name: printed[name] for name in ("language", "title", "organisation", "facts", "person", "columns", "parts")
    }
    data |= {
        "paper_heading": say("sheet_paper.heading"),
        "hint": say("sheet_paper.hint"),
        "anchor": say("sheet_paper.anchor"),
        "anchor_picture": qr_svg(anchor),
        "names": [*(one.name for one in view.people), *("" for _ in range(EMPTY_LINES))],
        "leaders": [one.name for one in view.facilitators],
        "signature_of": say("sheet_paper.signature_of"),
        "paper_legend": say("sheet_paper.legend"),
        "page": say("sheet.page"),
        "of": say("sheet.of"),
    }
    first = view.half_days[0].starts_at if view.half_days else view.made_at
    day = times.local(first, view.time_zone).date()
    return SheetDocument(pdf_of(data, made_at=view.made_at, template=PAPER), file_name(view.title, f"papier-{day}"))
