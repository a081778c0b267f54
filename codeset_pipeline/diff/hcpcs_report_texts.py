"""Descriptions in a HCPCS transaction report held against those of its release."""

from __future__ import annotations

from collections.abc import Container, Mapping

from codeset_pipeline.diff.hcpcs_actions import Letters, class_of
from codeset_pipeline.diff.hcpcs_known import HcpcsObserved, hcpcs_explanation
from codeset_pipeline.diff.hcpcs_rows import HcpcsRow
from codeset_pipeline.diff.text import text_change
from codeset_pipeline.model import Difference
from codeset_pipeline.snapshots.hcpcs_tables import HCPCS_TRANSACTIONS
from codeset_pipeline.snapshots.store import Snapshot


def text_differences(
    new: Snapshot,
    rows: Mapping[str, HcpcsRow],
    stated: Mapping[str, Letters],
    corrected: Container[str],
    report_older: bool,
) -> list[Difference]:
    """Each description of the report that is not the release's, blanks aside; a report without descriptions (2018) has
    none.

    Args:
        stated: the report's action codes.
        corrected: codes that an applied corrections file names.
        report_older: the report was posted before the release file.
    """
    apart = {"report_older"} if report_older else set()
    found = []
    names = ("short_description", "long_description")
    for code, *texts in new.read(HCPCS_TRANSACTIONS, ["code", *names]):
        row = rows.get(code)
        for name, theirs in zip(names, texts, strict=True):
            ours = getattr(row, name) if row else None
            if ours is None or theirs is None or ours == theirs or _bare(ours) == _bare(theirs):
                continue
            facts = apart | ({"corrected"} if code in corrected else set())
            found.append(_difference(code, name, ours, theirs, stated[code], facts))
    return found


def _bare(text: str) -> str:
    return "".join(text.split())


def _difference(code: str, name: str, ours: str, theirs: str, letters: Letters, facts: set[str]) -> Difference:
    if _bare(theirs) and _bare(ours).startswith(_bare(theirs)):
        facts.add("report_cut")
    elif text_change(ours, theirs) != "wording":
        facts.add("report_marks")
    known = hcpcs_explanation(HcpcsObserved("both", "text", letters, "none", frozenset(facts)))
    return Difference(
        code,
        "code",
        class_of(letters),
        "both",
        f"{code}: the {name.replace('_', ' ')} in the transaction report is not the one in the release file",
        ours,
        theirs,
        known.cause if known else None,
        known.rule if known else None,
    )
