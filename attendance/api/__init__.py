"""The API of attendance: one file a subject, the same queries and use cases as the pages."""

from __future__ import annotations

from attendance.api import (
    board,
    corrections,
    countersigning,
    device_day,
    device_queues,
    drawn_signatures,
    evidence,
    invitations,
    meetings,
    reviews,
    rooms,
    scans,
    sheets,
    signing,
    signing_in_room,
    statements,
    training_imports,
    trainings,
)
from foundation.web.api.operations import Operations

OPERATIONS: Operations = (
    trainings.blueprint,
    training_imports.blueprint,
    meetings.blueprint,
    board.blueprint,
    scans.blueprint,
    device_day.blueprint,
    device_queues.blueprint,
    drawn_signatures.blueprint,
    reviews.blueprint,
    statements.blueprint,
    rooms.blueprint,
    signing.blueprint,
    signing_in_room.blueprint,
    countersigning.blueprint,
    sheets.blueprint,
    corrections.blueprint,
    evidence.blueprint,
    invitations.blueprint,
)
