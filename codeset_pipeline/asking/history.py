"""The history of a workspace as an object to ask from Python."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

from codeset_pipeline.asking.rows import Rows
from codeset_pipeline.asking.sessions import Sessions
from codeset_pipeline.codes import normalise
from codeset_pipeline.errors import UsageError
from codeset_pipeline.history.answer import full_answer
from codeset_pipeline.settings import Workspace
from codeset_pipeline.sources.definition import code_sets

STATUS_COLUMNS = ("asked", "code", "status", "effective_from", "effective_to")
CHANGE_COLUMNS = (
    "code", "kind", "fields", "effective_from", "billable_before", "billable_after", "title_before", "title_after",
    "chapter", "explained",
)  # fmt: skip
MAPPING_COLUMNS = (
    "source", "target", "relation", "equivalence", "evidence", "hops", "automatic_forward", "automatic_backward",
    "ambiguous", "together_with", "source_title", "target_title", "note",
)  # fmt: skip
RELEASE_COLUMNS = (
    "code_set", "effective_from", "label", "revision", "state", "rows", "billable_rows", "published", "snapshot_hash",
    "snapshot_key",
)  # fmt: skip
Day = date | str | None


def as_day(value: Day, name: str = "on") -> date | None:
    """A date given as such or as ISO text.

    Raises:
        UsageError: it is neither.
    """
    if value is None or type(value) is date:
        return value
    if isinstance(value, date):  # a datetime, whose time of day does not matter
        return date(value.year, value.month, value.day)
    try:
        # The extended form alone; 20251001 might as well be a typing error.
        if len(value) == 10 and value[4] == value[7] == "-":
            return date.fromisoformat(value)
    except (ValueError, TypeError):
        pass
    raise UsageError(f"{name}={value!r} is no date; write it as 2025-10-01.")


def as_code_set(name: str) -> str:
    """The name of a code set, in any case.

    Raises:
        UsageError: there is none of that name.
    """
    if name in code_sets():
        return name
    wanted = str(name).strip().lower()
    if wanted not in code_sets():
        raise UsageError(f"{name!r} is no code set of this program; use one of {', '.join(code_sets())}.")
    return wanted


class History:
    """Everything that is loaded in one workspace, to be asked from any thread.

    Dates are given as `datetime.date` or ISO text and come back as ISO text; `on` is today where it is left out, and
    `published=None` means as known now. Codes are accepted with or without the dot and in any case. Answers are dicts
    and lists of dicts; lists also have `to_arrow()` and `to_pandas()`. Use it in a `with` block, or call `close()`.
    """

    def __init__(self, home: str | Path | None = None, database: str | None = None) -> None:
        """Open a workspace; see `codeset_pipeline.open`."""
        self.workspace = Workspace.at(Path(home) if home is not None else None, database)
        self.sessions = Sessions(self.workspace.database_url)

    def lookup(
        self, code_set: str, code: str, on: Day = None, published: Day = None, *, notes: bool = False
    ) -> dict[str, Any]:
        """What was in force for a code on a date, as the publisher had said by the date `published`.

        The answer is that of `codeset lookup`, all of it with `notes`: `status` (`valid`, `header`, `not_yet_valid`,
        `ended`, `unknown`), dates, titles, attributes, `replaced_by`.

        Args:
            notes: also the chapter, POA exemption and instruction notes of an ICD-10 code, which take three times as
                long as the rest.
        """
        day, said = as_day(on) or date.today(), as_day(published, "published")
        name = as_code_set(code_set)
        with self.sessions.reading() as session:
            return full_answer(session.lookup, name, code, day, said, facts=notes)

    def validate(self, code_set: str, codes: Iterable[str], on: Day = None, published: Day = None) -> Rows:
        """The status of many codes on one date, in the order in which they are given.

        Each row has `asked` (as given), `code` (as printed), `status` as in `lookup`, and the dates of the row that was
        in force; against a MUE table also its `mue_value` and `mai`, and `valid` means that the table lists the code.
        One question to the database, however many codes there are.

        Raises:
            UsageError: the code set has edits between codes only (PTP, add-on codes); `check` asks those.
        """
        from codeset_pipeline.history.code_tables import listing
        from codeset_pipeline.history.validate import status_rows, validate_codes

        if isinstance(codes, str):
            raise UsageError("validate() takes a list of codes; use lookup() for a single one.")
        name = as_code_set(code_set)
        day, said = as_day(on) or date.today(), as_day(published, "published")
        given = [(text, normalise(text)) for text in codes]
        with self.sessions.reading() as session:
            found = validate_codes(
                session.cursor,
                sqlite=session.is_sqlite,
                code_set=name,
                codes=(code for _, code in given),
                on=day,
                published=said,
            )
        columns = (*STATUS_COLUMNS, *listing(name).further)
        return Rows(status_rows(name, given, found), columns)

    def history(self, code_set: str, code: str) -> dict[str, Any]:
        """Every version of a code (`versions`) and every change between them (`changes`), oldest first.

        Of PTP edits it is the history of a pair, `A4216/J7050`; of MUE and add-on codes that of a code.

        Raises:
            HistoryError: no loaded release has the code.
            UsageError: one code where a pair is meant.
        """
        from codeset_pipeline.history.documents import history_document

        name = as_code_set(code_set)
        with self.sessions.reading() as session:
            found = history_document(session.lookup, name, code)
        versions = found.document["versions"]
        return {
            **found.document,
            "versions": Rows(versions, tuple(versions[0])),
            "changes": Rows(found.rows, tuple(found.columns)),
        }

    def check(
        self,
        codes: Iterable[str],
        on: Day = None,
        published: Day = None,
        *,
        setting: str = "ncci",
        units: Mapping[str, int] | None = None,
    ) -> dict[str, Any]:
        """The NCCI edits among the codes that one patient gets on one day: PTP edits, MUE and add-on rules.

        The answer is that of `codeset check`: `edits`, `mue` and `add_on` are lists of findings, `unknown` the codes
        that no table has, `without_mue` those without a published value, `coverage` what the answer rests on.

        Args:
            codes: CPT or HCPCS Level II codes, in any case.
            on: the date of service.
            setting: `ncci` (every Medicare setting that is loaded), `practitioner`, `hospital`, `dme`, `medicaid`,
                `medicaid-practitioner`, …, or a code set, which stands for its setting.
            units: code → units, to be held against its MUE.

        Raises:
            HistoryError: nothing of the setting is loaded.
            UsageError: no such setting, or a text that can be no code.
        """
        from codeset_pipeline.ncci_check.check import check_codes
        from codeset_pipeline.ncci_check.document import FINDING_COLUMNS, check_document

        if isinstance(codes, str):
            raise UsageError("check() takes a list of codes, such as ['A4216', 'J7050'].")
        day, said = as_day(on) or date.today(), as_day(published, "published")
        with self.sessions.reading() as session:
            found = check_codes(session.lookup, list(codes), day, setting=setting, published=said, units=units)
        document = check_document(found)
        return document | {name: Rows(document[name], columns) for name, columns in FINDING_COLUMNS.items()}

    def changes(
        self, code_set: str, from_release: str, to_release: str, *, kind: str | Iterable[str] = (), code: str = ""
    ) -> Rows:
        """The changes between any two loaded releases, named by label, effective date, `latest` or `previous`.

        Args:
            kind: only these kinds of change.
            code: only codes that begin with this.
        """
        from codeset_pipeline import pipeline
        from codeset_pipeline.model import ChangeKind
        from codeset_pipeline.report.shapes import change_object

        wanted = {kind} if isinstance(kind, str) else set(kind)
        unknown = wanted - {str(each) for each in ChangeKind}
        if unknown:
            kinds = ", ".join(str(each) for each in ChangeKind)
            raise UsageError(f"{', '.join(sorted(unknown))} is no kind of change; use {kinds}.")
        prefix = normalise(code)
        found = pipeline.differences(self.workspace, as_code_set(code_set), from_release, to_release)
        chosen = (c for c in found.changes if (not wanted or c.kind in wanted) and c.code.startswith(prefix))
        return Rows((change_object(change) for change in chosen), CHANGE_COLUMNS)

    def crosswalk(self, code_set: str, from_release: str, to_release: str, codes: Iterable[str] = ()) -> Rows:
        """What became of each code that ended (of the codes named, if any), composed over the releases between."""
        from codeset_pipeline import pipeline
        from codeset_pipeline.report.shapes import mapping_object

        wanted = [codes] if isinstance(codes, str) else list(codes)
        chosen = pipeline.choose(self.workspace, as_code_set(code_set), from_release, to_release)
        found = pipeline.crosswalk(self.workspace, chosen, [normalise(code) for code in wanted])
        return Rows((mapping_object(mapping) for mapping in found), MAPPING_COLUMNS)

    def releases(self, code_set: str | None = None) -> Rows:
        """The loaded releases, every revision, by code set and effective date."""
        name = None if code_set is None else as_code_set(code_set)
        columns = ", ".join(RELEASE_COLUMNS)
        statement = f"SELECT {columns} FROM release WHERE state = 'ready' ORDER BY code_set, effective_from, revision"
        with self.sessions.reading() as session:
            session.cursor.execute(statement)
            found = [dict(zip(RELEASE_COLUMNS, row, strict=True)) for row in session.cursor.fetchall()]
        for row in found:
            row |= {"effective_from": str(row["effective_from"]), "published": str(row["published"])}
        return Rows((row for row in found if name in {None, row["code_set"]}), RELEASE_COLUMNS)

    def table(self, code_set: str, on: Day = None, published: Day = None, *, table: str | None = None) -> Rows:
        """The effective-dated table of a code set as `codeset export` writes it: that of its codes or edits.

        Each row is a dict of the columns that docs/tables.md lists; lists come as lists. `to_arrow()` and `to_pandas()`
        give every column its type. A table of millions of edits needs some kilobytes a row here; export it instead.

        Args:
            on: only rows in force on that day; all rows (and not those of today) where it is left out.
            table: another table of the code set, such as `icd10_notes`.
        """
        from codeset_pipeline.asking.table import read_table

        return read_table(
            self.workspace.database_url, as_code_set(code_set), table, as_day(on), as_day(published, "published")
        )

    def close(self) -> None:
        """Let go of the database; nothing can be asked afterwards."""
        self.sessions.close()

    def __enter__(self) -> History:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()
