"""The known differences of HCPCS Level II, whose publisher states one action a code and no text before and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from codeset_pipeline.diff.hcpcs_actions import Letters
from codeset_pipeline.diff.known import entries


@dataclass(frozen=True, slots=True)
class HcpcsObserved:
    """What is known of one difference when an explanation is sought; the words are those of `known_differences.yml`.

    Attributes:
        kind: our kind of change, `unchanged` where the row did not change.
        listed: the publisher's action codes; empty where no action is given.
        dated: where the day lies that the row gives for our change.
    """

    side: str
    kind: str
    listed: Letters
    dated: str = "none"
    facts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class KnownHcpcsDifference:
    """One entry of `known_differences.yml`."""

    rule: str
    cause: str
    when: Mapping[str, Any]

    def explains(self, seen: HcpcsObserved) -> bool:
        when = self.when
        return (
            seen.side in when.get("side", [seen.side])
            and seen.kind in when.get("kind", [seen.kind])
            and seen.dated in when.get("dated", [seen.dated])
            and seen.facts >= set(when.get("facts", []))
            and self._listed(seen)
        )

    def _listed(self, seen: HcpcsObserved) -> bool:
        if "listed" not in self.when:
            return True
        allowed = set(self.when["listed"])
        return seen.listed <= allowed and bool(seen.listed) == bool(allowed)


@cache
def hcpcs_known_differences() -> tuple[KnownHcpcsDifference, ...]:
    """The entries for HCPCS Level II, in the order of the file."""
    return tuple(
        KnownHcpcsDifference(rule, cause, when) for rule, cause, when in entries() if when["code_set"] == ["hcpcs"]
    )


def hcpcs_explanation(seen: HcpcsObserved) -> KnownHcpcsDifference | None:
    """The first entry that explains a difference, None when it is unexplained."""
    return next((entry for entry in hcpcs_known_differences() if entry.explains(seen)), None)
