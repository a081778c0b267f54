"""Made PTP edits of a first quarter, of any size and never held in memory.

The edits of a column 1 code are a function of the seed and the code's number, so any of them can be made again at any
time.
"""

from __future__ import annotations

import bisect
import itertools
import zlib
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from ncci_made_codes import made_codes, quarters_before

from codeset_pipeline.demo.ncci_layouts import PtpEdit, ptp_lines
from codeset_pipeline.parse.ncci_ptp_rules import RATIONALES

ONE_DAY = timedelta(days=1)
# One row in eight repeats a pair with another effective date.
_REPEATED = 8
# About how often each rationale stands in a practitioner file, in the order of RATIONALES; made up but for the order.
_RATIONALE_WEIGHTS = (130, 610, 60, 40, 25, 20, 55, 40, 12, 4, 3, 1)
# Shares of the rows: indicator 9 (never in force), and of the others those that have ended; indicator 1 rather than 0.
_NEVER, _ENDED, _ALLOWED = 0.06, 0.35, 0.62


def _weighted(weights: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(itertools.chain.from_iterable([index] * weight for index, weight in enumerate(weights)))


class Base:
    """The edits of the first quarter, column 1 code by column 1 code.

    Args:
        rows: how many edits.
        quarter: first day of the quarter.
        codes: the codes to make pairs of, in order; made up when not given.
    """

    def __init__(self, rows: int, quarter: date, seed: int = 1, codes: list[str] | None = None) -> None:
        self.seed, self.quarter, self.rows = seed, quarter, rows
        self.codes = sorted(codes) if codes else made_codes(min(15_000, max(24, int(9.3 * rows**0.5))), seed)
        rng = Random(f"sizes/{seed}")
        first_count = max(4, min(int(0.7 * len(self.codes)), rows // 20))
        self.columns_1 = sorted(rng.sample(self.codes, first_count))
        weights = [min(rng.expovariate(1.0), 6.0) + 0.05 for _ in self.columns_1]
        scale = rows / sum(weights)
        bounds = [0, *(round(total * scale) for total in itertools.accumulate(weights))]
        most = int(0.85 * len(self.codes))
        sizes = [after - before for before, after in itertools.pairwise(bounds)]
        while max(sizes) > most:
            # A code has no more partners than there are codes; what is too much goes to the smallest.
            sizes[sizes.index(max(sizes))] -= (cut := max(sizes) - most)
            sizes[sizes.index(min(sizes))] += min(cut, most)
        self._starts = [0, *itertools.accumulate(sizes)]
        self._days = quarters_before(quarter)
        self._rationales = _weighted(_RATIONALE_WEIGHTS)
        self._lines: dict[str, bytes] = {}

    def column_1_of_row(self, row: int) -> str:
        """The column 1 code of the edit with this number."""
        return self.columns_1[bisect.bisect_right(self._starts, row) - 1]

    @lru_cache(maxsize=64)  # noqa: B019 - a base lives as long as the process
    def edits_of(self, column_1: str) -> tuple[PtpEdit, ...]:
        """The edits of a column 1 code in order of column 2 and effective date; empty for a code without any."""
        index = bisect.bisect_left(self.columns_1, column_1)
        if index == len(self.columns_1) or self.columns_1[index] != column_1:
            return ()
        return tuple(self._made(index))

    def count_of(self, column_1: str) -> int:
        """How many edits a column 1 code has."""
        index = bisect.bisect_left(self.columns_1, column_1)
        if index == len(self.columns_1) or self.columns_1[index] != column_1:
            return 0
        return self._starts[index + 1] - self._starts[index]

    def lines_of(self, column_1: str) -> bytes:
        """The edits of a column 1 code as lines of the text file; kept (compressed), as every quarter writes them."""
        kept = self._lines.get(column_1)
        if kept is None:
            kept = self._lines[column_1] = zlib.compress(ptp_lines(self.edits_of(column_1)), 1)
        return zlib.decompress(kept)

    def _made(self, index: int) -> Iterator[PtpEdit]:
        column_1, count = self.columns_1[index], self._starts[index + 1] - self._starts[index]
        rng = Random(f"{self.seed}/{index}")
        repeated = min(count // 2, int(count / _REPEATED + rng.random()))
        partners = rng.sample(self.codes, min(len(self.codes), count - repeated + 1))
        partners = [code for code in partners if code != column_1][: count - repeated]
        twice = set(partners[:repeated])
        # Edits of one code mostly came in few quarters.
        days = [rng.choice(self._days) for _ in range(6)]
        for column_2 in sorted(partners):
            first = self._edit(rng, column_1, column_2, days)
            if column_2 not in twice:
                yield first
                continue
            yield from self._repeated(rng, first)

    def _edit(self, rng: Random, column_1: str, column_2: str, days: list[date]) -> PtpEdit:
        effective = days[int(rng.random() * 6)] if rng.random() < 0.8 else rng.choice(self._days)
        rationale = RATIONALES[self._rationales[int(rng.random() * len(self._rationales))]]
        prior = effective.year == 1996 and effective.month == 1 and rng.random() < 0.5
        if rng.random() < _NEVER:
            return PtpEdit(column_1, column_2, prior, effective, effective, "9", rationale)
        indicator = "1" if rng.random() < _ALLOWED else "0"
        deleted = None
        if rng.random() < _ENDED:
            later = self._days[bisect.bisect_right(self._days, effective) :]
            deleted = later[int(rng.random() * len(later))] - ONE_DAY if later else None
        return PtpEdit(column_1, column_2, prior, effective, deleted, indicator, rationale)

    def _repeated(self, rng: Random, first: PtpEdit) -> Iterator[PtpEdit]:
        """An edit that ended (or never was) and a later one of the same pair."""
        place = bisect.bisect_right(self._days, first.effective_from)
        if place >= len(self._days) - 1:
            # Too young to have ended before another began: begin it two quarters earlier.
            place = len(self._days) - 2
            first = first._replace(effective_from=self._days[place - 1], deleted_on=None, prior_to_1996=False)
            first = first._replace(deleted_on=first.effective_from) if first.modifier_indicator == "9" else first
        ended = place + int(rng.random() * (len(self._days) - place))
        if first.modifier_indicator != "9":
            first = first._replace(deleted_on=self._days[ended] - ONE_DAY)
        gap = 0 if rng.random() < 0.7 else int(rng.random() * (len(self._days) - ended))
        again = self._days[ended + gap]
        indicator = {"0": "1", "1": "0"}.get(first.modifier_indicator, "0") if gap == 0 else "1"
        yield first
        yield first._replace(prior_to_1996=False, effective_from=again, deleted_on=None, modifier_indicator=indicator)
