"""Staff put a file beside a meeting: the photograph of a paper sheet, or what proves remote work."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from attendance.domain.evidence import MOST_FILES, TooManyFiles, media_type_of, name_of
from attendance.models import Attachment, AttachmentKind
from attendance.steps.evidence import check_belong, open_meeting
from directory.domain.permissions import Permission, require
from foundation import audit
from foundation.actors import Actor


@dataclass(frozen=True)
class Upload:
    """A file as it was sent, and what it is about: the meeting, or somebody at one of its half-days."""

    kind: AttachmentKind
    name: str
    content: bytes
    half_day_id: int | None = None
    attendee_id: int | None = None


def attach_file(db: Session, actor: Actor, *, now: datetime, meeting_id: int, upload: Upload) -> int:
    """Keep the file and return its id; the very same file about the same is kept once.

    Raises MeetingNotFound, SheetIsClosed, AttendeeNotFound, HalfDayNotFound, UnreadableFile or TooManyFiles.
    """
    require(actor, Permission.MANAGE_MEETINGS)
    open_meeting(db, meeting_id)
    check_belong(
        db,
        meeting_id,
        attendee_ids={upload.attendee_id} if upload.attendee_id is not None else set(),
        half_day_ids={upload.half_day_id} if upload.half_day_id is not None else set(),
    )
    media_type, name = media_type_of(upload.content), name_of(upload.name)
    about = {
        "meeting_id": meeting_id,
        "half_day_id": upload.half_day_id,
        "attendee_id": upload.attendee_id,
        "kind": upload.kind,
        "content_hash": hashlib.sha256(upload.content).hexdigest(),
    }
    known = db.scalar(select(Attachment.id).filter_by(**about))
    if known is not None:
        return known
    if (db.scalar(select(func.count(Attachment.id)).where(Attachment.meeting_id == meeting_id)) or 0) >= MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    row = Attachment(
        organisation_id=actor.organisation_id,
        name=name,
        media_type=media_type,
        content=upload.content,
        added_at=now,
        added_by=actor.agent_id,
        **about,
    )
    db.add(row)
    db.flush()
    audit.record(db, actor, action="file.attached", subject=("attachment", row.id), now=now)
    return row.id
