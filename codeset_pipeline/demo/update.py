"""What the demonstration did with one code set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from codeset_pipeline.demo.supply import DemoSupply
from codeset_pipeline.model import Impact, ReleasePair
from codeset_pipeline.report.phrases import code_noun
from codeset_pipeline.report.run import RunPaths
from codeset_pipeline.sources.definition import source


@dataclass(frozen=True)
class DemoUpdate:
    """One code set's releases, their comparison, and where the report is; `impact` is None without files to check."""

    supply: DemoSupply
    pair: ReleasePair
    impact: Impact | None
    run: RunPaths

    def sentences(self) -> list[str]:
        """What the data are, what changed, how far that is proven, and what it breaks."""
        pair, totals, proof = self.pair, self.pair.published_totals, self.pair.reconciliation
        proven = (
            f"{len(proof.unexplained)} unexplained differences from the publisher's list."
            if proof.covered
            else f"Not proven: {proof.note}"
        )
        lines = [
            self.supply.sentence(),
            f"{source(pair.code_set).title} {pair.from_release.label} → {pair.to_release.label}: {totals.added} added, "
            f"{totals.deleted} deleted, {totals.revised} revised {code_noun(pair.to_release)}s.",
            proven,
        ]
        if self.impact is not None:
            lines.append(
                f"{len(self.impact.findings)} findings in {len(self.impact.assets)} files; {len(self.impact.effects)} "
                "ranges and wildcards silently gain or lose codes."
            )
        return lines

    def paths(self) -> dict[str, str]:
        """What is where."""
        return {"workbook": str(self.run.workbook), "page": str(self.run.page), "folder": str(self.run.folder)}

    def document(self) -> dict[str, Any]:
        """The same for a program."""
        totals, proof = self.pair.published_totals, self.pair.reconciliation
        return {
            "code_set": self.pair.code_set,
            "from": self.pair.from_release.label,
            "to": self.pair.to_release.label,
            "sample": self.supply.sample,
            "why": self.supply.why,
            "rows": self.pair.rows_after,
            "published_totals": {"added": totals.added, "deleted": totals.deleted, "revised": totals.revised},
            "unexplained": len(proof.unexplained) if proof.covered else None,
            "proven": proof.covered,
            "findings": len(self.impact.findings) if self.impact else 0,
            "effects": len(self.impact.effects) if self.impact else 0,
            "report": self.paths(),
        }
