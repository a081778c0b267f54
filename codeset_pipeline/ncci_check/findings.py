"""What a check finds, one dataclass for each sort of rule."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PairFinding:
    """A PTP edit between two of the codes that is in force on the date.

    Attributes:
        modifier: `not allowed`, `allowed` or `not applicable`.
        meaning: what that means for the two codes, in one sentence.
        effective_to: last day, None while no deletion date is known.
        retroactive: the edit was first published for a quarter after its effective date; None where that cannot be
            told, because the oldest loaded release has it already.
        published_from: when this row of the edit was first published.
        missing_from: first release that no longer has the row although the edit had not ended, None where all have it;
            absence is no deletion, so that it counts as in force, and somebody should ask the publisher.
    """

    setting: str
    code_set: str
    column_1: str
    column_2: str
    modifier_indicator: str
    modifier: str
    meaning: str
    rationale: str
    effective_from: str
    effective_to: str | None
    retroactive: bool | None
    published_from: str
    missing_from: str | None


@dataclass(frozen=True, slots=True)
class UnitsFinding:
    """The MUE of a code.

    Attributes:
        mai: adjudication indicator; blank in Medicaid tables.
        units: those asked about, None where none were given.
        exceeded: more units than the value; None where no units were given.
    """

    setting: str
    code_set: str
    code: str
    mue_value: int
    mai: str
    meaning: str
    rationale: str
    units: int | None
    exceeded: bool | None
    effective_from: str
    effective_to: str | None


@dataclass(frozen=True, slots=True)
class AddOnFinding:
    """An add-on code among the codes.

    Attributes:
        status: `primary_present`, `primary_missing`, or `cannot_be_proven` (types 2 and 3: the contractor may accept
            primary codes that the table does not list).
        primaries_present: its primary codes among the codes asked about.
        primaries_listed: number of primary codes that the table lists for it on the date, without the mark for
            contractor-defined ones.
    """

    setting: str
    code_set: str
    add_on_code: str
    edit_types: tuple[str, ...]
    status: str
    meaning: str
    primaries_present: tuple[str, ...]
    primaries_listed: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the answer rests on for one code set.

    Attributes:
        loaded: labels of the oldest and the newest loaded release; None where none is.
        note: what cannot be known, in one sentence; None where there is no such limit.
    """

    code_set: str
    loaded: tuple[str, str] | None
    known: bool
    note: str | None


@dataclass(frozen=True)
class Check:
    """Everything found for some codes on a date.

    Attributes:
        unknown: codes that no loaded table of the settings has on any date.
        without_mue: setting → codes without a published value on the date (none, or a confidential one).
    """

    on: str
    published: str | None
    codes: tuple[str, ...]
    settings: tuple[str, ...]
    edits: tuple[PairFinding, ...]
    mue: tuple[UnitsFinding, ...]
    add_on: tuple[AddOnFinding, ...]
    unknown: tuple[str, ...]
    without_mue: dict[str, tuple[str, ...]]
    coverage: tuple[Coverage, ...]
