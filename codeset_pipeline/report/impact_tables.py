"""The tables of impact: worklist, files, ranges and wildcards, texts not understood, warnings."""

from __future__ import annotations

from collections import Counter, defaultdict

from codeset_pipeline.impact.risk import by_department
from codeset_pipeline.model import Asset, Impact, Severity
from codeset_pipeline.report.phrases import code_set_name, kind_name, severity_name
from codeset_pipeline.report.rules_table import rules_table
from codeset_pipeline.report.table import Cell, Column, Row, Table
from codeset_pipeline.report.worklist_table import NO_DEPARTMENT, NO_IMPACT, worklist_table

_EMPTY = Impact(assets=(), findings=())

_ASSET = Column("File", 26, "label")
#: Forms of unrecognised texts that the table shows of each file; `report.json` has all of them.
_MOST_FORMS = 12


def impact_tables(impact: Impact | None) -> list[Table]:
    """Worklist, files, expressions, texts not recognised and warnings; without impact each says why it is empty."""
    found = impact or _EMPTY
    given = impact is not None
    return [
        worklist_table(found, given),
        _departments_table(found, given),
        _assets_table(found, given),
        _expressions_table(found, given),
        rules_table(found, given),
        _not_recognised_table(found, given),
        _warnings_table(found, given),
    ]


def _departments_table(impact: Impact, given: bool) -> Table:
    found = by_department(impact.findings)
    rows = [
        Row(
            (
                each.department or NO_DEPARTMENT,
                each.findings,
                *(each.by_severity.get(severity, 0) for severity in Severity),
                each.open,
                each.amount_at_risk,
            ),
            department=each.department or NO_DEPARTMENT,
        )
        for each in found
        if any(risk.department for risk in found)
    ]
    return Table(
        "Departments",
        "Departments",
        "Findings and money at risk of each department. The money is what stands behind lines that deny or may deny: a "
        "code with usage counts once, a price once a line.",
        (
            Column("Department", 40, "label"),
            Column("Findings", 10, "count"),
            *(Column(severity_name(each).capitalize(), 12, "count") for each in Severity),
            Column("Open", 10, "count"),
            Column("Amount at risk", 16, "money"),
        ),
        rows,
        "No line that a change touches names a department." if given else NO_IMPACT,
    )


def _assets_table(impact: Impact, given: bool) -> Table:
    counts: dict[str, Counter[Severity]] = defaultdict(Counter)
    lines: dict[str, set[int]] = defaultdict(set)
    expressions = Counter(effect.asset for effect in impact.effects)
    for finding in impact.findings:
        counts[finding.asset][finding.severity] += 1
        lines[finding.asset].add(finding.line)
    names = {asset.path for asset in impact.assets}
    rows = [_asset(each, counts[each.path], len(lines[each.path]), expressions[each.path]) for each in impact.assets]
    # A finding on a file that is not among the assets would otherwise be counted nowhere.
    for path in sorted(set(counts) - names):
        other = Asset(path, "not described", 0, 0, {}, "")
        rows.append(_asset(other, counts[path], len(lines[path]), expressions[path]))
    return Table(
        "Impact",
        "Impact on each file",
        "What was read, what was taken for what, and how many findings each file has.",
        (
            _ASSET,
            Column("Read as", 14, "label"),
            Column("Lines", 10, "count"),
            Column("Lines with codes", 10, "count"),
            Column("Lines touched", 10, "count"),
            *(Column(f"Findings: {severity_name(each)}", 12, "count") for each in Severity),
            Column("Ranges and wildcards that gain or lose", 14, "count"),
            Column("Columns taken", 44),
            Column("Codes found, by lines", 22),
            Column("Lines without a text in a column of codes", 12, "count"),
            Column("Texts not recognised", 12, "count"),
            Column("Their forms (9 a digit, A a letter)", 26),
            Column("SHA-256", 34, minor=True),
        ),
        rows,
        "The run names no file." if given else NO_IMPACT,
    )


def _set_name(name: str) -> str:
    """`HCPCS Level II`; kinds of codes that the program has no releases of go by their name in the file."""
    return name.upper() if name in ("cpt", "cdt") else code_set_name(name)


def _asset(asset: Asset, counts: Counter[Severity], touched: int, expressions: int) -> Row:
    taken = (
        f"{role}: {', '.join(names) if isinstance(names, list) else names}" for role, names in asset.columns.items()
    )
    cells: tuple[Cell, ...] = (
        asset.path,
        kind_name(asset.kind),
        asset.lines,
        asset.lines_with_codes,
        touched,
        *(counts[severity] for severity in Severity),
        expressions,
        "\n".join(taken),
        "\n".join(f"{_set_name(name)}: {lines:,}" for name, lines in asset.code_sets.items()),
        asset.blank,
        sum(asset.unrecognised.values()),
        "\n".join(f"{form}: {times:,}" for form, times in list(asset.forms.items())[:_MOST_FORMS]),
        asset.sha256,
    )
    return Row(cells, asset=asset.path)


def _expressions_table(impact: Impact, given: bool) -> Table:
    rows = [
        Row(
            (
                each.asset,
                each.line,
                each.rule,
                each.expression,
                each.before,
                each.after,
                len(each.gained),
                ", ".join(each.gained),
                len(each.lost),
                ", ".join(each.lost),
                each.column,
                code_set_name(each.code_set),
            ),
            asset=each.asset,
        )
        for each in impact.effects
    ]
    return Table(
        "Expressions",
        "Ranges and wildcards",
        "Ranges, prefixes and wildcards of your rules, and the billable codes that they gain or lose unedited.",
        (
            _ASSET,
            Column("Line", 8, "count"),
            Column("Rule or item", 24, "label"),
            Column("Expression", 20, "label"),
            Column("Billable codes before", 11, "count"),
            Column("Billable codes after", 11, "count"),
            Column("Gained", 9, "count"),
            Column("Codes gained", 56),
            Column("Lost", 9, "count"),
            Column("Codes lost", 56),
            Column("Column", 18, "label", minor=True),
            Column("Code set", 12, "label", minor=True),
        ),
        rows,
        "No range, prefix or wildcard of your files gains or loses a code." if given else NO_IMPACT,
    )


def _not_recognised_table(impact: Impact, given: bool) -> Table:
    rows = [
        Row((asset.path, text, count), asset=asset.path)
        for asset in impact.assets
        for text, count in asset.unrecognised.items()
    ]
    return Table(
        "Not recognised",
        "Texts not recognised",
        "Texts that stood where a code was expected and are no code of a loaded code set. They were not checked.",
        (_ASSET, Column("Text", 60), Column("Times", 9, "count")),
        rows,
        "Every text that stood where a code was expected was recognised." if given else NO_IMPACT,
    )


def _warnings_table(impact: Impact, given: bool) -> Table:
    return Table(
        "Warnings",
        "Warnings on your files",
        "What to know about the reading of your files.",
        (Column("Warning", 120),),
        [Row((warning,)) for warning in impact.warnings],
        "The reading of your files raised no warning." if given else NO_IMPACT,
    )
