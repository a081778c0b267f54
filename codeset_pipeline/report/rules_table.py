"""The table of rules: may each go into the newer release as it stands, rewritten, or not without a person?"""

from __future__ import annotations

from codeset_pipeline.model import Compatibility, Impact, RuleVerdict
from codeset_pipeline.report.phrases import code_set_name
from codeset_pipeline.report.table import Column, Row, Table
from codeset_pipeline.report.worklist_table import NO_IMPACT

_SHOWN = {
    Compatibility.UNCHANGED: "unchanged",
    Compatibility.SAFE: "safe to roll forward",
    Compatibility.PERSON: "needs a person",
}
_ORDER = (Compatibility.PERSON, Compatibility.SAFE, Compatibility.UNCHANGED)


def rules_table(impact: Impact, given: bool) -> Table:
    """One row a rule and release pair, those that need a person first."""
    ordered = sorted(impact.verdicts, key=lambda each: _ORDER.index(each.compatibility))
    return Table(
        "Rules",
        "Rules and the newer release",
        "For each rule: the billable codes that it covers in either release, and whether it may be used as it stands.",
        (
            Column("File", 30, "label"),
            Column("Line", 8, "count"),
            Column("Rule or item", 24, "label"),
            Column("Verdict", 18, "label"),
            Column("Why", 60),
            Column("Write instead", 50),
            Column("New codes to consider", 24),
            Column("Expression", 40),
            Column("Billable codes before", 11, "count"),
            Column("Billable codes after", 11, "count"),
            Column("Codes gained", 40),
            Column("Codes lost", 40),
            Column("Code set", 12, "label", minor=True),
        ),
        [_row(each) for each in ordered],
        "Your files hold no rule." if given else NO_IMPACT,
    )


def _row(each: RuleVerdict) -> Row:
    return Row(
        (
            each.asset,
            each.line,
            each.rule,
            _SHOWN[each.compatibility],
            " ".join(each.reasons),
            "\n".join(f"line {part.line}: {part.rewritten}" for part in each.rewritten),
            ", ".join(each.consider),
            each.expression,
            each.before,
            each.after,
            ", ".join(each.gained),
            ", ".join(each.lost),
            code_set_name(each.code_set),
        ),
        asset=each.asset,
    )
