"""What reading an asset gives, whatever its format: the references in it, with where and in what company they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from codeset_pipeline.impact.expressions import Expression
from codeset_pipeline.model import TableLayout


@dataclass(frozen=True, slots=True)
class Mention:
    """One reference at one place of an asset.

    Attributes:
        line: 1-based line or row.
        column: column, key or path, as people find it.
        place: the column without positions (`rules[].codes[]`), for an identity that survives a new order.
        rule: name of the rule, charge code or item; empty when it has none.
        content: text of the line or rule, without its position.
        scope: path of the place, outermost part first; an exclusion counts for everything within its own scope.
        excluded: an exclusion (`!E11.9`).
        price: price of the line.
        only: code set that the place says its codes belong to.
        department: department that answers for the line.
    """

    expression: Expression
    line: int
    column: str
    place: str
    rule: str
    content: str
    scope: tuple[str, ...]
    excluded: bool = False
    price: float | None = None
    only: str | None = None
    department: str = ""


@dataclass
class Reading:
    """An asset, read.

    Attributes:
        kind: `charge_master` or `rules`.
        lines: data lines or rules; lines_with_codes: those with at least one reference.
        columns: role → column name or names, as guessed or told.
        unrecognised: texts that stood where a code was expected, with how often.
        must_be_billable: codes here are put on claims as they stand (charge master, order set), so a header is wrong.
        notes: what people should know about the reading.
        tables: how each table of the asset is laid out.
    """

    kind: str = "rules"
    lines: int = 0
    lines_with_codes: int = 0
    columns: Mapping[str, str | list[str]] = field(default_factory=dict)
    unrecognised: Counter[str] = field(default_factory=Counter)
    must_be_billable: bool = False
    mentions: list[Mention] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    tables: list[TableLayout] = field(default_factory=list)
