"""What the tests know of the API: how to get a key, and how to ask with it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from directory.domain.permissions import Permission
from directory.models import Device
from directory.steps.api_keys import make_key
from directory.use_cases.enrol_device import enrol_device
from directory.use_cases.make_api_key import make_api_key
from foundation.actors import system
from foundation.links import give_link, link_token
from tests.house import House

EVERY_SCOPE = tuple(Permission)


@dataclass(frozen=True)
class Asking:
    """A program with its key."""

    client: FlaskClient
    text: str | None

    def get(self, path: str, **options: Any) -> TestResponse:
        """Read."""
        return self.send("GET", path, **options)

    def post(self, path: str, body: Any = None, **options: Any) -> TestResponse:
        """Change something; the body is JSON, `{}` when none is given."""
        return self.send("POST", path, json={} if body is None else body, **options)

    def patch(self, path: str, body: Any, **options: Any) -> TestResponse:
        """Change some fields."""
        return self.send("PATCH", path, json=body, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        """Give up."""
        return self.send("DELETE", path, **options)

    def send(self, method: str, path: str, **options: Any) -> TestResponse:
        """Ask with the key, in English, under `/api/v1`."""
        headers = {"Accept-Language": "en", **options.pop("headers", {})}
        if self.text is not None:
            headers.setdefault("Authorization", f"Bearer {self.text}")
        return self.client.open(f"/api/v1{path}", method=method, headers=headers, **options)


def key(
    house: House,
    *scopes: Permission,
    device: Device | None = None,
    organisation_id: int | None = None,
    expires_at: datetime | None = None,
) -> str:
    """Make a key with these scopes (every one when none is named) and return its text."""
    wide: Collection[Permission] = scopes or EVERY_SCOPE
    inside = organisation_id or house.organisation.id
    _, text = house.database.in_transaction(
        inside,
        make_api_key,
        system(inside),
        now=house.now,
        name="test",
        scopes=wide,
        expires_at=expires_at,
        device_id=device.id if device else None,
    )
    return text


def device(house: House, **values: Any) -> Device:
    """Entrust a scanner, or another device, to the first agent."""
    made: Device = house.database.in_transaction(
        house.organisation.id,
        enrol_device,
        house.system(),
        now=house.now,
        agent_id=house.agents[0].id,
        **{"name": "Téléphone de l'accueil", **values},
    )
    return made


def kiosk_key(house: House, device: Device) -> str:
    """Return the key of a kiosk that has come in: nobody makes one by hand."""
    _, text = house.database.in_transaction(
        house.organisation.id,
        make_key,
        house.system(),
        name=device.name,
        scopes=[Permission.KIOSK],
        now=house.now,
        expires_at=house.now + timedelta(hours=12),
        device_id=device.id,
    )
    return text


def asking(house: House, text: str | None) -> Asking:
    """Return a program that shows this key, or none."""
    return Asking(house.client(), text)


def link_of(house: House, purpose: str, subject_id: int, *, channel: str = "mail") -> str:
    """Give somebody a personal link that lasts a day, and return its secret part."""
    link = house.database.in_transaction(
        house.organisation.id,
        give_link,
        house.system(),
        purpose=purpose,
        subject_id=subject_id,
        channel=channel,
        lasts=timedelta(days=1),
        now=house.now,
    )
    return link_token(link, house.keys)
