"""All tables of a report by name, the same for every renderer."""

from __future__ import annotations

from dataclasses import replace

from codeset_pipeline.report.change_tables import change_tables
from codeset_pipeline.report.crosswalk_table import crosswalk_table
from codeset_pipeline.report.education_table import education_table
from codeset_pipeline.report.impact_tables import impact_tables
from codeset_pipeline.report.model import Report
from codeset_pipeline.report.ncci_tables import is_ncci, ncci_tables
from codeset_pipeline.report.proof_tables import inputs_table, oddities_table, reconciliation_table
from codeset_pipeline.report.table import Table


def tables_of(report: Report) -> dict[str, Table]:
    """Name → table: those of codes only where a pair has codes, those of edits where one has edits.

    With one pair of releases the column that names the pair is left out.
    """
    of_codes = [pair for pair in report.pairs if not is_ncci(pair)]
    found = []
    if of_codes or not report.pairs:
        found = [*change_tables(of_codes), crosswalk_table(of_codes), education_table(of_codes, report.specialties)]
    found += ncci_tables(report.pairs)
    if report.impact is not None or of_codes or not report.pairs:
        found += impact_tables(report.impact)
    found += [
        reconciliation_table(report.pairs),
        inputs_table(report),
        oddities_table(report),
    ]
    if len(report.pairs) == 1:
        found = [_without_update(table) for table in found]
    return {table.name: table for table in found}


def _without_update(table: Table) -> Table:
    kept = [index for index, column in enumerate(table.columns) if column.header != "Update"]
    if len(kept) == len(table.columns):
        return table
    rows = [replace(row, cells=tuple(row.cells[index] for index in kept)) for row in table.rows]
    return replace(table, columns=tuple(table.columns[index] for index in kept), rows=rows)
