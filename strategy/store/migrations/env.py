"""What Alembic runs: the steps that a database lacks, all in the one transaction that it is given."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], transactional_ddl=True)
context.run_migrations()
