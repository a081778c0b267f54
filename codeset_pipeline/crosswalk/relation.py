"""The word for how a code is carried on, and what may safely be done with it by a program."""

from __future__ import annotations

from codeset_pipeline.model import Evidence, Relation

_EQUIVALENCE = {
    Relation.RENAMED: "equivalent",
    Relation.SPLIT: "source-is-broader-than-target",
    Relation.MERGED: "source-is-narrower-than-target",
    Relation.CARVED_OUT: "source-is-broader-than-target",
    Relation.SPLIT_AND_MERGED: "related-to",
    Relation.COMBINATION: "related-to",
    Relation.NONE: "not-related-to",
    Relation.UNCHANGED: "equivalent",
}

_INVERSE_RELATION = {Relation.SPLIT: Relation.MERGED, Relation.MERGED: Relation.SPLIT}

_INVERSE_EQUIVALENCE = {
    "source-is-broader-than-target": "source-is-narrower-than-target",
    "source-is-narrower-than-target": "source-is-broader-than-target",
}


def relation_of(*, stays: bool, alone: bool, targets: int, sources: int) -> Relation:
    """The relation between a source and one of its targets (DESIGN section 6).

    Args:
        stays: the source may still be reported afterwards.
        alone: the source stands for the target by itself, not only together with other codes.
        targets: number of codes that the source goes into, a part without known successor counting as one.
        sources: number of codes that go into the target. Codes that stay valid count, as does the target
            itself where it was in use before: otherwise a code that takes over an ended code *and* part of a valid one
            would pass for a rename, and be counted back as what it is not.
    """
    if stays:
        return Relation.CARVED_OUT
    if not alone:
        return Relation.COMBINATION
    if targets > 1:
        return Relation.SPLIT_AND_MERGED if sources > 1 else Relation.SPLIT
    return Relation.MERGED if sources > 1 else Relation.RENAMED


def equivalence_of(relation: Relation, *, alone: bool = True) -> str:
    """The FHIR R5 ConceptMap relationship, read from source to target.

    A combination is `related-to`: the target states what the source states and something else beside it, so the target
    is the narrower in one respect; but the source also goes on covering patients without the second condition, and
    the target is used for patients who had been given only the second code. Neither holds the other. For the same
    reason a carved-out code that took over from several codes *together* is only related to each of them.
    """
    if relation is Relation.CARVED_OUT and not alone:
        return "related-to"
    return _EQUIVALENCE[relation]


def safe_forward(relation: Relation, evidence: Evidence, *, stays: bool, targets: int) -> bool:
    """May the target be put in the source's place everywhere? Only where the source ended, everything it held went
    to one code, and somebody answers for that."""
    return (
        not stays
        and targets == 1
        and relation in (Relation.RENAMED, Relation.MERGED)
        and evidence is not Evidence.SUGGESTED
    )


def safe_backward(relation: Relation, evidence: Evidence, *, alone: bool, sources: int) -> bool:
    """May the target be counted as the source in a trend? Only where everything it holds came from that one code."""
    return (
        alone
        and sources == 1
        and relation in (Relation.RENAMED, Relation.SPLIT, Relation.CARVED_OUT)
        and evidence is not Evidence.SUGGESTED
    )


def inverse_relation(relation: Relation) -> Relation:
    """The relation read from target to source. `carved_out` keeps its name: it then says that the code goes back
    into one that was valid all along."""
    return _INVERSE_RELATION.get(relation, relation)


def inverse_equivalence(equivalence: str) -> str:
    """The FHIR relationship read from target to source."""
    return _INVERSE_EQUIVALENCE.get(equivalence, equivalence)
