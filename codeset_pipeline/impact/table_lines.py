"""The lines of a table → the references on them, line by line, with what each line says beside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from codeset_pipeline.impact.cells import CellReader, Trust
from codeset_pipeline.impact.code_types import UNSAID, CodeType, CodeTypes
from codeset_pipeline.impact.column_content import Column
from codeset_pipeline.impact.column_roles import CODE_ROLES, Role
from codeset_pipeline.impact.expressions import Expression, Form, Reference, parse, why_none
from codeset_pipeline.impact.line_columns import LineColumns
from codeset_pipeline.impact.mentions import Clause, Mention, Reading, Syntax
from codeset_pipeline.impact.procedure_reader import ProcedureReader, ReadCell, Touched
from codeset_pipeline.impact.table_rows import Row

#: Elsewhere than in a column of codes only what is written like `E11.9` is believed, so most cells need no reading.
_DOTTED = re.compile(r"[A-Za-z][0-9][0-9A-Za-z]\.")
_ITEM_COLUMN = re.compile(
    r"description|code\|\d+(?:\|type)?|modifiers|setting|billing_class|drug_\w+|standard_charge\|gross"
)
_DEPARTMENT = re.compile(r"(?i)(?:dept|department|cost\s+cent(?:er|re))\b[\s.:#-]*(\w.*)")


class LineReader:
    """Reads the lines of one table into a reading.

    Args:
        prefix: `Sheet!` where the workbook has several tables.
        procedures: reads the columns of procedure codes.
    """

    def __init__(
        self, columns: Sequence[Column], prefix: str, reading: Reading, reader: CellReader, procedures: ProcedureReader
    ) -> None:
        self._prefix, self._reading, self._reader, self._procedures = prefix, reading, reader, procedures
        self._places = LineColumns.of(columns)
        self._types = CodeTypes(columns)
        ranges = any(column.role is Role.LOW for column in columns)
        self._highs = [column for column in columns if ranges and column.role is Role.HIGH]
        self._coded = [column for column in columns if column.role in CODE_ROLES and column not in self._highs]
        self._modifiers = [column for column in columns if column.role is Role.MODIFIER]
        # Without a code set whose codes have a dot, nothing elsewhere can be believed.
        self._elsewhere = [
            column
            for column in columns
            if column.trust is not None
            and column.role not in CODE_ROLES
            and (column.trust is not Trust.STRICT or "icd10cm" in reader.vocabulary.code_sets)
        ]
        self._section = ""
        self._item = _item_columns(columns)
        self._items: set[tuple[str, ...]] = set()
        self.repeated = 0
        self._sets: dict[Expression, tuple[str, ...]] = {}

    def read(self, rows: Iterable[Row]) -> None:
        """Reads the lines in their order."""
        has_departments = bool(self._places.departments)
        for row in rows:
            if not has_departments:
                self._heading(row)
            self._line(row)

    def _heading(self, row: Row) -> None:
        """`DEPARTMENT: 4480 LABORATORY` on a line of its own holds for the lines below."""
        filled = [cell for cell in row.cells if cell]
        if len(filled) == 1 and (found := _DEPARTMENT.fullmatch(filled[0])) is not None:
            self._section = " ".join(found[1].split())

    def _line(self, row: Row) -> None:
        reading, cells = self._reading, row.cells
        reading.lines += 1
        width = len(cells)
        sets: set[str] = set()
        blank = True
        modifiers = [
            (column, self._procedures.read_modifiers(cells[column.index]))
            for column in self._modifiers
            if column.index < width and cells[column.index]
        ]
        line = _Line(self, row, self._is_repeated(cells))
        untyped = self._types.none
        for column in self._coded:
            if column.index >= width or not (text := cells[column.index]):
                continue
            blank = False
            said = UNSAID if untyped else self._types.of(column.index, cells)
            if said.other:
                reading.code_sets[said.text] += 1
                if column.trust is not None:
                    self._general(line, column, text, said, sets)
            elif said.procedure or (column.role is Role.PROCEDURE and said.code_set is None):
                read = self._procedures.read(text, column.trust or Trust.CODE)
                self._procedure(line, column, read, sets, modifiers)
            else:
                self._general(line, column, text, said, sets)
        for column, read in modifiers:
            reading.unrecognised.update(read.unrecognised)
            for touched in read.touched:
                line.mention(touched, column)
        if self._elsewhere and (len(self._elsewhere) < 4 or _DOTTED.search("\x1f".join(cells))):
            for column in self._elsewhere:
                if column.index < width and (text := cells[column.index]):
                    self._general(line, column, text, self._types.of(column.index, cells), sets)
        reading.blank += blank
        reading.lines_with_codes += bool(sets)
        for name in sets:
            reading.code_sets[name] += 1

    def _procedure(
        self,
        line: _Line,
        column: Column,
        read: ReadCell,
        sets: set[str],
        modifiers: Sequence[tuple[Column, ReadCell]],
    ) -> None:
        for left in read.unrecognised:
            self._reading.missed(left, line.row.line, why_none(left))
        sets |= read.code_sets
        row = line.row
        for code in () if line.repeated else read.codes:
            beside = tuple(modifier for _, cell in modifiers for modifier in cell.modifiers)
            self._reading.charges.add(
                code.code, row.line, row.cells, column.name, code.modifiers + beside, self._places, self._section
            )
        for touched in read.touched:
            line.mention(touched, column)

    def _general(self, line: _Line, column: Column, text: str, said: CodeType, sets: set[str]) -> None:
        trust = Trust.STRICT if said.other or said.procedure else column.trust
        if said.code_set is not None and column.role in CODE_ROLES:
            trust = Trust.CODE
        assert trust is not None
        references: tuple[Reference, ...]
        if column.role is Role.LOW and (joined := _joined(text, self._highs, line.row.cells)):
            references = (joined,)
        else:
            read = self._reader.read(text, trust)
            references = read.references
            if column.role in CODE_ROLES and not said.other:
                for left in read.unrecognised:
                    self._reading.missed(left, line.row.line, why_none(left))
            if column.role is Role.LOW:
                references += _high_end(self._highs, line.row.cells, trust, self._reader)
        for reference in references:
            sets.update(self._sets_of(reference.expression, said.code_set or column.only))
            line.mention(Touched(reference, said.code_set or column.only), column)

    def _is_repeated(self, cells: Sequence[str]) -> bool:
        """Does the line say what another payer pays for an item that stood on a line before?"""
        if not self._item:
            return False
        item = tuple(cells[index] if index < len(cells) else "" for index in self._item)
        known = len(self._items)
        self._items.add(item)
        self.repeated += known == len(self._items)
        return known == len(self._items)

    def _sets_of(self, expression: Expression, only: str | None) -> tuple[str, ...]:
        if only is not None:
            return (only,)
        found = self._sets.get(expression)
        if found is None:
            vocabulary = self._reader.vocabulary
            names = dict.fromkeys(pair.code_set for pair in vocabulary.pairs_of(expression))
            found = self._sets[expression] = tuple(names) or (vocabulary.unknown_in(expression) or "unknown",)
        return found

    def facts(self, row: Row) -> tuple[str, str, str, float | None, str]:
        """Rule, scope, content, price and department of a line."""
        rule = self._places.rule(row.cells)
        owner = f"{self._prefix}{rule}" if rule else f"{self._prefix}line {row.line}"
        content = "\x1f".join(cell for cell in row.cells if cell)
        return (
            rule,
            owner,
            content,
            self._places.price(row.cells),
            self._places.department(row.cells) or self._section,
        )

    def add(self, row: Row, touched: Touched, column: Column, facts: tuple[str, str, str, float | None, str]) -> None:
        """One mention on a line."""
        rule, owner, content, price, department = facts
        name = self._prefix + column.name
        scope = (owner,) if column.role is Role.EXCLUDE else (owner, column.name)
        self._reading.mentions.append(
            Mention(
                touched.reference.expression,
                row.line,
                name,
                name,
                rule,
                content,
                scope,
                touched.reference.excluded or column.role is Role.EXCLUDE,
                price,
                touched.only,
                department,
                sure=touched.sure,
                last_day=self._places.last_day(row.cells),
                clause=None if column.role is Role.LOW else Clause(row.cells[column.index], Syntax.LIST, column.name),
            )
        )


class _Line:
    """One line while it is read; what it says beside its codes is looked up with its first mention."""

    __slots__ = ("_facts", "_reader", "repeated", "row")

    def __init__(self, reader: LineReader, row: Row, repeated: bool) -> None:
        self._reader, self.row, self.repeated = reader, row, repeated
        self._facts: tuple[str, str, str, float | None, str] | None = None

    def mention(self, touched: Touched, column: Column) -> None:
        if self.repeated:
            return
        if self._facts is None:
            self._facts = self._reader.facts(self.row)
        self._reader.add(self.row, touched, column, self._facts)


def _item_columns(columns: Sequence[Column]) -> tuple[int, ...]:
    """The columns that make up an item in CMS's tall template, which repeats it for each payer; else none."""
    names = {column.name.casefold().replace(" ", ""): column.index for column in columns}
    if not {"payer_name", "plan_name"} <= names.keys():
        return ()
    return tuple(index for name, index in names.items() if _ITEM_COLUMN.fullmatch(name))


def _joined(low: str, highs: Sequence[Column], cells: Sequence[str]) -> Reference | None:
    """A range whose ends stand in two columns; None unless both are codes in order."""
    for column in highs:
        high = cells[column.index] if column.index < len(cells) else ""
        both = parse(f"{low}-{high}") if high and high != low else None
        if both is not None and both.form is Form.RANGE:
            return Reference(both)
    return None


def _high_end(highs: Sequence[Column], cells: Sequence[str], trust: Trust, reader: CellReader) -> tuple[Reference, ...]:
    texts = [cells[column.index] for column in highs if column.index < len(cells)]
    return tuple(reference for text in texts for reference in reader.read(text, trust).references)
