"""The API of the annuaire: one file a subject, the same queries and use cases as the pages."""

from __future__ import annotations

from directory.api import (
    agents,
    api_keys,
    badges,
    beneficiaries,
    devices,
    holidays,
    imports,
    organisations,
    resources,
    venues,
)
from foundation.web.api.operations import Operations

OPERATIONS: Operations = (
    organisations.blueprint,
    venues.blueprint,
    holidays.blueprint,
    resources.blueprint,
    agents.blueprint,
    beneficiaries.blueprint,
    imports.blueprint,
    badges.blueprint,
    badges.keys_blueprint,
    devices.blueprint,
    api_keys.blueprint,
)
