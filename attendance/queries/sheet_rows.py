"""The rows that a sheet is made of, read one statement a table, whatever the number of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from attendance.models import (
    Absence,
    AbsenceCategory,
    Attachment,
    AttachmentKind,
    Attendee,
    ConnectionTime,
    Correction,
    Drawing,
    Facilitator,
    Review,
    Signature,
    Standing,
    Statement,
)
from attendance.queries.cell_view import ConnectionView, CorrectionView, DocumentView, SignatureView, StatementView
from directory.models import Agent

Cell = tuple[int, int]
"""(attendee, half-day): what everything here is filed under."""
V = TypeVar("V")
Filed = dict[Cell, list[V]]
_SHOWN = (Standing.COUNTS, Standing.WITHDRAWN)


def filed(rows: Iterable[tuple[Cell, V]]) -> Filed[V]:
    found: Filed[V] = defaultdict(list)
    for cell, view in rows:
        found[cell].append(view)
    return found


def signatures(db: Session, meeting_id: int) -> tuple[Filed[SignatureView], Filed[SignatureView], dict[Cell, int]]:
    query = (
        select(Signature, Agent.name, Drawing.path)
        .join(Attendee, Attendee.id == Signature.attendee_id)
        .outerjoin(Agent, Agent.id == Signature.agent_id)
        .outerjoin(Drawing, Drawing.id == Signature.drawing_id)
        .where(Attendee.meeting_id == meeting_id, Signature.standing.in_((*_SHOWN, Standing.DUPLICATE)))
        .order_by(Signature.kind, Signature.observed_at, Signature.id)
    )
    found: dict[Standing, list[tuple[Cell, SignatureView]]] = defaultdict(list)
    for one, agent, path in db.execute(query):
        times = (one.observed_at, one.recorded_at)
        view = SignatureView(one.kind, one.method.value, one.grade.value, *times, agent, path)
        found[one.standing].append(((one.attendee_id, one.half_day_id), view))
    counting, withdrawn, duplicates = (filed(found[one]) for one in (*_SHOWN, Standing.DUPLICATE))
    return counting, withdrawn, {cell: len(views) for cell, views in duplicates.items()}


def statements(db: Session, meeting_id: int) -> Filed[tuple[StatementView, datetime]]:
    # What a device sent and a person has yet to look at, or has rejected, is no statement.
    query = (
        select(Statement, Agent.name, Facilitator.name)
        .join(Attendee, Attendee.id == Statement.attendee_id)
        .outerjoin(Agent, Agent.id == Statement.agent_id)
        .outerjoin(Facilitator, Facilitator.id == Statement.facilitator_id)
        .where(Attendee.meeting_id == meeting_id, or_(Statement.review.is_(None), Statement.review == Review.ACCEPTED))
        .order_by(Statement.stated_at, Statement.source, Statement.key, Statement.id)  # not as they arrived
    )

    def view(one: Statement, author: str) -> tuple[StatementView, datetime]:
        said = StatementView(one.kind, author, one.reason, one.stated_at, one.cause, one.paper_id)
        return said, one.recorded_at

    return filed(
        ((one.attendee_id, one.half_day_id), view(one, agent or facilitator or ""))
        for one, agent, facilitator in db.execute(query)
    )


def corrections(db: Session, meeting_id: int) -> Filed[CorrectionView]:
    proposer, decider = aliased(Agent), aliased(Agent)
    query = (
        select(Correction, proposer.name, decider.name)
        .join(Attendee, Attendee.id == Correction.attendee_id)
        .outerjoin(proposer, proposer.id == Correction.proposed_by)
        .outerjoin(decider, decider.id == Correction.decided_by)
        .where(Attendee.meeting_id == meeting_id)
        .order_by(Correction.id)
    )
    return filed(
        ((one.attendee_id, one.half_day_id), correction_view(one, by, decided_by))
        for one, by, decided_by in db.execute(query)
    )


def correction_view(one: Correction, proposed_by: str | None, decided_by: str | None) -> CorrectionView:
    """Return a correction with the names of who proposed and who decided it."""
    what = (one.id, one.kind, one.action, one.observed_at, one.reason, one.state)
    return CorrectionView(*what, one.proposed_at, proposed_by or "", one.decided_at, decided_by)


def absences(db: Session, meeting_id: int) -> dict[Cell, AbsenceCategory]:
    query = select(Absence).join(Attendee, Attendee.id == Absence.attendee_id).where(Attendee.meeting_id == meeting_id)
    return {(one.attendee_id, one.half_day_id): one.category for one in db.scalars(query)}


def connections(db: Session, meeting_id: int) -> Filed[ConnectionView]:
    query = (
        select(ConnectionTime)
        .join(Attendee, Attendee.id == ConnectionTime.attendee_id)
        .where(Attendee.meeting_id == meeting_id)
        .order_by(ConnectionTime.connected_at)
    )
    return filed(
        ((one.attendee_id, one.half_day_id), ConnectionView(one.connected_at, one.disconnected_at, one.origin))
        for one in db.scalars(query)
    )


def documents(
    db: Session, meeting_id: int
) -> tuple[Filed[DocumentView], tuple[DocumentView, ...], tuple[DocumentView, ...]]:
    """Return the files of each cell, then all documents, then all papers; their content is not read."""
    told = (Attachment.id, Attachment.name, Attachment.media_type, Attachment.content_hash, Attachment.added_at)
    query = (
        select(*told, Agent.name, Attachment.kind, Attachment.attendee_id, Attachment.half_day_id)
        .outerjoin(Agent, Agent.id == Attachment.added_by)
        .where(Attachment.meeting_id == meeting_id)
        .order_by(Attachment.id)
    )
    found = [(DocumentView(*row[:6]), row[6], (row[7] or 0, row[8] or 0)) for row in db.execute(query)]
    documents = tuple(view for view, kind, _ in found if kind is AttachmentKind.DOCUMENT)
    papers = tuple(view for view, kind, _ in found if kind is AttachmentKind.PAPER)
    return filed((cell, view) for view, _, cell in found), documents, papers
