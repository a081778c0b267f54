"""Answers about PTP edits for people and other programs: a pair or a code on a date, and the history of a pair."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from codeset_pipeline.codes import normalise
from codeset_pipeline.errors import HistoryError, UsageError
from codeset_pipeline.history.lookup import CodeLookup
from codeset_pipeline.history.ncci_ptp_query import (
    EditVersion,
    all_statements_of_pair,
    edits_of_pair,
    edits_with_code,
)
from codeset_pipeline.labels import label_of

# What the modifier indicator means.
INDICATORS = {
    0: "not paid together; no modifier allows it",
    1: "not paid together unless an NCCI-associated modifier shows a separate service",
    9: "never in force; the edit was deleted as of the day it began",
}
_SHOWN_EDITS = 50
_DAY = timedelta(days=1)


def split_pair(text: str) -> tuple[str, ...]:
    """The codes of `A4216/J7050` or `A4216,J7050`; one code comes back alone.

    Raises:
        UsageError: more than two codes.
    """
    codes = tuple(normalise(part) for part in re.split(r"[/,]", text) if part.strip())
    if not 1 <= len(codes) <= 2:
        raise UsageError(f"{text!r} is neither a code nor a pair; write a pair as A4216/J7050, column 1 first.")
    return codes


def _edit_object(edit: EditVersion, code_set: str, on: date | None = None) -> dict[str, Any]:
    found: dict[str, Any] = {
        "column_1": edit.column_1,
        "column_2": edit.column_2,
        "effective_from": edit.effective_from.isoformat(),
        "effective_to": edit.effective_to.isoformat() if edit.effective_to else None,
        "modifier_indicator": str(edit.modifier_indicator),
        "meaning": INDICATORS[edit.modifier_indicator],
        "never_in_force": edit.never_in_force,
        "prior_to_1996": edit.prior_to_1996,
        "rationale": edit.rationale,
        "published_from": edit.published_from.isoformat(),
        "published_to": edit.published_to.isoformat() if edit.published_to else None,
        "note": _note(edit, code_set),
    }
    if on is not None:
        found["in_force"] = edit.holds_on(on)
    return found


def _note(edit: EditVersion, code_set: str) -> str:
    """Why an edit that the newest release does not list is still here."""
    if edit.missing_from is None:
        return ""
    label = label_of(code_set, edit.missing_from)
    if edit.effective_to is not None and edit.effective_to < edit.missing_from:
        return f"no longer listed since {label}: aged out"
    return f"no longer listed since {label}, without a deletion date: withdrawn"


def _status(edits: Sequence[EditVersion], on: date) -> tuple[str, EditVersion | None]:
    """The status of a pair on a date, and the edit that it rests on."""
    if not edits:
        return "unknown", None
    holding = [edit for edit in edits if edit.holds_on(on)]
    if holding:
        return "valid", holding[-1]
    real = [edit for edit in edits if not edit.never_in_force] or list(edits)
    begun = [edit for edit in real if edit.effective_from <= on]
    return ("ended", begun[-1]) if begun else ("not_yet_valid", real[0])


def ptp_answer(lookup: CodeLookup, code_set: str, text: str, on: date, published: date | None = None) -> dict[str, Any]:
    """What was in force for a pair (`A4216/J7050`), or for all pairs of one code, on a date.

    Of a pair: status, dates, indicator and what it means, all its edits, and the other direction where an edit of it is
    known. Of a code: how many edits have it in column 1 and column 2, and the first of those in force.
    """
    codes = split_pair(text)
    if len(codes) == 1:
        return _code_answer(lookup, code_set, codes[0], on, published)
    column_1, column_2 = codes
    edits = edits_of_pair(lookup, code_set, column_1, column_2, published)
    status, edit = _status(edits, on)
    found: dict[str, Any] = {"code": f"{column_1}/{column_2}", "status": status}
    if edit is None:
        found |= {"column_1": column_1, "column_2": column_2, "effective_from": None, "effective_to": None}
    else:
        found |= _edit_object(edit, code_set)
    found["edits"] = [_edit_object(each, code_set, on) for each in edits]
    other_way = edits_of_pair(lookup, code_set, column_2, column_1, published)
    found["other_direction"] = [_edit_object(each, code_set, on) for each in other_way]
    found["replaced_by"] = []
    return found


def _code_answer(lookup: CodeLookup, code_set: str, code: str, on: date, published: date | None) -> dict[str, Any]:
    first = edits_with_code(lookup, code_set, code, 1, published)
    second = edits_with_code(lookup, code_set, code, 2, published)
    holding = [[edit for edit in edits if edit.holds_on(on)] for edits in (first, second)]
    status, _ = _status([*first, *second], on)
    shown = [*holding[0], *holding[1]][:_SHOWN_EDITS]
    rest = len(holding[0]) + len(holding[1]) - len(shown)
    counts = f"in force: {len(holding[0]):,} edits as column 1, {len(holding[1]):,} as column 2"
    return {
        "code": code,
        "status": status,
        "effective_from": None,
        "effective_to": None,
        "meaning": counts if first or second else None,
        "as_column_1": {"edits": len(first), "in_force": len(holding[0])},
        "as_column_2": {"edits": len(second), "in_force": len(holding[1])},
        "edits": [_edit_object(edit, code_set) for edit in shown],
        "edits_not_shown": rest,
        "replaced_by": [],
    }


def _restated(before: EditVersion, after: EditVersion) -> dict[str, dict[str, Any]]:
    names = ("effective_to", "modifier_indicator", "prior_to_1996", "rationale")
    return {
        name: {"old": getattr(before, name), "new": getattr(after, name)}
        for name in names
        if getattr(before, name) != getattr(after, name)
    }


def _events(edits: Sequence[EditVersion]) -> list[dict[str, Any]]:
    """What became of a pair, as known now: edits that began and ended, oldest first."""
    found = []
    for edit in edits:
        said = f"indicator {edit.modifier_indicator}, {edit.rationale}"
        if edit.never_in_force:
            found.append({"on": edit.effective_from.isoformat(), "kind": "never_in_force", "old": None, "new": said})
            continue
        found.append({"on": edit.effective_from.isoformat(), "kind": "edit_added", "old": None, "new": said})
        if edit.effective_to is not None:
            day = (edit.effective_to + _DAY).isoformat()
            found.append({"on": day, "kind": "edit_deleted", "old": said, "new": None})
    return sorted(found, key=lambda event: (str(event["on"]), event["kind"] != "edit_deleted"))


def ptp_history(lookup: CodeLookup, code_set: str, text: str) -> tuple[dict[str, Any], list[dict[str, Any]], list[str]]:
    """Every statement of a pair on both time axes, what each changed, and the pair's life as known now.

    Raises:
        HistoryError: no loaded release has the pair.
        UsageError: the text is no pair.
    """
    codes = split_pair(text)
    if len(codes) != 2:
        raise UsageError(f"{text!r} is one code; the history is a pair's, such as A4216/J7050.")
    versions = all_statements_of_pair(lookup, code_set, *codes)
    pair = "/".join(codes)
    if not versions:
        raise HistoryError(
            f"{pair} is in no loaded release of {code_set}; check the pair (column 1 first), or load older releases."
        )
    last: dict[date, EditVersion] = {}
    said = []
    for version in versions:
        before = last.get(version.effective_from)
        document = _edit_object(version, code_set)
        document["changed"] = _restated(before, version) if before else {}
        said.append(document)
        last[version.effective_from] = version
    events = _events([version for version in versions if version.published_to is None])
    document = {"code_set": code_set, "code": pair, "versions": said, "changes": events}
    return document, events, ["on", "kind", "old", "new"]
