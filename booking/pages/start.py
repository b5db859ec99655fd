"""Page 1: what are you coming for?"""

from __future__ import annotations

from flask import redirect, render_template, url_for
from werkzeug.wrappers import Response

from booking.pages.blueprint import blueprint
from booking.queries import types
from directory.pages.gates import visitors
from directory.queries import organisations
from foundation.database import EVERY_ORGANISATION
from foundation.web.access import everyone, open_to
from foundation.web.services import reading, services


@blueprint.get("/")
@open_to(everyone)
def home() -> str | Response:
    """Lead to the organisation when there is one, else let people choose."""
    with services().database.reading(EVERY_ORGANISATION) as db:
        found = organisations.every(db)
    if len(found) == 1:
        return redirect(url_for("booking.reasons", slug=found[0].slug))
    return render_template("booking/home.html", organisations=found)


@blueprint.get("/o/<slug>")
@open_to(visitors)
def reasons(slug: str) -> str:
    """List what one can come for."""
    with reading() as db:
        found = types.open_to_public(db)
    return render_template("booking/reasons.html", slug=slug, types=found)
