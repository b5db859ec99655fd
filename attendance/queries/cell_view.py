"""One cell of the attendance sheet as values: what was signed, stated, corrected, and what is known beside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from attendance.models import (
    AbsenceCategory,
    ConnectionOrigin,
    CorrectionAction,
    CorrectionState,
    SignatureKind,
    StatementCause,
)


@dataclass(frozen=True)
class SignatureView:
    """One signature as it is printed; `shown_to` is the agent before whom it was made, `drawing` its path (SVG)."""

    kind: SignatureKind
    method: str
    grade: str
    observed_at: datetime
    recorded_at: datetime
    shown_to: str | None
    drawing: str | None = None


@dataclass(frozen=True)
class StatementView:
    """What somebody else said: printed apart, and never as a signature; `paper_id` is the sheet it transcribes."""

    kind: SignatureKind
    author: str
    reason: str
    stated_at: datetime
    cause: StatementCause = StatementCause.OTHER
    paper_id: int | None = None


@dataclass(frozen=True)
class CorrectionView:
    """Who says that the sheet is wrong, why, and who agreed; without `decided_at` it waits for a second person."""

    id: int
    kind: SignatureKind
    action: CorrectionAction
    observed_at: datetime | None
    reason: str
    state: CorrectionState
    proposed_at: datetime
    proposed_by: str
    decided_at: datetime | None
    decided_by: str | None


@dataclass(frozen=True)
class ConnectionView:
    """A span of time in the video room."""

    connected_at: datetime
    disconnected_at: datetime
    origin: ConnectionOrigin


@dataclass(frozen=True)
class DocumentView:
    """A file beside the meeting, by its name and the SHA-256 of its content."""

    id: int
    name: str
    media_type: str
    content_hash: str
    added_at: datetime
    added_by: str | None


@dataclass(frozen=True)
class CellView:
    """One person at one half-day; absent means that it is over and nobody signed, stated or corrected anything.

    `minutes` are those retained, `late` and `early` those missed. What a correction took back is still told. Absence,
    connections and documents are what is known beside; `duplicates` counts who saw a signature too.
    """

    signatures: tuple[SignatureView, ...] = ()
    statements: tuple[StatementView, ...] = ()
    minutes: int | None = None
    is_absent: bool = False
    late: int | None = None
    early: int | None = None
    withdrawn_signatures: tuple[SignatureView, ...] = ()
    withdrawn_statements: tuple[StatementView, ...] = ()
    corrections: tuple[CorrectionView, ...] = ()
    is_corrected_present: bool = False
    absence: AbsenceCategory | None = None
    connections: tuple[ConnectionView, ...] = ()
    documents: tuple[DocumentView, ...] = ()
    duplicates: int = 0

    @property
    def is_spoken_for(self) -> bool:
        """Say whether somebody else says that the person was there: by a statement or by a correction."""
        return bool(self.statements) or self.is_corrected_present

    @property
    def is_empty(self) -> bool:
        """Say whether neither the person nor anybody else says that they were there."""
        return not self.signatures and not self.is_spoken_for
