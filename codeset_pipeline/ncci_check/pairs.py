"""The PTP edits in force between any two of the codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from codeset_pipeline.ncci_check.asking import Asking, Loaded
from codeset_pipeline.ncci_check.findings import PairFinding
from codeset_pipeline.ncci_check.ptp_rows import PtpVersion, missing_among, versions_among

_MODIFIER = {"0": "not allowed", "1": "allowed", "9": "not applicable"}
_MEANING = {
    "0": "{two} is not paid beside {one}; no modifier helps",
    "1": "{two} is not paid beside {one}, unless an NCCI modifier says that the services were separate",
    "9": "the edit has no modifier indicator that applies",
}


def pair_findings(
    asking: Asking,
    setting: str,
    code_set: str,
    codes: Sequence[str],
    on: date,
    published: date | None,
    releases: Sequence[Loaded],
) -> list[PairFinding]:
    """One finding for each edit in force, by column 1, column 2 and effective date."""
    by_edit: dict[tuple[str, str, str], list[PtpVersion]] = {}
    for version in versions_among(asking, code_set, codes):
        by_edit.setdefault(version[:3], []).append(version)
    retroactive = _Retroactive(releases)
    missing = missing_among(asking, code_set, codes, published)
    found = []
    for versions in by_edit.values():
        held = [each for each in versions if each.said(published) and each.in_force(on.isoformat())]
        if not held:
            continue
        version = held[-1]
        indicator = version.modifier_indicator
        meaning = _MEANING.get(indicator, "").format(one=version.column_1, two=version.column_2)
        first = min(each.published_from for each in versions)
        found.append(
            PairFinding(
                setting,
                code_set,
                version.column_1,
                version.column_2,
                indicator,
                _MODIFIER.get(indicator, indicator),
                meaning,
                version.rationale,
                version.effective_from,
                version.deleted_on,
                retroactive.edit(version.effective_from, first),
                version.published_from,
                missing.get(version[:3]),
            )
        )
    return sorted(found, key=lambda item: (item.column_1, item.column_2, item.effective_from))


class _Release(NamedTuple):
    effective_from: str
    oldest: bool


class _Retroactive:
    """Tells whether an edit was first published for a quarter that begins after its effective date."""

    def __init__(self, releases: Sequence[Loaded]) -> None:
        self._by_publication: dict[str, _Release] = {}
        oldest = min((each.effective_from for each in releases), default="")
        for each in sorted(releases, key=lambda release: release.effective_from, reverse=True):
            self._by_publication[each.published] = _Release(each.effective_from, each.effective_from == oldest)

    def edit(self, effective_from: str, first_published: str) -> bool | None:
        release = self._by_publication.get(first_published)
        if release is None:
            return None
        if effective_from >= release.effective_from:
            return False
        return None if release.oldest else True
