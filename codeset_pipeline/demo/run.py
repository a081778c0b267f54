"""`run_demo`: the whole way of the data, from release files to workbook and page, for each family of code sets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from codeset_pipeline import pipeline
from codeset_pipeline.demo.asset_files import DemoAssets, write_assets
from codeset_pipeline.demo.supply import DemoSupply, supply, supply_edits, supply_quarters
from codeset_pipeline.demo.update import DemoUpdate
from codeset_pipeline.pipeline import Progress, silent
from codeset_pipeline.report.phrases import code_set_name
from codeset_pipeline.settings import Workspace
from codeset_pipeline.sources.definition import source


@dataclass(frozen=True)
class DemoResult:
    """What the demonstration found and where it wrote it.

    Attributes:
        icd10cm: the October update, with findings in the sample rules and order sets.
        hcpcs: the quarterly update of a sample.
        ncci: those of samples of PTP edits, MUE values and add-on codes.
    """

    icd10cm: DemoUpdate
    hcpcs: DemoUpdate
    ncci: tuple[DemoUpdate, ...]

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
            *(line for update in self.ncci for line in self._edits(update)),
        ]

    @staticmethod
    def _edits(update: DemoUpdate) -> list[str]:
        name = code_set_name(update.pair.code_set)
        return [
            *update.sentences(),
            f"{name} sample workbook: {update.run.workbook}",
            f"{name} sample page:     {update.run.page}",
        ]

    def paths(self) -> dict[str, str]:
        """What is where."""
        return {
            **self.icd10cm.paths(),
            **{f"hcpcs_sample_{name}": path for name, path in self.hcpcs.paths().items()},
            **{
                f"{update.pair.code_set.replace('-', '_')}_sample_{name}": path
                for update in self.ncci
                for name, path in update.paths().items()
            },
        }

    def document(self) -> dict[str, Any]:
        """The same for a program: the ICD-10-CM update, under `hcpcs` that one, and under `ncci` a list of them."""
        ncci = [update.document() for update in self.ncci]
        return {**self.icd10cm.document(), "hcpcs": self.hcpcs.document(), "ncci": ncci}


def run_demo(workspace: Workspace, progress: Progress = silent) -> DemoResult:
    """Load two releases of each code set, compare them, check the sample files against them, and write the reports.

    Running it again fetches, parses and writes nothing that is there already.
    """
    found = supply(workspace, progress)
    october = _updated(found, write_assets(found.workspace.home), progress)
    quarter = _updated(supply_quarters(workspace, progress), None, progress)
    return DemoResult(
        october, quarter, tuple(_updated(each, None, progress) for each in supply_edits(workspace, progress))
    )


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
