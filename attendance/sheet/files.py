"""A file beside a meeting as it is handed out: saved, never shown by the browser, under a name of our own."""

from __future__ import annotations

from dataclasses import dataclass

from attendance.domain.evidence import ENDINGS
from attendance.models import Attachment
from foundation import ids

MEDIA_TYPE = "application/octet-stream"


@dataclass(frozen=True)
class HandedOut:
    """The bytes, and the headers that go with them."""

    content: bytes
    headers: dict[str, str]


def handed_out(one: Attachment) -> HandedOut:
    """Return a file to be saved; what its sender called it stands on the sheet, and in no header."""
    name = f"piece-{ids.to_text(one.id)}.{ENDINGS[one.media_type]}"
    return HandedOut(one.content, {"Content-Disposition": f'attachment; filename="{name}"'})
