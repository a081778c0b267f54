"""Random questions about the genuine ICD-10 releases against an oracle that goes through the snapshots."""

from __future__ import annotations

from pathlib import Path

import pytest
from brute_force.asking import listed, put
from brute_force.oracle import Oracle

from codeset_pipeline.asking.history import History

pytestmark = [pytest.mark.genuine, pytest.mark.xdist_group("load order")]


def test_20_000_questions_are_answered_as_the_publisher_would(genuine_home: Path) -> None:
    with History(genuine_home, f"sqlite:///{genuine_home / 'codeset.sqlite'}") as history:
        oracle = Oracle(history.workspace.snapshots, listed(history))
        outcome = put(history, oracle, oracle.questions(20_000, seed=2026))
    assert outcome.disagreements == []
    assert outcome.questions == 20_000
    statuses = {status for _, status in outcome.counts}
    assert statuses == {"valid", "header", "ended", "not_yet_valid", "unknown"}
