"""`run_demo`: the whole way of the data, from release files to workbook and page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from codeset_pipeline import pipeline
from codeset_pipeline.demo.asset_files import write_assets
from codeset_pipeline.demo.supply import CODE_SET, DemoSupply, supply
from codeset_pipeline.model import Impact, ReleasePair
from codeset_pipeline.pipeline import Progress, silent
from codeset_pipeline.report.run import RunPaths
from codeset_pipeline.settings import Workspace


@dataclass(frozen=True)
class DemoResult:
    """What the demonstration found and where it wrote it."""

    supply: DemoSupply
    pair: ReleasePair
    impact: Impact
    run: RunPaths

    def sentences(self) -> list[str]:
        """What a person at the terminal should read."""
        pair, totals, proof = self.pair, self.pair.published_totals, self.pair.reconciliation
        proven = (
            f"{len(proof.unexplained)} unexplained differences from the publisher's list."
            if proof.covered
            else f"Not proven: {proof.note}"
        )
        return [
            self.supply.sentence(),
            f"ICD-10-CM {pair.from_release.label} → {pair.to_release.label}: {totals.added} added, {totals.deleted} "
            f"deleted, {totals.revised} revised billable codes.",
            proven,
            f"{len(self.impact.findings)} findings in {len(self.impact.assets)} files; {len(self.impact.effects)} "
            "ranges and wildcards silently gain or lose codes.",
            f"Workbook: {self.run.workbook}",
            f"Page:     {self.run.page}",
        ]

    def paths(self) -> dict[str, str]:
        """What is where."""
        return {"workbook": str(self.run.workbook), "page": str(self.run.page), "folder": str(self.run.folder)}

    def document(self) -> dict[str, Any]:
        """The same for a program."""
        totals, proof = self.pair.published_totals, self.pair.reconciliation
        return {
            "code_set": CODE_SET,
            "from": self.pair.from_release.label,
            "to": self.pair.to_release.label,
            "sample": self.supply.sample,
            "why": self.supply.why,
            "rows": self.pair.rows_after,
            "published_totals": {"added": totals.added, "deleted": totals.deleted, "revised": totals.revised},
            "unexplained": len(proof.unexplained) if proof.covered else None,
            "proven": proof.covered,
            "findings": len(self.impact.findings),
            "effects": len(self.impact.effects),
            "report": self.paths(),
        }


def run_demo(workspace: Workspace, progress: Progress = silent) -> DemoResult:
    """Load two releases, compare them, check the sample files against them, and write the report.

    Running it again fetches, parses and writes nothing that is there already.
    """
    found = supply(workspace, progress)
    place = found.workspace
    pipeline.accept(place, found.intake, everything=True, checks_to_accept=found.checks_to_accept, progress=progress)
    pipeline.load(place, CODE_SET, progress)
    progress(f"ICD-10-CM: comparing {found.releases[0]} with {found.releases[1]}")
    pair = pipeline.compare(place, CODE_SET, *found.releases, ever=True)
    progress("Checking the sample rules and order sets")
    files = write_assets(place.home)
    impact = pipeline.assess_impact(place, files.assets, [pair], usage=files.usage)
    run = pipeline.write_report(place, [pair], impact, progress)
    return DemoResult(found, pair, impact, run)
