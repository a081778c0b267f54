"""The crosswalks between all neighbouring releases of a code set as one table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from operator import itemgetter

from sqlalchemy import Connection, select

from codeset_pipeline.codes import printed
from codeset_pipeline.crosswalk.publish import crosswalk_file, published_row, read_crosswalk
from codeset_pipeline.history import schema
from codeset_pipeline.history.crosswalk_rows import stored_pairs
from codeset_pipeline.history.published_tables import Row
from codeset_pipeline.history.table_fields import Field
from codeset_pipeline.serve.export.text_lines import list_text
from codeset_pipeline.settings import Workspace

NAME = "crosswalks"
FIELDS = (
    Field("code_set", "string", "Name of the code set."),
    Field("from_release", "date", "First day of the older release."),
    Field("to_release", "date", "First day of the newer release."),
    Field("source", "string", "A code of the older release that ended, or from which another was carved out."),
    Field("source_title", "string", "Its title.", True),
    Field("target", "string", "A code of the newer release; null: nothing replaces the source.", True),
    Field("target_title", "string", "Its title.", True),
    Field("relation", "string", "renamed, split, merged, split_and_merged, carved_out, combination or none."),
    Field("equivalence", "string", "The same in words of FHIR R5, read from source to target."),
    Field("evidence", "string", "curated, publisher, hierarchy or suggested; nobody has accepted a suggestion yet."),
    Field("automatic_forward", "boolean", "The target may take the source's place without a person looking."),
    Field("automatic_backward", "boolean", "The target may be counted as the source without a person looking."),
    Field("ambiguous", "boolean", "The source has several targets, so that a person has to choose."),
    Field("together_with", "list", "For a combination: the codes beside which the source stood."),
    Field("hops", "list", "When each step took effect, and where it is stated."),
    Field("note", "string", "What else is to be known."),
)
_COMPARED = ("relation", "equivalence", "evidence", "automatic_forward", "automatic_backward", "together_with")
_compared = itemgetter(*_COMPARED)
Ends = tuple[str, str]
# The columns `_COMPARED`.
Said = tuple[str, str, str, bool, bool, str]


def crosswalk_rows(workspace: Workspace, connection: Connection, code_set: str, until: date | None) -> Iterator[Row]:
    """The mappings of every pair, oldest first, by source and target.

    What maps to what is read from the history. Titles, steps and notes come from the table that was published with it,
    as long as that agrees; else they are made anew from the snapshots.

    Args:
        until: only pairs whose newer release takes effect by that day.
    """
    for pair in sorted(stored_pairs(connection, code_set), key=lambda each: each[1]):
        if until is None or pair[1] <= until:
            yield from _of_pair(workspace, connection, code_set, pair)


def _of_pair(workspace: Workspace, connection: Connection, code_set: str, pair: tuple[date, date]) -> Iterator[Row]:
    stored = _stored(connection, code_set, pair[1])
    described = _by_ends(read_crosswalk(crosswalk_file(workspace.crosswalks, code_set, pair)) or [])
    if not _agree(stored, described):
        # Seldom needed, and half of what a command would load.
        from codeset_pipeline import pipeline

        chosen = pipeline.choose(workspace, code_set, pair[0].isoformat(), pair[1].isoformat())
        described = _by_ends([published_row(mapping) for mapping in pipeline.crosswalk(workspace, chosen)])
    days = (code_set, pair[0].isoformat(), pair[1].isoformat())
    for ends in sorted(stored):
        # Where people have decided otherwise since the last load, the history still says what was loaded.
        yield (*days, *_row(ends, stored[ends], described.get(ends, {})))


def _stored(connection: Connection, code_set: str, to_effective: date) -> dict[Ends, Said]:
    """What maps to what, by source and target as printed."""
    columns = schema.crosswalk_row.c
    asked = select(columns.source, columns.target, *(columns[name] for name in _COMPARED)).where(
        columns.code_set == code_set, columns.to_effective == to_effective
    )
    found = {}
    for source, target, *said, together in connection.execute(asked):
        beside = " ".join(printed(code_set, code) for code in together.split())
        found[printed(code_set, source), printed(code_set, target)] = (*said, beside)
    return found


def _by_ends(rows: list[dict[str, str]]) -> dict[Ends, dict[str, str]]:
    return {(row["source"], row["target"]): row for row in rows}


def _agree(stored: dict[Ends, Said], described: dict[Ends, dict[str, str]]) -> bool:
    return stored.keys() == described.keys() and all(
        (*said[:3], *(str(each).lower() for each in said[3:5]), said[5]) == _compared(described[ends])
        for ends, said in stored.items()
    )


def _row(ends: Ends, said: Said, more: dict[str, str]) -> Row:
    relation, equivalence, evidence, forward, backward, together = said
    return (
        ends[0],
        more.get("source_title") or None,
        ends[1] or None,
        more.get("target_title") or None,
        relation,
        equivalence,
        evidence,
        bool(forward),
        bool(backward),
        more.get("ambiguous") == "true",
        list_text(together.split()),
        list_text([step for step in more.get("hops", "").split(" | ") if step]),
        more.get("note", ""),
    )
