"""Changes of codes between two releases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from codeset_pipeline.accents import without_accents
from codeset_pipeline.diff.text import text_change
from codeset_pipeline.model import Change, ChangeKind, FieldChange
from codeset_pipeline.snapshots.engine import bulk_engine
from codeset_pipeline.snapshots.store import Snapshot
from codeset_pipeline.snapshots.tables import CODES
from codeset_pipeline.sources.chapters import chapter_of

# Name of the known difference in `known_differences.yml`.
ACCENTS_RULE = "accents_in_tabular_xml"


class CodeState(NamedTuple):
    """A code as one release has it; `short_title` is None where no file of the release states it."""

    billable: bool
    short_title: str | None
    long_title: str


def changed_states(old: Snapshot, new: Snapshot) -> list[tuple[str, CodeState | None, CodeState | None]]:
    """Every code that is not the same in both releases, with its state before and after, in code order.

    A short title that one of the two does not state is not held against the other's.
    """
    with bulk_engine() as engine:
        rows: list[tuple[Any, ...]] = engine.execute(
            f"""
            SELECT coalesce(o.code, n.code) AS code,
                   o.code IS NOT NULL, o.billable, o.short_title, o.long_title,
                   n.code IS NOT NULL, n.billable, n.short_title, n.long_title
            FROM {old.relation(CODES)} o FULL JOIN {new.relation(CODES)} n ON o.code = n.code
            WHERE o.code IS NULL OR n.code IS NULL OR o.billable <> n.billable
               OR o.long_title <> n.long_title OR o.short_title <> n.short_title
            ORDER BY 1
            """
        ).fetchall()
    return [
        (row[0], CodeState(*row[2:5]) if row[1] else None, CodeState(*row[6:9]) if row[5] else None) for row in rows
    ]


def _title_fields(before: CodeState, after: CodeState) -> dict[str, FieldChange]:
    fields = {}
    for name in ("long_title", "short_title"):
        old, new = getattr(before, name), getattr(after, name)
        if old != new and old is not None and new is not None:
            fields[name] = FieldChange(old, new, text_change(old, new))
    return fields


def _appeared(title: str, earlier: str | None) -> ChangeKind:
    """A code that comes back is reactivated, or reused when it comes back with another meaning."""
    if earlier is None:
        return ChangeKind.ADDED
    same = text_change(without_accents(earlier), without_accents(title)) != "wording" or earlier == title
    return ChangeKind.REACTIVATED if same else ChangeKind.REUSED


def _only_accents(fields: Mapping[str, FieldChange]) -> bool:
    return set(fields) == {"long_title"} and without_accents(str(fields["long_title"].old)) == without_accents(
        str(fields["long_title"].new)
    )


def from_tabular(snapshot: Snapshot) -> bool:
    """Do the titles of this release come from the tabular XML alone?"""
    roles = {item["role"] for item in snapshot.inputs}
    return "order" not in roles and "tabular" in roles


def _existence(state: CodeState | None) -> str | None:
    return None if state is None else ("billable" if state.billable else "header")


def diff_codes(old: Snapshot, new: Snapshot, ended_titles: Mapping[str, str] | None = None) -> list[Change]:
    """The changes from one release to another, in code order.

    Args:
        ended_titles: for codes that ended before the older release, the title they had; such a code is
            reactivated or reused where it would otherwise be added.

    Between two revisions of one release every change is `corrected`.
    """
    code_set, day = new.code_set, new.effective_from
    correction = old.effective_from == new.effective_from
    other_layout = from_tabular(old) != from_tabular(new)
    earlier = ended_titles or {}
    changes = []

    def change(
        code: str,
        kind: ChangeKind,
        before: CodeState | None,
        after: CodeState | None,
        fields: Mapping[str, FieldChange],
    ) -> None:
        explained = None
        if kind is ChangeKind.REVISED and other_layout and _only_accents(fields):
            explained = ACCENTS_RULE
        changes.append(
            Change(
                code_set,
                code,
                kind,
                day,
                before.billable if before else None,
                after.billable if after else None,
                before.long_title if before else None,
                after.long_title if after else None,
                fields,
                chapter_of(code_set, code),
                explained,
            )
        )

    for code, before, after in changed_states(old, new):
        if correction:
            fields = _title_fields(before, after) if before and after else {}
            if _existence(before) != _existence(after):
                fields["status"] = FieldChange(_existence(before), _existence(after))
            change(code, ChangeKind.CORRECTED, before, after, fields)
        elif before is None and after is not None:
            change(code, _appeared(after.long_title, earlier.get(code)), None, after, {})
        elif after is None:
            change(code, ChangeKind.DELETED, before, None, {})
        elif before is not None:
            if before.billable != after.billable:
                kind = ChangeKind.BECAME_BILLABLE if after.billable else ChangeKind.BECAME_HEADER
                change(code, kind, before, after, {"billable": FieldChange(before.billable, after.billable)})
            titles = _title_fields(before, after)
            if titles:
                change(code, ChangeKind.REVISED, before, after, titles)
    return changes
