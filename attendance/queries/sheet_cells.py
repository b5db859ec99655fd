"""What stands in the cells of a sheet: everything that is known of each (attendee, half-day), one statement a table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from attendance.domain import corrections
from attendance.domain.corrections import Applied
from attendance.domain.presence import Minutes, minutes_of
from attendance.models import AbsenceCategory, CorrectionState, HalfDay, SignatureKind
from attendance.queries import sheet_rows
from attendance.queries.cell_view import (
    CellView,
    ConnectionView,
    CorrectionView,
    DocumentView,
    SignatureView,
    StatementView,
)
from attendance.queries.sheet_rows import Cell, Filed


@dataclass(frozen=True)
class Known:
    """Everything that was kept of a meeting, by cell."""

    counting: Filed[SignatureView]
    withdrawn: Filed[SignatureView]
    stated: Filed[tuple[StatementView, datetime]]
    corrections: Filed[CorrectionView]
    absences: dict[Cell, AbsenceCategory]
    connections: Filed[ConnectionView]
    duplicates: dict[Cell, int]
    documents_of: Filed[DocumentView]
    documents: tuple[DocumentView, ...] = ()
    papers: tuple[DocumentView, ...] = ()
    waiting: int = 0
    attendees: set[int] = field(default_factory=set)

    def cell(self, attendee_id: int, half_day: HalfDay, *, now: datetime) -> CellView:
        """Return what stands in one cell; statements count no minutes, corrections do by their time."""
        key = (attendee_id, half_day.id)
        signed, made = self.counting.get(key, []), self.corrections.get(key, [])
        live, void = self._statements(key, made)
        ruling = {kind: corrections.standing(_applied(made, kind)) for kind in SignatureKind}
        is_corrected = any(one is not None for one in ruling.values())
        minutes = _minutes(half_day, signed, made, now=now)
        is_over = half_day.ends_at <= now
        return CellView(
            tuple(signed),
            tuple(live),
            minutes.retained,
            is_absent=is_over and not signed and not live and not is_corrected,
            late=minutes.late,
            early=minutes.early,
            withdrawn_signatures=tuple(self.withdrawn.get(key, [])),
            withdrawn_statements=tuple(void),
            corrections=tuple(made),
            is_corrected_present=is_corrected,
            absence=self.absences.get(key),
            connections=tuple(self.connections.get(key, [])),
            documents=tuple(self.documents_of.get(key, [])),
            duplicates=self.duplicates.get(key, 0),
        )

    def _statements(self, key: Cell, made: list[CorrectionView]) -> tuple[list[StatementView], list[StatementView]]:
        live: list[StatementView] = []
        void: list[StatementView] = []
        for one, recorded_at in self.stated.get(key, []):
            gone_at = corrections.withdrawn_at(_applied(made, one.kind))
            (void if gone_at is not None and recorded_at <= gone_at else live).append(one)
        return live, void


def _applied(made: Iterable[CorrectionView], kind: SignatureKind) -> list[Applied]:
    return [
        Applied(one.action, one.observed_at, one.decided_at)
        for one in made
        if one.kind is kind and one.state is CorrectionState.APPLIED and one.decided_at is not None
    ]


def _minutes(half_day: HalfDay, signed: list[SignatureView], made: list[CorrectionView], *, now: datetime) -> Minutes:
    at = {one.kind: one.observed_at for one in signed}
    arrived_at, left_at = (
        corrections.effective(at.get(kind), _applied(made, kind))
        for kind in (SignatureKind.ARRIVAL, SignatureKind.DEPARTURE)
    )
    return minutes_of(
        starts_at=half_day.starts_at, ends_at=half_day.ends_at, arrived_at=arrived_at, left_at=left_at, now=now
    )


def of_meeting(db: Session, meeting_id: int) -> Known:
    """Return everything that was kept of a meeting."""
    counting, withdrawn, duplicates = sheet_rows.signatures(db, meeting_id)
    stated, corrected = sheet_rows.statements(db, meeting_id), sheet_rows.corrections(db, meeting_id)
    documents_of, documents, papers = sheet_rows.documents(db, meeting_id)
    waiting = sum(one.state is CorrectionState.PENDING for made in corrected.values() for one in made)
    touched = (counting, withdrawn, stated, corrected)
    return Known(
        counting,
        withdrawn,
        stated,
        corrected,
        sheet_rows.absences(db, meeting_id),
        sheet_rows.connections(db, meeting_id),
        duplicates,
        documents_of,
        documents,
        papers,
        waiting,
        {attendee_id for cells in touched for attendee_id, _ in cells},
    )
