"""Which primary codes an add-on code may stand beside on a date, which add-on codes a primary has, and since when."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, NamedTuple

from codeset_pipeline.codes import normalise
from codeset_pipeline.errors import HistoryError
from codeset_pipeline.history.lookup import CodeLookup
from codeset_pipeline.labels import label_of
from codeset_pipeline.parse.ncci_add_on_rows import CONTRACTOR_DEFINED, EDIT_TYPES

_DAY = timedelta(days=1)
_COLUMNS = (
    "add_on_code", "primary_code", "edit_type", "add_on_deleted_on", "primary_deleted_on", "deleted_on", "notes",
    "effective_from", "effective_to", "published_from", "published_to", "missing_from",
)  # fmt: skip
_NOT_NAMED = "neither an add-on code nor a primary code in what was published by then"
_BY = {"add_on": "add_on_code", "primary": "primary_code"}


class AddOnVersion(NamedTuple):
    """One row of the history; dates are ISO texts, None while open."""

    add_on_code: str
    primary_code: str
    edit_type: str
    add_on_deleted_on: str | None
    primary_deleted_on: str | None
    deleted_on: str | None
    notes: str
    effective_from: str
    effective_to: str | None
    published_from: str
    published_to: str | None
    missing_from: str | None

    @property
    def withdrawn(self) -> bool:
        """Has the row left the file without having ended? (One that had ended before has aged out.)"""
        return self.missing_from is not None and (self.effective_to is None or self.effective_to >= self.missing_from)

    def holds(self, day: str) -> bool:
        """Was the edit in force on a day?"""
        return self.effective_from <= day and (self.effective_to is None or self.effective_to >= day)

    @property
    def ever_held(self) -> bool:
        """Was the edit in force on any day? (Some are deleted before they take effect.)"""
        return self.effective_to is None or self.effective_to >= self.effective_from


def add_on_versions(
    lookup: CodeLookup, code_set: str, code: str, role: str, published: date | None = None, *, ever: bool = False
) -> list[AddOnVersion]:
    """The edits that name a code, as published by a date (by now when None), in order of codes and dates.

    Args:
        role: `add_on` or `primary`: as what they name it.
        ever: also rows that a later publication replaced.
    """
    statement = (
        f"SELECT {', '.join(_COLUMNS)} FROM ncci_add_on_edit WHERE code_set = ? AND {_BY[role]} = ? "
        "ORDER BY add_on_code, primary_code, effective_from, published_from"
    )
    found = [
        AddOnVersion(*(value.isoformat() if isinstance(value, date) else value for value in row))
        for row in lookup.rows(statement, (code_set, code))
    ]
    return found if ever else _known(found, None if published is None else published.isoformat())


def _known(every: list[AddOnVersion], published: str | None) -> list[AddOnVersion]:
    """The rows as known by a day (by now when None), each since when the publisher has said so.

    That an edit went missing from the file, or came back, is a row of its own and nothing that the publisher said.
    """
    known: list[AddOnVersion] = []
    before: AddOnVersion | None = None
    for row in every:
        if published is not None and row.published_from > published:
            continue
        said = row
        if before is not None and _says_the_same(before, row) and _adjoins(before, row):
            said = row._replace(published_from=before.published_from)
        before = said
        if row.published_to is None or (published is not None and row.published_to >= published):
            known.append(said)
    return known


def _says_the_same(one: AddOnVersion, other: AddOnVersion) -> bool:
    """Do two rows differ in nothing that the publisher stated of the edit?"""
    return other == one._replace(
        published_from=other.published_from, published_to=other.published_to, missing_from=other.missing_from
    )


def _adjoins(before: AddOnVersion, after: AddOnVersion) -> bool:
    return before.published_to is not None and _following(before.published_to) == after.published_from


def _status(edits: list[AddOnVersion], day: str) -> str:
    if any(edit.holds(day) for edit in edits):
        return "valid"
    ever = [edit for edit in edits if edit.ever_held]
    if ever and all(edit.effective_from > day for edit in ever):
        return "not_yet_valid"
    return "ended"


def _spoken_of(edits: list[AddOnVersion], day: str, status: str) -> list[AddOnVersion]:
    """The edits that the answer is about: those in force, else the next to come, else those that ended last."""
    if status == "valid":
        return [edit for edit in edits if edit.holds(day)]
    if status == "not_yet_valid":
        first = min(edit.effective_from for edit in edits if edit.ever_held)
        return [edit for edit in edits if edit.ever_held and edit.effective_from == first]
    past = [edit for edit in edits if edit.ever_held and edit.effective_from <= day]
    last = max((str(edit.effective_to) for edit in past), default=None)
    return [edit for edit in past if edit.effective_to == last]


def _listed(edits: list[AddOnVersion], other: str) -> list[dict[str, Any]]:
    return [
        {
            other: getattr(edit, other),
            "edit_type": edit.edit_type,
            "effective_from": edit.effective_from,
            "effective_to": edit.effective_to,
            "notes": edit.notes or None,
            "published_from": edit.published_from,
            "missing_from": edit.missing_from,
        }
        for edit in edits
    ]


def add_on_answer(
    lookup: CodeLookup, code_set: str, code: str, on: date, published: date | None = None
) -> dict[str, Any]:
    """What the add-on code edits say of a code on a date of service, as published by a date.

    `role` is `add_on`, `primary` or `both`, and the answer's status and dates are those of the edits that name the code
    as an add-on code, else as a primary. `primary_codes` lists the primaries of the edits in force, where none is those
    of the edits that the dates are of (the next, or the last); `add_on_codes` those of edits in force only. Where the
    contractor defines (more) primaries, `contractor_defined` is true.
    """
    wanted, day = normalise(code), on.isoformat()
    as_add_on = add_on_versions(lookup, code_set, wanted, "add_on", published)
    as_primary = add_on_versions(lookup, code_set, wanted, "primary", published)
    edits = as_add_on or as_primary
    status = _status(edits, day) if edits else "unknown"
    meant = _spoken_of(edits, day, status)
    listed = _spoken_of(as_add_on, day, _status(as_add_on, day)) if as_add_on else []
    others = [edit for edit in as_primary if edit.holds(day)]
    types = sorted({edit.edit_type for edit in listed})
    ends = [edit.effective_to for edit in meant]
    return {
        "code": wanted,
        "status": status,
        "role": _role(bool(as_add_on), bool(as_primary)),
        "effective_from": min((edit.effective_from for edit in meant), default=None),
        "effective_to": None if None in ends else max((str(end) for end in ends), default=None),
        "edit_type": ", ".join(types) or None,
        "edit_type_meaning": "; ".join(EDIT_TYPES[each] for each in types) or None,
        "primary_codes": sorted({e.primary_code for e in listed} - {CONTRACTOR_DEFINED}),
        "contractor_defined": any(e.primary_code == CONTRACTOR_DEFINED or e.edit_type == "3" for e in listed),
        "add_on_codes": sorted({edit.add_on_code for edit in others}),
        "primaries": _listed(listed, "primary_code"),
        "add_ons": _listed(others, "add_on_code"),
        "note": _note(code_set, [*listed, *others]) if edits else _NOT_NAMED,
    }


def _note(code_set: str, edits: list[AddOnVersion]) -> str | None:
    gone = sorted({str(edit.missing_from) for edit in edits if edit.withdrawn})
    if not gone:
        return None
    labels = " and ".join(label_of(code_set, date.fromisoformat(day)) for day in gone)
    return f"an edit is missing from the file of {labels} without having ended; it stands as it was last stated"


def _role(add_on: bool, primary: bool) -> str | None:
    if add_on:
        return "both" if primary else "add_on"
    return "primary" if primary else None


def _following(day: str) -> str:
    return (date.fromisoformat(day) + _DAY).isoformat()


def _events(as_add_on: list[AddOnVersion], as_primary: list[AddOnVersion]) -> list[dict[str, Any]]:
    events = []
    for role, other, edits in (("primary", "primary_code", as_add_on), ("add_on", "add_on_code", as_primary)):
        for edit in edits:
            shown = f"{getattr(edit, other)} (type {edit.edit_type})"
            if not edit.ever_held:
                events.append({"on": edit.effective_from, "kind": "never_in_force", "old": None, "new": shown})
                continue
            events.append({"on": edit.effective_from, "kind": f"{role}_added", "old": None, "new": shown})
            if edit.withdrawn and edit.missing_from is not None:
                events.append({"on": edit.missing_from, "kind": "withdrawn", "old": shown, "new": None})
            if edit.effective_to is not None:
                on = _following(edit.effective_to)
                events.append({"on": on, "kind": f"{role}_deleted", "old": shown, "new": None})
    return sorted(events, key=lambda event: (str(event["on"]), str(event["kind"]), str(event["new"] or event["old"])))


def add_on_history(
    lookup: CodeLookup, code_set: str, code: str
) -> tuple[dict[str, Any], list[dict[str, Any]], list[str]]:
    """Every edit that names a code, also as it was published before, and the changes as known now.

    Returns:
        the document, and rows and columns for a table of the changes.

    Raises:
        HistoryError: no loaded file names the code.
    """
    wanted = normalise(code)
    versions = [
        *add_on_versions(lookup, code_set, wanted, "add_on", ever=True),
        *add_on_versions(lookup, code_set, wanted, "primary", ever=True),
    ]
    if not versions:
        raise HistoryError(
            f"{wanted} is neither an add-on code nor a primary code in any loaded release of {code_set}; check the "
            "code, or load older releases."
        )
    changes = _events(
        add_on_versions(lookup, code_set, wanted, "add_on"), add_on_versions(lookup, code_set, wanted, "primary")
    )
    document = {
        "code_set": code_set,
        "code": wanted,
        "versions": [version._asdict() for version in versions],
        "changes": changes,
    }
    return document, changes, ["on", "kind", "old", "new"]
