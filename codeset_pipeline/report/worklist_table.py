"""The worklist as a table: every line that a change touches, with what to do and what people decided."""

from __future__ import annotations

from codeset_pipeline.impact.rank import ranked
from codeset_pipeline.model import Finding, Impact
from codeset_pipeline.report.phrases import code_set_name, kind_name, severity_name
from codeset_pipeline.report.table import Cell, Column, Row, Table

NO_IMPACT = "No charge masters or rule files were given to this run; name them with 'codeset impact'."
NO_DEPARTMENT = "No department"

STATE, REPLACEMENT, NOTE, FINDING = "State", "Chosen replacement", "Review note", "Finding"
SEVERITY, CODE, DEPARTMENT = "Severity", "Code", "Department"

COLUMNS = (
    Column(SEVERITY, 12, "label"),
    Column("What to do", 52),
    Column(CODE, 14, "code"),
    Column("Amount", 14, "money"),
    Column(DEPARTMENT, 20, "label"),
    Column("File", 26, "label"),
    Column("Line", 8, "count"),
    Column("Rule or item", 24, "label"),
    Column("Written as", 18, "label", minor=True),
    Column("Change", 15, "label"),
    Column("Candidates", 14, "code"),
    Column("Only reads alike", 14, "code", minor=True),
    Column("Effective from", 13, "date"),
    Column("Volume", 11, "quantity"),
    Column("Detail", 50),
    Column("Column", 18, "label", minor=True),
    Column(STATE, 11, "label"),
    Column(REPLACEMENT, 14, "code"),
    Column(NOTE, 30, minor=True),
    Column("By", 14, "label", minor=True),
    Column("At", 20, "label", minor=True),
    Column("Earlier decisions", 40, minor=True),
    Column("Code set", 12, "label", minor=True),
    Column("Newer release", 12, "label", minor=True),
    Column(FINDING, 15, "label", minor=True),
)


def in_order(impact: Impact) -> list[Finding]:
    """The findings worst first, then by money, then by volume, then as they stand in the files."""
    return ranked(impact.findings)


def worklist_table(impact: Impact, given: bool = True) -> Table:
    """All findings in the order of the worklist.

    Args:
        given: False when the run had no files of the user's to look at.
    """
    return Table(
        "Worklist",
        "Worklist",
        "Every line of your files that a change touches, worst first, then by the money behind it.",
        COLUMNS,
        [worklist_row(each) for each in in_order(impact)],
        "No line of your files is touched by a change." if given else NO_IMPACT,
    )


def worklist_row(each: Finding) -> Row:
    """The finding under `COLUMNS`, with what the page's filters look at."""
    cells: tuple[Cell, ...] = (
        severity_name(each.severity),
        each.action,
        each.code,
        each.amount,
        each.department,
        each.asset,
        each.line,
        each.rule,
        each.match,
        kind_name(each.kind),
        "\n".join(each.candidates),
        "\n".join(each.suggested),
        each.effective_from,
        each.volume,
        each.detail,
        each.column,
        each.state,
        each.state_replacement,
        each.state_note,
        each.state_by,
        each.state_at,
        "\n".join(each.previously),
        code_set_name(each.code_set),
        each.release,
        each.id,
    )
    return Row(cells, each.kind, each.asset, each.code_set, each.severity, each.state, each.department or NO_DEPARTMENT)
