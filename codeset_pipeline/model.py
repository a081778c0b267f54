"""The objects that the stages hand to one another, in the field's words (DESIGN section 2).

Codes inside the program are written without a dot and in capitals (`E119`); `codeset_pipeline.codes`
turns them into the form their code set prints. Dates are `datetime.date`; an interval's last day belongs to it, and
None as last day means that it is open.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingABC
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cached_property


@dataclass(frozen=True, slots=True, order=True)
class ReleaseKey:
    """Identity of a release: its code set and the date on which it takes effect."""

    code_set: str
    effective_from: date


@dataclass(frozen=True, slots=True)
class Release:
    """One revision of a release as it stands in the history.

    Attributes:
        label: what people type, such as `FY2026` or `FY2025-apr`.
        revision: 0 for the first publication, 1 for the first corrected one, …
        published: the date on which the publisher posted this revision.
        state: `importing` or `ready`.
        rows: rows of the main table (for ICD-10-CM: headers and billable codes).
        billable_rows: rows that may be reported, None where the code set makes no such difference.
        snapshot_hash: content hash of the snapshot; equal bytes give an equal hash.
        snapshot_key: name of the snapshot's directory.
    """

    code_set: str
    effective_from: date
    label: str
    revision: int
    published: date
    state: str
    rows: int
    billable_rows: int | None
    snapshot_hash: str
    snapshot_key: str

    @property
    def key(self) -> ReleaseKey:
        return ReleaseKey(self.code_set, self.effective_from)


@dataclass(frozen=True, slots=True)
class Oddity:
    """Something in a release file that departs from its layout but could be read safely.

    Attributes:
        file: the file, with its archive.
        line: 1-based line or row, None for the file as a whole.
        what: one sentence on what was found.
        text: the text found.
        decision: what the program did with it.
    """

    file: str
    line: int | None
    what: str
    text: str
    decision: str


class ChangeKind(StrEnum):
    """Kinds of change (DESIGN section 5)."""

    ADDED = "added"
    DELETED = "deleted"
    BECAME_HEADER = "became_header"
    BECAME_BILLABLE = "became_billable"
    REVISED = "revised"
    REACTIVATED = "reactivated"
    REUSED = "reused"
    AGED_OUT = "aged_out"
    WITHDRAWN = "withdrawn"
    CORRECTED = "corrected"
    NOTE_ADDED = "note_added"
    NOTE_DELETED = "note_deleted"
    NOTE_REVISED = "note_revised"
    POA_EXEMPT_ADDED = "poa_exempt_added"
    POA_EXEMPT_DELETED = "poa_exempt_deleted"
    EDIT_ADDED = "edit_added"
    EDIT_DELETED = "edit_deleted"
    INDICATOR_CHANGED = "indicator_changed"
    RATIONALE_CHANGED = "rationale_changed"
    MUE_VALUE_CHANGED = "mue_value_changed"
    MAI_CHANGED = "mai_changed"
    PRIMARY_ADDED = "primary_added"
    PRIMARY_DELETED = "primary_deleted"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field before and after.

    Attributes:
        text: for text fields, the least part of it that changed: `wording`, or only `accents`, `punctuation`, `case`
            or `spacing`; None for other fields.
    """

    old: str | bool | int | None
    new: str | bool | int | None
    text: str | None = None


@dataclass(frozen=True, slots=True)
class NcciFacts:
    """What a change of the NCCI edits says besides its fields.

    Attributes:
        keys: the key columns of the row that changed, by name: `column_1`, `column_2` for PTP, `code` for MUE,
            `add_on_code`, `primary_code` for add-on codes (no `primary_code` where the add-on code itself is meant).
        attributes: what the row says now (before, where it left the file), by column.
        holds_from: first date of service that is treated otherwise than before; None where none is.
        last_day: last day on which the edit holds, None while it is open. An edit that was never in force has none.
        retroactive: dates of service before the newer release are treated otherwise than before.
        reach_from, reach_to: the first and last of those dates; None where there are none.
        flags: `never_in_force`, `pair_listed_before` (another edit on the pair was there already), `column_swap` (the
            pair's other direction changed the other way), `successor` (the next edit on the pair starts the day after
            with another indicator), `with_add_on_code` (the whole add-on code came or went), `contractor_defined`.
        counterpart: for `column_swap` the other direction as `COLUMN 1/COLUMN 2`.
    """

    keys: MappingABC[str, str]
    attributes: MappingABC[str, str | bool | int | None] = field(default_factory=dict)
    holds_from: date | None = None
    last_day: date | None = None
    retroactive: bool = False
    reach_from: date | None = None
    reach_to: date | None = None
    flags: tuple[str, ...] = ()
    counterpart: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two releases.

    Attributes:
        code: code, or for notes the owner of the note: a code, `chapter 1` or a section such as `A00-A09`.
        kind: see `ChangeKind`.
        effective_from: first day on which the change holds; for NCCI edits with dates of their own the edit's effective
            date, which is part of its key (`ncci.holds_from` has the first day on which the change holds).
        billable_before, billable_after: may the code be reported; None where it does not exist.
        title_before, title_after: long title (short title where there is no long one).
        fields: the fields that changed, by name.
        chapter: chapter or section of the code set that the code belongs to, as printed on reports.
        explained: name of the known difference that accounts for it, None when it is an ordinary change.
        ncci: for NCCI edits, the key columns and how far back the change reaches; None for other code sets.
    """

    code_set: str
    code: str
    kind: ChangeKind
    effective_from: date
    billable_before: bool | None = None
    billable_after: bool | None = None
    title_before: str | None = None
    title_after: str | None = None
    fields: MappingABC[str, FieldChange] = field(default_factory=dict)
    chapter: str = ""
    explained: str | None = None
    ncci: NcciFacts | None = None


@dataclass(frozen=True, slots=True)
class PublishedTotals:
    """Changes counted as the publisher counts them: among codes that may be reported.

    For PTP these are edits added, edits deleted and indicators changed; for MUE codes added, no longer published and
    with another value or adjudication indicator; for add-on codes edits added, deleted and revised.
    """

    added: int
    deleted: int
    revised: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One disagreement between our changes and the publisher's list.

    Attributes:
        side: `ours` (we found it, the list does not have it), `publisher` (the reverse) or `both` (both have it and
            disagree on its content).
        level: `code` or `header`.
        what: what is different, in one sentence.
        cause: why, from `known_differences.yml`; None when unexplained.
        rule: name of the rule in `known_differences.yml`; None when unexplained.
    """

    code: str
    level: str
    kind: str
    side: str
    what: str
    old: str | None = None
    new: str | None = None
    cause: str | None = None
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """Our changes held against the publisher's own list.

    Attributes:
        covered: False when no list of the publisher's for this pair of releases is loaded; then nothing is proven.
        lists: names of the publisher's files that were used.
        matched: changes on which both agree to the letter.
        publisher_totals: the totals that the publisher states in the list's trailer, by level (`codes`,
            `headers`) and then by `added`, `deleted`, `revised`; empty when the list states none.
    """

    covered: bool
    lists: tuple[str, ...]
    matched: int
    explained: tuple[Difference, ...]
    unexplained: tuple[Difference, ...]
    publisher_totals: MappingABC[str, MappingABC[str, int]]
    note: str = ""


class Relation(StrEnum):
    """How a code of one release is carried on in another (DESIGN section 6). `unchanged` is only answered for a code
    that was asked for by name and goes on as it is."""

    RENAMED = "renamed"
    SPLIT = "split"
    MERGED = "merged"
    SPLIT_AND_MERGED = "split_and_merged"
    CARVED_OUT = "carved_out"
    COMBINATION = "combination"
    NONE = "none"
    UNCHANGED = "unchanged"


class Evidence(StrEnum):
    """What a mapping rests on, strongest first."""

    CURATED = "curated"
    PUBLISHER = "publisher"
    HIERARCHY = "hierarchy"
    SUGGESTED = "suggested"


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a mapping.

    Attributes:
        effective_from: the date on which the step takes effect.
        reference: where the step is stated, such as a file and row.
    """

    effective_from: date
    source: str
    target: str | None
    relation: Relation
    evidence: Evidence
    reference: str


@dataclass(frozen=True, slots=True)
class Mapping:
    """One row of a crosswalk: a source code and one of its targets, None when it has none.

    Attributes:
        equivalence: FHIR R5 ConceptMap relationship, read from source to target.
        automatic_forward: source may be replaced by target everywhere without a person looking.
        automatic_backward: target may be counted as source in a trend without a person looking.
        together_with: for `combination`, the other codes that the source stood beside.
        ambiguous: the source has more than one target, so a person has to choose.
    """

    code_set: str
    source: str
    target: str | None
    relation: Relation
    equivalence: str
    evidence: Evidence
    hops: tuple[Hop, ...] = ()
    automatic_forward: bool = False
    automatic_backward: bool = False
    together_with: tuple[str, ...] = ()
    ambiguous: bool = False
    source_title: str | None = None
    target_title: str | None = None
    note: str = ""


@dataclass(frozen=True)
class ReleasePair:
    """Everything known about going from one release of a code set to another.

    Attributes:
        before, after: code → may it be reported, in the older and the newer release. Headers are False.
        titles_before, titles_after: code → title, for the codes that the changes and mappings name.
        descriptions: for NCCI edits, code → short description, where HCPCS Level II is loaded and has the code.
        ever: codes of the loaded releases before the two, so that a code that never existed can be told from one that
            ended long ago.
        days: code → first and last valid day as the newer release states them, else the older or the newest loaded one,
            for code sets whose rows carry dates.
    """

    code_set: str
    from_release: Release
    to_release: Release
    before: MappingABC[str, bool]
    after: MappingABC[str, bool]
    changes: Sequence[Change]
    published_totals: PublishedTotals
    mappings: Sequence[Mapping]
    reconciliation: Reconciliation
    ever: frozenset[str] = frozenset()
    days: MappingABC[str, tuple[date | None, date | None]] = field(default_factory=dict)
    oddities: Sequence[Oddity] = ()
    rows_before: int = 0
    rows_after: int = 0
    descriptions: MappingABC[str, str] = field(default_factory=dict)

    @cached_property
    def totals(self) -> dict[str, int]:
        """Number of changes of each kind that occurs, in the order of `ChangeKind`."""
        counts = dict.fromkeys(ChangeKind, 0)
        for change in self.changes:
            counts[change.kind] += 1
        return {str(kind): count for kind, count in counts.items() if count}

    @cached_property
    def changes_of(self) -> dict[str, list[Change]]:
        """The changes of each code."""
        found: dict[str, list[Change]] = {}
        for change in self.changes:
            found.setdefault(change.code, []).append(change)
        return found

    @cached_property
    def mappings_of(self) -> dict[str, list[Mapping]]:
        """The mappings of each source code."""
        found: dict[str, list[Mapping]] = {}
        for mapping in self.mappings:
            found.setdefault(mapping.source, []).append(mapping)
        return found


class Severity(StrEnum):
    """What happens to a claim that uses the line as it stands, worst first."""

    WILL_DENY = "will_deny"
    MAY_DENY = "may_deny"
    TEXT_ONLY = "text_only"
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class TableLayout:
    """How a table of the user's is laid out: one CSV file, or one sheet of a workbook.

    Attributes:
        sheet: name of the sheet, empty for a CSV file.
        header_line: 1-based line or row of the header, None when the table has none.
        places: column as findings name it → its 0-based place in the line.
        roles: role (`code`, `description`, `price`, …) → 0-based places of its columns, best first.
    """

    sheet: str
    header_line: int | None
    places: MappingABC[str, int]
    roles: MappingABC[str, tuple[int, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asset:
    """A file of the user's that names codes.

    Attributes:
        kind: `charge_master` or `rules`.
        lines: data lines, or rules.
        lines_with_codes: lines on which at least one code, range or wildcard was recognised, CPT codes among them.
        columns: which column was taken for what: role (`code`, `description`, `price`, …) → column name.
        unrecognised: texts that stood where a code was expected, with how often.
        forms: the forms of those texts (`9` a digit, `A` a letter) with how often, commonest first.
        code_sets: on how many lines codes of each code set stand; codes of other kinds go by the file's name for them.
        blank: lines on which every column of codes is empty.
        tables: how each of its tables is laid out, for drafts of new lines; empty for rules that are no table.
    """

    path: str
    kind: str
    lines: int
    lines_with_codes: int
    columns: MappingABC[str, str | list[str]]
    sha256: str
    unrecognised: MappingABC[str, int] = field(default_factory=dict)
    tables: tuple[TableLayout, ...] = ()
    forms: MappingABC[str, int] = field(default_factory=dict)
    code_sets: MappingABC[str, int] = field(default_factory=dict)
    blank: int = 0


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of an asset touched by one change, with what to do about it.

    Attributes:
        id: stable over runs: it depends on the asset's name, the line's content, the code and the change, but not
            on the line's position.
        line: 1-based line or row in the file.
        column: column, key or path within the line's structure at which the reference stands.
        code: the code that changed, as its code set prints it.
        match: the reference as the asset writes it (a code, a range, a wildcard).
        kind: a `ChangeKind`, or `gained`, `lost` for expressions, or `never_existed`, or `header` where a header stands
            and a billable code is needed.
        candidates: codes that may replace it, as printed.
        volume, amount: usage and money behind the line, None where unknown.
        action: what to do, in one sentence.
        rule: name of the rule, charge code or item, where the line has one.
        detail: further facts for people, such as both titles.
        department: department that answers for the line, where the asset names one.
        automatic: the one candidate may take the code's place without a person looking.
        release: label of the newer release that was compared, such as `FY2026`.
        overdue: the change was in force in the older release already; the line should have been changed before.
        suggested: codes that only read alike, likeliest first; nobody has said that they replace it.
        unit_change: how the billing unit of a candidate differs, so that quantity and price change with it.
        thread: the same for the same reference on the same line, whatever happens to the code and whenever; by it
            decisions of earlier years are found again.
        state: review state: `proposed`, `approved`, `rejected` or `deferred`.
        state_replacement: the replacement that a person chose, as printed.
        previously: earlier decisions on the same reference, newest first, each in one line of text.
    """

    id: str
    asset: str
    line: int
    column: str
    code_set: str
    code: str
    match: str
    kind: str
    effective_from: date
    severity: Severity
    candidates: tuple[str, ...]
    action: str
    volume: float | None = None
    amount: float | None = None
    rule: str = ""
    detail: str = ""
    department: str = ""
    automatic: bool = False
    overdue: bool = False
    release: str = ""
    thread: str = ""
    suggested: tuple[str, ...] = ()
    unit_change: str = ""
    state: str = "proposed"
    state_by: str | None = None
    state_at: str | None = None
    state_note: str | None = None
    state_replacement: str | None = None
    previously: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExpressionEffect:
    """A range, prefix or wildcard of a rule, and the billable codes that it silently gains or loses.

    Attributes:
        before, after: number of billable codes that the expression covers in either release.
        gained, lost: those codes, as printed, in code order.
    """

    asset: str
    line: int
    column: str
    rule: str
    expression: str
    code_set: str
    before: int
    after: int
    gained: tuple[str, ...]
    lost: tuple[str, ...]


class Compatibility(StrEnum):
    """May a rule go into the newer release? `unchanged` as it stands, `safe_to_roll_forward` in its rewritten form,
    `needs_a_person` because the crosswalk alone does not say what it should cover."""

    UNCHANGED = "unchanged"
    SAFE = "safe_to_roll_forward"
    PERSON = "needs_a_person"


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A part of a rule as it stands and as it should read, in the rule's own syntax."""

    line: int
    column: str
    expression: str
    rewritten: str


@dataclass(frozen=True, slots=True)
class RuleVerdict:
    """What one release pair does to one rule: the billable codes that all its references together stand for.

    Attributes:
        rule: its name, or the key, condition or line that holds it; line: that of its first reference.
        expression: its references as written, exclusions with `!`, shortened where it has very many.
        before, after: number of billable codes that it covers in either release as it stands.
        gained, lost: those that differ, as printed.
        rewritten: for `safe_to_roll_forward`, the parts to exchange. In the newer release the rule then covers exactly
            the codes that its old ones became by automatic crosswalk rows; this has been tried.
        reasons: for `needs_a_person`, why, one sentence each.
        consider: new codes taken out of codes that the rule names and that stay valid; the rule does not cover them.
    """

    asset: str
    line: int
    rule: str
    code_set: str
    compatibility: Compatibility
    expression: str
    before: int
    after: int
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    rewritten: tuple[Rewrite, ...] = ()
    reasons: tuple[str, ...] = ()
    consider: tuple[str, ...] = ()


@dataclass(frozen=True)
class Impact:
    """What one or more release pairs do to the user's assets."""

    assets: Sequence[Asset]
    findings: Sequence[Finding]
    effects: Sequence[ExpressionEffect] = ()
    warnings: Sequence[str] = ()
    verdicts: Sequence[RuleVerdict] = ()
