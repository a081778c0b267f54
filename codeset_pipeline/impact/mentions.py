"""What reading an asset gives, whatever its format: the references in it, with where and in what company they stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from codeset_pipeline.impact.charge_list import ChargeList
from codeset_pipeline.impact.expressions import Expression
from codeset_pipeline.model import TableLayout


class Syntax(StrEnum):
    """How a rule writes the codes that belong together, and so how it can be written anew.

    LIST: references with separators between (a cell, a value, a line); ITEMS: the items of a YAML or JSON list; QUERY:
    a comparison of a query; VALUE_SET: include or exclude of a FHIR ValueSet; TEXT: anything else, in which a code can
    be exchanged but none added.
    """

    LIST = "list"
    ITEMS = "items"
    QUERY = "query"
    VALUE_SET = "value_set"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Clause:
    """The least part of an asset that can be written anew as a whole.

    Attributes:
        text: the part as written; of a list its items, each on a line of its own.
        subject: what a comparison compares, as written.
    """

    text: str
    syntax: Syntax
    subject: str = ""


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
        group: the rule that the reference is part of, told apart from others of the same name; empty: the outermost
            part of `scope`.
        clause: the part of the asset that holds the reference; None: the reference alone is known.
        sure: by place and form a code of `only`; one that no release has never existed.
        last_day: last day on which the line itself is used.
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
    group: str = ""
    clause: Clause | None = None
    sure: bool = False
    last_day: date | None = None


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
        code_sets: on how many lines codes of each code set stand; of codes of other kinds, as the line names them.
        blank: lines on which every column of codes is empty.
        charges: the procedure codes with the lines that bill them.
        unread: line, text and reason of the first texts that could not be read; all are counted in `unrecognised`.
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
    unread: list[tuple[int, str, str]] = field(default_factory=list)
    code_sets: Counter[str] = field(default_factory=Counter)
    blank: int = 0
    charges: ChargeList = field(default_factory=ChargeList)

    def missed(self, text: str, line: int, why: str) -> None:
        """A text that stood where a code was expected and could not be read as one."""
        self.unrecognised[text] += 1
        if len(self.unread) < MOST_UNREAD:
            self.unread.append((line, text, why))


#: Texts that could not be read which are named with their lines; the rest is counted.
MOST_UNREAD = 100
