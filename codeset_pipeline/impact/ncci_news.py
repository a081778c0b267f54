"""What NCCI releases say about the codes of one charge list, in the words in which it is asked for and judged.

Whoever knows the releases is given the codes of the list (`ChargeList.codes`) and answers with what concerns exactly
these. Changes of edits carry the dates of the edits; limits and add-on codes those of the newer release.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

EDIT_ADDED, EDIT_DELETED, INDICATOR_CHANGED = "edit_added", "edit_deleted", "indicator_changed"
REACTIVATED, END_MOVED = "reactivated", "revised"


@dataclass(frozen=True, slots=True)
class PairChange:
    """A PTP edit between two codes that came, ended, or changed its modifier indicator.

    Attributes:
        kind: `edit_added`, `edit_deleted`, `indicator_changed`, `reactivated` (the deletion date was taken out again)
            or `revised` (it was moved).
        effective_from: first day on which it is so; for an edit that ended, the day after its last.
        indicator, indicator_before: 0 no modifier bypasses the edit, 1 one may, 9 it never held; None: there is none.
        rationale: the publisher's reason.
        last_day: of the edit, None while it is open.
    """

    column_1: str
    column_2: str
    kind: str
    effective_from: date
    indicator: int | None = None
    indicator_before: int | None = None
    rationale: str = ""
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class UnitLimit:
    """The most units of a code that are paid, before and after; None where none is published.

    Attributes:
        indicator: MUE adjudication indicator: 1 by line, 2 by day from policy, 3 by day from experience.
    """

    code: str
    before: int | None
    after: int | None
    effective_from: date
    indicator: int | None = None


@dataclass(frozen=True, slots=True)
class AddOn:
    """An add-on code of the newer release and the codes with which it is paid.

    Attributes:
        primaries: its primary codes; contractor_defined: contractors say which, so that none can be missed.
        before: its primary codes in the older release.
    """

    code: str
    primaries: frozenset[str]
    effective_from: date
    contractor_defined: bool = False
    before: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class NcciNews:
    """What NCCI releases say about the codes of one charge list, by code set (`ncci-ptp-hospital`, …)."""

    code_set: str
    pairs: Sequence[PairChange] = field(default_factory=tuple)
    limits: Sequence[UnitLimit] = field(default_factory=tuple)
    add_ons: Sequence[AddOn] = field(default_factory=tuple)
