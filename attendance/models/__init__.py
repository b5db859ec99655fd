"""The rows of attendance: what happened, by whom it is witnessed, and every attempt that failed."""

from attendance.models.codes import OneTimeCode, RoomCodeUse
from attendance.models.corrections import Correction, CorrectionAction, CorrectionState
from attendance.models.evidence import (
    Absence,
    AbsenceCategory,
    Attachment,
    AttachmentKind,
    ConnectionOrigin,
    ConnectionTime,
)
from attendance.models.invitations import Invitation, Occasion
from attendance.models.meetings import Attendee, Facilitator, HalfDay, Meeting, MeetingKind, SheetState
from attendance.models.scans import Scan, ScanUndo
from attendance.models.sent import Review
from attendance.models.signatures import (
    Countersignature,
    Drawing,
    Grade,
    Method,
    Signature,
    SignatureKind,
    Standing,
    Statement,
    StatementCause,
)

__all__ = [
    "Absence",
    "AbsenceCategory",
    "Attachment",
    "AttachmentKind",
    "Attendee",
    "ConnectionOrigin",
    "ConnectionTime",
    "Correction",
    "CorrectionAction",
    "CorrectionState",
    "Countersignature",
    "Drawing",
    "Facilitator",
    "Grade",
    "HalfDay",
    "Invitation",
    "Meeting",
    "MeetingKind",
    "Method",
    "Occasion",
    "OneTimeCode",
    "Review",
    "RoomCodeUse",
    "Scan",
    "ScanUndo",
    "SheetState",
    "Signature",
    "SignatureKind",
    "Standing",
    "Statement",
    "StatementCause",
]
