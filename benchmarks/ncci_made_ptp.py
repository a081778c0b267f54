"""Quarters of made PTP edits that follow one another with known changes of every kind.

A quarter keeps only the column 1 codes whose edits differ from the base.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from random import Random
from typing import NamedTuple

from ncci_made_base import ONE_DAY, Base
from ncci_made_codes import label_of_quarter, next_quarter, quarters_before

from codeset_pipeline.demo.ncci_layouts import PtpEdit, ptp_lines
from codeset_pipeline.parse.ncci_ptp_rules import RATIONALES

Pair = tuple[str, str]


class MadeChange(NamedTuple):
    """One row of a quarter that is new (`old` is None), changed, or gone (`new` is None), and why it was made."""

    kind: str
    old: PtpEdit | None
    new: PtpEdit | None


@dataclass
class PtpQuarter:
    """A quarter's edits.

    Attributes:
        start: its first day.
        changed: column 1 code → its edits, where they are not those of the base.
        changes: how this quarter differs from the one before; empty for the first.
    """

    base: Base
    start: date
    changed: dict[str, tuple[PtpEdit, ...]] = field(default_factory=dict)
    changes: list[MadeChange] = field(default_factory=list)

    @property
    def label(self) -> str:
        return label_of_quarter(self.start)

    @cached_property
    def columns_1(self) -> list[str]:
        return sorted({*self.base.columns_1, *self.changed})

    def edits_of(self, column_1: str) -> tuple[PtpEdit, ...]:
        found = self.changed.get(column_1)
        return self.base.edits_of(column_1) if found is None else found

    def count_of(self, column_1: str) -> int:
        found = self.changed.get(column_1)
        return self.base.count_of(column_1) if found is None else len(found)

    def lines_of(self, column_1: str) -> bytes:
        """The edits of a column 1 code as lines of the text file."""
        found = self.changed.get(column_1)
        return self.base.lines_of(column_1) if found is None else ptp_lines(found)

    def edits(self) -> Iterator[PtpEdit]:
        """All edits in order of column 1, column 2, effective date."""
        return itertools.chain.from_iterable(map(self.edits_of, self.columns_1))

    def edits_of_pair(self, pair: Pair) -> tuple[PtpEdit, ...]:
        return tuple(edit for edit in self.edits_of(pair[0]) if edit.column_2 == pair[1])

    @property
    def rows(self) -> int:
        return self.base.rows + sum(len(edits) - self.base.count_of(code) for code, edits in self.changed.items())


# Kind of change → how many in a quarter. As published for 2024Q3: 925 edits on new pairs, 3 on repeated ones, 295 ended
# on the last day of the old quarter, 2 pairs with another indicator from the next day on.
REAL_QUARTER = {"new_pair": 925, "repeated_pair": 1, "indicator_switched": 2, "deleted": 293}
# The same size with every kind of change in it.
EVERY_KIND = {
    "new_pair": 860,
    "retroactive_pair": 40,
    "never_in_force_pair": 15,
    "direction_swapped": 10,
    "repeated_pair": 1,
    "indicator_switched": 2,
    "deleted": 263,
    "deleted_retroactively": 15,
    "voided": 5,
    "indicator_changed": 6,
    "rationale_changed": 8,
    "deletion_moved": 1,
    "reinstated": 1,
}


def scaled(counts: dict[str, int], factor: float) -> dict[str, int]:
    """The counts for a smaller or larger quarter; what occurs at all occurs at least once."""
    return {kind: max(1, round(count * factor)) if count else 0 for kind, count in counts.items()}


class _Maker:
    """Makes the changes from one quarter to the next; no pair is touched twice, in either direction."""

    def __init__(self, old: PtpQuarter, new: PtpQuarter, rng: Random) -> None:
        self.old, self.new, self.rng = old, new, rng
        self.last_day = new.start - ONE_DAY
        self.touched: set[Pair] = set()

    def _existing(self, wanted: Callable[[PtpEdit], bool]) -> PtpEdit:
        for _ in range(20_000):
            edits = self.old.edits_of(self.old.base.column_1_of_row(self.rng.randrange(self.old.base.rows)))
            edit = self.rng.choice(edits) if edits else None
            if edit and edit[:2] not in self.touched and wanted(edit):
                self._touch(edit.column_1, edit.column_2)
                return edit
        raise SystemExit("The quarter is too small for so many changes; make more rows or fewer changes.")

    def _in_force(self, edit: PtpEdit) -> bool:
        """In force for a while, the pair's last edit, and without the pair's other direction."""
        pair = self.old.edits_of_pair((edit.column_1, edit.column_2))
        return edit.deleted_on is None and edit.effective_from < self.old.start and pair[-1] == edit

    def _absent_pair(self) -> Pair:
        columns_1, codes = self.old.base.columns_1, self.old.base.codes
        for _ in range(20_000):
            pair = (self.rng.choice(columns_1), self.rng.choice(codes))
            if pair[0] != pair[1] and pair not in self.touched and not self.old.edits_of_pair(pair):
                self._touch(*pair)
                return pair
        raise SystemExit("All pairs of the codes have an edit; make more rows or fewer changes.")

    def _touch(self, column_1: str, column_2: str) -> None:
        self.touched |= {(column_1, column_2), (column_2, column_1)}

    def _record(self, kind: str, old: PtpEdit | None, new: PtpEdit | None) -> None:
        edit = new or old
        assert edit is not None
        edits = [e for e in self.new.edits_of(edit.column_1) if e != old]
        self.new.changed[edit.column_1] = tuple(sorted([*edits, new] if new else edits, key=lambda e: (e[1], e[3])))
        self.new.changes.append(MadeChange(kind, old, new))

    def _added(self, kind: str, pair: Pair, effective: date, **values: object) -> None:
        edit = PtpEdit(*pair, False, effective, None, "1" if self.rng.random() < 0.6 else "0", RATIONALES[1])
        self._record(kind, None, edit._replace(**{"rationale": self.rng.choice(RATIONALES), **values}))  # type: ignore[arg-type]

    def _earlier(self) -> date:
        """The first day of one of the last two years' quarters."""
        return self.rng.choice(quarters_before(self.old.start)[-8:])

    def make(self, kind: str) -> None:
        getattr(self, f"_make_{kind}")()

    def _make_new_pair(self) -> None:
        self._added("new_pair", self._absent_pair(), self.new.start)

    def _make_retroactive_pair(self) -> None:
        self._added("retroactive_pair", self._absent_pair(), self._earlier())

    def _make_never_in_force_pair(self) -> None:
        day = self.new.start if self.rng.random() < 0.5 else self._earlier()
        self._added("never_in_force_pair", self._absent_pair(), day, deleted_on=day, modifier_indicator="9")

    def _make_direction_swapped(self) -> None:
        edit = self._existing(lambda e: self._in_force(e) and not self.old.edits_of_pair((e.column_2, e.column_1)))
        self._record("direction_swapped", edit, edit._replace(deleted_on=self.last_day))
        swapped = edit._replace(column_1=edit.column_2, column_2=edit.column_1, prior_to_1996=False)
        self._record("direction_swapped", None, swapped._replace(effective_from=self.new.start))

    def _make_repeated_pair(self) -> None:
        def ended_long_ago(edit: PtpEdit) -> bool:
            last = self.old.edits_of_pair((edit.column_1, edit.column_2))[-1]
            return last == edit and edit.deleted_on is not None and edit.deleted_on < self.old.start - ONE_DAY

        edit = self._existing(ended_long_ago)
        self._added("repeated_pair", (edit.column_1, edit.column_2), self.new.start)

    def _make_indicator_switched(self) -> None:
        edit = self._existing(self._in_force)
        self._record("indicator_switched", edit, edit._replace(deleted_on=self.last_day))
        other = {"0": "1", "1": "0"}[edit.modifier_indicator]
        follows = edit._replace(prior_to_1996=False, effective_from=self.new.start, modifier_indicator=other)
        self._record("indicator_switched", None, follows)

    def _make_deleted(self) -> None:
        edit = self._existing(self._in_force)
        self._record("deleted", edit, edit._replace(deleted_on=self.last_day))

    def _make_deleted_retroactively(self) -> None:
        edit = self._existing(self._in_force)
        days = [d - ONE_DAY for d in quarters_before(self.old.start) if d > edit.effective_from]
        self._record("deleted_retroactively", edit, edit._replace(deleted_on=self.rng.choice(days)))

    def _make_voided(self) -> None:
        edit = self._existing(self._in_force)
        self._record("voided", edit, edit._replace(deleted_on=edit.effective_from, modifier_indicator="9"))

    def _make_indicator_changed(self) -> None:
        edit = self._existing(self._in_force)
        other = {"0": "1", "1": "0"}[edit.modifier_indicator]
        self._record("indicator_changed", edit, edit._replace(modifier_indicator=other))

    def _make_rationale_changed(self) -> None:
        edit = self._existing(self._in_force)
        other = self.rng.choice([text for text in RATIONALES if text != edit.rationale])
        self._record("rationale_changed", edit, edit._replace(rationale=other))

    def _make_deletion_moved(self) -> None:
        edit = self._existing(self._ended_alone)
        assert edit.deleted_on is not None
        self._record("deletion_moved", edit, edit._replace(deleted_on=edit.deleted_on + timedelta(days=31)))

    def _make_reinstated(self) -> None:
        edit = self._existing(self._ended_alone)
        self._record("reinstated", edit, edit._replace(deleted_on=None))

    def _ended_alone(self, edit: PtpEdit) -> bool:
        alone = len(self.old.edits_of_pair((edit.column_1, edit.column_2))) == 1
        return alone and edit.deleted_on is not None and edit.modifier_indicator != "9"

    def _make_withdrawn(self) -> None:
        self._record("withdrawn", self._existing(self._in_force), None)

    def _make_aged_out(self) -> None:
        self._record("aged_out", self._existing(self._ended_alone), None)


def following(old: PtpQuarter, counts: dict[str, int] | None = None, seed: int = 1) -> PtpQuarter:
    """The next quarter, with so many changes of each kind (`EVERY_KIND` scaled to the size when not given).

    Kinds besides those of EVERY_KIND: `withdrawn` (a row in force is gone) and `aged_out` (an ended one is gone).
    """
    if counts is None:
        counts = scaled(EVERY_KIND, old.base.rows / 2_600_000)
    new = PtpQuarter(old.base, next_quarter(old.start), dict(old.changed))
    maker = _Maker(old, new, Random(f"changes/{seed}/{new.label}"))
    for kind, count in counts.items():
        for _ in range(count):
            maker.make(kind)
    return new
