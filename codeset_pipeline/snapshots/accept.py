"""Accept the files of a release: parse them, pass the gate, and only then write anything.

Blobs and snapshots are written first, the acquisition records last. A release file counts from the moment its record
exists, so a kill at any moment leaves either the state before or the state after.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from codeset_pipeline.acquire.archives import ReleaseFileContainer
from codeset_pipeline.acquire.blobs import BlobStore
from codeset_pipeline.acquire.records import AcquiredMember, Acquisition, AcquisitionLog
from codeset_pipeline.errors import GateError
from codeset_pipeline.labels import label_of
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.build import BuiltSnapshot, build_snapshot
from codeset_pipeline.snapshots.gate import CheckResult, GateContext, pass_gate
from codeset_pipeline.snapshots.gate_context import gate_context
from codeset_pipeline.snapshots.intake import SuppliedFile, names_of
from codeset_pipeline.snapshots.ncci_ptp_expected import ExpectedPart, of_revision, unlike
from codeset_pipeline.snapshots.ncci_ptp_parts import PartContent
from codeset_pipeline.snapshots.parse_apart import Unparsed
from codeset_pipeline.snapshots.plan import ACCUMULATING, ReleaseInput, RevisionPlan, plan_revisions
from codeset_pipeline.snapshots.posting import first_posted, posted_again, posted_before
from codeset_pipeline.snapshots.registry import main_table
from codeset_pipeline.snapshots.revision import AcceptedRevision
from codeset_pipeline.snapshots.store import Snapshot, SnapshotStore
from codeset_pipeline.sources.definition import Source

# What a release cannot do without, by layout, for messages.
_MAIN_FILE = {
    "icd10": "its order file or its tabular XML",
    "hcpcs": "its ANWEB file",
    "ncci_ptp": "the parts of its edits (f1, f2, …)",
    "ncci_mue": "its MUE table",
    "ncci_aoc": "its add-on code file",
}

_NAMED_BESIDE = 8


@dataclass(frozen=True)
class Acceptance:
    """What became of the files of one release.

    Attributes:
        new_files: names of the files that were not known before.
        parsed: labels of the revisions that had to be parsed.
        checks: results of the gate, empty when nothing was parsed.
    """

    code_set: str
    effective_from: date
    new_files: tuple[str, ...]
    parsed: tuple[str, ...]
    checks: tuple[CheckResult, ...]


class _Reader:
    """Reads release files from what is being supplied, else from the stored blobs; one archive open at a time."""

    def __init__(self, supplied: Iterable[SuppliedFile], blobs: BlobStore) -> None:
        self._supplied = {item.sha256: item for item in supplied}
        self._blobs = blobs
        self._open: tuple[str, ReleaseFileContainer] | None = None

    def container(self, sha256: str, name: str) -> ReleaseFileContainer:
        if self._open is None or self._open[0] != sha256:
            if sha256 in self._supplied:
                self._open = (sha256, self._supplied[sha256].open())
            else:
                self._open = (sha256, ReleaseFileContainer(name, self._blobs.get(sha256)))
        return self._open[1]

    def __call__(self, item: ReleaseInput) -> bytes:
        return self.container(item.archive_sha256, item.archive).read_member(item.member)


def _acquisition(
    item: SuppliedFile,
    source: Source,
    effective_from: date,
    container: ReleaseFileContainer,
    known: Sequence[Acquisition],
) -> Acquisition:
    members = []
    before = posted_before(item, known)
    posted = first_posted(item, source, effective_from) if before is None else posted_again(item, before)
    named = item.recognised.posted if before is None else None
    for file in item.recognised.files:
        content = container.read_member(file.path)
        own = item.published or (file.written if file.role in ACCUMULATING else named)
        members.append(
            AcquiredMember(file.path, file.role, hashlib.sha256(content).hexdigest(), len(content), own, file.written)
        )
    return Acquisition(
        code_set=item.recognised.code_set,
        effective_from=effective_from,
        name=item.recognised.name,
        sha256=item.sha256,
        bytes=len(container.content),
        published=posted,
        transport=item.transport,
        url=item.url,
        retrieved_at=datetime.now(UTC).isoformat(timespec="seconds"),
        members=tuple(members),
        last_modified=item.delivery.last_modified if item.delivery else None,
        etag=item.delivery.etag if item.delivery else None,
        licence=item.delivery.licence if item.delivery else None,
        link_text=(item.delivery.link_text or None) if item.delivery else None,
    )


@dataclass(frozen=True)
class _Arriving:
    """Supplied files that are not known yet, and what becomes of their release."""

    new: list[SuppliedFile]
    reader: _Reader
    acquired: list[Acquisition]
    plans: list[RevisionPlan]


def _room_for(scratch: Path | None, plan: RevisionPlan) -> Path | None:
    """A folder of the plan's own in the scratch folder."""
    if scratch is None:
        return None
    place = scratch / plan.snapshot_key
    place.mkdir()
    return place


class Acceptor:
    """Accepts releases of one code set into a workspace."""

    def __init__(self, workspace: Workspace, source: Source, expected: Sequence[ExpectedPart] = ()) -> None:
        """Prepare to accept releases.

        Args:
            expected: the parts of releases as the download page describes them.
        """
        self.source = source
        self.expected = expected
        self.log = AcquisitionLog(workspace.acquisitions)
        self.blobs = BlobStore(workspace.blobs)
        self.store = SnapshotStore(workspace.snapshots)

    def revisions(self) -> list[AcceptedRevision]:
        """Every accepted revision, with its snapshot, oldest release first.

        A revision whose tables say what the one before it said is left out.

        Raises:
            HistoryError: a snapshot is missing.
        """
        found: list[AcceptedRevision] = []
        for day in self.log.releases(self.source.code_set):
            last: Snapshot | None = None
            for plan in self.plans(day):
                snapshot = self.store.get(plan)
                if last is None or snapshot.content_hash != last.content_hash:
                    found.append(AcceptedRevision(plan, snapshot))
                last = snapshot
        return found

    def _scratch(self) -> AbstractContextManager[Path | None]:
        """Room for the files of bulk tables, which other code sets do not have."""
        return self.store.scratch() if main_table(self.source.code_set).bulk else nullcontext()

    def plans(self, effective_from: date) -> list[RevisionPlan]:
        """The revisions of a release, from its acquisition records."""
        code_set = self.source.code_set
        return plan_revisions(code_set, effective_from, self.log.of_release(code_set, effective_from))

    def _context(self, built: BuiltSnapshot) -> GateContext:
        day = built.plan.effective_from
        plans = {other: self.plans(other) for other in self.log.releases(self.source.code_set) if other != day}
        others = [(other, self.store.find(planned[-1])) for other, planned in plans.items() if planned]
        present = [(other, snapshot) for other, snapshot in others if snapshot is not None]
        return gate_context(built, present, self.source, self.expected)

    def _arriving(self, effective_from: date, supplied: Sequence[SuppliedFile]) -> _Arriving:
        """The supplied files that are not known yet, and the revisions of the release with them."""
        code_set = self.source.code_set
        known = self.log.of_release(code_set, effective_from)
        seen = {acquired.sha256 for acquired in known}
        new = [item for item in {item.sha256: item for item in supplied}.values() if item.sha256 not in seen]
        reader = _Reader(new, self.blobs)
        acquired = [
            _acquisition(item, self.source, effective_from, reader.container(item.sha256, item.recognised.name), known)
            for item in new
        ]
        plans = plan_revisions(code_set, effective_from, [*known, *acquired])
        return _Arriving(new, reader, acquired, plans)

    def unparsed(self, effective_from: date, supplied: Sequence[SuppliedFile]) -> list[Unparsed]:
        """The revisions of a release that accepting these files would have to parse; `accept` takes what comes of them.

        Raises:
            GateError, SourceError: the files cannot be brought together; `accept` would say the same.
        """
        if main_table(self.source.code_set).bulk:
            # Bulk tables are built as files in the workspace, by an engine that takes all processors by itself.
            return []
        arriving = self._arriving(effective_from, supplied)
        found = []
        for plan in arriving.plans:
            if self.store.find(plan) is None:
                archives = {item.archive_sha256: item.archive for item in plan.inputs}
                contents = {
                    sha256: (name, arriving.reader.container(sha256, name).content) for sha256, name in archives.items()
                }
                found.append(Unparsed(plan, contents))
        return found

    def accept(
        self,
        effective_from: date,
        supplied: Sequence[SuppliedFile],
        checks_to_accept: frozenset[str] = frozenset(),
        parsed_apart: Mapping[RevisionPlan, BuiltSnapshot] | None = None,
        beside: Sequence[str] = (),
    ) -> Acceptance:
        """Take the supplied files of one release into the workspace.

        Files whose bytes are known already are neither read nor parsed again.

        Args:
            parsed_apart: revisions that were parsed beforehand.
            beside: names of files of other releases that were found in the same place, for messages.

        Raises:
            ParseError, GateError, SourceError: nothing was written.
        """
        code_set = self.source.code_set
        arriving = self._arriving(effective_from, supplied)
        new, reader, acquired, plans = arriving.new, arriving.reader, arriving.acquired, arriving.plans
        if not plans:
            label = f"{self.source.title} {label_of(code_set, effective_from)}"
            raise GateError(
                f"{label}: {names_of(supplied)} holds none of the release's codes; supply "
                f"{_MAIN_FILE[self.source.layout]} as well.",
                ("codes_present",),
            )
        parsed, checks = [], []
        with self._scratch() as scratch:
            for plan in plans:
                snapshot = self.store.find(plan)
                if snapshot is not None:
                    self._expect_again(plan, snapshot)
                else:
                    built = (parsed_apart or {}).get(plan) or self._build(plan, reader, scratch, beside)
                    checks += pass_gate(built, self._context(built), checks_to_accept)
                    parsed.append(built)
            for item in new:
                self.blobs.put(reader.container(item.sha256, item.recognised.name).content)
            for built in parsed:
                self.store.write(built)
        for record in acquired:
            self.log.add(record)
        return Acceptance(
            code_set,
            effective_from,
            tuple(item.recognised.name for item in new),
            tuple(f"{label_of(self.source.code_set, effective_from)} r{built.plan.revision}" for built in parsed),
            tuple(checks),
        )

    def _build(self, plan: RevisionPlan, reader: _Reader, scratch: Path | None, beside: Sequence[str]) -> BuiltSnapshot:
        try:
            return build_snapshot(plan, reader, _room_for(scratch, plan))
        except GateError as error:
            if "parts_complete" not in error.failed or not beside:
                raise
            others = ", ".join(sorted(beside)[:_NAMED_BESIDE])
            raise GateError(f"{error} Of another version, so not counted: {others}.", error.failed) from None

    def _expect_again(self, plan: RevisionPlan, snapshot: Snapshot) -> None:
        """Hold a release that was accepted before against the download page, where its texts are given now."""
        expected = of_revision(self.expected, plan.code_set, plan.effective_from, plan.revision)
        parts = [PartContent(**part) for part in snapshot.manifest.get("parts", [])]
        different = unlike(expected, parts) if expected and parts else ""
        if different:
            label = f"{plan.code_set} {label_of(plan.code_set, plan.effective_from)}"
            raise GateError(
                f"{label} was loaded before and is not as --expect says: {different}. Check the texts, or get the "
                "parts again.",
                ("expected_parts",),
            )

    def restore_snapshots(self) -> list[str]:
        """Make snapshots that are missing or have changed again from the stored release files; returns what was made.

        Raises:
            HistoryError: a stored release file is missing or has changed.
        """
        made = []
        for day in self.log.releases(self.source.code_set):
            for plan in self.plans(day):
                if not self.store.is_sound(plan):
                    with self._scratch() as scratch:
                        built = build_snapshot(plan, _Reader((), self.blobs), _room_for(scratch, plan))
                        self.store.discard(plan)
                        self.store.write(built)
                    made.append(f"{self.source.code_set} {label_of(self.source.code_set, day)} r{plan.revision}")
        return made
