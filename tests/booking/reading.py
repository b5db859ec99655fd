"""How the tests of the public pages press buttons, and what a person reads."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from booking.models import AppointmentType
from foundation import ids
from tests.house import House

SLUG = "maison-des-solidarites"
WHO = {"first_name": "Camille", "last_name": "Durand", "phone": "06 39 98 00 01", "email": "", "booked_by": ""}


def read(answer: TestResponse) -> str:
    """What a person reads, tags and double spaces left out."""
    body = answer.get_data(as_text=True).split('<main id="main" tabindex="-1">', 1)[1].split("</main>", 1)[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def slots_url(kind: AppointmentType) -> str:
    """The address of page 2."""
    return f"/o/{SLUG}/motif/{ids.to_text(kind.id)}"


def keep(client: FlaskClient, house: House, kind: AppointmentType, written: str = "202604140700") -> TestResponse:
    value = f"{written}.{ids.to_text(house.venue.id)}"
    return client.post(f"{slots_url(kind)}/garder", data={"modalite": "on-site", "creneau": value})
