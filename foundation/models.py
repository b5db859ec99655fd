"""What every table is made of, and the tables that know nothing of the trade."""

from __future__ import annotations

import enum
import re
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from foundation.ids import new_id


class UtcDateTime(TypeDecorator[datetime]):
    """An instant, always aware and in UTC: `timestamptz` on PostgreSQL, text without a zone on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive datetime, and store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Give back an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """The one registry of tables; every constraint gets a name, by which its refusal is found."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        int: BigInteger(),
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        list[str]: JSON(),
    }


class Identified:
    """A row with one of our identifiers."""

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, default=new_id, autoincrement=False)


class Tenanted(Identified):
    """A row that belongs to one organisation; every query of it is filtered by the session's scope.

    The organisation's own table is the directory's; here only its name is known.
    """

    organisation_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("organisation.id"))


def choice(values: type[enum.StrEnum]) -> Enum:
    """Return the column type of an enumeration: its values as text, held by a named CHECK on both engines."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", values.__name__).lower()
    return Enum(
        values,
        native_enum=False,
        create_constraint=True,
        validate_strings=True,
        length=24,
        name=name,
        values_callable=lambda members: [member.value for member in members],
    )


class OutboxKind(enum.StrEnum):
    """An event waits for its reactions; a message waits to be sent."""

    EVENT = "event"
    MESSAGE = "message"


class OutboxRow(Tenanted, Base):
    """Work promised in the same transaction as its cause; it holds ids only, never a text, a link or a code."""

    __tablename__ = "outbox"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(
            "ix_outbox_due",
            "due_at",
            "id",
            postgresql_where=text("done_at IS NULL"),
            sqlite_where=text("done_at IS NULL"),
        ),
    )

    kind: Mapped[OutboxKind] = mapped_column(choice(OutboxKind))
    name: Mapped[str] = mapped_column(String(80))
    about: Mapped[dict[str, Any]]
    key: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    leased_by: Mapped[str | None] = mapped_column(String(40))
    leased_until: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    outcome: Mapped[str | None] = mapped_column(String(200))


class AuditEntry(Tenanted, Base):
    """Who did what, when, to which row; appended and never changed, without personal data."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "organisation_id", "subject_kind", "subject_id"),)

    at: Mapped[datetime]
    actor_kind: Mapped[str] = mapped_column(String(24))
    actor_id: Mapped[int | None]
    through: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(80))
    subject_kind: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    details: Mapped[dict[str, Any]]


class PersonalLink(Tenanted, Base):
    """A capability given to one person for one thing; the address carries its id and our signature, never kept here.

    `channel` is how the link travels (`mail`, `sms`, or `page` when it was only shown): evidence depends on it.
    """

    __tablename__ = "personal_link"
    __table_args__ = (UniqueConstraint("purpose", "subject_id", "channel"),)

    purpose: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int]
    channel: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class Throttle(Identified, Base):
    """Failures counted for something that may be guessed or flooded; `name` is a keyed hash, never the thing itself."""

    __tablename__ = "throttle"
    __table_args__ = (UniqueConstraint("name"),)

    name: Mapped[str] = mapped_column(String(64))
    window_began_at: Mapped[datetime]
    failures: Mapped[int]
    closed_until: Mapped[datetime | None]


class IdempotencyKey(Identified, Base):
    """The answer that a program was given under one `Idempotency-Key`, kept for a day, to be given again.

    `caller` says whose key it is: two programs may choose the same. `body` is encrypted, because answers hold names,
    and secrets that are shown once; `request_hash` is a keyed hash of the method, the path and the body that were sent,
    because a body may hold a password.
    """

    __tablename__ = "idempotency_key"
    __table_args__ = (UniqueConstraint("caller", "key"), Index(None, "expires_at"))

    caller: Mapped[str] = mapped_column(String(40))
    key: Mapped[str] = mapped_column(String(255))
    request_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    status: Mapped[int]
    headers: Mapped[dict[str, Any]]
    body: Mapped[str] = mapped_column(Text)
