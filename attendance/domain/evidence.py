"""What proves beside signatures: files, checked by what they begin with, and absences that are told."""

from __future__ import annotations

from foundation.refusals import Conflict, Invalid, NotFound

MOST_BYTES = 8_000_000
MOST_FILES = 200
LONGEST_NAME = 120

_BEGINNINGS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png", b"%PDF-": "application/pdf"}
ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}


class AttachmentNotFound(NotFound):
    """No such file here."""


class UnreadableFile(Invalid):
    """A file is a JPEG or PNG picture or a PDF, of 8 MB at most, with a name."""


class TooManyFiles(Conflict):
    """So many files are beside one meeting already."""


class UnreadableTranscription(Invalid):
    """Transcribing a paper sheet ticks at least one person at one half-day, and names its photograph."""


class PersonIsPresent(Conflict):
    """Who has signed is not told absent."""


def media_type_of(content: bytes) -> str:
    """Return what a file is, by its first bytes and never by its name; raise UnreadableFile."""
    if len(content) > MOST_BYTES:
        raise UnreadableFile({"file": "evidence.file_too_large"})
    for beginning, media_type in _BEGINNINGS.items():
        if content.startswith(beginning):
            return media_type
    raise UnreadableFile({"file": "evidence.file_unknown"})


def name_of(typed: str) -> str:
    """Return a file's own name, without folders and controls; raise UnreadableFile when nothing is left."""
    last = typed.replace("\\", "/").rpartition("/")[2]
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in last).split())[-LONGEST_NAME:]
    if not name:
        raise UnreadableFile({"name": "field.missing"})
    return name
