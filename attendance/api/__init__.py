"""The API of attendance: one file a subject, the same queries and use cases as the pages."""

from __future__ import annotations

from attendance.api import countersigning, meetings, scans, sheets, signing, statements, trainings
from foundation.web.api.operations import Operations

OPERATIONS: Operations = (
    trainings.blueprint,
    meetings.blueprint,
    scans.blueprint,
    statements.blueprint,
    signing.blueprint,
    countersigning.blueprint,
    sheets.blueprint,
)
