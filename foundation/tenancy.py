"""One organisation never sees another's rows: each session is bound to one, and every query of it is filtered.

There is no session without a scope; the one that sees every organisation has to say so by name.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import Final, Literal

from sqlalchemy import Connection, event
from sqlalchemy.orm import ORMExecuteState, Session, UOWTransaction, with_loader_criteria

from foundation.models import Tenanted


class _Every(Enum):
    EVERY = "every organisation"


EVERY_ORGANISATION: Final = _Every.EVERY
"""The scope of the worker's lease, of commands and of links before their organisation is known."""

type_of_every = Literal[_Every.EVERY]
Scope = int | type_of_every


class WrongOrganisation(RuntimeError):
    """A row of one organisation was about to be written in a session bound to another: a bug, never a refusal."""


@contextmanager
def scoped_session(connection: Connection, scope: Scope) -> Iterator[Session]:
    """Yield a session on `connection` that sees and writes rows of `scope` alone."""
    with _TenantSession(bind=connection, expire_on_commit=False, info={"scope": scope}) as db:
        yield db


class _TenantSession(Session):
    """A session with `info["scope"]`, for which the two listeners below are registered."""


@event.listens_for(_TenantSession, "do_orm_execute")
def _filter(state: ORMExecuteState) -> None:
    scope = state.session.info["scope"]
    if scope is EVERY_ORGANISATION or state.is_column_load or state.is_relationship_load:
        return
    state.statement = state.statement.options(
        with_loader_criteria(Tenanted, lambda table: table.organisation_id == scope, include_aliases=True)
    )


@event.listens_for(_TenantSession, "before_flush")
def _refuse_foreign_rows(db: Session, _context: UOWTransaction, _instances: object) -> None:
    scope = db.info["scope"]
    if scope is EVERY_ORGANISATION:
        return
    for row in [*db.new, *db.dirty, *db.deleted]:
        if isinstance(row, Tenanted) and row.organisation_id != scope:
            raise WrongOrganisation(type(row).__name__)
