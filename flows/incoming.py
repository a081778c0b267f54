"""The release files that a run found, and whether the workspace holds them already."""

from __future__ import annotations

from datetime import date

from codeset_pipeline import __version__
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.accept import Acceptor
from codeset_pipeline.snapshots.intake import Intake, SuppliedFile, chosen_releases
from codeset_pipeline.snapshots.plan import parser_version
from codeset_pipeline.sources.definition import source
from flows.keys import hash_of, place


class Incoming:
    """What the task that accepts releases is given; see `pipeline.accept` for the parts.

    It is no dataclass on purpose: Prefect walks through the fields of those, looking for futures.
    """

    def __init__(
        self, workspace: Workspace, intake: Intake, release: date | None, everything: bool, checks: frozenset[str]
    ) -> None:
        self.workspace, self.intake, self.release = workspace, intake, release
        self.everything, self.checks_to_accept = everything, checks

    def wanted(self) -> dict[date, list[SuppliedFile]]:
        """The files by effective date, oldest release first."""
        return chosen_releases(self.intake.releases(), self.release, self.everything)

    @property
    def key(self) -> str:
        files = [f"{day} {item.sha256}" for day, items in self.wanted().items() for item in items]
        checks = sorted(self.checks_to_accept)
        return hash_of([*place(self.workspace), parser_version(self.intake.code_set), __version__, *checks, *files])

    def is_accepted(self) -> bool:
        """Does the workspace hold every wanted file, and the snapshot of every revision that follows from them?"""
        acceptor = Acceptor(self.workspace, source(self.intake.code_set))
        for day, files in self.wanted().items():
            held = {record.sha256 for record in acceptor.log.of_release(self.intake.code_set, day)}
            if any(item.sha256 not in held for item in files):
                return False
            if any(acceptor.store.find(plan) is None for plan in acceptor.plans(day)):
                return False
        return True
