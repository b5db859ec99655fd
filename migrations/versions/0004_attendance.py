"""Attendance: observations of signatures, devices with a key, offline queues, rooms' codes, evidence, corrections."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

INSTANT = sa.DateTime(timezone=True)
KINDS = ("arrival", "departure")
METHODS = ("badge", "drawn-before-agent", "room-code", "room-word", "drawn-at-kiosk", "one-time-code")
STANDINGS = ("counts", "duplicate", "undone", "withdrawn")
CAUSES = ("no-badge", "no-phone", "unable", "refuses", "paper", "other")
REVIEWS = ("awaiting", "accepted", "rejected")
SENT = (
    "counter", "told_at", "list_offset", "upload_offset", "shown", "proof", "flags", "review", "reviewed_at", "reviewed_by",
    "review_reason",
)  # fmt: skip
COUNTING = sa.text("standing = 'counts'")
WAITING = sa.text("review = 'awaiting'")


def upgrade() -> None:
    """Make the tables; every signature there is counts, by its own name."""
    _devices()
    _meetings()
    _make_drawing()
    _make_attachment()
    _signatures()
    _scans()
    _make_scan_undo()
    _statements()
    _make_room_code_use()
    _make_connection_time()
    _make_absence()
    _make_correction()
    _make_invitation()


def _devices() -> None:
    # SQLite cannot add a constraint to a table that others refer to without making it again; nothing cascades here.
    _deferred()
    with op.batch_alter_table("device") as device:
        device.add_column(sa.Column("kind", sa.String(24), nullable=False, server_default="scanner"))
        device.add_column(sa.Column("venue_id", sa.BigInteger(), nullable=True))
        device.add_column(sa.Column("public_key", sa.LargeBinary(65), nullable=True))
        device.add_column(sa.Column("enrolment_hash", sa.String(64), nullable=True))
        for name in ("enrolment_expires_at", "enrolled_at", "last_seen_at", "expires_at"):
            device.add_column(sa.Column(name, INSTANT, nullable=True))
        device.create_check_constraint(op.f("ck_device_device_kind"), "kind IN ('scanner', 'kiosk')")
        device.create_foreign_key(op.f("fk_device_venue_id"), "venue", ["venue_id"], ["id"])
        device.create_unique_constraint(op.f("uq_device_enrolment_hash"), ["enrolment_hash"])
    _add("api_key", "by_challenge BOOLEAN NOT NULL DEFAULT FALSE")


def _meetings() -> None:
    _add(
        "meeting",
        "needs_drawing BOOLEAN NOT NULL DEFAULT FALSE",
        "invites BOOLEAN NOT NULL DEFAULT FALSE",
        "seats BIGINT CONSTRAINT ck_meeting_seats CHECK (seats > 0)",
        "agreement_title VARCHAR(200)",
        "room_issue BIGINT NOT NULL DEFAULT 0",
    )
    _add("attendee", "is_walk_in BOOLEAN NOT NULL DEFAULT FALSE", f"added_at {_instant()}")


def _make_drawing() -> None:
    op.create_table(
        "drawing",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("path_hash", sa.String(64), nullable=False),
        sa.Column("drawn_at", INSTANT, nullable=False),
        *_tenanted("drawing"),
    )
    op.create_index("ix_drawing_organisation_id_path_hash", "drawing", ["organisation_id", "path_hash"])


def _make_attachment() -> None:
    op.create_table(
        "attachment",
        sa.Column("meeting_id", sa.BigInteger(), nullable=False),
        sa.Column("half_day_id", sa.BigInteger(), nullable=True),
        sa.Column("attendee_id", sa.BigInteger(), nullable=True),
        sa.Column("kind", _choice("attachment_kind", ("paper", "document")), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("media_type", sa.String(60), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.String(64), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=True),
        *_tenanted("attachment"),
        _key("attachment", "meeting_id", "meeting"),
        _key("attachment", "half_day_id", "half_day"),
        _key("attachment", "attendee_id", "attendee"),
        _key("attachment", "added_by", "agent"),
    )
    op.create_index("ix_attachment_meeting_id", "attachment", ["meeting_id"])


def _signatures() -> None:
    with op.batch_alter_table("signature") as signature:
        signature.drop_constraint("uq_signature_once", type_="unique")
        signature.drop_constraint(op.f("ck_signature_method"), type_="check")
        signature.add_column(sa.Column("standing", sa.String(24), nullable=False, server_default="counts"))
        signature.add_column(sa.Column("source", sa.BigInteger(), nullable=False, server_default="0"))
        signature.add_column(sa.Column("key", sa.String(80), nullable=False, server_default=""))
        signature.add_column(sa.Column("device_id", sa.BigInteger(), nullable=True))
        signature.add_column(sa.Column("drawing_id", sa.BigInteger(), nullable=True))
        signature.create_check_constraint(op.f("ck_signature_method"), _within("method", METHODS))
        signature.create_check_constraint(op.f("ck_signature_standing"), _within("standing", STANDINGS))
        signature.create_foreign_key(op.f("fk_signature_device_id"), "device", ["device_id"], ["id"])
        signature.create_foreign_key(op.f("fk_signature_drawing_id"), "drawing", ["drawing_id"], ["id"])
    op.execute("UPDATE signature SET key = CAST(id AS VARCHAR(80))")
    with op.batch_alter_table("signature") as signature:
        signature.create_unique_constraint("uq_signature_source_key", ["source", "key"])
    op.create_index(
        "uq_signature_counts", "signature", ["attendee_id", "half_day_id", "kind"],
        unique=True, sqlite_where=COUNTING, postgresql_where=COUNTING,
    )  # fmt: skip
    op.create_index("ix_signature_attendee_id_half_day_id", "signature", ["attendee_id", "half_day_id"])


def _scans() -> None:
    with op.batch_alter_table("scan") as scan:
        scan.add_column(sa.Column("attendee_id", sa.BigInteger(), nullable=True))
        scan.create_foreign_key(op.f("fk_scan_attendee_id"), "attendee", ["attendee_id"], ["id"])
        _add_sent(scan, "scan")
    counted = sa.text("counter IS NOT NULL")
    op.create_index("ix_scan_counter", "scan", ["device_id", "counter"], sqlite_where=counted, postgresql_where=counted)
    op.create_index(
        "ix_scan_awaiting", "scan", ["organisation_id", "recorded_at"], sqlite_where=WAITING, postgresql_where=WAITING
    )


def _make_scan_undo() -> None:
    op.create_table(
        "scan_undo",
        sa.Column("source", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("undone_key", sa.String(80), nullable=False),
        sa.Column("body_hash", sa.String(64), nullable=False),
        sa.Column("verdict", sa.String(24), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.BigInteger(), nullable=True),
        sa.Column("observed_at", INSTANT, nullable=False),
        sa.Column("recorded_at", INSTANT, nullable=False),
        *_sent("scan_undo"),
        *_tenanted("scan_undo"),
        _key("scan_undo", "agent_id", "agent"),
        _key("scan_undo", "device_id", "device"),
        sa.UniqueConstraint("source", "key", name=op.f("uq_scan_undo_source_key")),
    )
    op.create_index("ix_scan_undo_source_undone_key", "scan_undo", ["source", "undone_key"])
    op.create_index("ix_scan_undo_organisation_id_recorded_at", "scan_undo", ["organisation_id", "recorded_at"])


def _statements() -> None:
    with op.batch_alter_table("statement") as statement:
        statement.add_column(sa.Column("recorded_at", INSTANT, nullable=True))
        statement.add_column(sa.Column("source", sa.BigInteger(), nullable=True))
        statement.add_column(sa.Column("key", sa.String(80), nullable=True))
        statement.add_column(sa.Column("device_id", sa.BigInteger(), nullable=True))
        statement.add_column(sa.Column("cause", sa.String(24), nullable=False, server_default="other"))
        statement.add_column(sa.Column("paper_id", sa.BigInteger(), nullable=True))
        _add_sent(statement, "statement")
        statement.create_check_constraint(op.f("ck_statement_statement_cause"), _within("cause", CAUSES))
        statement.create_foreign_key(op.f("fk_statement_device_id"), "device", ["device_id"], ["id"])
        statement.create_foreign_key(op.f("fk_statement_paper_id"), "attachment", ["paper_id"], ["id"])
        statement.create_unique_constraint(op.f("uq_statement_source_key"), ["source", "key"])
    op.execute("UPDATE statement SET recorded_at = stated_at")
    with op.batch_alter_table("statement") as statement:
        statement.alter_column("recorded_at", existing_type=INSTANT, nullable=False)
    op.create_index("ix_statement_attendee_id", "statement", ["attendee_id"])
    op.add_column("countersignature", sa.Column("remark", sa.String(300), nullable=True))


def _make_room_code_use() -> None:
    op.create_table(
        "room_code_use",
        sa.Column("attendee_id", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.String(10), nullable=False),
        sa.Column("step", sa.BigInteger(), nullable=False),
        sa.Column("used_at", INSTANT, nullable=False),
        *_tenanted("room_code_use"),
        _key("room_code_use", "attendee_id", "attendee", ondelete="CASCADE"),
        sa.UniqueConstraint("attendee_id", "way", "step", name=op.f("uq_room_code_use_attendee_id_way_step")),
    )


def _make_connection_time() -> None:
    op.create_table(
        "connection_time",
        sa.Column("attendee_id", sa.BigInteger(), nullable=False),
        sa.Column("half_day_id", sa.BigInteger(), nullable=False),
        sa.Column("connected_at", INSTANT, nullable=False),
        sa.Column("disconnected_at", INSTANT, nullable=False),
        sa.Column("origin", _choice("connection_origin", ("typed", "imported")), nullable=False),
        sa.Column("added_at", INSTANT, nullable=False),
        sa.Column("added_by", sa.BigInteger(), nullable=True),
        *_tenanted("connection_time"),
        _key("connection_time", "attendee_id", "attendee"),
        _key("connection_time", "half_day_id", "half_day"),
        _key("connection_time", "added_by", "agent"),
        sa.CheckConstraint("connected_at < disconnected_at", name=op.f("ck_connection_time_order")),
        sa.UniqueConstraint(
            "attendee_id",
            "half_day_id",
            "connected_at",
            name=op.f("uq_connection_time_attendee_id_half_day_id_connected_at"),
        ),
    )
    op.create_index("ix_connection_time_half_day_id", "connection_time", ["half_day_id"])


def _make_absence() -> None:
    op.create_table(
        "absence",
        sa.Column("attendee_id", sa.BigInteger(), nullable=False),
        sa.Column("half_day_id", sa.BigInteger(), nullable=False),
        sa.Column("category", _choice("absence_category", ("announced", "justified", "unjustified")), nullable=False),
        sa.Column("told_at", INSTANT, nullable=False),
        sa.Column("told_by", sa.BigInteger(), nullable=True),
        *_tenanted("absence"),
        _key("absence", "attendee_id", "attendee"),
        _key("absence", "half_day_id", "half_day"),
        _key("absence", "told_by", "agent"),
        sa.UniqueConstraint("attendee_id", "half_day_id", name=op.f("uq_absence_attendee_id_half_day_id")),
    )
    op.create_index("ix_absence_half_day_id", "absence", ["half_day_id"])


def _make_correction() -> None:
    op.create_table(
        "correction",
        sa.Column("attendee_id", sa.BigInteger(), nullable=False),
        sa.Column("half_day_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", _choice("signature_kind", KINDS), nullable=False),
        sa.Column("action", _choice("correction_action", ("withdraw", "present", "time")), nullable=False),
        sa.Column("signature_id", sa.BigInteger(), nullable=True),
        sa.Column("observed_at", INSTANT, nullable=True),
        sa.Column("reason", sa.String(300), nullable=False),
        sa.Column("state", _choice("correction_state", ("pending", "applied", "declined")), nullable=False),
        sa.Column("proposed_at", INSTANT, nullable=False),
        sa.Column("proposed_by", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", INSTANT, nullable=True),
        sa.Column("decided_by", sa.BigInteger(), nullable=True),
        *_tenanted("correction"),
        _key("correction", "attendee_id", "attendee"),
        _key("correction", "half_day_id", "half_day"),
        _key("correction", "signature_id", "signature"),
        _key("correction", "proposed_by", "agent"),
        _key("correction", "decided_by", "agent"),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_correction_reason")),
        sa.CheckConstraint("(state = 'pending') = (decided_at IS NULL)", name=op.f("ck_correction_decided")),
        sa.CheckConstraint("action = 'withdraw' OR signature_id IS NULL", name=op.f("ck_correction_signature")),
        sa.CheckConstraint("(action = 'withdraw') = (observed_at IS NULL)", name=op.f("ck_correction_time")),
    )
    for columns in (["half_day_id"], ["attendee_id"], ["organisation_id", "state"]):
        op.create_index(f"ix_correction_{'_'.join(columns)}", "correction", columns)


def _make_invitation() -> None:
    op.create_table(
        "invitation",
        sa.Column("half_day_id", sa.BigInteger(), nullable=False),
        sa.Column("attendee_id", sa.BigInteger(), nullable=True),
        sa.Column("facilitator_id", sa.BigInteger(), nullable=True),
        sa.Column("occasion", _choice("occasion", ("opening", "reminder", "again")), nullable=False),
        sa.Column("link_id", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.String(10), nullable=True),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("asked_at", INSTANT, nullable=False),
        sa.Column("asked_by", sa.BigInteger(), nullable=True),
        *_tenanted("invitation"),
        _key("invitation", "half_day_id", "half_day", ondelete="CASCADE"),
        _key("invitation", "attendee_id", "attendee", ondelete="CASCADE"),
        _key("invitation", "facilitator_id", "facilitator", ondelete="CASCADE"),
        _key("invitation", "link_id", "personal_link"),
        _key("invitation", "asked_by", "agent"),
        sa.CheckConstraint("(attendee_id IS NULL) <> (facilitator_id IS NULL)", name=op.f("ck_invitation_whom")),
        sa.UniqueConstraint("key", name=op.f("uq_invitation_key")),
    )
    op.create_index("ix_invitation_half_day_id", "invitation", ["half_day_id"])


def downgrade() -> None:
    """Keep the signatures that count, by the two methods there were; what only the new tables say is lost."""
    for table in ("invitation", "correction", "absence", "connection_time", "room_code_use", "scan_undo"):
        op.drop_table(table)
    with op.batch_alter_table("countersignature") as countersignature:
        countersignature.drop_column("remark")
    op.drop_index("ix_statement_attendee_id", "statement")
    with op.batch_alter_table("statement") as statement:
        statement.drop_constraint(op.f("uq_statement_source_key"), type_="unique")
        for key in ("device_id", "paper_id"):
            statement.drop_constraint(op.f(f"fk_statement_{key}"), type_="foreignkey")
        for check in ("statement_cause", "review"):
            statement.drop_constraint(op.f(f"ck_statement_{check}"), type_="check")
        for column in ("recorded_at", "source", "key", "device_id", "cause", "paper_id", *SENT):
            statement.drop_column(column)
    op.drop_index("ix_scan_awaiting", "scan")
    op.drop_index("ix_scan_counter", "scan")
    with op.batch_alter_table("scan") as scan:
        scan.drop_constraint(op.f("fk_scan_attendee_id"), type_="foreignkey")
        scan.drop_constraint(op.f("ck_scan_review"), type_="check")
        for column in ("attendee_id", *SENT):
            scan.drop_column(column)
    _old_signatures()
    for table in ("drawing", "attachment"):
        op.drop_table(table)
    for table, columns in (
        ("attendee", ("is_walk_in", "added_at")),
        ("meeting", ("needs_drawing", "invites", "agreement_title", "room_issue", "seats")),
    ):
        for column in columns:
            op.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    op.execute("DELETE FROM api_key WHERE by_challenge")
    op.execute("ALTER TABLE api_key DROP COLUMN by_challenge")
    _deferred()
    with op.batch_alter_table("device") as device:
        device.drop_constraint(op.f("ck_device_device_kind"), type_="check")
        device.drop_constraint(op.f("fk_device_venue_id"), type_="foreignkey")
        device.drop_constraint(op.f("uq_device_enrolment_hash"), type_="unique")
        for column in (
            "kind", "venue_id", "public_key", "enrolment_hash", "enrolment_expires_at", "enrolled_at", "last_seen_at",
            "expires_at",
        ):  # fmt: skip
            device.drop_column(column)


def _old_signatures() -> None:
    op.execute("DELETE FROM signature WHERE standing <> 'counts' OR method NOT IN ('badge', 'one-time-code')")
    op.drop_index("uq_signature_counts", "signature")
    op.drop_index("ix_signature_attendee_id_half_day_id", "signature")
    with op.batch_alter_table("signature") as signature:
        for check in ("method", "standing"):
            signature.drop_constraint(op.f(f"ck_signature_{check}"), type_="check")
        for key in ("device_id", "drawing_id"):
            signature.drop_constraint(op.f(f"fk_signature_{key}"), type_="foreignkey")
        signature.drop_constraint("uq_signature_source_key", type_="unique")
        for column in ("standing", "source", "key", "device_id", "drawing_id"):
            signature.drop_column(column)
        signature.create_check_constraint(op.f("ck_signature_method"), _within("method", ("badge", "one-time-code")))
        signature.create_unique_constraint("uq_signature_once", ["attendee_id", "half_day_id", "kind"])


def _deferred() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("PRAGMA defer_foreign_keys = ON")


def _instant() -> str:
    return "DATETIME" if op.get_bind().dialect.name == "sqlite" else "TIMESTAMP WITH TIME ZONE"


def _add(table: str, *columns: str) -> None:
    for column in columns:
        op.execute(f"ALTER TABLE {table} ADD COLUMN {column}")


def _add_sent(table: Any, name: str) -> None:
    for column in _sent_columns():
        table.add_column(column)
    table.create_check_constraint(op.f(f"ck_{name}_review"), _within("review", REVIEWS))


def _sent(_table: str) -> tuple[Any, ...]:
    columns = {column.name: column for column in _sent_columns()}
    columns["review"] = sa.Column("review", _choice("review", REVIEWS), nullable=True)
    return tuple(columns.values())


def _sent_columns() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("counter", sa.BigInteger(), nullable=True),
        sa.Column("told_at", INSTANT, nullable=True),
        sa.Column("list_offset", sa.BigInteger(), nullable=True),
        sa.Column("upload_offset", sa.BigInteger(), nullable=True),
        sa.Column("shown", sa.String(24), nullable=True),
        sa.Column("proof", sa.String(120), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=True),
        sa.Column("review", sa.String(24), nullable=True),
        sa.Column("reviewed_at", INSTANT, nullable=True),
        sa.Column("reviewed_by", sa.BigInteger(), nullable=True),
        sa.Column("review_reason", sa.String(300), nullable=True),
    )


def _within(column: str, values: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"{column} IN ({listed})"


def _tenanted(table: str) -> tuple[Any, ...]:
    return (
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        _key(table, "organisation_id", "organisation"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )


def _choice(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=24)


def _key(table: str, column: str, referred: str, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{referred}.id"], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)
