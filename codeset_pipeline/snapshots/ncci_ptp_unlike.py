"""Which PTP edits two snapshots state differently, found in DuckDB."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from codeset_pipeline.snapshots.engine import bulk_engine
from codeset_pipeline.snapshots.ncci_tables import NCCI_PTP_EDITS


def create_unlike(engine: Any, ours: str, theirs: str, name: str) -> None:
    """Create a table of the keys that two relations of PTP edits do not have in common with the same values.

    Nearly all edits are the same. So each column 1 code's edits are compared as a whole first, by two sums of 64-bit
    hashes, and row by row only where these differ. `in_ours` and `in_theirs` say which of the two has the key.
    """
    columns = ", ".join(NCCI_PTP_EDITS.column_names)
    sums = f"SELECT column_1, count(*) AS n, sum(hash({columns})) AS h, sum(hash({columns}, 'again')) AS g FROM"
    same = " AND ".join(f"o.{column} IS NOT DISTINCT FROM t.{column}" for column in NCCI_PTP_EDITS.column_names)
    keys = ", ".join(f"coalesce(o.{column}, t.{column}) AS {column}" for column in NCCI_PTP_EDITS.key)
    engine.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE unlike AS
            SELECT coalesce(o.column_1, t.column_1) AS column_1
            FROM ({sums} {ours} GROUP BY column_1) AS o FULL JOIN ({sums} {theirs} GROUP BY column_1) AS t
            ON o.column_1 = t.column_1
            WHERE (o.n, o.h, o.g) IS DISTINCT FROM (t.n, t.h, t.g)
        """
    )
    engine.execute(
        f"""
        CREATE TABLE {name} AS
        SELECT {keys}, o.column_1 IS NOT NULL AS in_ours, t.column_1 IS NOT NULL AS in_theirs
        FROM (SELECT * FROM {ours} SEMI JOIN unlike USING (column_1)) AS o
        FULL JOIN (SELECT * FROM {theirs} SEMI JOIN unlike USING (column_1)) AS t
        ON o.column_1 = t.column_1 AND o.column_2 = t.column_2 AND o.effective_from = t.effective_from
        WHERE NOT ({same})
        """
    )


def count_vanished(older: Path, newer: Path) -> int:
    """How many edits of an older release a newer one does not list, given their Parquet files."""

    def relation(path: Path) -> str:
        quoted = str(path).replace("'", "''")
        return f"read_parquet('{quoted}')"

    with bulk_engine() as engine:
        create_unlike(engine, relation(newer), relation(older), "unlike_edit")
        ((count,),) = engine.execute("SELECT count(*) FROM unlike_edit WHERE NOT in_ours").fetchall()
    return int(count)
