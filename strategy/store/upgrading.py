"""The migrations: from whatever tables a database has to those of this version, in one transaction."""

from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory

from strategy.errors import PlannerError
from strategy.store.tables import REVISION


def upgrade(connection: sa.Connection, now: str | None, to: str = REVISION) -> None:
    """Take the steps that are missing. Raises PlannerError("store_newer") for tables of a newer version."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    if now is not None and now not in {step.revision for step in script.walk_revisions()}:
        raise PlannerError("store_newer", value=now, limit=REVISION)
    with EnvironmentContext(config, script, fn=lambda revision, _: script._upgrade_revs(to, revision)):
        script.run_env()
