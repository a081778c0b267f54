"""`run_demo`: the whole way of the data, from release files to workbook and page, for ICD-10-CM and HCPCS Level II."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from codeset_pipeline import pipeline
from codeset_pipeline.demo.asset_files import DemoAssets, write_assets
from codeset_pipeline.demo.supply import DemoSupply, supply, supply_quarters
from codeset_pipeline.demo.update import DemoUpdate
from codeset_pipeline.pipeline import Progress, silent
from codeset_pipeline.settings import Workspace
from codeset_pipeline.sources.definition import source


@dataclass(frozen=True)
class DemoResult:
    """What the demonstration found and where it wrote it.

    Attributes:
        icd10cm: the October update, with findings in the sample rules and order sets.
        hcpcs: the quarterly update of a sample.
    """

    icd10cm: DemoUpdate
    hcpcs: DemoUpdate

    def sentences(self) -> list[str]:
        """What a person at the terminal should read."""
        hcpcs = self.hcpcs
        return [
            *self.icd10cm.sentences(),
            f"Workbook: {self.icd10cm.run.workbook}",
            f"Page:     {self.icd10cm.run.page}",
            *hcpcs.sentences(),
            f"HCPCS sample workbook: {hcpcs.run.workbook}",
            f"HCPCS sample page:     {hcpcs.run.page}",
        ]

    def paths(self) -> dict[str, str]:
        """What is where."""
        return {
            **self.icd10cm.paths(),
            **{f"hcpcs_sample_{name}": path for name, path in self.hcpcs.paths().items()},
        }

    def document(self) -> dict[str, Any]:
        """The same for a program: the ICD-10-CM update, and under `hcpcs` the other one in the same form."""
        return {**self.icd10cm.document(), "hcpcs": self.hcpcs.document()}


def run_demo(workspace: Workspace, progress: Progress = silent) -> DemoResult:
    """Load two releases of each code set, compare them, check the sample files against them, and write the reports.

    Running it again fetches, parses and writes nothing that is there already.
    """
    found = supply(workspace, progress)
    october = _updated(found, write_assets(found.workspace.home), progress)
    return DemoResult(october, _updated(supply_quarters(workspace, progress), None, progress))


def _updated(found: DemoSupply, files: DemoAssets | None, progress: Progress) -> DemoUpdate:
    place, code_set = found.workspace, found.intake.code_set
    pipeline.accept(place, found.intake, everything=True, checks_to_accept=found.checks_to_accept, progress=progress)
    pipeline.load(place, code_set, progress)
    progress(f"{source(code_set).title}: comparing {found.releases[0]} with {found.releases[1]}")
    pair = pipeline.compare(place, code_set, *found.releases, ever=files is not None)
    impact = None
    if files is not None:
        progress("Checking the sample rules and order sets")
        impact = pipeline.assess_impact(place, files.assets, [pair], usage=files.usage)
    return DemoUpdate(found, pair, impact, pipeline.write_report(place, [pair], impact, progress))
