"""Everything that is known of one code or edit, as an object and as rows for a table."""

from __future__ import annotations

from typing import Any, NamedTuple

from codeset_pipeline.codes import normalise, printed
from codeset_pipeline.errors import HistoryError
from codeset_pipeline.history.answer import attributes_of
from codeset_pipeline.history.life import life_of
from codeset_pipeline.history.lookup import CodeLookup, CodeVersion
from codeset_pipeline.sources.definition import source

# What a table of lookups shows, by layout.
LOOKUP_COLUMNS = {
    "icd10": (
        "code",
        "status",
        "effective_from",
        "effective_to",
        "valid_from",
        "valid_to",
        "long_title",
        "replaced_by",
    ),
    "hcpcs": (
        "code",
        "status",
        "effective_from",
        "effective_to",
        "valid_from",
        "valid_to",
        "long_title",
        "replaced_by",
    ),
    "ncci_ptp": ("code", "status", "effective_from", "effective_to", "modifier_indicator", "meaning", "rationale"),
    "ncci_mue": ("code", "status", "effective_from", "effective_to", "mue_value", "mai", "rationale", "note"),
    "ncci_aoc": (
        "code",
        "status",
        "role",
        "effective_from",
        "effective_to",
        "edit_type",
        "primary_codes",
        "contractor_defined",
        "add_on_codes",
        "note",
    ),
}


class HistoryDocument(NamedTuple):
    """The history of one code: the whole of it, and the rows and columns of a table of its changes."""

    document: dict[str, Any]
    rows: list[dict[str, Any]]
    columns: list[str]


def history_document(lookup: CodeLookup, code_set: str, code: str) -> HistoryDocument:
    """Every version and change of a code, oldest first.

    Raises:
        HistoryError: no loaded release has it.
    """
    layout = source(code_set).layout
    if layout == "ncci_ptp":
        from codeset_pipeline.history.ncci_ptp_answer import ptp_history

        return HistoryDocument(*ptp_history(lookup, code_set, code))
    if layout == "ncci_mue":
        from codeset_pipeline.history.ncci_mue_answer import mue_history

        return HistoryDocument(*mue_history(lookup, code_set, code))
    if layout == "ncci_aoc":
        from codeset_pipeline.history.ncci_add_on_answer import add_on_history

        return HistoryDocument(*add_on_history(lookup, code_set, code))
    wanted = normalise(code)
    versions, events = life_of(lookup, code_set, wanted)
    if not versions:
        raise HistoryError(
            f"{printed(code_set, wanted)} is in no loaded release of {code_set}; check the code, or load older "
            "releases."
        )
    changes = [{"on": event.on, "kind": event.kind, "old": event.old, "new": event.new} for event in events]
    document = {
        "code_set": code_set,
        "code": printed(code_set, wanted),
        "versions": [_version_object(code_set, version) for version in versions],
        "changes": changes,
    }
    return HistoryDocument(document, changes, ["on", "kind", "old", "new"])


def _version_object(code_set: str, version: CodeVersion) -> dict[str, Any]:
    """A row of the history; the further attributes of the code set stand beside titles and dates by their names."""
    found = version._asdict()
    del found["attributes"]
    return {**found, **attributes_of(code_set, version)}
