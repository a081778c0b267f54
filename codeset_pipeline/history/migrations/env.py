"""What Alembic runs around the migrations: on the caller's connection, in the caller's transaction."""

from __future__ import annotations

from alembic import context

from codeset_pipeline.history.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
