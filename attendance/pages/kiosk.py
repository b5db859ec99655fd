"""The kiosk: a tablet in the hall on which people find their own name and sign. The page holds nothing of anybody."""

from __future__ import annotations

from flask import render_template

from attendance.pages.blueprint import blueprint
from foundation.web.access import everyone, open_to


@blueprint.get("/appareil/borne", endpoint="kiosk")
@open_to(everyone)
def show_kiosk() -> str:
    """Show the kiosk: a shell, which asks the server with the device's own key."""
    return render_template("attendance/kiosk.html")
