"""How a PostgreSQL database goes from one layout of the tables to the next (decision record 20).

Alembic runs these; `history.layout` starts it, without an alembic.ini. A migration's revision is the `SCHEMA_VERSION`
that it arrives at. A layout in which only views changed has an empty migration: the views are made again after it.
"""
