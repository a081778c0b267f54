"""All tables that a snapshot may hold, by name, and which of them is a code set's main one."""

from __future__ import annotations

from codeset_pipeline.snapshots.hcpcs_tables import HCPCS_CODES, HCPCS_TABLES
from codeset_pipeline.snapshots.ncci_tables import NCCI_ADD_ON_EDITS, NCCI_MUE_VALUES, NCCI_PTP_EDITS, NCCI_TABLES
from codeset_pipeline.snapshots.tables import CODES, ICD10_TABLES, Table
from codeset_pipeline.sources.definition import source

_BY_NAME = {table.name: table for table in (*ICD10_TABLES, *HCPCS_TABLES, *NCCI_TABLES)}
_MAIN = {
    "icd10": CODES,
    "hcpcs": HCPCS_CODES,
    "ncci_ptp": NCCI_PTP_EDITS,
    "ncci_mue": NCCI_MUE_VALUES,
    "ncci_aoc": NCCI_ADD_ON_EDITS,
}


def table_named(name: str) -> Table:
    """The table of that name.

    Raises:
        KeyError: there is none.
    """
    return _BY_NAME[name]


def main_table(code_set: str) -> Table:
    """The table whose rows are the code set's codes."""
    return _MAIN[source(code_set).layout]
