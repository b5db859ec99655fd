"""The spine: annuaire, booking, attendance, outbox, audit trail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make every table of the spine."""
    op.create_table(
        "organisation",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("slug", sa.String(length=60), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("siret", sa.String(length=14), nullable=False),
        sa.Column("activity_declaration", sa.String(length=20), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("region", sa.String(length=2), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("slug", name=op.f("uq_organisation_slug")),
    )
    op.create_table(
        "throttle",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("window_began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_throttle")),
        sa.UniqueConstraint("name", name=op.f("uq_throttle_name")),
    )
    op.create_table(
        "appointment_type",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("description", sa.String(length=500), nullable=False),
        sa.Column("duration_minutes", sa.BigInteger(), nullable=False),
        sa.Column("pause_minutes", sa.BigInteger(), nullable=False),
        sa.Column("step_minutes", sa.BigInteger(), nullable=True),
        sa.Column(
            "grid",
            sa.Enum("free", "clock", name="grid", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("channels", sa.JSON(), nullable=False),
        sa.Column("booking_notice_minutes", sa.BigInteger(), nullable=False),
        sa.Column("booking_horizon_minutes", sa.BigInteger(), nullable=False),
        sa.Column("cancel_notice_minutes", sa.BigInteger(), nullable=False),
        sa.Column("needs_room", sa.Boolean(), nullable=False),
        sa.Column("is_workshop", sa.Boolean(), nullable=False),
        sa.Column("is_discreet", sa.Boolean(), nullable=False),
        sa.Column("what_to_bring", sa.String(length=500), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("duration_minutes > 0", name=op.f("ck_appointment_type_duration")),
        sa.CheckConstraint("pause_minutes >= 0", name=op.f("ck_appointment_type_pause")),
        sa.CheckConstraint("step_minutes IS NULL OR step_minutes > 0", name=op.f("ck_appointment_type_step")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_appointment_type_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment_type")),
    )
    op.create_index(op.f("ix_appointment_type_organisation_id"), "appointment_type", ["organisation_id"], unique=False)
    op.create_table(
        "audit_entry",
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_kind", sa.String(length=24), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=True),
        sa.Column("through", sa.BigInteger(), nullable=True),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("subject_kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_audit_entry_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(
        op.f("ix_audit_entry_organisation_id_subject_kind_subject_id"),
        "audit_entry",
        ["organisation_id", "subject_kind", "subject_id"],
        unique=False,
    )
    op.create_table(
        "beneficiary",
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column("searched_name", sa.String(length=170), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_beneficiary_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beneficiary")),
    )
    op.create_index(
        op.f("ix_beneficiary_organisation_id_email"), "beneficiary", ["organisation_id", "email"], unique=False
    )
    op.create_index(
        op.f("ix_beneficiary_organisation_id_phone"), "beneficiary", ["organisation_id", "phone"], unique=False
    )
    op.create_index(
        op.f("ix_beneficiary_organisation_id_searched_name"),
        "beneficiary",
        ["organisation_id", "searched_name"],
        unique=False,
    )
    op.create_table(
        "outbox",
        sa.Column(
            "kind",
            sa.Enum("event", "message", name="outbox_kind", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("leased_by", sa.String(length=40), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=200), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_outbox_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("key", name=op.f("uq_outbox_key")),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NULL"),
        sqlite_where=sa.text("done_at IS NULL"),
    )
    op.create_table(
        "personal_link",
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_personal_link_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_link")),
        sa.UniqueConstraint(
            "purpose", "subject_id", "channel", name=op.f("uq_personal_link_purpose_subject_id_channel")
        ),
    )
    op.create_table(
        "signing_key",
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("private_key", sa.String(length=400), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("number BETWEEN 1 AND 255", name=op.f("ck_signing_key_number")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_signing_key_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_signing_key_organisation_id_number")),
    )
    op.create_table(
        "venue",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("address", sa.String(length=300), nullable=False),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("region", sa.String(length=2), nullable=False),
        sa.Column("directions", sa.String(length=500), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_venue_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_venue")),
    )
    op.create_index(op.f("ix_venue_organisation_id"), "venue", ["organisation_id"], unique=False)
    op.create_table(
        "badge",
        sa.Column("beneficiary_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False),
        sa.Column("key_number", sa.BigInteger(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_badge_beneficiary_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_badge_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge")),
        sa.UniqueConstraint("organisation_id", "number", name=op.f("uq_badge_organisation_id_number")),
    )
    op.create_index(op.f("ix_badge_beneficiary_id"), "badge", ["beneficiary_id"], unique=False)
    op.create_table(
        "resource",
        sa.Column(
            "kind",
            sa.Enum(
                "agent", "room", "vehicle", name="resource_kind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=True),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_resource_organisation_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_resource_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource")),
    )
    op.create_index(op.f("ix_resource_organisation_id"), "resource", ["organisation_id"], unique=False)
    op.create_table(
        "agent",
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column(
            "role",
            sa.Enum("agent", "manager", name="role", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("totp_secret", sa.String(length=400), nullable=False),
        sa.Column("totp_last_step", sa.BigInteger(), nullable=False),
        sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_agent_organisation_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_agent_resource_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agent")),
        sa.UniqueConstraint("email", name=op.f("uq_agent_email")),
        sa.UniqueConstraint("resource_id", name=op.f("uq_agent_resource_id")),
    )
    op.create_table(
        "opening_hours",
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=True),
        sa.Column("weekday", sa.BigInteger(), nullable=False),
        sa.Column("every_weeks", sa.BigInteger(), nullable=False),
        sa.Column("opens_at", sa.Time(), nullable=False),
        sa.Column("closes_at", sa.Time(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("every_weeks > 0", name=op.f("ck_opening_hours_every_weeks")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_opening_hours_weekday")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_opening_hours_organisation_id")
        ),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_opening_hours_resource_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_opening_hours_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_hours")),
    )
    op.create_index(op.f("ix_opening_hours_resource_id"), "opening_hours", ["resource_id"], unique=False)
    op.create_table(
        "time_off",
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_time_off_order")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_time_off_organisation_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_time_off_resource_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_off")),
    )
    op.create_index(
        op.f("ix_time_off_organisation_id_ends_at"), "time_off", ["organisation_id", "ends_at"], unique=False
    )
    op.create_table(
        "workshop",
        sa.Column("type_id", sa.BigInteger(), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_resource_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=160), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("capacity", sa.BigInteger(), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("capacity > 0", name=op.f("ck_workshop_capacity")),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_workshop_order")),
        sa.ForeignKeyConstraint(["agent_resource_id"], ["resource.id"], name=op.f("fk_workshop_agent_resource_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_workshop_organisation_id")),
        sa.ForeignKeyConstraint(["type_id"], ["appointment_type.id"], name=op.f("fk_workshop_type_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_workshop_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop")),
    )
    op.create_index(
        op.f("ix_workshop_organisation_id_starts_at"), "workshop", ["organisation_id", "starts_at"], unique=False
    )
    op.create_table(
        "appointment",
        sa.Column("type_id", sa.BigInteger(), nullable=False),
        sa.Column("beneficiary_id", sa.BigInteger(), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=True),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("workshop_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "on-site",
                "phone",
                "video",
                "home",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "requested",
                "booked",
                "arrived",
                "seen",
                "no-show",
                "excused",
                "cancelled",
                name="appointment_status",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("booked_by", sa.String(length=120), nullable=False),
        sa.Column("home_address", sa.String(length=300), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.String(length=24), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_appointment_order")),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_appointment_beneficiary_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_appointment_organisation_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_appointment_resource_id")),
        sa.ForeignKeyConstraint(["type_id"], ["appointment_type.id"], name=op.f("fk_appointment_type_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_appointment_venue_id")),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_appointment_workshop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index(
        op.f("ix_appointment_beneficiary_id_starts_at"), "appointment", ["beneficiary_id", "starts_at"], unique=False
    )
    op.create_index(
        op.f("ix_appointment_organisation_id_starts_at"), "appointment", ["organisation_id", "starts_at"], unique=False
    )
    op.create_table(
        "opening_hours_type",
        sa.Column("opening_hours_id", sa.BigInteger(), nullable=False),
        sa.Column("appointment_type_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appointment_type_id"], ["appointment_type.id"], name=op.f("fk_opening_hours_type_appointment_type_id")
        ),
        sa.ForeignKeyConstraint(
            ["opening_hours_id"],
            ["opening_hours.id"],
            name=op.f("fk_opening_hours_type_opening_hours_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("opening_hours_id", "appointment_type_id", name=op.f("pk_opening_hours_type")),
    )
    op.create_table(
        "opening_occurrence",
        sa.Column("opening_hours_id", sa.BigInteger(), nullable=False),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=True),
        sa.Column("local_day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_opening_occurrence_order")),
        sa.ForeignKeyConstraint(
            ["opening_hours_id"],
            ["opening_hours.id"],
            name=op.f("fk_opening_occurrence_opening_hours_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_opening_occurrence_organisation_id")
        ),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_opening_occurrence_resource_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_opening_occurrence_venue_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_occurrence")),
        sa.UniqueConstraint(
            "opening_hours_id", "starts_at", name=op.f("uq_opening_occurrence_opening_hours_id_starts_at")
        ),
    )
    op.create_index(
        op.f("ix_opening_occurrence_organisation_id_ends_at"),
        "opening_occurrence",
        ["organisation_id", "ends_at"],
        unique=False,
    )
    op.create_table(
        "staff_session",
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("second_factor_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("browser", sa.String(length=120), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_staff_session_agent_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_staff_session_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_session")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_staff_session_token_hash")),
    )
    op.create_index(op.f("ix_staff_session_agent_id"), "staff_session", ["agent_id"], unique=False)
    op.create_table(
        "hold",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("client", sa.String(length=64), nullable=False),
        sa.Column("type_id", sa.BigInteger(), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=True),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("workshop_id", sa.BigInteger(), nullable=True),
        sa.Column("moves_appointment_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "channel",
            sa.Enum(
                "on-site",
                "phone",
                "video",
                "home",
                name="channel",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["moves_appointment_id"], ["appointment.id"], name=op.f("fk_hold_moves_appointment_id")
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_hold_organisation_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_hold_resource_id")),
        sa.ForeignKeyConstraint(["type_id"], ["appointment_type.id"], name=op.f("fk_hold_type_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_hold_venue_id")),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_hold_workshop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_hold_token_hash")),
    )
    op.create_index(
        op.f("ix_hold_organisation_id_client_expires_at"),
        "hold",
        ["organisation_id", "client", "expires_at"],
        unique=False,
    )
    op.create_table(
        "meeting",
        sa.Column(
            "kind",
            sa.Enum(
                "appointment",
                "workshop",
                "training",
                name="meeting_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("venue_id", sa.BigInteger(), nullable=True),
        sa.Column("video_room", sa.String(length=300), nullable=True),
        sa.Column("time_zone", sa.String(length=60), nullable=False),
        sa.Column("appointment_id", sa.BigInteger(), nullable=True),
        sa.Column("workshop_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "sheet_state",
            sa.Enum(
                "open", "closed", "sealed", name="sheet_state", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "(kind = 'appointment') = (appointment_id IS NOT NULL) AND (kind = 'workshop') = (workshop_id IS NOT NULL)",
            name=op.f("ck_meeting_one_cause"),
        ),
        sa.ForeignKeyConstraint(["appointment_id"], ["appointment.id"], name=op.f("fk_meeting_appointment_id")),
        sa.ForeignKeyConstraint(["closed_by"], ["agent.id"], name=op.f("fk_meeting_closed_by")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_meeting_organisation_id")),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.id"], name=op.f("fk_meeting_venue_id")),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_meeting_workshop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("appointment_id", name=op.f("uq_meeting_appointment_id")),
        sa.UniqueConstraint("workshop_id", name=op.f("uq_meeting_workshop_id")),
    )
    op.create_index(op.f("ix_meeting_organisation_id_kind"), "meeting", ["organisation_id", "kind"], unique=False)
    op.create_table(
        "attendee",
        sa.Column("meeting_id", sa.BigInteger(), nullable=False),
        sa.Column("beneficiary_id", sa.BigInteger(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["beneficiary_id"], ["beneficiary.id"], name=op.f("fk_attendee_beneficiary_id")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_attendee_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_attendee_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendee")),
        sa.UniqueConstraint("meeting_id", "beneficiary_id", name=op.f("uq_attendee_meeting_id_beneficiary_id")),
    )
    op.create_index(op.f("ix_attendee_beneficiary_id"), "attendee", ["beneficiary_id"], unique=False)
    op.create_table(
        "engagement",
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "appointment",
                "workshop",
                "hold",
                name="engagement_kind",
                native_enum=False,
                create_constraint=True,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("start_minute", sa.BigInteger(), nullable=False),
        sa.Column("end_minute", sa.BigInteger(), nullable=False),
        sa.Column("appointment_id", sa.BigInteger(), nullable=True),
        sa.Column("workshop_id", sa.BigInteger(), nullable=True),
        sa.Column("hold_id", sa.BigInteger(), nullable=True),
        sa.Column("expires_minute", sa.BigInteger(), nullable=True),
        sa.Column("is_override", sa.Boolean(), nullable=False),
        sa.Column("override_reason", sa.String(length=300), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint(
            "(kind = 'appointment') = (appointment_id IS NOT NULL) AND (kind = 'workshop') = (workshop_id IS NOT NULL) AND (kind = 'hold') = (hold_id IS NOT NULL) AND (kind = 'hold') = (expires_minute IS NOT NULL)",
            name=op.f("ck_engagement_one_cause"),
        ),
        sa.CheckConstraint("start_minute < end_minute", name=op.f("ck_engagement_order")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_engagement_appointment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_engagement_hold_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_engagement_organisation_id")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_engagement_resource_id")),
        sa.ForeignKeyConstraint(
            ["workshop_id"], ["workshop.id"], name=op.f("fk_engagement_workshop_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_engagement")),
    )
    op.create_index(op.f("ix_engagement_appointment_id"), "engagement", ["appointment_id"], unique=False)
    op.create_index(op.f("ix_engagement_hold_id"), "engagement", ["hold_id"], unique=False)
    op.create_index(
        op.f("ix_engagement_resource_id_end_minute"), "engagement", ["resource_id", "end_minute"], unique=False
    )
    op.create_index(op.f("ix_engagement_workshop_id"), "engagement", ["workshop_id"], unique=False)
    op.create_table(
        "facilitator",
        sa.Column("meeting_id", sa.BigInteger(), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("name", sa.String(length=160), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("language", sa.String(length=2), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_facilitator_agent_id")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_facilitator_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_facilitator_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_facilitator")),
    )
    op.create_index(op.f("ix_facilitator_meeting_id"), "facilitator", ["meeting_id"], unique=False)
    op.create_table(
        "half_day",
        sa.Column("meeting_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_half_day_order")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_half_day_meeting_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_half_day_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_half_day")),
        sa.UniqueConstraint("meeting_id", "starts_at", name=op.f("uq_half_day_meeting_id_starts_at")),
    )
    op.create_index(
        op.f("ix_half_day_organisation_id_starts_at"), "half_day", ["organisation_id", "starts_at"], unique=False
    )
    op.create_table(
        "seat",
        sa.Column("workshop_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("appointment_id", sa.BigInteger(), nullable=True),
        sa.Column("hold_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("(appointment_id IS NULL) <> (hold_id IS NULL)", name=op.f("ck_seat_one_cause")),
        sa.CheckConstraint("number > 0", name=op.f("ck_seat_number")),
        sa.ForeignKeyConstraint(
            ["appointment_id"], ["appointment.id"], name=op.f("fk_seat_appointment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["hold_id"], ["hold.id"], name=op.f("fk_seat_hold_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_seat_organisation_id")),
        sa.ForeignKeyConstraint(["workshop_id"], ["workshop.id"], name=op.f("fk_seat_workshop_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_seat")),
        sa.UniqueConstraint("workshop_id", "number", name=op.f("uq_seat_workshop_id_number")),
    )
    op.create_index(op.f("ix_seat_appointment_id"), "seat", ["appointment_id"], unique=False)
    op.create_index(op.f("ix_seat_hold_id"), "seat", ["hold_id"], unique=False)
    op.create_table(
        "countersignature",
        sa.Column("facilitator_id", sa.BigInteger(), nullable=False),
        sa.Column("half_day_id", sa.BigInteger(), nullable=False),
        sa.Column("link_id", sa.BigInteger(), nullable=True),
        sa.Column("headcount", sa.BigInteger(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("headcount >= 0", name=op.f("ck_countersignature_headcount")),
        sa.ForeignKeyConstraint(
            ["facilitator_id"], ["facilitator.id"], name=op.f("fk_countersignature_facilitator_id")
        ),
        sa.ForeignKeyConstraint(["half_day_id"], ["half_day.id"], name=op.f("fk_countersignature_half_day_id")),
        sa.ForeignKeyConstraint(["link_id"], ["personal_link.id"], name=op.f("fk_countersignature_link_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_countersignature_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_countersignature")),
        sa.UniqueConstraint("facilitator_id", "half_day_id", name="uq_countersignature_once"),
    )
    op.create_table(
        "one_time_code",
        sa.Column("attendee_id", sa.BigInteger(), nullable=False),
        sa.Column("half_day_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "arrival", "departure", name="signature_kind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("issue", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.BigInteger(), nullable=False),
        sa.Column("failures_since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("tries >= 0 AND failures >= 0 AND issue >= 0", name=op.f("ck_one_time_code_counts")),
        sa.ForeignKeyConstraint(["attendee_id"], ["attendee.id"], name=op.f("fk_one_time_code_attendee_id")),
        sa.ForeignKeyConstraint(["half_day_id"], ["half_day.id"], name=op.f("fk_one_time_code_half_day_id")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_one_time_code_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_code")),
        sa.UniqueConstraint(
            "attendee_id", "half_day_id", "kind", name=op.f("uq_one_time_code_attendee_id_half_day_id_kind")
        ),
    )
    op.create_table(
        "scan",
        sa.Column("source", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("body_hash", sa.String(length=64), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("verdict", sa.String(length=24), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.Column("badge_id", sa.BigInteger(), nullable=True),
        sa.Column("half_day_id", sa.BigInteger(), nullable=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_scan_agent_id")),
        sa.ForeignKeyConstraint(["badge_id"], ["badge.id"], name=op.f("fk_scan_badge_id")),
        sa.ForeignKeyConstraint(["half_day_id"], ["half_day.id"], name=op.f("fk_scan_half_day_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_scan_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan")),
        sa.UniqueConstraint("source", "key", name=op.f("uq_scan_source_key")),
    )
    op.create_index(
        op.f("ix_scan_organisation_id_recorded_at"), "scan", ["organisation_id", "recorded_at"], unique=False
    )
    op.create_table(
        "signature",
        sa.Column("attendee_id", sa.BigInteger(), nullable=False),
        sa.Column("half_day_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "arrival", "departure", name="signature_kind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column(
            "method",
            sa.Enum("badge", "one-time-code", name="method", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column(
            "grade",
            sa.Enum("A", "B", "C", "D", "E", name="grade", native_enum=False, create_constraint=True, length=24),
            nullable=False,
        ),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("badge_id", sa.BigInteger(), nullable=True),
        sa.Column("link_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_signature_agent_id")),
        sa.ForeignKeyConstraint(["attendee_id"], ["attendee.id"], name=op.f("fk_signature_attendee_id")),
        sa.ForeignKeyConstraint(["badge_id"], ["badge.id"], name=op.f("fk_signature_badge_id")),
        sa.ForeignKeyConstraint(["half_day_id"], ["half_day.id"], name=op.f("fk_signature_half_day_id")),
        sa.ForeignKeyConstraint(["link_id"], ["personal_link.id"], name=op.f("fk_signature_link_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_signature_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("attendee_id", "half_day_id", "kind", name="uq_signature_once"),
    )
    op.create_index(op.f("ix_signature_half_day_id"), "signature", ["half_day_id"], unique=False)
    op.create_table(
        "statement",
        sa.Column("attendee_id", sa.BigInteger(), nullable=False),
        sa.Column("half_day_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "arrival", "departure", name="signature_kind", native_enum=False, create_constraint=True, length=24
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("stated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=True),
        sa.Column("facilitator_id", sa.BigInteger(), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_statement_reason")),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_statement_agent_id")),
        sa.ForeignKeyConstraint(["attendee_id"], ["attendee.id"], name=op.f("fk_statement_attendee_id")),
        sa.ForeignKeyConstraint(["facilitator_id"], ["facilitator.id"], name=op.f("fk_statement_facilitator_id")),
        sa.ForeignKeyConstraint(["half_day_id"], ["half_day.id"], name=op.f("fk_statement_half_day_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_statement_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_statement")),
    )
    op.create_index(op.f("ix_statement_half_day_id"), "statement", ["half_day_id"], unique=False)
    if op.get_bind().dialect.name == "postgresql":
        # Integer ranges have GiST support built in, so that no extension is needed.
        op.execute(
            "ALTER TABLE engagement ADD CONSTRAINT ex_engagement_overlap EXCLUDE USING gist ("
            "int8range(resource_id, resource_id, '[]') WITH &&, int8range(start_minute, end_minute) WITH &&"
            ") WHERE (NOT is_override)"
        )


def downgrade() -> None:
    """Take them away again."""
    op.drop_index(op.f("ix_statement_half_day_id"), table_name="statement")
    op.drop_table("statement")
    op.drop_index(op.f("ix_signature_half_day_id"), table_name="signature")
    op.drop_table("signature")
    op.drop_index(op.f("ix_scan_organisation_id_recorded_at"), table_name="scan")
    op.drop_table("scan")
    op.drop_table("one_time_code")
    op.drop_table("countersignature")
    op.drop_index(op.f("ix_seat_hold_id"), table_name="seat")
    op.drop_index(op.f("ix_seat_appointment_id"), table_name="seat")
    op.drop_table("seat")
    op.drop_index(op.f("ix_half_day_organisation_id_starts_at"), table_name="half_day")
    op.drop_table("half_day")
    op.drop_index(op.f("ix_facilitator_meeting_id"), table_name="facilitator")
    op.drop_table("facilitator")
    op.drop_index(op.f("ix_engagement_workshop_id"), table_name="engagement")
    op.drop_index(op.f("ix_engagement_resource_id_end_minute"), table_name="engagement")
    op.drop_index(op.f("ix_engagement_hold_id"), table_name="engagement")
    op.drop_index(op.f("ix_engagement_appointment_id"), table_name="engagement")
    op.drop_table("engagement")
    op.drop_index(op.f("ix_attendee_beneficiary_id"), table_name="attendee")
    op.drop_table("attendee")
    op.drop_index(op.f("ix_meeting_organisation_id_kind"), table_name="meeting")
    op.drop_table("meeting")
    op.drop_index(op.f("ix_hold_organisation_id_client_expires_at"), table_name="hold")
    op.drop_table("hold")
    op.drop_index(op.f("ix_staff_session_agent_id"), table_name="staff_session")
    op.drop_table("staff_session")
    op.drop_index(op.f("ix_opening_occurrence_organisation_id_ends_at"), table_name="opening_occurrence")
    op.drop_table("opening_occurrence")
    op.drop_table("opening_hours_type")
    op.drop_index(op.f("ix_appointment_organisation_id_starts_at"), table_name="appointment")
    op.drop_index(op.f("ix_appointment_beneficiary_id_starts_at"), table_name="appointment")
    op.drop_table("appointment")
    op.drop_index(op.f("ix_workshop_organisation_id_starts_at"), table_name="workshop")
    op.drop_table("workshop")
    op.drop_index(op.f("ix_time_off_organisation_id_ends_at"), table_name="time_off")
    op.drop_table("time_off")
    op.drop_index(op.f("ix_opening_hours_resource_id"), table_name="opening_hours")
    op.drop_table("opening_hours")
    op.drop_table("agent")
    op.drop_index(op.f("ix_resource_organisation_id"), table_name="resource")
    op.drop_table("resource")
    op.drop_index(op.f("ix_badge_beneficiary_id"), table_name="badge")
    op.drop_table("badge")
    op.drop_index(op.f("ix_venue_organisation_id"), table_name="venue")
    op.drop_table("venue")
    op.drop_table("signing_key")
    op.drop_table("personal_link")
    op.drop_index(
        "ix_outbox_due",
        table_name="outbox",
        postgresql_where=sa.text("done_at IS NULL"),
        sqlite_where=sa.text("done_at IS NULL"),
    )
    op.drop_table("outbox")
    op.drop_index(op.f("ix_beneficiary_organisation_id_searched_name"), table_name="beneficiary")
    op.drop_index(op.f("ix_beneficiary_organisation_id_phone"), table_name="beneficiary")
    op.drop_index(op.f("ix_beneficiary_organisation_id_email"), table_name="beneficiary")
    op.drop_table("beneficiary")
    op.drop_index(op.f("ix_audit_entry_organisation_id_subject_kind_subject_id"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_index(op.f("ix_appointment_type_organisation_id"), table_name="appointment_type")
    op.drop_table("appointment_type")
    op.drop_table("throttle")
    op.drop_table("organisation")
