"""Questions about one code on any date, as published by any date.

This is the road that other systems call thousands of times a second, so it speaks to the driver directly.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from codeset_pipeline.codes import normalise
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.snapshots.hcpcs_tables import HCPCS_ATTRIBUTES
from codeset_pipeline.sources.definition import source

_DAY = timedelta(days=1)


class CodeVersion(NamedTuple):
    """One row of the history of a code, dates as ISO text as stored (None while open).

    `attributes` are the further columns of the code set, in the order of `further_attributes`.
    """

    billable: bool
    short_title: str | None
    long_title: str
    effective_from: str
    effective_to: str | None
    published_from: str
    published_to: str | None
    on_or_before: bool
    attributes: tuple[Any, ...] = ()


class _Questions(NamedTuple):
    """The statements for one code set: what is known now, by a date, and ever."""

    now: str
    then: str
    ever: str


# The columns of a version, in its order, by layout.
_TITLES = {
    "icd10": ("billable", "short_title", "long_title"),
    "hcpcs": ("1", "short_description", "long_description"),
    "ncci_mue": ("1", "NULL", "rationale"),
}
_DATES = ("effective_from", "effective_to", "published_from", "published_to", "on_or_before")
_TABLES = {"icd10": "icd10_code", "hcpcs": "hcpcs_code", "ncci_mue": "ncci_mue_value"}
_FURTHER = {
    "icd10": (),
    "hcpcs": tuple(name for name in HCPCS_ATTRIBUTES if name not in {"short_description", "long_description"}),
    "ncci_mue": ("mue_value", "mai"),
}


def further_attributes(code_set: str) -> tuple[str, ...]:
    """Names of the columns that a version of a code has besides titles, status and dates."""
    return _FURTHER[source(code_set).layout]


def _questions(layout: str, mark: str) -> _Questions:
    columns = ", ".join((*_TITLES[layout], *_DATES, *_FURTHER[layout]))
    ask = f"SELECT {columns} FROM {_TABLES[layout]} WHERE code_set = {mark} AND code = {mark}"
    order = "ORDER BY effective_from, published_from"
    return _Questions(
        f"{ask} AND published_to IS NULL {order}",
        f"{ask} AND published_from <= {mark} AND (published_to IS NULL OR published_to >= {mark}) {order}",
        f"{ask} {order}",
    )


@dataclass(frozen=True, slots=True)
class LookupAnswer:
    """What was in force for a code on a date.

    Attributes:
        status: `valid` (billable), `header`, `not_yet_valid`, `ended`, or `unknown` (never seen, or asked for a
            date before the oldest loaded release).
        version: the row that was in force; for an ended code its last, for one not yet valid its first.
        valid_from, valid_to: first and last day of the unbroken time in which the code had that row's status;
            titles may have changed within.
    """

    code: str
    status: str
    version: CodeVersion | None
    valid_from: str | None
    valid_to: str | None


def _unbroken(versions: list[CodeVersion], position: int) -> tuple[str, str | None]:
    """The time around a version in which the code was billable (or a header) without a gap."""
    first = last = position
    while first > 0:
        before, after = versions[first - 1], versions[first]
        if before.billable != after.billable or before.effective_to is None or not _adjacent(before, after):
            break
        first -= 1
    while last + 1 < len(versions):
        before, after = versions[last], versions[last + 1]
        if before.billable != after.billable or not _adjacent(before, after):
            break
        last += 1
    return versions[first].effective_from, versions[last].effective_to


def _adjacent(before: CodeVersion, after: CodeVersion) -> bool:
    if before.effective_to is None:
        return False
    return date.fromisoformat(before.effective_to) + _DAY == date.fromisoformat(after.effective_from)


class CodeLookup:
    """Looks codes up over one open connection. Not for use by several threads at once."""

    def __init__(self, driver_connection: Any, placeholder: str) -> None:
        self._cursor = driver_connection.cursor()
        self._mark = placeholder
        self._sections: dict[str, list[tuple[str, str, str]]] = {}
        self._poa: dict[str, list[tuple[str, str | None, str, str | None]]] = {}
        self._asked: dict[str, _Questions] = {}

    def _ask(self, code_set: str) -> _Questions:
        found = self._asked.get(code_set)
        if found is None:
            found = self._asked[code_set] = _questions(source(code_set).layout, self._mark)
        return found

    @staticmethod
    def _version(row: tuple[Any, ...]) -> CodeVersion:
        # SQLite hands dates out as text, other drivers as dates.
        start, end, said_from, said_to = (None if value is None else str(value) for value in row[3:7])
        further = tuple([value.isoformat() if isinstance(value, date) else value for value in row[8:]])
        return CodeVersion(
            bool(row[0]), row[1], row[2], str(start), end, str(said_from), said_to, bool(row[7]), further
        )

    def rows(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        """The rows that answer a statement of another module's; `?` stands for each value."""
        self._cursor.execute(statement.replace("?", self._mark), values)
        return list(self._cursor.fetchall())

    def versions(self, code_set: str, code: str, published: date | None = None) -> list[CodeVersion]:
        """What was known of a code by a date (by now when None), in order of effective dates."""
        if published is None:
            self._cursor.execute(self._ask(code_set).now, (code_set, code))
        else:
            day = published.isoformat()
            self._cursor.execute(self._ask(code_set).then, (code_set, code, day, day))
        return [self._version(row) for row in self._cursor.fetchall()]

    def all_versions(self, code_set: str, code: str) -> list[CodeVersion]:
        """Every row of a code, also those that a later publication replaced."""
        self._cursor.execute(self._ask(code_set).ever, (code_set, code))
        return [self._version(row) for row in self._cursor.fetchall()]

    def lookup(self, code_set: str, code: str, on: date, published: date | None = None) -> LookupAnswer:
        """What was in force for a code on a date, as the publisher had said by the date `published`."""
        wanted = normalise(code)
        versions = self.versions(code_set, wanted, published)
        if not versions:
            return LookupAnswer(wanted, "unknown", None, None, None)
        day = on.isoformat()
        position = len(versions) - 1
        for index, version in enumerate(versions):
            if version.effective_from > day:
                position, status = (index - 1, "ended") if index else (0, "not_yet_valid")
                break
            if version.effective_to is None or version.effective_to >= day:
                position, status = index, "valid" if version.billable else "header"
                break
        else:
            status = "ended"
        if status == "not_yet_valid" and versions[0].on_or_before:
            status = "unknown"
        valid_from, valid_to = _unbroken(versions, position)
        return LookupAnswer(wanted, status, versions[position], valid_from, valid_to)

    def poa_exempt(self, code_set: str, code: str, on: date, published: date | None = None) -> bool | None:
        """Was the code exempt from present-on-admission reporting? None when no list for that time is loaded."""
        mark = self._mark
        said = "published_to IS NULL"
        arguments: list[str] = [code_set]
        if published is not None:
            said = f"published_from <= {mark} AND (published_to IS NULL OR published_to >= {mark})"
            arguments += [published.isoformat()] * 2
        day = on.isoformat()
        held = f"effective_from <= {mark} AND (effective_to IS NULL OR effective_to >= {mark})"
        listed = f"SELECT code FROM icd10_poa_exempt WHERE code_set = {mark} AND {said} AND {held}"
        self._cursor.execute(f"{listed} AND code = {mark} LIMIT 1", (*arguments, day, day, code))
        if self._cursor.fetchone():
            return True
        said_by = published.isoformat() if published else None
        for start, end, said_from, said_to in self._poa_times(code_set):
            known = said_to is None if said_by is None else said_from <= said_by and (said_to or said_by) >= said_by
            if known and start <= day and (end or day) >= day:
                return False
        return None

    def _poa_times(self, code_set: str) -> list[tuple[str, str | None, str, str | None]]:
        """The dates that rows of the list have; asked for once, as finding that there is none reads the whole list."""
        known = self._poa.get(code_set)
        if known is None:
            columns = "effective_from, effective_to, published_from, published_to"
            self._cursor.execute(
                f"SELECT DISTINCT {columns} FROM icd10_poa_exempt WHERE code_set = {self._mark}", (code_set,)
            )
            known = [
                (str(row[0]), row[1] and str(row[1]), str(row[2]), row[3] and str(row[3]))
                for row in self._cursor.fetchall()
            ]
            self._poa[code_set] = known
        return known

    def notes(
        self, code_set: str, owners: list[str], on: date, published: date | None = None
    ) -> list[tuple[str, str, list[str]]]:
        """The instruction notes in force at the given owners: (owner, kind, texts)."""
        mark = self._mark
        day = on.isoformat()
        said = "published_to IS NULL"
        arguments: list[str] = [code_set, *owners, day, day]
        if published is not None:
            said = f"published_from <= {mark} AND (published_to IS NULL OR published_to >= {mark})"
            arguments += [published.isoformat()] * 2
        self._cursor.execute(
            f"SELECT owner, kind, texts FROM icd10_note WHERE code_set = {mark} "
            f"AND owner IN ({', '.join([mark] * len(owners))}) "
            f"AND effective_from <= {mark} AND (effective_to IS NULL OR effective_to >= {mark}) AND {said}",
            tuple(arguments),
        )
        found = [(owner, kind, json.loads(texts)) for owner, kind, texts in self._cursor.fetchall()]
        place = {owner: index for index, owner in enumerate(owners)}
        return sorted(found, key=lambda note: (place[note[0]], note[1]))

    def sections_of(self, code_set: str, category: str) -> list[str]:
        """The sections that own a note and hold a category, such as `A00-A09` for `A03`; asked for once."""
        known = self._sections.get(code_set)
        if known is None:
            self._cursor.execute(
                f"SELECT DISTINCT owner FROM icd10_note WHERE code_set = {self._mark} AND owner LIKE {self._mark}",
                (code_set, "%-%"),
            )
            owners = sorted(row[0] for row in self._cursor.fetchall())
            known = [(owner.partition("-")[0][:3], owner.partition("-")[2][:3], owner) for owner in owners]
            self._sections[code_set] = known
        return [owner for first, last, owner in known if first <= category <= last]

    def targets(self, code_set: str, source: str, after: str) -> list[tuple[str, str, str, str, bool]]:
        """Crosswalk rows of a code at or after a date: (to_effective, target, relation, evidence, automatic)."""
        mark = self._mark
        self._cursor.execute(
            "SELECT to_effective, target, relation, evidence, automatic_forward FROM crosswalk_row "
            f"WHERE code_set = {mark} AND source = {mark} AND to_effective >= {mark} ORDER BY to_effective, target",
            (code_set, source, after),
        )
        return [
            (day if isinstance(day, str) else day.isoformat(), target, relation, evidence, bool(automatic))
            for day, target, relation, evidence, automatic in self._cursor.fetchall()
        ]


@contextmanager
def open_lookup(database: HistoryDatabase) -> Iterator[CodeLookup]:
    """A lookup over a connection of its own, closed at the end of the block; all is answered from one state.

    Raises:
        HistoryError: nothing has been loaded yet.
        DatabaseUnavailable: the server cannot be reached.
    """
    with database.reading() as connection:
        yield CodeLookup(connection.connection.driver_connection, "?" if database.is_sqlite else "%s")
