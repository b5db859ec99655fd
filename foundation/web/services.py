"""What a page may reach for: the database, the clock, the keys, and the way up and down through them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar, cast

from flask import current_app, g
from sqlalchemy.orm import Session

from foundation.actors import Actor
from foundation.clock import Clock
from foundation.database import EVERY_ORGANISATION, Database, Scope
from foundation.keys import MasterKeys
from foundation.wording import Wording

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Services:
    """Plugged together once, in `wsgi.py`; `base_url` has no slash at its end.

    `scanner_patience`: after how many milliseconds without an answer a scanner says what it knows itself.
    """

    database: Database
    clock: Clock
    keys: MasterKeys = field(repr=False)
    wording: Wording = field(repr=False)
    base_url: str = "http://127.0.0.1:8000"
    demonstration: bool = False
    outgoing_folder: Path | None = None
    trusted_proxies: int = 0
    operator_key: str = field(default="", repr=False)
    scanner_patience: int = 1200


def services() -> Services:
    """Return the services of the running application."""
    return cast(Services, current_app.extensions["paraphe"])


def now() -> datetime:
    """Return the time of this request: the same for all of it."""
    if "now" not in g:
        g.now = services().clock.now()
    return cast(datetime, g.now)


def current_actor() -> Actor:
    """Return who was let in."""
    return cast(Actor, g.actor)


def current_scope() -> Scope:
    """Return what this request may see: the actor's organisation, unless a gate has said otherwise."""
    scope: Scope | None = g.get("scope")
    return current_actor().organisation_id if scope is None else scope


@contextmanager
def reading() -> Iterator[Session]:
    """Open a read-only session bound to the actor's organisation; close it before rendering.

    Inside a request that acts once (`foundation.web.api.once`) it is the session of that transaction.
    """
    if "transaction" in g:
        yield g.transaction
        return
    with services().database.reading(current_scope()) as db:
        yield db


def perform(use_case: Callable[Concatenate[Session, Actor, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a use case as the actor, in a transaction of the actor's organisation."""
    return _run(current_scope(), use_case, current_actor(), *args, **kwargs)


def perform_everywhere(use_case: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a use case that has no organisation yet to be inside of, in a transaction over every organisation."""
    return _run(EVERY_ORGANISATION, use_case, *args, **kwargs)


def _run(scope: Scope, use_case: Callable[Concatenate[Session, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
    if "transaction" not in g:
        return services().database.in_transaction(scope, use_case, *args, **kwargs)
    db: Session = g.transaction
    result = use_case(db, *args, **kwargs)
    # So that a violated constraint is met here and not after the answer was made.
    db.flush()
    return result
