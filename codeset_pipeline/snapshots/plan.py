"""From accepted release files to the revisions of a release.

A release may come in several files, and the same content in several archives (CMS and CDC publish the same files
in different zips). Files are told apart by the content of the member, not of the archive. The first file of each
role belongs to revision 0, whenever it arrived; each later, different file of a role is a correction and makes the
next revision. The plan depends only on the set of files, never on the order in which they were supplied.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from codeset_pipeline.acquire.records import Acquisition
from codeset_pipeline.errors import GateError
from codeset_pipeline.labels import label_of

# Raised whenever the rows that a parser makes from the same bytes change, so that old snapshots are not mistaken
# for new ones.
PARSER_VERSION = "icd10/1"

# The roles that make up the main table, best first. A release is published when the first of them was.
_PRIMARY_ROLES = ("order", "tabular", "codes")


@dataclass(frozen=True, slots=True)
class ReleaseInput:
    """One release file of a revision: its role, its place in the blob of its archive, and its own hash."""

    role: str
    member: str
    archive: str
    archive_sha256: str
    sha256: str
    bytes: int
    published: date


@dataclass(frozen=True, slots=True)
class RevisionPlan:
    """What one revision of a release is made of."""

    code_set: str
    effective_from: date
    revision: int
    published: date
    inputs: tuple[ReleaseInput, ...]

    @property
    def snapshot_key(self) -> str:
        """Name of the snapshot's directory: a hash of everything the snapshot depends on."""
        lines = [PARSER_VERSION, *(f"{item.role} {item.sha256}" for item in self.inputs)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _variants(acquisitions: Sequence[Acquisition]) -> dict[str, list[ReleaseInput]]:
    """The distinct files of each role, in the order in which they were published."""
    found: dict[tuple[str, str], ReleaseInput] = {}
    for acquired in acquisitions:
        for member in acquired.members:
            item = ReleaseInput(
                member.role,
                member.path,
                acquired.name,
                acquired.sha256,
                member.sha256,
                member.bytes,
                acquired.published,
            )
            key = (member.role, member.sha256)
            known = found.get(key)
            if known is None or (item.published, item.archive_sha256) < (known.published, known.archive_sha256):
                found[key] = item
    roles: dict[str, list[ReleaseInput]] = {}
    for item in sorted(found.values(), key=lambda item: (item.role, item.published, item.sha256)):
        roles.setdefault(item.role, []).append(item)
    return roles


def _refuse_undated(label: str, variants: Sequence[ReleaseInput]) -> None:
    for first, second in pairwise(variants):
        if first.published == second.published:
            raise GateError(
                f"{label}: {first.archive} and {second.archive} hold different {first.role} files, and nothing tells "
                "which was posted later; import the corrected one with --published and the date it was posted.",
                ("publication_order",),
            )


def plan_revisions(code_set: str, effective_from: date, acquisitions: Sequence[Acquisition]) -> list[RevisionPlan]:
    """The revisions of a release, oldest first; empty when no file of it holds its codes.

    Raises:
        GateError: two different files of one role were published on the same day, so that neither can be told
            to correct the other.
    """
    roles = _variants(acquisitions)
    primary = next((role for role in _PRIMARY_ROLES if role in roles), None)
    if primary is None:
        return []
    for variants in roles.values():
        _refuse_undated(label_of(code_set, effective_from), variants)
    corrections = sorted({item.published for variants in roles.values() for item in variants[1:]})
    plans = []
    for revision, published in enumerate([roles[primary][0].published, *corrections]):
        inputs = []
        for variants in roles.values():
            current = variants[0]
            for later in variants[1:]:
                if revision and later.published <= published:
                    current = later
            inputs.append(current)
        plans.append(RevisionPlan(code_set, effective_from, revision, published, tuple(inputs)))
    return plans
