"""The API of attendance: one file a subject, the same queries and use cases as the pages."""

from __future__ import annotations

from foundation.web.api.operations import Operations

OPERATIONS: Operations = ()
