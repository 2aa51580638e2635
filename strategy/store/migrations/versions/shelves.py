"""Shelves: the plans that a browser or a login has opened."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table, and the index by which a plan that is deleted leaves every shelf."""
    op.create_table(
        "shelves",
        sa.Column("shelf_hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("plan", sa.Integer, sa.ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("opened", sa.Double, nullable=False),
    )
    op.create_index("ix_shelves_plan", "shelves", ["plan"])
