"""What may take the place of a code, out of the crosswalk of its release pair."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from codeset_pipeline.codes import printed
from codeset_pipeline.impact.expressions import AFTER
from codeset_pipeline.impact.vocabulary import PairCodes
from codeset_pipeline.model import Evidence, Relation

#: How the crosswalk says that a unit billed of the one code is no unit of the other.
_UNITS = re.compile(r"The billing units differ: (.+?); convert the units billed")
_NO_REPLACEMENT = frozenset({Relation.NONE, Relation.CARVED_OUT, Relation.UNCHANGED})


@dataclass(frozen=True, slots=True)
class Replacement:
    """Codes as printed.

    Attributes:
        candidates: codes that carry the old one on.
        automatic: the one candidate may replace the old code everywhere without a person looking.
        combined: all candidates together carry the old code on.
        together_with: the old code stood beside these, and the candidate replaces all of them.
        suggested: codes that only read alike, likeliest first.
        unit_changes: how the billing unit of candidates and suggested codes differs from that of the old code.
        remarks: further facts, one sentence each: codes carved out, codes that only read alike, targets that ended too.
    """

    candidates: tuple[str, ...] = ()
    automatic: bool = False
    combined: bool = False
    together_with: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    unit_changes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def replacement_of(codes_of: PairCodes, code: str) -> Replacement:
    """What the crosswalk offers for a code; for a new header without a mapping, the billable codes under it."""
    found = codes_of.replacements.get(code)
    if found is None:
        found = codes_of.replacements[code] = _replacement_of(codes_of, code)
    return found


def _replacement_of(codes_of: PairCodes, code: str) -> Replacement:
    pair = codes_of.pair

    def shown(target: str) -> str:
        return printed(codes_of.code_set, target)

    candidates: dict[str, None] = {}
    carved: dict[str, None] = {}
    alike: dict[str, str] = {}
    units: dict[str, None] = {}
    unusable: dict[str, None] = {}
    together: dict[str, None] = {}
    combined = automatic = False
    for mapping in pair.mappings_of.get(code, ()):
        target = mapping.target
        if target is None or target == code:
            continue
        if mapping.relation is Relation.CARVED_OUT:
            carved[shown(target)] = None
        elif mapping.relation in _NO_REPLACEMENT:
            continue
        elif not pair.after.get(target, False):
            unusable[shown(target)] = None
        elif mapping.evidence is Evidence.SUGGESTED:
            alike[shown(target)] = mapping.target_title or ""
            units.update(dict.fromkeys(_UNITS.findall(mapping.note)))
        else:
            candidates[shown(target)] = None
            units.update(dict.fromkeys(_UNITS.findall(mapping.note)))
            automatic = mapping.automatic_forward and not mapping.ambiguous
            if mapping.relation is Relation.COMBINATION:
                combined = not mapping.together_with
                together.update(dict.fromkeys(map(shown, mapping.together_with)))
    if not candidates and pair.after.get(code) is False:
        candidates.update(dict.fromkeys(map(shown, billable_under(codes_of, code))))
    remarks = []
    if carved:
        remarks.append(f"Also consider {', '.join(carved)}, newly taken from it.")
    if alike:
        shown_alike = (f"{code} “{title}”" if title else code for code, title in alike.items())
        remarks.append(f"Reads alike, for a person to judge: {', '.join(shown_alike)}.")
    if unusable:
        remarks.append(f"The crosswalk also leads to {', '.join(unusable)}, which may not be reported.")
    return Replacement(
        tuple(candidates),
        automatic and len(candidates) == 1,
        combined and len(candidates) > 1,
        tuple(together),
        tuple(alike),
        tuple(units),
        tuple(remarks),
    )


def carved_out_of(codes_of: PairCodes, code: str) -> tuple[str, ...]:
    """Codes that are new and were taken out of one that stays valid, as printed."""
    pair = codes_of.pair
    if not (pair.before.get(code) and pair.after.get(code)):
        return ()
    found = (
        mapping.target
        for mapping in pair.mappings_of.get(code, ())
        if mapping.relation is Relation.CARVED_OUT and mapping.target is not None
    )
    new = (target for target in found if target not in pair.before and pair.after.get(target))
    return tuple(dict.fromkeys(printed(codes_of.code_set, target) for target in new))


def billable_under(codes_of: PairCodes, code: str) -> list[str]:
    """The codes under a header that may be reported in the newer release, sorted."""
    start = bisect_left(codes_of.billable_after, code)
    return codes_of.billable_after[start : bisect_left(codes_of.billable_after, code + AFTER)]
