"""What the publisher's action codes say of a HCPCS code, and which fields each of them speaks of.

Source: the record layout, field 30 (HCPCS Action Code).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from codeset_pipeline.model import ChangeKind
from codeset_pipeline.snapshots.hcpcs_tables import HCPCS_TRANSACTIONS
from codeset_pipeline.snapshots.store import Snapshot

Letters = frozenset[str]
NO_CHANGE: Letters = frozenset("N")

_LONG = frozenset({"long_description", "short_description"})
_ADMINISTRATIVE = frozenset(
    {
        "coverage",
        "statute",
        "cim_references",
        "mcm_references",
        "lab_certifications",
        "cross_references",
        "processing_note",
    }
)
_ASC = frozenset({"asc_group", "asc_effective_date"})

# A long description hardly ever changes without its short form; C stands for both. A code that ends leaves the list of
# surgical centers and gets the codes that replace it.
_SPEAKS_OF: Mapping[str, frozenset[str]] = {
    "B": _LONG | _ADMINISTRATIVE,
    "C": _LONG,
    "D": frozenset({"termination_date", "cross_references"}) | _ASC,
    "F": _ADMINISTRATIVE,
    "P": _ASC
    | {
        "pricing_indicators",
        "multiple_pricing_indicator",
        "mog",
        "mog_policy",
        "mog_effective_date",
        "anesthesia_units",
    },
    "S": frozenset({"short_description"}),
    "T": frozenset({"betos", "types_of_service", "processing_note"}),
}

_CLASSES = (("added", frozenset("AR")), ("deleted", frozenset("D")), ("revised", frozenset("BCFPST")))

APPEARED = frozenset({ChangeKind.ADDED, ChangeKind.REACTIVATED, ChangeKind.REUSED})


def class_of(letters: Letters) -> str:
    """How the publisher counts a code: `added` (A, R), `deleted` (D), `revised` (B, C, F, P, S, T), `unchanged` (N), or
    `unlisted` where no action is given."""
    if not letters:
        return "unlisted"
    return next((name for name, members in _CLASSES if letters & members), "unchanged")


def borne_out(letters: Letters, kind: ChangeKind, fields: Iterable[str]) -> Letters:
    """Those of the letters that the change bears out.

    Args:
        fields: the code's fields that differ.
    """
    if kind in APPEARED:
        return letters & frozenset("AR")
    if kind is ChangeKind.DELETED:
        return letters & frozenset("D")
    if kind is ChangeKind.REVISED:
        names = set(fields)
        return frozenset(letter for letter in letters if names & _SPEAKS_OF.get(letter, frozenset()))
    return frozenset()


def unspoken(letters: Letters, kind: ChangeKind, fields: Iterable[str]) -> set[str]:
    """The fields that changed and that none of the letters speaks of; a new life (A, R) accounts for all."""
    if kind in APPEARED:
        return set()
    return set(fields) - {name for letter in letters for name in _SPEAKS_OF.get(letter, frozenset())}


def reported_letters(snapshot: Snapshot) -> dict[str, Letters] | None:
    """Action codes by code, from the release's transaction report; None when no report is loaded."""
    if not snapshot.has(HCPCS_TRANSACTIONS):
        return None
    rows = snapshot.read(HCPCS_TRANSACTIONS, ["code", "action_codes"])
    return {code: frozenset(json.loads(letters)) for code, letters in rows}


def counted(listed: Iterable[Letters]) -> dict[str, int]:
    """The publisher's totals of added, deleted and revised codes."""
    counts = {name: 0 for name, _ in _CLASSES}
    for letters in listed:
        name = class_of(letters)
        if name in counts:
            counts[name] += 1
    return counts
