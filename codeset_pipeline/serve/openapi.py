"""Descriptions of parameters and answers for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from codeset_pipeline.history.code_tables import sets_of_codes, sets_to_validate
from codeset_pipeline.model import ChangeKind
from codeset_pipeline.ncci_check.settings import SETTINGS
from codeset_pipeline.serve.documents import ProblemDocument
from codeset_pipeline.sources.definition import code_sets

Parameter = dict[str, Any]

DATE = {"type": "string", "format": "date"}
_RELEASE = {"type": "string", "minLength": 1, "maxLength": 20, "pattern": r"^[0-9A-Za-z@-]+$"}


def in_path(name: str, schema: dict[str, Any], example: str) -> Parameter:
    return {"name": name, "in": "path", "required": True, "schema": schema, "example": example}


def in_query(
    name: str, schema: dict[str, Any], description: str, example: Any = None, *, required: bool = False
) -> Parameter:
    found = {"name": name, "in": "query", "required": required, "schema": schema, "description": description}
    return found if example is None else {**found, "example": example}


def code_set(only_codes: bool = False, lists: bool = False) -> Parameter:
    names = sets_of_codes() if only_codes else sets_to_validate() if lists else code_sets()
    return in_path("code_set", {"type": "string", "enum": list(names)}, "icd10cm")


CODE = in_path("code", {"type": "string", "pattern": r"^[0-9A-Za-z][0-9A-Za-z., ]{0,14}$"}, "E11.9")
CODE["description"] = "A code, with or without the dot; of PTP edits also a pair, written as A4216,J7050."
ON = in_query("on", DATE, "The date asked about; today.", "2025-10-01")
PUBLISHED = in_query("published", DATE, "As the publisher had said by this date; by now.")
FROM = in_query("from", _RELEASE, "A release: label, effective date, latest or previous.", "FY2025", required=True)
TO = in_query("to", _RELEASE, "The other release.", "FY2026", required=True)
KIND = {
    **in_query(
        "kind",
        {"type": "array", "items": {"type": "string", "enum": [str(k) for k in ChangeKind]}},
        "Only these kinds.",
    ),
    "style": "form",
    "explode": True,
}
PREFIX = in_query("code", {"type": "string", "maxLength": 20}, "Only codes that begin with this.", "E11")
CODES = {
    **in_query("code", {"type": "array", "items": CODE["schema"], "maxItems": 100}, "Only these codes.", ["K56.5"]),
    "style": "form",
    "explode": True,
}
CHECKED = {
    **in_query(
        "code",
        {"type": "array", "items": {"type": "string", "pattern": "^[0-9A-Za-z]{5}$"}, "minItems": 1, "maxItems": 100},
        "The CPT or HCPCS Level II codes that one patient gets on one day.",
        ["A4216", "J7050"],
    ),
    "style": "form",
    "explode": True,
}
UNITS = {
    **in_query(
        "units",
        {"type": "array", "items": {"type": "string", "pattern": "^[0-9A-Za-z]{5}=[0-9]{1,6}$"}, "maxItems": 100},
        "Units of a code, to be held against its MUE; the code need not be named in `code` too.",
        ["J7050=4"],
    ),
    "style": "form",
    "explode": True,
}
SETTING = in_query(
    "setting",
    {"type": "string", "enum": ["ncci", "medicaid", *(each.name for each in SETTINGS)], "default": "ncci"},
    "The setting whose edits hold; ncci and medicaid stand for all of theirs that are loaded.",
    "practitioner",
)
LIMIT = in_query("limit", {"type": "integer", "minimum": 1, "maximum": 1000, "default": 200}, "Rows a page.")
FEW = in_query("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 40}, "Rows at most.")
CURSOR = in_query("cursor", {"type": "string", "pattern": r"^[0-9]{1,9}-.+$"}, "`next` of the page before.")
SINCE = in_query("since", {"type": "string", "pattern": r"^([1-9][0-9]{0,14}-[0-9a-f]{64})?$"},
                 "The cursor of the last event that was applied; from the beginning without it.")  # fmt: skip
EVENTS = in_query("limit", {"type": "integer", "minimum": 1, "maximum": 5000, "default": 1000}, "Events a page.", 100)
WORDS = in_query("q", {"type": "string", "minLength": 1, "maxLength": 200}, "Words, or the beginning of a code.",
                 "diabetes retinopathy", required=True)  # fmt: skip
CODE_SET_FILTER = in_query("code_set", {"type": "string", "enum": list(code_sets())}, "Only this code set.")
CODES_SET_FILTER = in_query("code_set", {"type": "string", "enum": list(sets_of_codes())}, "Only this code set.")

_CAUSES = {
    400: "The request is wrong; `detail` says how.",
    401: "The API key is missing or unknown.",
    404: "No such code set, code or release is loaded.",
    409: "The releases changed since the first page was read; begin again.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    429: "Too many requests; wait as long as Retry-After says.",
    503: "The database or the feed cannot be read now; try again.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Responses with a problem document, for these statuses and those that every request may meet."""
    schema = {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}
    return {
        status: {"description": _CAUSES[status], "content": {"application/problem+json": {"schema": schema}}}
        for status in sorted({*statuses, 401, 429, 503})
    }


NOT_MODIFIED: dict[int | str, dict[str, Any]] = {
    304: {"description": "What the entity tag in If-None-Match named is still right."}
}
TAGGED = {
    "ETag": {"schema": {"type": "string"}, "description": "Changes when another release is loaded."},
    "Cache-Control": {"schema": {"type": "string"}},
}
