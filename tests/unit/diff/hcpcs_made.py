"""HCPCS snapshots made of a few rows, with a transaction report and corrections where a test wants them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from codeset_pipeline.diff.hcpcs_rows import HcpcsRow
from codeset_pipeline.model import Reconciliation
from codeset_pipeline.snapshots.build import BuiltSnapshot
from codeset_pipeline.snapshots.plan import ReleaseInput, RevisionPlan
from codeset_pipeline.snapshots.store import Snapshot, SnapshotStore

Q1, Q2, Q3 = date(2031, 1, 1), date(2031, 4, 1), date(2031, 7, 1)
LONG_AGO = date(2020, 1, 1)


def row(code: str = "A4000", **values: object) -> HcpcsRow:
    """An open code of long ago without action; lists are given as tuples."""
    blank: dict[str, object] = {
        **dict.fromkeys(HcpcsRow._fields, ""),
        "code": code,
        "is_modifier": len(code) == 2,
        "long_description": f"Long description of {code}",
        "short_description": f"Short of {code}",
        **dict.fromkeys(
            (
                "pricing_indicators",
                "cim_references",
                "mcm_references",
                "lab_certifications",
                "cross_references",
                "types_of_service",
            ),
            (),
        ),
        "asc_effective_date": None,
        "mog_effective_date": None,
        "anesthesia_units": None,
        "added_date": LONG_AGO,
        "action_effective_date": LONG_AGO,
        "termination_date": None,
        "action_code": "N",
    }
    assert values.keys() <= blank.keys()
    merged = {**blank, **values}
    return HcpcsRow(
        **{name: json.dumps(list(item)) if isinstance(item, tuple) else item for name, item in merged.items()}  # type: ignore[arg-type]
    )


class MadeHcpcs:
    """Writes snapshots into one folder."""

    def __init__(self, folder: Path) -> None:
        self.store = SnapshotStore(folder)
        self.count = 0

    def __call__(
        self,
        day: date,
        rows: Iterable[HcpcsRow],
        *,
        report: Mapping[str, str] | None = None,
        texts: Mapping[str, tuple[str, str]] | None = None,
        corrected: Iterable[str] = (),
        excel: bool = False,
        report_posted: date | None = None,
    ) -> Snapshot:
        """One release.

        Args:
            report: code → action letters, besides the actions in the rows; "" leaves the code out. No report when None.
            texts: code → short and long description in the report.
            corrected: codes that an applied corrections file names.
            excel: the rows come from the workbook.
        """
        self.count += 1
        digest = f"{self.count:064x}"
        role, name = ("anweb_excel", "anweb.xlsx") if excel else ("anweb_text", "anweb.txt")
        inputs = [ReleaseInput(role, name, "made.zip", digest, f"{digest} anweb", 1, day)]
        kept = sorted(rows)
        built_tables: dict[str, list[tuple[object, ...]]] = {"hcpcs_codes": [tuple(item) for item in kept]}
        if report is not None:
            posted = report_posted or day
            inputs.append(
                ReleaseInput("transaction_report", "trans.xlsx", "made.zip", digest, f"{digest} t", 1, posted)
            )
            letters = {**{item.code: item.action_code for item in kept}, **report}
            described = texts or {}
            built_tables["hcpcs_transactions"] = [
                (code, json.dumps(list(letters[code])), letters[code], *described.get(code, (None, None)))
                for code in sorted(letters)
                if letters[code]
            ]
        if corrected:
            built_tables["hcpcs_corrections"] = [
                ("corrections.xlsx", number, code, "revise", "Revise", day, True)
                for number, code in enumerate(corrected, 1)
            ]
        built = BuiltSnapshot(RevisionPlan("hcpcs", day, 0, day, tuple(inputs)))
        built.tables.update(built_tables)
        return self.store.write(built)


def unexplained(found: Reconciliation) -> list[tuple[str, str, str]]:
    return [(item.code, item.side, item.kind) for item in found.unexplained]


def explained(found: Reconciliation) -> list[tuple[str, str | None]]:
    return [(item.code, item.rule) for item in found.explained]
