"""The worklist of a small rules file, word for word, as a person reads it."""

from pathlib import Path

from codeset_pipeline.impact.assess import assess
from tests.unit.impact.pairs import october

HERE = Path(__file__).parent


def test_the_worklist_reads_as_agreed() -> None:
    impact = assess([HERE / "rules.yaml"], [october()])
    lines = [
        f"{found.severity} | {found.rule} line {found.line} | {found.match} {found.kind} | "
        f"{found.action} | {found.detail}"
        for found in impact.findings
    ]
    assert "\n".join(lines) + "\n" == (HERE / "worklist.txt").read_text(encoding="utf-8")
