"""Programs and devices: their keys, the answers kept for a repeat, and what a scan was for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables of the API; scans kept before do not say their door and kind."""
    op.create_table(
        "device",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("agent_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agent.id"], name=op.f("fk_device_agent_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_device_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
    )
    op.create_index(op.f("ix_device_organisation_id"), "device", ["organisation_id"])
    op.create_table(
        "api_key",
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("device_id", sa.BigInteger(), nullable=True),
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=4), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(["device_id"], ["device.id"], name=op.f("fk_api_key_device_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_api_key_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_api_key_secret_hash")),
    )
    op.create_index(op.f("ix_api_key_organisation_id"), "api_key", ["organisation_id"])
    op.create_index(op.f("ix_api_key_device_id"), "api_key", ["device_id"])
    op.create_table(
        "idempotency_key",
        sa.Column("caller", sa.String(length=40), nullable=False),
        sa.Column("key", sa.String(length=255), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=False),
        sa.Column("headers", sa.JSON(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency_key")),
        sa.UniqueConstraint("caller", "key", name=op.f("uq_idempotency_key_caller_key")),
    )
    op.create_index(op.f("ix_idempotency_key_expires_at"), "idempotency_key", ["expires_at"])
    kinds = sa.Enum("arrival", "departure", name="signature_kind", native_enum=False, length=24)
    with op.batch_alter_table("scan") as scan:
        scan.add_column(sa.Column("device_id", sa.BigInteger(), nullable=True))
        scan.add_column(sa.Column("target_kind", sa.String(length=10), nullable=True))
        scan.add_column(sa.Column("target_id", sa.BigInteger(), nullable=True))
        scan.add_column(sa.Column("kind", kinds, nullable=True))
        scan.create_foreign_key(op.f("fk_scan_device_id"), "device", ["device_id"], ["id"])
        scan.create_check_constraint(op.f("ck_scan_signature_kind"), "kind IN ('arrival', 'departure')")


def downgrade() -> None:
    """Forget the keys, the devices and the kept answers."""
    with op.batch_alter_table("scan") as scan:
        scan.drop_constraint(op.f("ck_scan_signature_kind"), type_="check")
        scan.drop_constraint(op.f("fk_scan_device_id"), type_="foreignkey")
        for column in ("kind", "target_id", "target_kind", "device_id"):
            scan.drop_column(column)
    op.drop_table("idempotency_key")
    op.drop_table("api_key")
    op.drop_table("device")
