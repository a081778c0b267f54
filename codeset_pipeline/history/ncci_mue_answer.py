"""How many units of a code are paid: the MUE on a date, and all that was published of it.

The published table leaves out codes whose values CMS keeps confidential, so that a code that is not in it, or no
longer, may have an edit all the same.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from codeset_pipeline.codes import normalise
from codeset_pipeline.errors import HistoryError
from codeset_pipeline.history.lookup import CodeLookup, CodeVersion, LookupAnswer
from codeset_pipeline.labels import label_of

# What the MUE adjudication indicator means to somebody who bills.
MAI_MEANINGS = {
    "1": "claim line edit: each line is held against the value by itself",
    "2": "date of service edit by policy: no more units of one day can be paid",
    "3": "date of service edit by clinical judgement: all units of one day are held against the value together",
    "": "the table has no adjudication indicator",
}
_DAY = timedelta(days=1)
_NOT_PUBLISHED = "in no table published by then; the code has no MUE, or one that CMS keeps confidential"
_NO_LONGER = "no longer published since {since}; CMS keeps some values confidential, so an edit may still be in force"
_NOT_YET = "first published for {since}; an edit may have been in force before"
_TOO_EARLY = "the oldest loaded table is that of {since}; load older ones to know"
_NONE_PAID = "0 units: none is paid in this setting"


def mue_answer(lookup: CodeLookup, code_set: str, code: str, on: date, published: date | None = None) -> dict[str, Any]:
    """The MUE of a code on a date of service, as published by a date.

    `effective_from` and `effective_to` bound the time of this value, `valid_from` and `valid_to` the unbroken time in
    which the code was in the published table, whatever its value. `note` says what the answer cannot.
    """
    answer = lookup.lookup(code_set, code, on, published)
    version = answer.version
    value, mai = version.attributes if version else (None, None)
    return {
        "code": answer.code,
        "status": answer.status,
        "mue_value": value,
        "mai": mai,
        "mai_meaning": None if mai is None else MAI_MEANINGS[mai],
        "rationale": version and version.long_title,
        "effective_from": version and version.effective_from,
        "effective_to": version and version.effective_to,
        "valid_from": answer.valid_from,
        "valid_to": answer.valid_to,
        "in_force_on_or_before": version and version.on_or_before,
        "published_from": version and version.published_from,
        "published_to": version and version.published_to,
        "note": _note(code_set, answer, version) if version else _NOT_PUBLISHED,
    }


def _note(code_set: str, answer: LookupAnswer, version: CodeVersion) -> str | None:
    if answer.status == "ended" and version.effective_to is not None:
        return _NO_LONGER.format(since=label_of(code_set, _following(version.effective_to)))
    if answer.status == "not_yet_valid":
        return _NOT_YET.format(since=label_of(code_set, date.fromisoformat(version.effective_from)))
    if answer.status == "unknown":
        return _TOO_EARLY.format(since=label_of(code_set, date.fromisoformat(version.effective_from)))
    return _NONE_PAID if version.attributes[0] == 0 else None


def _following(day: str) -> date:
    return date.fromisoformat(day) + _DAY


def _said(version: CodeVersion) -> str:
    value, mai = version.attributes
    return (
        f"{value} units" + (f", MAI {mai}" if mai else "") + (f", {version.long_title}" if version.long_title else "")
    )


def _events(versions: list[CodeVersion]) -> list[dict[str, Any]]:
    """The changes as known now; a code that left the table is `no_longer_published`, not deleted."""
    events: list[dict[str, Any]] = []
    before: CodeVersion | None = None

    def happened(on: str, kind: str, old: str | None, new: str | None) -> None:
        events.append({"on": on, "kind": kind, "old": old, "new": new})

    for version in versions:
        gap = before is not None and _following(str(before.effective_to)).isoformat() != version.effective_from
        if before is not None and gap:
            happened(_following(str(before.effective_to)).isoformat(), "no_longer_published", _said(before), None)
            happened(version.effective_from, "published_again", _said(before), _said(version))
        elif before is None:
            kind = "in_force_on_or_before" if version.on_or_before else "added"
            happened(version.effective_from, kind, None, _said(version))
        else:
            for place, kind in ((0, "mue_value_changed"), (1, "mai_changed")):
                if before.attributes[place] != version.attributes[place]:
                    happened(version.effective_from, kind, _said(before), _said(version))
            if before.long_title != version.long_title:
                happened(version.effective_from, "rationale_changed", _said(before), _said(version))
        before = version
    if before is not None and before.effective_to is not None:
        happened(_following(before.effective_to).isoformat(), "no_longer_published", _said(before), None)
    return events


def mue_history(lookup: CodeLookup, code_set: str, code: str) -> tuple[dict[str, Any], list[dict[str, Any]], list[str]]:
    """Every value that was published for a code, also those replaced since, and the changes as known now.

    Returns:
        the document, and rows and columns for a table of the changes.

    Raises:
        HistoryError: no loaded table has the code.
    """
    wanted = normalise(code)
    versions = lookup.all_versions(code_set, wanted)
    if not versions:
        raise HistoryError(
            f"{wanted} is in no loaded table of {code_set}: it has no MUE, or one that CMS keeps confidential; check "
            "the code, or load older releases."
        )
    changes = _events(lookup.versions(code_set, wanted))
    document = {
        "code_set": code_set,
        "code": wanted,
        "versions": [
            {
                "mue_value": version.attributes[0],
                "mai": version.attributes[1],
                "rationale": version.long_title,
                "effective_from": version.effective_from,
                "effective_to": version.effective_to,
                "published_from": version.published_from,
                "published_to": version.published_to,
                "on_or_before": version.on_or_before,
            }
            for version in versions
        ],
        "changes": changes,
    }
    return document, changes, ["on", "kind", "old", "new"]
