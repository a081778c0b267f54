"""The shapes of the answers, for the OpenAPI document alone: answers are not built from these, only described."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal["valid", "header", "not_yet_valid", "ended", "unknown"]


class _Document(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ProblemDocument(_Document):
    """What is wrong, and what to do next (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str


class ReleaseDocument(_Document):
    code_set: str
    effective_from: date
    label: str = Field(examples=["FY2026"])
    revision: int
    published: date
    state: Literal["ready"]
    rows: int
    billable_rows: int | None
    snapshot_hash: str
    snapshot_key: str


class ReleasesDocument(_Document):
    releases: list[ReleaseDocument]


class Replacement(_Document):
    code: str
    relation: str
    evidence: str
    since: date
    through: list[str]
    automatic: bool


class LookupDocument(BaseModel):
    """What was in force; further attributes of the code set stand beside these."""

    model_config = ConfigDict(extra="allow")

    code_set: str
    on: date
    published: date | None
    code: str
    status: Status
    effective_from: date | None
    effective_to: date | None
    valid_from: date | None = None
    valid_to: date | None = None
    billable: bool | None = None
    short_title: str | None = None
    long_title: str | None = None
    replaced_by: list[str]
    replacements: list[Replacement] | None = None


class StatusDocument(_Document):
    asked: str
    code: str
    status: Status
    effective_from: date | None
    effective_to: date | None
    mue_value: int | None = Field(default=None, description="In MUE sets, where a value is published.")
    mai: str | None = Field(default=None, description="Adjudication indicator, in MUE sets.")


class ValidationDocument(_Document):
    code_set: str
    on: date
    published: date | None
    counts: dict[str, int]
    results: list[StatusDocument]


class ValidationRequest(_Document):
    """The codes asked about."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"example": {"codes": ["E11.9", "H05.89"], "on": "2025-10-01"}}
    )

    codes: list[str] = Field(max_length=100_000)
    on: date | None = None
    published: date | None = None


class VersionDocument(BaseModel):
    """One row on both time axes; further attributes of the code set, or the columns of an edit, stand beside these."""

    model_config = ConfigDict(extra="allow")

    billable: bool | None = None
    short_title: str | None = None
    long_title: str | None = None
    effective_from: date
    effective_to: date | None
    published_from: date
    published_to: date | None
    on_or_before: bool | None = None


class LifeEventDocument(_Document):
    on: date
    kind: str
    old: str | None
    new: str | None


class StepDocument(_Document):
    """One step of the crosswalks that begins or ends at the code."""

    on: date
    source: str
    target: str | None
    relation: str
    evidence: str
    automatic: bool
    source_title: str | None
    target_title: str | None


class HistoryDocument(_Document):
    code_set: str
    code: str
    versions: list[VersionDocument]
    changes: list[LifeEventDocument]
    steps: list[StepDocument]


class PairFindingDocument(_Document):
    """A PTP edit between two of the codes."""

    setting: str
    code_set: str
    column_1: str
    column_2: str
    modifier_indicator: Literal["0", "1", "9"]
    modifier: str
    meaning: str
    rationale: str
    effective_from: date
    effective_to: date | None
    retroactive: bool | None = Field(description="Null where the oldest loaded release has the edit already.")
    published_from: date
    missing_from: date | None = Field(description="First release without the edit, which had not ended.")


class UnitsFindingDocument(_Document):
    """The most units of a code that are paid."""

    setting: str
    code_set: str
    code: str
    mue_value: int
    mai: str
    meaning: str
    rationale: str
    units: int | None
    exceeded: bool | None = Field(description="Null where no units were given.")
    effective_from: date
    effective_to: date | None


class AddOnFindingDocument(_Document):
    """An add-on code among the codes, and whether a primary code stands beside it."""

    setting: str
    code_set: str
    add_on_code: str
    edit_types: list[str]
    status: Literal["primary_present", "primary_missing", "cannot_be_proven"]
    meaning: str
    primaries_present: list[str]
    primaries_listed: int
    notes: list[str]


class CoverageDocument(_Document):
    """What the answer rests on for one code set."""

    code_set: str
    loaded: list[str] | None = Field(description="Labels of the oldest and the newest loaded release.")
    known: bool
    note: str | None


class CheckDocument(_Document):
    on: date
    published: date | None
    codes: list[str]
    settings: list[str]
    edits: list[PairFindingDocument]
    mue: list[UnitsFindingDocument]
    add_on: list[AddOnFindingDocument]
    unknown: list[str] = Field(description="Codes that no loaded table of the settings has on any date.")
    without_mue: dict[str, list[str]] = Field(description="Setting → codes without a published value.")
    coverage: list[CoverageDocument]


class ChangeDocument(_Document):
    code: str
    kind: str
    fields: dict[str, dict[str, Any]]
    effective_from: date
    billable_before: bool | None
    billable_after: bool | None
    title_before: str | None
    title_after: str | None
    chapter: str
    explained: str | None


class _Between(_Document):
    code_set: str
    from_: date = Field(alias="from")
    to: date
    from_label: str
    to_label: str
    total: int
    next: str | None = Field(description="Cursor of the next page, null on the last one.")


class ChangesDocument(_Between):
    published_totals: dict[str, int]
    totals: dict[str, int]
    changes: list[ChangeDocument]


class EventRelease(_Document):
    effective_from: date
    label: str
    revision: int


class EventDocument(_Document):
    """One change of one row. Its hash is sha256 over the event without `cursor` and `hash`, as canonical JSON."""

    sequence: int = Field(ge=1)
    cursor: str = Field(description="To be kept with what was applied, and given as `since`.")
    code_set: str
    release: EventRelease | None = Field(description="The release that caused the change.")
    published: date | None
    cause: Literal["published", "arrived_late", "restated"]
    table: str
    kind: Literal["insert", "update", "delete"]
    key: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    previous: str = Field(description="Hash of the event before.")
    hash: str


class FeedTable(_Document):
    rows: int
    hash: str


class FeedHead(_Document):
    """The newest state of the feed."""

    code_set: str
    cursor: str
    events: int
    tables: dict[str, FeedTable]


class FeedDocument(_Document):
    code_set: str
    head: FeedHead
    events: list[EventDocument]
    next: str | None = Field(description="`since` of the next page, null when this one ends at the newest event.")


class HopDocument(_Document):
    effective_from: date
    source: str
    target: str | None
    relation: str
    evidence: str
    reference: str


class MappingDocument(_Document):
    source: str
    target: str | None
    relation: str
    equivalence: str
    evidence: str
    hops: list[HopDocument]
    automatic_forward: bool
    automatic_backward: bool
    ambiguous: bool
    together_with: list[str]
    source_title: str | None
    target_title: str | None
    note: str


class CrosswalkDocument(_Between):
    mappings: list[MappingDocument]


class FoundDocument(_Document):
    code_set: str
    code: str
    status: Status
    title: str
    matched: str | None = Field(description="An older title, where only that has the words asked for.")
    valid_from: date | None
    valid_to: date | None
    in_force_on_or_before: bool


class SearchDocument(_Document):
    q: str
    code_set: str | None
    results: list[FoundDocument]


class HealthDocument(_Document):
    status: Literal["ready"]
    version: str
    releases: dict[str, str] = Field(description="Code set → label of its newest release.")
