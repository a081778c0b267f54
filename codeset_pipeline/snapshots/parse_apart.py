"""Parsing release revisions apart from the workspace, so that several can be parsed at once in processes of their own.

What is parsed here passes the gate and is written by the acceptor like everything else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codeset_pipeline.acquire.archives import ReleaseFileContainer
from codeset_pipeline.snapshots.build import BuiltSnapshot, build_snapshot
from codeset_pipeline.snapshots.plan import ReleaseInput, RevisionPlan


@dataclass(frozen=True)
class Unparsed:
    """A revision that has no snapshot yet, with all that its parsing needs; may travel to another process.

    Attributes:
        archives: sha256 → name and bytes of each archive or bare file that the plan reads from.
    """

    plan: RevisionPlan
    archives: Mapping[str, tuple[str, bytes]]


def parse_apart(work: Unparsed) -> BuiltSnapshot:
    """Parse one revision.

    Raises:
        ParseError, GateError, SourceError: a file departs from its layout, or is damaged.
    """
    opened: dict[str, ReleaseFileContainer] = {}

    def read(item: ReleaseInput) -> bytes:
        if item.archive_sha256 not in opened:
            opened[item.archive_sha256] = ReleaseFileContainer(*work.archives[item.archive_sha256])
        return opened[item.archive_sha256].read_member(item.member)

    return build_snapshot(work.plan, read)
