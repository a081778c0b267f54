"""Parse the files of one release revision and bring them together into the tables of a snapshot.

Titles and flags come from the order file where there is one, instruction notes and 7th characters from the tabular
XML. The XML alone also makes a full release. Where two files speak of the same thing they are compared, and what
they disagree on is kept as an oddity.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from codeset_pipeline.accents import without_accents
from codeset_pipeline.errors import GateError, ParseError
from codeset_pipeline.labels import label_of
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.addenda import Addenda, parse_codes_addenda, parse_order_addenda
from codeset_pipeline.parse.codes_file import CodesFileRow, parse_codes_file
from codeset_pipeline.parse.conversion_table import parse_conversion_table
from codeset_pipeline.parse.order_file import OrderRow, parse_order_file
from codeset_pipeline.parse.poa_exempt import parse_poa_exempt
from codeset_pipeline.parse.tabular_xml import Tabular, parse_tabular
from codeset_pipeline.snapshots.plan import ReleaseInput, RevisionPlan
from codeset_pipeline.snapshots.registry import main_table
from codeset_pipeline.sources.definition import source

if TYPE_CHECKING:
    from codeset_pipeline.snapshots.ncci_ptp_parts import PartContent

Row = tuple[object, ...]
ReadMember = Callable[[ReleaseInput], bytes]


@dataclass(frozen=True, slots=True)
class BulkTable:
    """A table of a release revision that is a Parquet file already, sorted by the table's key."""

    path: Path
    rows: int
    content_hash: str


@dataclass
class BuiltSnapshot:
    """A parsed release revision, not yet written.

    Attributes:
        tables: rows by table name, sorted by the table's key.
        doubts: name of a gate check → what is doubtful about the files; a person may accept it by that name.
        parts: where a table comes in parts, what each was found to hold.
        bulk: tables of millions of rows by name; their files are in the scratch folder that `build_snapshot` was given.
        oddities: what was odd in the files, and what was decided.
        agreement: role of a second file → number of codes on which it disagrees with the main table.
    """

    plan: RevisionPlan
    tables: dict[str, list[Row]] = field(default_factory=dict)
    oddities: list[Oddity] = field(default_factory=list)
    agreement: dict[str, int] = field(default_factory=dict)
    bulk: dict[str, BulkTable] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)
    parts: tuple[PartContent, ...] = ()

    @property
    def rows(self) -> int:
        name = main_table(self.plan.code_set).name
        return self.bulk[name].rows if name in self.bulk else len(self.tables[name])

    @cached_property
    def billable_rows(self) -> int | None:
        """Rows that may be reported, counted once; None where the code set makes no such difference."""
        if "codes" not in self.tables:
            return None
        return sum(1 for row in self.tables["codes"] if row[2])


def _shown(names: Iterable[str]) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - 8} more" if len(ordered) > 8 else ""
    return ", ".join(ordered[:8]) + more


class _Builder:
    def __init__(self, plan: RevisionPlan, read: ReadMember) -> None:
        self.plan = plan
        self.read = read
        self.inputs = {item.role: item for item in plan.inputs}
        self.built = BuiltSnapshot(plan)

    def name_of(self, role: str) -> str:
        item = self.inputs[role]
        return item.member if item.member == item.archive else f"{item.archive}/{item.member}"

    def odd(self, role: str, what: str, text: str, decision: str) -> None:
        self.built.oddities.append(Oddity(self.name_of(role), None, what, text, decision))

    def build(self) -> BuiltSnapshot:
        order = self._order()
        tabular = self._tabular()
        self._codes(order, tabular)
        if order is not None and tabular is not None:
            self._compare_tabular(order, tabular)
        if order is not None and "codes" in self.inputs:
            self._compare_codes_file(order)
        self._addenda()
        self._conversion()
        self._poa_exempt()
        return self.built

    def _order(self) -> list[OrderRow] | None:
        if "order" not in self.inputs:
            return None
        parsed = parse_order_file(self.read(self.inputs["order"]), self.name_of("order"), code_set=self.plan.code_set)
        self.built.oddities.extend(parsed.oddities)
        return parsed.rows

    def _tabular(self) -> Tabular | None:
        if "tabular" not in self.inputs:
            return None
        tabular = parse_tabular(self.read(self.inputs["tabular"]), self.name_of("tabular"))
        self.built.oddities.extend(tabular.oddities)
        self.built.tables["notes"] = sorted(tuple(note) for note in tabular.notes)
        self.built.tables["seventh_characters"] = sorted(tuple(item) for item in tabular.seventh_characters)
        return tabular

    def _codes(self, order: Sequence[OrderRow] | None, tabular: Tabular | None) -> None:
        rows: list[Row]
        if order is not None:
            rows = [(r.code, r.order_number, r.billable, r.short_title, r.long_title) for r in order]
        elif tabular is not None:
            rows = [(r.code, r.order_number, r.billable, None, r.long_title) for r in tabular.codes]
        else:
            label = label_of(self.plan.code_set, self.plan.effective_from)
            raise GateError(
                f"{label}: a codes file alone does not list the headers; supply the order file or the tabular XML of "
                "the release as well.",
                ("headers_present",),
            )
        self.built.tables["codes"] = sorted(rows, key=lambda row: str(row[0]))

    def _compare_tabular(self, order: Sequence[OrderRow], tabular: Tabular) -> None:
        """The order file and the XML describe one release: same codes, same flags, titles alike but for accents."""
        ours = {row.code: (row.billable, row.long_title) for row in order}
        theirs = {row.code: (row.billable, row.long_title) for row in tabular.codes}
        apart = set(ours.keys() ^ theirs.keys())
        apart |= {code for code in ours.keys() & theirs.keys() if ours[code][0] != theirs[code][0]}
        self.built.agreement["tabular"] = len(apart)
        if apart:
            self.odd(
                "tabular",
                f"{len(apart)} codes or flags differ from the order file",
                _shown(apart),
                "the order file's codes and flags are used",
            )
        accents: list[str] = []
        words: list[str] = []
        for code in ours.keys() & theirs.keys():
            if ours[code][1] != theirs[code][1]:
                same = without_accents(theirs[code][1]) == without_accents(ours[code][1])
                (accents if same else words).append(code)
        if accents:
            self.odd(
                "tabular",
                f"{len(accents)} titles carry accents that the order file leaves out",
                _shown(accents),
                "the order file's titles are used",
            )
        if words:
            self.odd(
                "tabular",
                f"{len(words)} titles differ from the order file in more than accents",
                _shown(words),
                "the order file's titles are used",
            )

    def _compare_codes_file(self, order: Sequence[OrderRow]) -> None:
        content = self.read(self.inputs["codes"])
        ours = {row.code: row.long_title for row in order if row.billable}
        if content == "".join(f"{code:<7} {title}\r\n" for code, title in ours.items()).encode():
            # The file repeats the order file to the byte, as it nearly always does; parsing it would tell no more.
            self.built.agreement["codes"] = 0
            return
        oddities = self.built.oddities
        listed: list[CodesFileRow] = parse_codes_file(content, self.name_of("codes"), oddities=oddities)
        theirs = {row.code: row.long_title for row in listed}
        apart = {code for code in ours.keys() | theirs.keys() if ours.get(code) != theirs.get(code)}
        self.built.agreement["codes"] = len(apart)
        if apart:
            self.odd(
                "codes",
                f"{len(apart)} codes or titles differ from the order file",
                _shown(apart),
                "the order file is used",
            )

    def _addenda(self) -> None:
        rows: list[Row] = []
        totals: list[Row] = []
        for role, name in (("order_addenda", "order"), ("codes_addenda", "codes")):
            if role not in self.inputs:
                continue
            content, file = self.read(self.inputs[role]), self.name_of(role)
            parsed: Addenda
            if role == "order_addenda":
                parsed = parse_order_addenda(content, file, with_flags=self.plan.code_set == "icd10cm")
            else:
                parsed = parse_codes_addenda(content, file)
            self.built.oddities.extend(parsed.oddities)
            rows += [(name, r.line, r.label, r.code, r.billable, r.short_title, r.long_title) for r in parsed.rows]
            totals += [(name, *total) for total in parsed.totals]
            self.built.tables["addenda"] = sorted(rows, key=lambda row: (str(row[0]), int(str(row[1]))))
            self.built.tables["addenda_totals"] = sorted(totals, key=lambda row: (str(row[0]), str(row[1])))

    def _conversion(self) -> None:
        if "conversion_table" not in self.inputs:
            return
        file = self.name_of("conversion_table")
        parsed = parse_conversion_table(self.read(self.inputs["conversion_table"]), file)
        self.built.oddities.extend(parsed.oddities)
        self.built.tables["conversion"] = [
            (
                row.row,
                row.current,
                row.effective_from,
                row.form,
                json.dumps([[list(term) for term in group] for group in row.previous]),
                row.previous_text,
                f"{label_of(self.plan.code_set, self.plan.effective_from)} conversion table row {row.row}",
            )
            for row in parsed.rows
        ]

    def _poa_exempt(self) -> None:
        if "poa_exempt" not in self.inputs:
            return
        file = self.name_of("poa_exempt")
        listed = parse_poa_exempt(self.read(self.inputs["poa_exempt"]), file, action="exempt")
        titles: dict[str, str] = {}
        for row in listed:
            if row.code in titles:
                raise ParseError(file, "each code once", text=row.code)
            titles[row.code] = row.title
        self.built.tables["poa_exempt"] = sorted(titles.items())
        billable = {row[0] for row in self.built.tables["codes"] if row[2]}
        strange = titles.keys() - billable
        if strange:
            self.odd(
                "poa_exempt",
                f"{len(strange)} codes on the POA-exempt list are not billable in this release",
                _shown(strange),
                "kept on the list as published",
            )
        for action in ("add", "delete", "revise"):
            self._compare_poa_changes(action, titles)

    def _compare_poa_changes(self, action: str, exempt: dict[str, str]) -> None:
        """What the publisher says it added to or took off the list must agree with the full list."""
        role = f"poa_exempt_{action}"
        if role not in self.inputs:
            return
        listed = parse_poa_exempt(self.read(self.inputs[role]), self.name_of(role), action=action)
        wrong = {row.code for row in listed if (row.code in exempt) != (action != "delete")}
        if wrong:
            self.odd(
                role,
                f"{len(wrong)} codes contradict the full POA-exempt list",
                _shown(wrong),
                "the full list is used",
            )


def build_snapshot(plan: RevisionPlan, read: ReadMember, scratch: Path | None = None) -> BuiltSnapshot:
    """Parse all files of a revision.

    Args:
        read: returns the bytes of one release file.
        scratch: an empty folder for the files of bulk tables; only code sets with millions of rows need one.

    Raises:
        ParseError: a file departs from its layout.
        GateError: the files together do not make a release.
    """
    layout = source(plan.code_set).layout
    if layout == "hcpcs":
        from codeset_pipeline.snapshots.build_hcpcs import build_hcpcs

        return build_hcpcs(plan, read)
    if layout == "ncci_ptp":
        from codeset_pipeline.snapshots.build_ncci_ptp import build_ncci_ptp

        if scratch is None:
            raise ValueError("a PTP snapshot needs a scratch folder")
        return build_ncci_ptp(plan, read, scratch)
    if layout == "ncci_mue":
        from codeset_pipeline.snapshots.build_ncci_mue import build_ncci_mue

        return build_ncci_mue(plan, read)
    if layout == "ncci_aoc":
        from codeset_pipeline.snapshots.build_ncci_aoc import build_ncci_aoc

        return build_ncci_aoc(plan, read)
    return _Builder(plan, read).build()
