"""Made MUE tables and add-on code tables of any size, and the quarters that follow with known changes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from random import Random
from typing import Generic, NamedTuple, TypeVar

from ncci_made_codes import label_of_quarter, made_codes, next_quarter, quarter_start

from codeset_pipeline.demo.ncci_layouts import AddOnEdit, MueValue

ONE_DAY = timedelta(days=1)
MUE_RATIONALES = (
    "Nature of Service/Procedure",
    "Clinical: Data",
    "CMS Policy",
    "Code Descriptor / CPT Instruction",
    "Anatomic Consideration",
    "Prescribing Information",
    "Clinical: Society Comment",
    "Nature of Equipment",
)
_NOTES = (
    "",
    "",
    "",
    "The contractor may define more primary codes (see the manual, \xa7 30.6).",
    "Only beside the first unit; a second line needs its own primary.",
)

Row = TypeVar("Row", MueValue, AddOnEdit)


class TableChange(NamedTuple, Generic[Row]):
    """A row that is new (`old` is None), changed, or gone (`new` is None), and why it was made."""

    kind: str
    old: Row | None
    new: Row | None


class TableQuarter(NamedTuple, Generic[Row]):
    """A quarter's table in key order, and how it differs from the one before."""

    start: date
    rows: list[Row]
    changes: list[TableChange[Row]]

    @property
    def label(self) -> str:
        return label_of_quarter(self.start)


# Kind of change → how many in a quarter.
MUE_CHANGES = {
    "added": 60,
    "no_longer_published": 15,
    "value_changed": 40,
    "mai_changed": 8,
    "value_and_mai_changed": 3,
    "rationale_changed": 10,
}
ADD_ON_CHANGES = {
    "primary_added": 40,
    "add_on_added": 5,
    "edit_deleted": 20,
    "primary_deleted": 6,
    "add_on_deleted": 3,
    "deleted_retroactively": 3,
    "note_changed": 6,
    "type_changed": 2,
    "withdrawn": 0,
}


def _value(rng: Random) -> int:
    """Mostly few units; drugs are counted in hundreds and thousands."""
    if rng.random() < 0.8:
        return rng.choice((0, 1, 1, 1, 1, 2, 2, 3, 4, 6, 8, 10, 12))
    return rng.choice((20, 30, 60, 100, 150, 300, 500, 1000, 4000, 90_000))


def mue_quarters(
    rows: int, first: str = "2026Q2", seed: int = 1, counts: dict[str, int] | None = None, *, with_mai: bool = True
) -> Iterator[TableQuarter[MueValue]]:
    """MUE tables, quarter by quarter, without end; about one code in ten stands in none of them at first."""
    rng = Random(f"mue/{seed}")
    codes = made_codes(max(20, int(rows * 1.1)), seed + 500)
    table = {
        code: MueValue(code, _value(rng), rng.choice("12233") if with_mai else "", rng.choice(MUE_RATIONALES))
        for code in rng.sample(codes, rows)
    }
    start, changes = quarter_start(first), []
    counts = counts if counts is not None else {k: max(1, round(n * rows / 15_000)) for k, n in MUE_CHANGES.items()}
    while True:
        yield TableQuarter(start, [table[code] for code in sorted(table)], changes)
        start, touched, changes = next_quarter(start), set(), []
        before = dict(table)
        for kind, count in counts.items():
            for _ in range(count if with_mai or "mai" not in kind else 0):
                pool = [c for c in codes if c not in touched and (c in before) == (kind != "added")]
                code = rng.choice(pool)
                touched.add(code)
                old = before.get(code)
                new = _changed_mue(rng, kind, code, old, with_mai)
                if new:
                    table[code] = new
                else:
                    del table[code]
                changes.append(TableChange(kind, old, new))


def _changed_mue(rng: Random, kind: str, code: str, old: MueValue | None, with_mai: bool) -> MueValue | None:
    if old is None:
        return MueValue(code, _value(rng), rng.choice("123") if with_mai else "", rng.choice(MUE_RATIONALES))
    if kind == "no_longer_published":
        return None
    new = old
    if "value" in kind:
        new = new._replace(value=rng.choice([n for n in (0, 1, 2, 5, 40) if n != old.value]))
    if "mai" in kind:
        new = new._replace(mai=rng.choice([m for m in "123" if m != old.mai]))
    if "rationale" in kind:
        new = new._replace(rationale=rng.choice([r for r in MUE_RATIONALES if r != old.rationale]))
    return new


def _add_on_key(edit: AddOnEdit) -> tuple[str, str, date]:
    return (edit.add_on_code, edit.primary_code, edit.effective_from)


def add_on_quarters(
    rows: int, first: str = "2026Q2", seed: int = 1, counts: dict[str, int] | None = None
) -> Iterator[TableQuarter[AddOnEdit]]:
    """Add-on code tables, quarter by quarter, without end. Type 2 codes have no primary but `CCCCC`."""
    rng = Random(f"aoc/{seed}")
    codes = made_codes(max(60, int(rows * 0.6)), seed + 900)
    start = quarter_start(first)
    table = {_add_on_key(edit): edit for edit in _first_add_ons(rng, rows, codes, start)}
    changes: list[TableChange[AddOnEdit]] = []
    counts = (
        counts
        if counts is not None
        else {k: max(1, round(n * rows / 9_000)) if n else 0 for k, n in ADD_ON_CHANGES.items()}
    )
    while True:
        yield TableQuarter(start, [table[key] for key in sorted(table)], changes)
        last_day, start = next_quarter(start) - ONE_DAY, next_quarter(start)
        changes = []
        touched: set[str] = set()
        before = dict(table)
        for kind, count in counts.items():
            for _ in range(count):
                for old, new in _changed_add_ons(rng, kind, before, codes, touched, start, last_day):
                    touched.add((new or old).add_on_code)  # type: ignore[union-attr]
                    if new:
                        table[_add_on_key(new)] = new
                    elif old:
                        del table[_add_on_key(old)]
                    changes.append(TableChange(kind, old, new))


def _first_add_ons(rng: Random, rows: int, codes: list[str], start: date) -> Iterator[AddOnEdit]:
    days = [date(year, month, 1) for year in range(2013, start.year) for month in (1, 4, 7, 10)]
    add_ons = rng.sample(codes, len(codes))
    written = 0
    for code in add_ons:
        edit_type = rng.choice("1111123")
        primaries = (
            ["CCCCC"]
            if edit_type == "2"
            else rng.sample([c for c in codes if c != code], rng.randint(5, 25) if rows > 2000 else rng.randint(2, 6))
        )
        if edit_type == "3" and rng.random() < 0.5:
            primaries.append("CCCCC")
        note = rng.choice(_NOTES)
        for primary in primaries:
            if written == rows:
                return
            written += 1
            effective = rng.choice(days)
            deleted = None
            if rng.random() < 0.15:
                deleted = rng.choice([d for d in (*days, start) if d > effective] or [start]) - ONE_DAY
            gone = deleted if deleted and rng.random() < 0.3 else None
            yield AddOnEdit(edit_type, code, None, primary, gone, effective, deleted, note)


def _changed_add_ons(
    rng: Random,
    kind: str,
    before: dict[tuple[str, str, date], AddOnEdit],
    codes: list[str],
    touched: set[str],
    start: date,
    last_day: date,
) -> list[tuple[AddOnEdit | None, AddOnEdit | None]]:
    """What one change does to the rows: (old, new) pairs. No add-on code is touched twice in a quarter."""

    def pick(wanted: Callable[[AddOnEdit], bool]) -> AddOnEdit:
        found = [edit for edit in before.values() if edit.add_on_code not in touched and wanted(edit)]
        if not found:
            raise SystemExit("The table is too small for so many changes; make more rows or fewer changes.")
        return rng.choice(found)

    def is_open(edit: AddOnEdit) -> bool:
        return not (edit.deleted_on or edit.primary_deleted_on or edit.add_on_deleted_on)

    if kind == "add_on_added":
        known_add_ons = {key[0] for key in before} | touched
        new_code = rng.choice([c for c in codes if c not in known_add_ons])
        primaries = rng.sample([c for c in codes if c != new_code], 3)
        return [(None, AddOnEdit("1", new_code, None, p, None, start, None, "")) for p in primaries]
    if kind == "primary_added":
        edit = pick(lambda e: is_open(e) and e.edit_type != "2")
        known = {key[1] for key in before if key[0] == edit.add_on_code}
        primary = rng.choice([c for c in codes if c not in known and c != edit.add_on_code])
        return [(None, edit._replace(primary_code=primary, effective_from=start))]
    if kind == "add_on_deleted":
        code = pick(is_open).add_on_code
        edits = [e for e in before.values() if e.add_on_code == code]
        gone = [(e, e._replace(add_on_deleted_on=last_day, deleted_on=e.deleted_on or last_day)) for e in edits]
        return list(gone)
    if kind == "note_changed":
        edit = pick(lambda e: True)
        return [(edit, edit._replace(notes=rng.choice([n for n in _NOTES if n and n != edit.notes])))]
    if kind == "type_changed":
        code = pick(lambda e: e.edit_type == "1").add_on_code
        return [(e, e._replace(edit_type="3")) for e in before.values() if e.add_on_code == code]
    edit = pick(is_open)
    if kind == "edit_deleted":
        return [(edit, edit._replace(deleted_on=last_day))]
    if kind == "primary_deleted":
        return [(edit, edit._replace(primary_deleted_on=last_day, deleted_on=last_day))]
    if kind == "deleted_retroactively":
        return [(edit, edit._replace(deleted_on=last_day - timedelta(days=200)))]
    assert kind == "withdrawn"
    return [(edit, None)]
