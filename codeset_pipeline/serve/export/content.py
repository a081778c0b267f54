"""What an export holds: which tables of a code set, which of its rows, and the one state of the history they are of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import partial

from sqlalchemy import Connection

from codeset_pipeline.errors import HistoryError
from codeset_pipeline.history.published_tables import Row, published_tables, rows
from codeset_pipeline.history.releases import loaded_releases
from codeset_pipeline.history.table_fields import Field, fields_of
from codeset_pipeline.model import Release
from codeset_pipeline.serve.export import crosswalk_table
from codeset_pipeline.settings import Workspace
from codeset_pipeline.sources.definition import has_crosswalk, source


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        on: only rows in force on that day; all where None.
        published: as the publisher had said by the end of that day; as known now where None.
    """

    workspace: Workspace
    code_set: str
    on: date | None = None
    published: date | None = None


@dataclass(frozen=True)
class ExportTable:
    """One table of an export.

    Attributes:
        key: columns that name a row; none of them is ever null.
        unique: columns that name a row where one of them may be null.
        rows: gives the rows in their order, each time it is called.
    """

    name: str
    title: str
    key: tuple[str, ...]
    unique: tuple[str, ...]
    fields: tuple[Field, ...]
    rows: Callable[[], Iterator[Row]]


def releases_behind(connection: Connection, request: Request) -> list[Release]:
    """The release revisions that an export is made of, oldest first.

    Raises:
        HistoryError: none is loaded, or the dates asked for lie before everything that is loaded.
    """
    name = request.code_set
    ready = [each for each in loaded_releases(connection, name) if each.state == "ready"]
    if not ready:
        raise HistoryError(f"No release of {name} is loaded; load one with 'codeset update {name} --from PATH'.")
    said = request.published
    known = [each for each in ready if said is None or each.published <= said]
    if not known:
        first = min(each.published for each in ready)
        raise HistoryError(
            f"Nothing that is loaded of {name} had been published by {said}; the first release was on {first}, so "
            "give --published that day or a later one."
        )
    oldest = min(each.effective_from for each in known)
    if request.on is not None and request.on < oldest and source(name).dating == "by_release":
        raise HistoryError(
            f"What {name} said on {request.on} is not known, because the oldest release that is loaded takes effect on "
            f"{oldest}; give --on that day or a later one, or load older releases."
        )
    return known


def tables_of(connection: Connection, request: Request) -> list[ExportTable]:
    """The tables of an export, that of the codes or edits first.

    Crosswalks are as known now, so an export of what was said by an earlier day has none.
    """
    found = []
    for table in published_tables(request.code_set):
        read = partial(rows, connection, table, request.code_set, on=request.on, published=request.published)
        found.append(ExportTable(table.name, table.title, table.key, (), fields_of(table), read))
    if has_crosswalk(request.code_set) and request.published is None:
        found.append(
            ExportTable(
                crosswalk_table.NAME,
                "Crosswalks between neighbouring releases",
                (),
                ("code_set", "from_release", "to_release", "source", "target"),
                crosswalk_table.FIELDS,
                partial(crosswalk_table.crosswalk_rows, request.workspace, connection, request.code_set, request.on),
            )
        )
    return found
