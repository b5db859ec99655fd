"""A training keeps the reference that its file gave it, so that a file sent twice plans it once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

INDEX = "uq_meeting_reference"


def upgrade() -> None:
    """Nothing that is there has a reference."""
    op.add_column("meeting", sa.Column("reference", sa.String(80), nullable=True))
    # An index, because SQLite cannot add a constraint to a table that others refer to without making it again.
    op.create_index(INDEX, "meeting", ["organisation_id", "reference"], unique=True)


def downgrade() -> None:
    """References are lost: a file that is sent again would plan its trainings again."""
    op.drop_index(INDEX, "meeting")
    op.execute("ALTER TABLE meeting DROP COLUMN reference")
