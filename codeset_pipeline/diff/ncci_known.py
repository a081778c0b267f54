"""The known differences of NCCI edits, whose publisher lists pairs: additions, deletions, indicator changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from codeset_pipeline.diff.known import entries

# All PTP code sets share their rules.
FAMILY = "ncci-ptp"


@dataclass(frozen=True, slots=True)
class NcciObserved:
    """What is known of one difference when an explanation is sought; the words are those of `known_differences.yml`."""

    side: str
    kind: str
    facts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KnownNcciDifference:
    """One entry of `known_differences.yml`."""

    rule: str
    cause: str
    when: Mapping[str, Any]

    def explains(self, seen: NcciObserved) -> bool:
        when = self.when
        return (
            seen.side in when.get("side", [seen.side])
            and seen.kind in when.get("kind", [seen.kind])
            and seen.facts >= set(when.get("facts", []))
        )


@cache
def ncci_known_differences() -> tuple[KnownNcciDifference, ...]:
    """The entries for PTP edits, in the order of the file."""
    return tuple(
        KnownNcciDifference(rule, cause, when) for rule, cause, when in entries() if FAMILY in when["code_set"]
    )


def ncci_explanation(seen: NcciObserved) -> KnownNcciDifference | None:
    """The first entry that explains a difference, None when it is unexplained."""
    return next((entry for entry in ncci_known_differences() if entry.explains(seen)), None)
