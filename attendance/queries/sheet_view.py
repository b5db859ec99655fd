"""The attendance sheet as values: what the page and the PDF are both made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from attendance.models import MeetingKind, SheetState
from attendance.queries.cell_view import CellView, DocumentView


@dataclass(frozen=True)
class PersonView:
    """One line of the sheet; without `attendee_id`, somebody booked whom nothing has touched yet."""

    attendee_id: int | None
    beneficiary_id: int
    name: str
    cells: tuple[CellView, ...]
    is_walk_in: bool = False


@dataclass(frozen=True)
class HalfDayView:
    """One column of the sheet."""

    id: int
    title: str
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class CountersignatureView:
    """A facilitator's signature of one half-day."""

    headcount: int
    signed_at: datetime
    remark: str | None = None


@dataclass(frozen=True)
class FacilitatorView:
    """A facilitator, with one entry a half-day: None where they have not countersigned."""

    id: int
    name: str
    countersignatures: tuple[CountersignatureView | None, ...]


@dataclass(frozen=True)
class Roll:
    """The names at one half-day: who signed; of the others, for whom somebody spoke, and for whom nobody did."""

    present: tuple[str, ...]
    stated: tuple[str, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True)
class SheetView:
    """The whole sheet, as it stands at `made_at`."""

    meeting_id: int
    kind: MeetingKind
    organisation: str
    organisation_address: str
    siret: str
    activity_declaration: str
    title: str
    venue_id: int | None
    venue: str | None
    venue_address: str | None
    video_room: str | None
    time_zone: str
    half_days: tuple[HalfDayView, ...]
    people: tuple[PersonView, ...]
    facilitators: tuple[FacilitatorView, ...]
    state: SheetState
    closed_at: datetime | None
    closed_by: str | None
    made_at: datetime
    documents: tuple[DocumentView, ...] = ()
    papers: tuple[DocumentView, ...] = ()
    corrections_waiting: int = 0

    @property
    def is_over(self) -> bool:
        """Say whether the last half-day has ended."""
        return all(one.ends_at <= self.made_at for one in self.half_days)

    def roll(self, number: int) -> Roll:
        """Return who is told of at half-day `number`, by name."""
        cells = [(person.name, person.cells[number]) for person in self.people]
        return Roll(
            present=tuple(name for name, cell in cells if cell.signatures),
            stated=tuple(name for name, cell in cells if cell.is_spoken_for and not cell.signatures),
            absent=tuple(name for name, cell in cells if cell.is_empty),
        )

    def can_be_countersigned(self, number: int, facilitator: FacilitatorView) -> bool:
        """Say whether a facilitator may countersign half-day `number` now: it has begun, and the sheet is open."""
        is_open = self.state is SheetState.OPEN and self.half_days[number].starts_at <= self.made_at
        return is_open and facilitator.countersignatures[number] is None
