"""The tables of the history database (SQLAlchemy Core).

Every versioned table has its key, its attributes, and both time axes: `effective_from`/`effective_to` (inclusive, null
while open) and `published_from`/`published_to`. `on_or_before` is true for what stands in the oldest loaded release.
The database is derived: it can always be made again from the snapshots and the curated decisions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Boolean, Column, Date, Index, Integer, MetaData, String, Table, Text
from sqlalchemy.types import TypeEngine

# Raised when a table changes, together with a migration of that name for PostgreSQL (decision record 20); a SQLite file
# of another version is made anew with `codeset rebuild`.
SCHEMA_VERSION = "5"

metadata = MetaData()


def _words(length: int) -> TypeEngine[str]:
    """Short text. It is ordered by its bytes, in PostgreSQL as SQLite does it, whatever the language of the server."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


_LONG = Text().with_variant(Text(collation="C"), "postgresql")

meta = Table("meta", metadata, Column("name", _words(40), primary_key=True), Column("value", _LONG, nullable=False))

# One row per release revision. `stored_at` and nothing else tells of this installation.
release = Table(
    "release",
    metadata,
    Column("code_set", _words(40), primary_key=True),
    Column("effective_from", Date, primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("label", _words(20), nullable=False),
    Column("published", Date, nullable=False),
    Column("state", _words(10), nullable=False),
    Column("rows", Integer, nullable=False),
    Column("billable_rows", Integer),
    Column("snapshot_hash", _words(64), nullable=False),
    Column("snapshot_key", _words(16), nullable=False),
    Column("stored_at", _words(32), nullable=False),
)


def _time_axes() -> Iterator[Column[Any]]:
    yield Column("effective_from", Date, primary_key=True)
    yield Column("effective_to", Date)
    yield Column("published_from", Date, primary_key=True)
    yield Column("published_to", Date)
    yield Column("on_or_before", Boolean, nullable=False)


# Headers and billable codes of ICD-10-CM and ICD-10-PCS.
icd10_code = Table(
    "icd10_code",
    metadata,
    Column("code_set", _words(40), primary_key=True),
    Column("code", _words(10), primary_key=True),
    Column("billable", Boolean, nullable=False),
    Column("short_title", _LONG),
    Column("long_title", _LONG, nullable=False),
    *_time_axes(),
    sqlite_with_rowid=False,
)

# Instruction notes, one row per owner and kind; `texts` is a JSON list in the publisher's order.
icd10_note = Table(
    "icd10_note",
    metadata,
    Column("code_set", _words(40), primary_key=True),
    Column("owner", _words(20), primary_key=True),
    Column("kind", _words(40), primary_key=True),
    Column("texts", _LONG, nullable=False),
    *_time_axes(),
    sqlite_with_rowid=False,
)

# Codes exempt from present-on-admission reporting.
icd10_poa_exempt = Table(
    "icd10_poa_exempt",
    metadata,
    Column("code_set", _words(40), primary_key=True),
    Column("code", _words(10), primary_key=True),
    *_time_axes(),
    sqlite_with_rowid=False,
)

# What each pair of neighbouring releases maps; `input_key` names everything that the mappings were made from.
crosswalk_pair = Table(
    "crosswalk_pair",
    metadata,
    Column("code_set", _words(40), primary_key=True),
    Column("to_effective", Date, primary_key=True),
    Column("from_effective", Date, nullable=False),
    Column("input_key", _words(64), nullable=False),
)

# One row per source and target; `target` is blank for an explicit none.
crosswalk_row = Table(
    "crosswalk_row",
    metadata,
    Column("code_set", _words(40), primary_key=True),
    Column("to_effective", Date, primary_key=True),
    Column("source", _words(10), primary_key=True),
    Column("target", _words(10), primary_key=True),
    Column("relation", _words(20), nullable=False),
    Column("equivalence", _words(40), nullable=False),
    Column("evidence", _words(20), nullable=False),
    Column("automatic_forward", Boolean, nullable=False),
    Column("automatic_backward", Boolean, nullable=False),
    Column("together_with", _LONG, nullable=False),
    sqlite_with_rowid=False,
)

# Codes and modifiers of HCPCS Level II; lists are JSON texts, blank text is "".
hcpcs_code = Table(
    "hcpcs_code",
    metadata,
    Column("code_set", _words(40), primary_key=True),
    Column("code", _words(10), primary_key=True),
    Column("is_modifier", Boolean, nullable=False),
    *(
        Column(name, _LONG, nullable=False)
        for name in (
            "long_description",
            "short_description",
            "pricing_indicators",
            "multiple_pricing_indicator",
            "cim_references",
            "mcm_references",
            "statute",
            "lab_certifications",
            "cross_references",
            "coverage",
            "asc_group",
        )
    ),
    Column("asc_effective_date", Date),
    Column("mog", _LONG, nullable=False),
    Column("mog_policy", _LONG, nullable=False),
    Column("mog_effective_date", Date),
    Column("processing_note", _LONG, nullable=False),
    Column("betos", _LONG, nullable=False),
    Column("types_of_service", _LONG, nullable=False),
    Column("anesthesia_units", Integer),
    *_time_axes(),
    sqlite_with_rowid=False,
)

# The most units of a code that are paid (NCCI MUE). The publisher leaves out the codes whose values are confidential.
ncci_mue_value = Table(
    "ncci_mue_value",
    metadata,
    Column("code_set", _words(40), primary_key=True),
    Column("code", _words(10), primary_key=True),
    Column("mue_value", Integer, nullable=False),
    Column("mai", _words(1), nullable=False),
    Column("rationale", _LONG, nullable=False),
    *_time_axes(),
    sqlite_with_rowid=False,
)

# Add-on codes and the primary codes beside which they are paid (NCCI add-on code edits). `effective_to` is the earliest
# of the three deletion dates, each of which is a last day; `missing_from` is when the first release takes effect that
# leaves out a row that stands (it stays as last stated).
ncci_add_on_edit = Table(
    "ncci_add_on_edit",
    metadata,
    Column("code_set", _words(40), primary_key=True),
    Column("add_on_code", _words(10), primary_key=True),
    Column("primary_code", _words(10), primary_key=True),
    Column("edit_type", _words(1), nullable=False),
    Column("add_on_deleted_on", Date),
    Column("primary_deleted_on", Date),
    Column("deleted_on", Date),
    Column("notes", _LONG, nullable=False),
    Column("missing_from", Date),
    *_time_axes(),
    Index("ncci_add_on_edit_by_primary", "code_set", "primary_code", "add_on_code"),
    sqlite_with_rowid=False,
)

# Procedure-to-procedure edits, a row for each version of an edit that the publisher has stated. There are millions, so
# dates are numbers such as 20260701, and the code set and the rationale stand in tables of their own; the view
# `ncci_ptp_edits` shows all of it as text. An edit with indicator 9 was never in force, whatever its dates.
ncci_ptp_set = Table(
    "ncci_ptp_set",
    metadata,
    Column("set_id", Integer, primary_key=True, autoincrement=False),
    Column("code_set", _words(40), nullable=False, unique=True),
)
ncci_ptp_rationale = Table(
    "ncci_ptp_rationale",
    metadata,
    Column("rationale_id", Integer, primary_key=True, autoincrement=False),
    Column("rationale", _LONG, nullable=False, unique=True),
)
ncci_ptp_edit = Table(
    "ncci_ptp_edit",
    metadata,
    Column("set_id", Integer, primary_key=True, autoincrement=False),
    Column("column_1", _words(5), primary_key=True),
    Column("column_2", _words(5), primary_key=True),
    Column("effective_from", Integer, primary_key=True, autoincrement=False),
    Column("published_from", Integer, primary_key=True, autoincrement=False),
    Column("effective_to", Integer),
    Column("published_to", Integer),
    Column("modifier_indicator", Integer, nullable=False),
    Column("prior_to_1996", Integer, nullable=False),
    Column("rationale_id", Integer, nullable=False),
    sqlite_with_rowid=False,
)

# The codes that stand in any edit of a code set, in column 1 or column 2, so that an unknown code is told at once.
ncci_ptp_code = Table(
    "ncci_ptp_code",
    metadata,
    Column("set_id", Integer, primary_key=True, autoincrement=False),
    Column("code", _words(5), primary_key=True),
    sqlite_with_rowid=False,
)

# Edits that releases from `missing_from` on no longer list, although an earlier one did; absence is not a deletion.
ncci_ptp_missing = Table(
    "ncci_ptp_missing",
    metadata,
    Column("set_id", Integer, primary_key=True, autoincrement=False),
    Column("column_1", _words(5), primary_key=True),
    Column("column_2", _words(5), primary_key=True),
    Column("effective_from", Integer, primary_key=True, autoincrement=False),
    Column("missing_from", Integer, primary_key=True, autoincrement=False),
    Column("published_from", Integer, primary_key=True, autoincrement=False),
    Column("published_to", Integer),
    sqlite_with_rowid=False,
)


VERSIONED = (icd10_code, icd10_note, icd10_poa_exempt, hcpcs_code, ncci_mue_value, ncci_add_on_edit)
