"""The API of the annuaire: one file a subject, the same queries and use cases as the pages."""

from __future__ import annotations

from directory.api import venues
from foundation.web.api.operations import Operations

OPERATIONS: Operations = (venues.blueprint,)
