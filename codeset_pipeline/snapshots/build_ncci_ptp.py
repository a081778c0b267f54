"""The parts of a PTP release revision to one sorted Parquet table, by way of DuckDB; no row becomes a Python object.

Parts are unpacked beside each other, read as text, checked, typed and sorted. What cannot be read stops the release;
what can be read but should not stand there as it does is left to the gate (`BuiltSnapshot.doubts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from codeset_pipeline.errors import GateError, ParseError
from codeset_pipeline.labels import label_of
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.ncci_ptp_excel import workbook_as_text
from codeset_pipeline.parse.ncci_ptp_rules import CONTRADICTIONS, RATIONALES, ROW_RULES
from codeset_pipeline.parse.ncci_ptp_text import (
    NAMED_ROWS,
    PtpText,
    bad_rows,
    prepare_text,
    refuse_bad_rows,
    text_relation,
)
from codeset_pipeline.snapshots.build import BuiltSnapshot, BulkTable, ReadMember
from codeset_pipeline.snapshots.bulk_hash import BulkRead
from codeset_pipeline.snapshots.engine import bulk_engine
from codeset_pipeline.snapshots.ncci_listed_changes import add_listed_changes
from codeset_pipeline.snapshots.ncci_ptp_parts import (
    PartContent,
    PartFile,
    last_part_missing,
    parts_of,
    wrong_order,
)
from codeset_pipeline.snapshots.ncci_tables import NCCI_PTP_EDITS
from codeset_pipeline.snapshots.plan import RevisionPlan

_KEY = ", ".join(NCCI_PTP_EDITS.key)
# More spellings of the rationale than this are no rationales.
_MOST_RATIONALES = 250


class _Builder:
    def __init__(self, plan: RevisionPlan, read: ReadMember, scratch: Path, engine: Any) -> None:
        self.plan = plan
        self.read = read
        self.scratch = scratch
        self.engine = engine
        self.built = BuiltSnapshot(plan)
        self.texts: list[PtpText] = []

    def build(self) -> BuiltSnapshot:
        parts = parts_of(self.plan)
        self.engine.execute("CREATE TABLE rationale (id UTINYINT, text VARCHAR, plain VARCHAR)")
        self._number_rationales(RATIONALES, 0)
        self.engine.execute(
            "CREATE TABLE edit (part UTINYINT, column_1 VARCHAR, column_2 VARCHAR, effective_from DATE, "
            "deleted_on DATE, modifier_indicator UTINYINT, prior_to_1996 BOOLEAN, rationale UTINYINT, bad BOOLEAN)"
        )
        for part in parts:
            self._read_part(part)
        self._contents(parts)
        self._contradictions()
        self._unknown_rationales()
        self._write()
        for text in self.texts:
            text.path.unlink()
        add_listed_changes(self.built, self.read)
        return self.built

    def _read_part(self, part: PartFile) -> None:
        """Append one part to the table, or stop with every row of it that cannot be read."""
        import duckdb

        data = self.read(part.item)
        if part.is_workbook:
            data = workbook_as_text(data, part.name)
        text, oddities = prepare_text(data, part.name, self.scratch / f"f{part.number}.txt")
        del data
        self.built.oddities += oddities
        self.texts.append(text)
        try:
            bad, unknown = self._insert(part.number, text, trimmed=False)
            if bad or unknown:
                self._learn_rationales(text)
                bad, _ = self._insert(part.number, text, trimmed=True)
        except duckdb.Error as error:
            # A row with another number of columns stops the reader; so would a table too large for the memory.
            refuse_bad_rows(self.engine, [text], ROW_RULES, str(error).splitlines()[0])
        if bad:
            refuse_bad_rows(self.engine, [text], ROW_RULES, "its rows")

    def _insert(self, number: int, text: PtpText, *, trimmed: bool) -> tuple[int, int]:
        """Append a part's rows, in one pass; returns how many of them are bad, and how many have a new rationale."""
        broken = " OR ".join(f"({rule.broken})" for rule in ROW_RULES)
        self.engine.execute("DELETE FROM edit WHERE part = ?", [number])
        self.engine.execute(
            f"""
            INSERT INTO edit SELECT {number}, column_1, column_2, try_strptime(effective, '%Y%m%d')::DATE,
                CASE WHEN deletion NOT IN ('', '*') THEN try_strptime(deletion, '%Y%m%d')::DATE END,
                try_cast(modifier AS UTINYINT), prior_to_1996 = '*', rationale.id, {broken}
            FROM ({text_relation(text, trimmed=trimmed)}) AS row LEFT JOIN rationale ON rationale.text = row.rationale
            """
        )
        query = "SELECT count(*) FILTER (bad), count(*) FILTER (rationale IS NULL) FROM edit WHERE part = ?"
        ((bad, unknown),) = self.engine.execute(query, [number]).fetchall()
        return bad, unknown

    def _learn_rationales(self, text: PtpText) -> None:
        """Give a number to each rationale that the file spells in a way of its own."""
        known = {spelled for (spelled,) in self.engine.execute("SELECT text FROM rationale").fetchall()}
        rows = self.engine.execute(f"SELECT DISTINCT rationale FROM ({text_relation(text)})").fetchall()
        new = sorted({spelled for (spelled,) in rows} - known)
        if len(known) + len(new) > _MOST_RATIONALES:
            raise ParseError(text.name, f"one of {len(RATIONALES)} rationales in each row", text=new[-1])
        self._number_rationales(new, len(known))

    def _number_rationales(self, spelled: Sequence[str], first: int) -> None:
        rows = [(number, text, " ".join(text.split())) for number, text in enumerate(spelled, first)]
        self.engine.executemany("INSERT INTO rationale VALUES (?, ?, ?)", rows)

    def _contents(self, parts: Sequence[PartFile]) -> None:
        """Rows and range of each part; parts that overlap or a missing last one are doubts."""
        names = {part.number: part.name for part in parts}
        rows = self.engine.execute(
            "SELECT part, count(*), min(column_1 || '/' || column_2), max(column_1 || '/' || column_2) "
            "FROM edit GROUP BY part ORDER BY part"
        ).fetchall()
        self.built.parts = tuple(PartContent(number, names[number], *rest) for number, *rest in rows)
        overlap = wrong_order(self.built.parts)
        if overlap:
            self.built.doubts["part_ranges"] = overlap
        if len(parts) > 1:
            missing = last_part_missing(self.built.parts, self.plan.effective_from)
            if missing:
                self.built.doubts["parts_complete"] = missing

    def _contradictions(self) -> None:
        ((count,),) = self.engine.execute(
            "SELECT count(*) FILTER (deleted_on < effective_from OR modifier_indicator = 9 "
            "AND deleted_on IS DISTINCT FROM effective_from) FROM edit"
        ).fetchall()
        if not count:
            return
        found = [row for text in self.texts for row in bad_rows(self.engine, text, CONTRADICTIONS)[0]]
        shown = "; ".join(str(row) for row in found[:NAMED_ROWS]) + ("; …" if count > NAMED_ROWS else "")
        self.built.doubts["rows_consistent"] = f"{count:,} rows contradict themselves: {shown}"
        for row in found[:NAMED_ROWS]:
            what = f"Expected {row.expected}."
            self.built.oddities.append(Oddity(row.file, row.line, what, row.text, "Kept as published."))

    def _unknown_rationales(self) -> None:
        rows = self.engine.execute(
            "SELECT rationale.plain, count(*), min(part) FROM edit JOIN rationale ON rationale.id = edit.rationale "
            "GROUP BY ALL ORDER BY ALL"
        ).fetchall()
        names = {part.number: part.name for part in self.built.parts}
        known = {text.casefold() for text in RATIONALES}
        for spelled, count, part in rows:
            if spelled.casefold() not in known:
                what = f"{count:,} rows give a rationale that the publisher has not used before."
                self.built.oddities.append(Oddity(names[part], None, what, spelled, "Kept as published."))

    def _write(self, distinct: str = "") -> None:
        """Sort the edits into their Parquet file; a key that stands twice is an error unless the rows are the same."""
        path = self.scratch / f"{NCCI_PTP_EDITS.name}.parquet"
        shown = {
            "modifier_indicator": "edit.modifier_indicator::VARCHAR AS modifier_indicator",
            "rationale": "rationale.plain AS rationale",
        }
        columns = ", ".join(shown.get(name, f"edit.{name}") for name in NCCI_PTP_EDITS.column_names)
        self.engine.execute(
            f"""
            COPY (SELECT {distinct} {columns} FROM edit JOIN rationale ON rationale.id = edit.rationale
                  ORDER BY {_KEY}) TO '{str(path).replace("'", "''")}' (FORMAT parquet, COMPRESSION zstd)
            """
        )
        read = BulkRead(NCCI_PTP_EDITS, path)
        if read.repeated and not distinct:
            self._repeated()
            self._write("DISTINCT")
            return
        self.built.bulk[NCCI_PTP_EDITS.name] = BulkTable(path, read.rows, read.content_hash)

    def _repeated(self) -> None:
        rows = self.engine.execute(
            f"""
            SELECT column_1, column_2, effective_from, count(*),
                   count(DISTINCT (deleted_on, modifier_indicator, prior_to_1996, rationale)), list(DISTINCT part)
            FROM edit GROUP BY {_KEY} HAVING count(*) > 1 ORDER BY {_KEY}
            """
        ).fetchall()
        names = {part.number: part.name for part in self.built.parts}

        def shown(row: tuple[Any, ...]) -> str:
            files = " and ".join(names[part] for part in sorted(row[5]))
            return f"{row[0]}/{row[1]} effective {row[2]} ({row[3]} times in {files})"

        different = [row for row in rows if row[4] > 1]
        if different:
            label = f"{self.plan.code_set} {label_of(self.plan.code_set, self.plan.effective_from)}"
            more = f" and {len(different) - NAMED_ROWS:,} more" if len(different) > NAMED_ROWS else ""
            named = "; ".join(shown(row) for row in different[:NAMED_ROWS])
            raise GateError(
                f"{label} was not accepted: {len(different):,} edits stand twice with different values: {named}{more}. "
                "Get the parts again from the publisher's page.",
                ("rows_once",),
            )
        what = f"{len(rows):,} edits stand more than once, with the same values."
        self.built.oddities.append(
            Oddity(names[min(rows[0][5])], None, what, "; ".join(shown(row) for row in rows[:5]), "Counted once.")
        )


def build_ncci_ptp(plan: RevisionPlan, read: ReadMember, scratch: Path) -> BuiltSnapshot:
    """Parse all files of a revision; see `snapshots.build.build_snapshot`.

    Args:
        scratch: an empty folder for the unpacked parts and the table's file, which stays there.
    """
    with bulk_engine() as engine:
        spill = str(scratch / "spill").replace("'", "''")
        engine.execute(f"SET temp_directory = '{spill}'")
        return _Builder(plan, read, scratch, engine).build()
