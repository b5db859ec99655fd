"""The demonstration's own page: who can log in, with which password and which code at this moment."""

from __future__ import annotations

from flask import Blueprint, render_template

from directory.demonstration import AGENTS, MANAGER, PASSWORD, SLUG, code_now
from foundation.web.access import everyone, open_to
from foundation.web.services import services

blueprint = Blueprint("demonstration_log_ins", __name__)


@blueprint.get("/demo", endpoint="show")
@open_to(everyone)
def show() -> str:
    """Show the log-ins; exists only where the configuration says «demonstration», on this computer."""
    people = [(name, email, code_now(email, services())) for name, email in (MANAGER, *AGENTS)]
    return render_template("directory/demonstration.html", people=people, password=PASSWORD, slug=SLUG)
