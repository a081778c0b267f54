"""The crosswalk of HCPCS Level II between two releases, from the dates and cross-references of their rows.

A living code's cross-references make no rows: in the releases of 2018 to 2020 some 25 carry them, and they name codes
that it took over from (J3358 names Q9989) or ones that may stand in its place (E0971 names K0021), not successors.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from codeset_pipeline.codes import normalise
from codeset_pipeline.crosswalk.hcpcs_follow import courses_of
from codeset_pipeline.crosswalk.hcpcs_inputs import HcpcsCode, HcpcsRelease
from codeset_pipeline.crosswalk.hcpcs_lives import Lives, Standing
from codeset_pipeline.crosswalk.hcpcs_rows import CODE_SET, HcpcsRows
from codeset_pipeline.crosswalk.hcpcs_steps import HcpcsSteps
from codeset_pipeline.crosswalk.inputs import CuratedDecision
from codeset_pipeline.errors import UsageError
from codeset_pipeline.model import Evidence, Mapping, Oddity, Relation

__all__ = ["HcpcsCode", "HcpcsRelease", "build_hcpcs_crosswalk", "map_hcpcs_codes", "unresolved_decisions"]


def build_hcpcs_crosswalk(
    releases: Sequence[HcpcsRelease], curated: Sequence[CuratedDecision], *, suggest: bool = True
) -> list[Mapping]:
    """What becomes of every code that ends between the first release and the last; sorted by source.

    A code gets at least one row when it was valid on the first release's effective date or later, and its last valid
    day is before the last release's. So does one that the last release leaves out without an end, one that has since
    been given another meaning, and a living one of which a person decided that another was carved out. Rows rest,
    in this order, on a person's decision, on the publisher's cross-references in the newest release that has the
    code's row, or on similarity; targets that ended too are followed. Suggestions come after firm targets, the
    likeliest first, and are never automatic; nor is a row whose billing units differ or whose target is a CPT code.

    Args:
        releases: the one to map from, the one to map to, and every loaded one between them; ascending.
        curated: people's decisions; those that take effect after the last release are left alone.
        suggest: rank successors for ended codes that have no usable cross-reference.

    Raises:
        UsageError: fewer than two releases, or not ascending.
    """
    lives = Lives(releases)
    steps = HcpcsSteps(lives, curated, suggest=suggest)
    sources = _sources(lives, steps)
    return _rows(sources, sources, lives, steps)


def map_hcpcs_codes(
    releases: Sequence[HcpcsRelease], curated: Sequence[CuratedDecision], codes: Sequence[str]
) -> list[Mapping]:
    """The rows of these source codes, in the order asked for; see `build_hcpcs_crosswalk`.

    A code that goes on as it is has one row of relation `unchanged`. A code that had ended before the first release
    is mapped too, from its own end on. Codes are accepted in any case.

    Raises:
        UsageError: as `build_hcpcs_crosswalk`, or no release has the code.
    """
    lives = Lives(releases)
    steps = HcpcsSteps(lives, curated, suggest=True)
    wanted = list(dict.fromkeys(map(normalise, codes)))
    for code in wanted:
        if code not in lives.newest:
            raise UsageError(
                f"{code} is in no release from {lives.first.effective_from} to {lives.last.effective_from}; check the "
                "code, or map from a release that has it."
            )
    sources = _sources(lives, steps)
    earlier = [code for code in wanted if lives.standing(code) is Standing.ENDED and code not in sources]
    found: dict[str, list[Mapping]] = defaultdict(list)
    for row in _rows([code for code in wanted if code in {*sources, *earlier}], sources, lives, steps):
        found[row.source].append(row)
    return [row for code in wanted for row in found.get(code) or [_as_it_is(code, lives)]]


def unresolved_decisions(releases: Sequence[HcpcsRelease], curated: Sequence[CuratedDecision]) -> list[Oddity]:
    """The decisions on codes that no release has, so that no row could be made of them."""
    return HcpcsSteps(Lives(releases), curated, suggest=False).unresolved


def _sources(lives: Lives, steps: HcpcsSteps) -> list[str]:
    living = [code for code in steps.decided() if lives.standing(code) is Standing.LIVING and lives.begun(code)]
    return sorted({*lives.to_be_mapped(), *living})


def _rows(wanted: Sequence[str], sources: Sequence[str], lives: Lives, steps: HcpcsSteps) -> list[Mapping]:
    """The rows of the wanted codes; what goes into a target is counted over all sources and the wanted ones."""
    rows = HcpcsRows(lives, courses_of(sorted({*sources, *wanted}), lives, steps))
    return [row for code in wanted for row in rows.of(code)]


def _as_it_is(code: str, lives: Lives) -> Mapping:
    row = lives.newest[code]
    before = lives.title_before(code)
    note = "" if code in lives.first.codes else f"It is not in the release of {lives.first.effective_from}."
    if before != row.long_description:
        note = "Its description was reworded."
    return Mapping(
        code_set=CODE_SET,
        source=code,
        target=code,
        relation=Relation.UNCHANGED,
        equivalence="equivalent",
        evidence=Evidence.PUBLISHER,
        automatic_forward=True,
        automatic_backward=True,
        source_title=before,
        target_title=row.long_description,
        note=note,
    )
