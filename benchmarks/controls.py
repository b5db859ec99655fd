"""The controls: what the same server and engine do when almost nothing is asked of them. Never in production."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, Response, jsonify
from sqlalchemy import select
from sqlalchemy.orm import Session

from directory.models import Beneficiary
from foundation import audit
from foundation.actors import system
from foundation.database import EVERY_ORGANISATION
from foundation.web.access import everyone, open_to
from foundation.web.services import now, services


@open_to(everyone)
def read(person_id: int) -> Response:
    """Read one row by its primary key."""
    with services().database.reading(EVERY_ORGANISATION) as db:
        organisation_id = _read(db, person_id)
    return jsonify({"read": organisation_id})


@open_to(everyone)
def write(person_id: int) -> Response:
    """Read one row by its primary key, insert one row, commit."""
    written = services().database.in_transaction(EVERY_ORGANISATION, bare_write, person_id, now=now())
    return jsonify({"written": written})


def _read(db: Session, person_id: int) -> int:
    return db.scalars(select(Beneficiary.organisation_id).where(Beneficiary.id == person_id)).one()


def bare_write(db: Session, person_id: int, *, now: datetime) -> int:
    """Do what the second view does, in a session of anybody's."""
    actor = system(_read(db, person_id))
    audit.record(db, actor, action="benchmark-control", subject=("beneficiary", person_id), now=now)
    return actor.organisation_id


def open_controls(app: Flask) -> None:
    """Add the two views to an application made for measuring."""
    app.add_url_rule("/control/<id:person_id>", "control-read", read, methods=["GET"])
    app.add_url_rule("/control/<id:person_id>", "control-write", write, methods=["POST"])
