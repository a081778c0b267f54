"""What a span of HCPCS Level II releases says of the life of each code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from enum import Enum

from codeset_pipeline.crosswalk.hcpcs_inputs import HcpcsCode, HcpcsRelease
from codeset_pipeline.crosswalk.hcpcs_wording import read_wording
from codeset_pipeline.errors import UsageError

_DAY = timedelta(days=1)
_CPT = re.compile(r"[0-9]{4}[0-9A-Z]")
_CPT_MODIFIER = re.compile(r"[0-9]{2}")
_CDT = re.compile(r"D[0-9]{4}")
# Of all telling words of two descriptions, the share that both have, below which a code means something else.
_SAME_MEANING = 0.5


class Standing(Enum):
    """What a code is when the last release takes effect.

    Attributes:
        LIVING: stated by the last release, with no end before it takes effect.
        ENDED: its last valid day is past.
        WITHDRAWN: the last release does not state it, though no release gave it an end.
        FOREIGN: a code of CPT or CDT, of which HCPCS Level II says nothing.
        UNKNOWN: in no release.
    """

    LIVING = "living"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"
    FOREIGN = "foreign"
    UNKNOWN = "unknown"


class Lives:
    """The codes of a span of releases.

    Attributes:
        first, last: the release to map from and the one to map to.
        newest: code → its row in the newest release that has it, with the cross-references that an earlier release gave
            to the same life of the code where the newest gives none: the publisher clears them after some years.

    Raises:
        UsageError: fewer than two releases, or not ascending.
    """

    def __init__(self, releases: Sequence[HcpcsRelease]) -> None:
        dates = [release.effective_from for release in releases]
        if len(dates) < 2 or dates != sorted(set(dates)):
            raise UsageError("A crosswalk needs two or more releases in order of their dates; name two different ones.")
        self.first, self.last = releases[0], releases[-1]
        self.newest: dict[str, HcpcsCode] = {}
        self._stated_by: dict[str, HcpcsRelease] = {}
        self._referred_by: dict[str, HcpcsRelease] = {}
        for release in releases:
            for code, row in release.codes.items():
                self._take(code, row, release)

    def _take(self, code: str, row: HcpcsCode, release: HcpcsRelease) -> None:
        before = self.newest.get(code)
        self._stated_by[code] = release
        if before and before.cross_references and not row.cross_references and before.added == row.added:
            row = replace(row, cross_references=before.cross_references)
        else:
            self._referred_by[code] = release
        self.newest[code] = row

    def standing(self, code: str) -> Standing:
        """What the code, or what is given as one, is when the last release takes effect."""
        row = self.newest.get(code)
        if row is None:
            foreign = any(shape.fullmatch(code) for shape in (_CPT, _CPT_MODIFIER, _CDT))
            return Standing.FOREIGN if foreign else Standing.UNKNOWN
        if row.terminated is not None and row.terminated < self.last.effective_from:
            return Standing.ENDED
        return Standing.LIVING if code in self.last.codes else Standing.WITHDRAWN

    def begun(self, code: str) -> bool:
        """Was the code valid on the effective date of the first release, as that release states it?"""
        row = self.first.codes.get(code)
        return row is not None and row.valid_on(self.first.effective_from)

    def reused(self, code: str) -> bool:
        """Did the code go from the meaning that it had in the first release to another one in a later life?"""
        before, now = self.first.codes.get(code), self.newest[code]
        if before is None or now.added is None or not self.begun(code) or now.added <= self.first.effective_from:
            return False
        old, new = (set(read_wording(row.long_description).words) for row in (before, now))
        return len(old & new) < _SAME_MEANING * len(old | new)

    def to_be_mapped(self) -> list[str]:
        """Codes valid at some time from the first effective date on that are no longer, or are not the same; sorted.

        A code that was never in force (its end is before its beginning) is left out, unless the first release had it.
        """
        return sorted(code for code in self.newest if self._is_to_be_mapped(code))

    def _is_to_be_mapped(self, code: str) -> bool:
        standing, row = self.standing(code), self.newest[code]
        if standing is Standing.LIVING:
            return self.reused(code)
        if standing is Standing.WITHDRAWN or self.begun(code):
            return True
        in_force = row.added is None or row.terminated is None or row.added <= row.terminated
        return in_force and row.terminated is not None and row.terminated >= self.first.effective_from

    def day_after(self, code: str) -> date:
        """The first day on which the code was no longer valid. For a withdrawn one it is the last release's effective
        date, for a reused one the beginning of its new life."""
        row = self.newest[code]
        if row.terminated is not None:
            return row.terminated + _DAY
        if self.standing(code) is Standing.LIVING and row.added is not None:
            return row.added
        return self.last.effective_from

    def reference(self, code: str) -> str:
        """Where the newest row of the code stands."""
        return f"{self._stated_by[code].reference}, {code}"

    def cross_reference(self, code: str) -> str:
        """Where the cross-references of the code stand."""
        return f"{self._referred_by[code].reference}, {code}: cross-reference"

    def title_before(self, code: str) -> str:
        """Long description at the beginning of the span, or the newest one where the code came later."""
        return self.first.codes.get(code, self.newest[code]).long_description

    def in_use_beside(self, code: str, target: str) -> bool:
        """Could the target already be reported while the code still was? Then the target holds cases of its own."""
        other = self.newest.get(target)
        return other is not None and (other.added is None or other.added < self.day_after(code))
