"""The whole answer about one code on one date, as an object for people and other programs."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from codeset_pipeline.codes import printed
from codeset_pipeline.history.lookup import CodeLookup, CodeVersion, LookupAnswer, further_attributes
from codeset_pipeline.history.replacements import last_billable_day, replacements
from codeset_pipeline.sources.chapters import chapter_of
from codeset_pipeline.sources.definition import source


def _owners(lookup: CodeLookup, code_set: str, code: str, chapter: str) -> list[str]:
    """Everything whose notes hold for a code: its chapter, its section, its category, down to itself."""
    number = chapter.partition(".")[0]
    return [
        f"chapter {number}",
        *lookup.sections_of(code_set, code[:3]),
        *(code[:length] for length in range(3, len(code) + 1)),
    ]


def _successors(
    lookup: CodeLookup, code_set: str, answer: LookupAnswer, on: date, published: date | None
) -> list[dict[str, Any]]:
    last_day = last_billable_day(lookup, code_set, answer.code, on, published)
    if answer.status not in {"ended", "header"} or last_day is None:
        return []
    return [
        {
            "code": printed(code_set, item.code),
            "relation": item.relation,
            "evidence": item.evidence,
            "since": item.since,
            "through": [printed(code_set, code) for code in item.through],
            "automatic": item.automatic,
        }
        for item in replacements(lookup, code_set, answer.code, last_day, on, published)
    ]


def full_answer(
    lookup: CodeLookup, code_set: str, code: str, on: date, published: date | None = None, *, facts: bool = True
) -> dict[str, Any]:
    """Status, dates, attributes, notes that hold, and what replaces the code.

    `effective_from` and `effective_to` bound the wording that was in force; `valid_from` and `valid_to` bound the
    unbroken time in which the code could be reported (or was a header). `replaced_by` lists codes that were valid on
    the date asked about; `replacements` says how each follows, and holds mere suggestions besides.
    Edits have no successors, so theirs is empty.
    `facts=False` leaves chapter, POA exemption and notes out, which take most of the time.
    """
    layout = source(code_set).layout
    if layout == "ncci_ptp":
        from codeset_pipeline.history.ncci_ptp_answer import ptp_answer

        return {**ptp_answer(lookup, code_set, code, on, published), "replaced_by": []}
    if layout == "ncci_mue":
        from codeset_pipeline.history.ncci_mue_answer import mue_answer

        return {**mue_answer(lookup, code_set, code, on, published), "replaced_by": []}
    if layout == "ncci_aoc":
        from codeset_pipeline.history.ncci_add_on_answer import add_on_answer

        return {**add_on_answer(lookup, code_set, code, on, published), "replaced_by": []}
    answer = lookup.lookup(code_set, code, on, published)
    found: dict[str, Any] = {"code": printed(code_set, answer.code), "status": answer.status}
    version = answer.version
    if version is None:
        return {**found, "effective_from": None, "effective_to": None, "replaced_by": []}
    successors = _successors(lookup, code_set, answer, on, published)
    return {
        **found,
        "effective_from": version.effective_from,
        "effective_to": version.effective_to,
        "valid_from": answer.valid_from,
        "valid_to": answer.valid_to,
        "in_force_on_or_before": version.on_or_before,
        "billable": version.billable,
        "short_title": version.short_title,
        "long_title": version.long_title,
        **attributes_of(code_set, version),
        "published_from": version.published_from,
        "published_to": version.published_to,
        "replaced_by": [item["code"] for item in successors if item["evidence"] != "suggested"],
        "replacements": successors,
        **(
            _icd10_facts(lookup, code_set, answer, on, published)
            if facts and source(code_set).layout == "icd10"
            else {}
        ),
    }


def attributes_of(code_set: str, version: CodeVersion) -> dict[str, Any]:
    """The further columns of a version by name, lists as lists, blank texts as None."""
    named = zip(further_attributes(code_set), version.attributes, strict=True)
    return {name: _plain(name, value) for name, value in named}


def _plain(name: str, value: Any) -> Any:
    if name == "is_modifier":
        return bool(value)
    if isinstance(value, str) and value.startswith("["):
        # Most lists are empty, and a lookup has many of them.
        return [] if value == "[]" else json.loads(value)
    return None if value == "" else value


def _icd10_facts(
    lookup: CodeLookup, code_set: str, answer: LookupAnswer, on: date, published: date | None
) -> dict[str, Any]:
    chapter = chapter_of(code_set, answer.code)
    notes = lookup.notes(code_set, _owners(lookup, code_set, answer.code, chapter), on, published)
    return {
        "chapter": chapter,
        "poa_exempt": lookup.poa_exempt(code_set, answer.code, on, published),
        "notes": [{"owner": printed(code_set, owner), "kind": kind, "texts": texts} for owner, kind, texts in notes],
    }
