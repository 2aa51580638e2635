"""The tables of the store, as the newest migration leaves them. Times are seconds since 1970, UTC."""

import sqlalchemy as sa

REVISION = "0003"
"""The migration that this version of the planner works with."""
HASH = 32
"""Bytes of a hash: of a token the database holds nothing else."""

METADATA = sa.MetaData()

PLANS = sa.Table(
    "plans",
    METADATA,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("edit_hash", sa.LargeBinary(HASH), nullable=False, unique=True),
    sa.Column("view_hash", sa.LargeBinary(HASH), nullable=False, unique=True),
    sa.Column("looks", sa.Integer, nullable=False),
    sa.Column("created", sa.Double, nullable=False),
    sa.Column("changed", sa.Double, nullable=False),
    sa.Column("opened", sa.Double, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("deleted", sa.Double),
    sa.Column("idle_days", sa.Integer, nullable=False, server_default="0"),
    sa.Column("idle_at", sa.Double),
)
"""looks: how often the look link was renewed; version: the number of the newest that counts; deleted: since when;
idle_days, idle_at: on how many days it was found past its time, and when last (see `keeping`)."""

VERSIONS = sa.Table(
    "versions",
    METADATA,
    sa.Column("plan", sa.Integer, sa.ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("before", sa.Integer),
    sa.Column("at", sa.Double, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("signed", sa.Text, nullable=False),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("undone", sa.Integer, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("arguments", sa.Text, nullable=False),
    sa.Column("typing", sa.Text, nullable=False),
    sa.Column("document", sa.LargeBinary, nullable=False),
    sa.Column("name", sa.Text),
)
"""before: the version that this one changed; kind: see `versions.KINDS`; undone: see `undoing`."""

SHELVES = sa.Table(
    "shelves",
    METADATA,
    sa.Column("shelf_hash", sa.LargeBinary(HASH), primary_key=True),
    sa.Column("plan", sa.Integer, sa.ForeignKey("plans.id", ondelete="CASCADE"), primary_key=True, index=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("opened", sa.Double, nullable=False),
)
"""sealed: the plan's token, readable only with the shelf's own."""
