"""What FHIR calls our code systems, codes and mappings; the same in the HTTP API and in exports."""

from __future__ import annotations

from typing import Any

# From HL7 Terminology (THO), where each code system's owner registers its URI.
URIS = {
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "icd10pcs": "http://www.cms.gov/Medicare/Coding/ICD10",
    "hcpcs": "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
}

# R4 says what the target is to the source, R5 what the source is to the target.
R4_EQUIVALENCE = {
    "equivalent": "equivalent",
    "source-is-narrower-than-target": "wider",
    "source-is-broader-than-target": "narrower",
    "related-to": "relatedto",
    "not-related-to": "unmatched",
}

# The properties that a code has.
PROPERTIES: list[dict[str, Any]] = [
    {"code": "inactive", "type": "boolean", "description": "the code has ended"},
    {"code": "status", "type": "code", "description": "valid, header or ended"},
    {"code": "billable", "type": "boolean", "description": "the code may be reported"},
    {"code": "effectiveFrom", "type": "dateTime"},
    {"code": "effectiveTo", "type": "dateTime"},
    {"code": "replacedBy", "type": "code"},
]


def properties_of(answer: dict[str, Any]) -> list[tuple[str, str, Any]]:
    """The properties of a code as (code, member that holds the value, value), from the answer of a lookup."""
    found = [
        ("inactive", "valueBoolean", answer["status"] == "ended"),
        ("status", "valueCode", answer["status"]),
        ("billable", "valueBoolean", answer["billable"]),
        ("effectiveFrom", "valueDateTime", answer["valid_from"]),
        ("effectiveTo", "valueDateTime", answer["valid_to"]),
        *(("replacedBy", "valueCode", code) for code in answer["replaced_by"]),
    ]
    return [each for each in found if each[2] is not None]
