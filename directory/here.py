"""In which organisation this request acts: told once by whichever gate let it in, of the pages or of the API."""

from __future__ import annotations

from functools import partial
from typing import cast

from flask import g

from directory.domain.contacts import show_phone
from directory.models import Organisation


def enter(organisation: Organisation) -> None:
    """Act in this organisation from now on in this request."""
    g.organisation = organisation
    g.home_url = f"/o/{organisation.slug}"
    # Only the page of a refusal asks for it.
    g.phone_to_call = partial(show_phone, organisation.phone)


def current_organisation() -> Organisation:
    """Return the organisation in which this request acts."""
    return cast(Organisation, g.organisation)
