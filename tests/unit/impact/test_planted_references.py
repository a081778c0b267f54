"""References planted in every form that is read, among decoys: all are found and nothing else (see benchmarks)."""

from pathlib import Path

from benchmarks.planted.forms import MAKERS
from benchmarks.planted_references import run


def test_every_planted_reference_of_rules_and_charge_masters_is_found_and_nothing_else(tmp_path: Path) -> None:
    outcome = run(tmp_path, 700, 11)
    assert outcome.planted >= 700 and len(outcome.forms) >= 12
    assert (outcome.misses, outcome.alarms) == ([], [])


def test_a_planted_reference_that_nobody_reads_would_be_seen_as_missed(tmp_path: Path) -> None:
    made = MAKERS[5]

    def scrambled(planter, number):  # type: ignore[no-untyped-def]
        name, data, planted = made(planter, number)
        return name, data, {line: [*texts, "X99.9"] for line, texts in planted.items()}

    outcome = run(tmp_path, 20, 1, [scrambled])
    assert outcome.misses and outcome.recall < 1
