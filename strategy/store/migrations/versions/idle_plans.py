"""Idle plans: on how many days a plan was found to be past its time, and when last."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add the two columns."""
    op.add_column("plans", sa.Column("idle_days", sa.Integer, nullable=False, server_default="0"))
    op.add_column("plans", sa.Column("idle_at", sa.Double))
