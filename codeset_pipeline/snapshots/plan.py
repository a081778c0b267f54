"""From accepted release files to the revisions of a release.

A release may come in several files, and the same content in several archives (CMS and CDC publish the same files
in different zips). Files are told apart by the content of the member, not of the archive. The first file of each
role belongs to revision 0, whenever it arrived; each later, different file of a role is a correction and makes the
next revision. The plan depends only on the set of files, never on the order in which they were supplied.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from codeset_pipeline.acquire.records import Acquisition
from codeset_pipeline.errors import GateError
from codeset_pipeline.labels import label_of
from codeset_pipeline.snapshots.replacement import posted_as_replacement
from codeset_pipeline.sources.definition import source

# By layout. Raised whenever the rows that a parser makes from the same bytes change, so that old snapshots are not
# mistaken for new ones.
_PARSER_VERSIONS = {
    "icd10": "icd10/1",
    "hcpcs": "hcpcs/1",
    "ncci_ptp": "ncci_ptp/1",
    "ncci_mue": "ncci_mue/1",
    "ncci_aoc": "ncci_aoc/1",
}

# By layout, the roles that make up the main table, best first. A release is published when the first of them was.
_PRIMARY_ROLES = {
    "icd10": ("order", "tabular", "codes"),
    "hcpcs": ("anweb_text", "anweb_excel"),
    "ncci_mue": ("mue_csv", "mue_excel"),
    "ncci_aoc": ("aoc_excel", "aoc_text"),
}

# Files of these roles do not replace one another: each corrects what stands, in the order in which they were posted.
ACCUMULATING = frozenset({"corrections"})

_VERSION = re.compile(r"(?<![a-z])v(\d+)", re.IGNORECASE)


def parser_version(code_set: str) -> str:
    """Version of the parsers that make snapshots of a code set."""
    return _PARSER_VERSIONS[source(code_set).layout]


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
        lines = [parser_version(self.code_set), *(f"{item.role} {item.sha256}" for item in self.inputs)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]


def _posted_again(acquired: Acquisition) -> date:
    """When an archive was posted, if it replaces an earlier one: not before its newest release file was written.

    A file that stayed as it was keeps its old date in the new archive, so the oldest date tells nothing here.
    """
    policy = source(acquired.code_set).published
    if policy == "replacements_by_member_dates":
        return posted_as_replacement(acquired)
    if policy != "member_dates":
        return acquired.published
    written = [member.written for member in acquired.members if member.written and member.role not in ACCUMULATING]
    return max([acquired.published, *written])


def _variants(acquisitions: Sequence[Acquisition]) -> tuple[dict[str, list[ReleaseInput]], dict[ReleaseInput, date]]:
    """The distinct files of each role, in the order in which they were published, each dated as if it replaced an
    earlier one; and when each was published if it did not."""
    found: dict[tuple[str, str], ReleaseInput] = {}
    first_posted: dict[tuple[str, str], date] = {}
    for acquired in acquisitions:
        for member in acquired.members:
            accumulates = member.role in ACCUMULATING
            item = ReleaseInput(
                member.role,
                member.path,
                acquired.name,
                acquired.sha256,
                member.sha256,
                member.bytes,
                member.published or (acquired.published if accumulates else _posted_again(acquired)),
            )
            key = (member.role, member.sha256)
            known = found.get(key)
            if known is None or (item.published, item.archive_sha256) < (known.published, known.archive_sha256):
                found[key] = item
            posted = member.published or acquired.published
            first_posted[key] = min(posted, first_posted.get(key, posted))
    roles: dict[str, list[ReleaseInput]] = {}
    for item in sorted(found.values(), key=lambda item: (item.role, item.published, _version(item), item.sha256)):
        roles.setdefault(item.role, []).append(item)
    return roles, {item: first_posted[key] for key, item in found.items()}


def _version(item: ReleaseInput) -> int:
    """The number in a name such as `V2_HCPC2018_Corrections.xlsx` or `…_v2.xlsx`; 1 where there is none."""
    found = _VERSION.search(item.member.rsplit("/", 1)[-1])
    return int(found[1]) if found else 1


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
    if source(code_set).layout == "ncci_ptp":
        from codeset_pipeline.snapshots.plan_ncci_ptp import plan_ptp_revisions

        return plan_ptp_revisions(code_set, effective_from, acquisitions)
    roles, first_posted = _variants(acquisitions)
    primary = next((role for role in _PRIMARY_ROLES[source(code_set).layout] if role in roles), None)
    if primary is None:
        return []
    replacing = {role: variants for role, variants in roles.items() if role not in ACCUMULATING}
    added = [item for role in ACCUMULATING for item in roles.get(role, [])]
    for variants in replacing.values():
        _refuse_undated(label_of(code_set, effective_from), variants)
        variants[0] = replace(variants[0], published=first_posted[variants[0]])
    first = roles[primary][0].published
    later = {item.published for variants in replacing.values() for item in variants[1:]}
    corrections = {day for day in later | {item.published for item in added} if day > first}
    plans = []
    for revision, published in enumerate([first, *sorted(corrections)]):
        inputs = []
        for variants in replacing.values():
            posted = [item for item in variants if item.published <= published]
            inputs.append(posted[-1] if posted else variants[0])
        inputs += [item for item in added if item.published <= published]
        plans.append(RevisionPlan(code_set, effective_from, revision, published, tuple(inputs)))
    return plans
