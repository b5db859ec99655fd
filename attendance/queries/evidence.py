"""The files beside a meeting: their content is read one at a time, when somebody asks for it."""

from __future__ import annotations

from sqlalchemy.orm import Session

from attendance.domain.evidence import AttachmentNotFound
from attendance.models import Attachment


def attachment(db: Session, attachment_id: int) -> Attachment:
    """Return one file; raise AttachmentNotFound."""
    found = db.get(Attachment, attachment_id)
    if found is None:
        raise AttachmentNotFound
    return found
