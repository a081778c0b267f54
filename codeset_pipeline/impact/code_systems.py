"""Names under which standards speak of code sets: FHIR URIs, OIDs, HL7 table 0396, X12 qualifiers."""

from __future__ import annotations

import re

from codeset_pipeline.impact.code_set_words import CPT, HCPCS, ICD, OTHER, PCS

#: Bare forms (`_bare`) of the names; a system that is none of these is another one.
_NAMES = {
    ICD: (
        "http://hl7.org/fhir/sid/icd-10-cm",
        "https://www.cdc.gov/nchs/icd/icd10cm.htm",
        "urn:oid:2.16.840.1.113883.6.90",
        "2.16.840.1.113883.6.90",
        *("icd10cm", "icd10", "i10", "i10c", "icd10-cm", "icd-10-cm", "icd-10", "10cm", "i10cm"),
    ),
    PCS: (
        "http://www.cms.gov/medicare/coding/icd10",
        "http://hl7.org/fhir/sid/icd-10-pcs",
        "http://www.icd10data.com/icd10pcs",
        "urn:oid:2.16.840.1.113883.6.4",
        "2.16.840.1.113883.6.4",
        *("icd10pcs", "icd-10-pcs", "i10p", "10pcs"),
    ),
    HCPCS: (
        "http://www.cms.gov/medicare/coding/hcpcsreleasecodesets",
        "https://www.cms.gov/medicare/coding/hcpcsreleasecodesets",
        "http://terminology.hl7.org/codesystem/hcpcs-level-ii-alphanumeric-codes",
        "http://terminology.hl7.org/codesystem/hcpcs-all-codes",
        "urn:oid:2.16.840.1.113883.6.285",
        "2.16.840.1.113883.6.285",
        "urn:oid:2.16.840.1.113883.6.14",
        "2.16.840.1.113883.6.14",
        *("hcpcs", "hcpcs level ii", "hpc", "hcpcs2", "hc", "hcpt"),
    ),
    CPT: (
        "http://www.ama-assn.org/go/cpt",
        "urn:oid:2.16.840.1.113883.6.12",
        "2.16.840.1.113883.6.12",
        *("cpt", "cpt4", "cpt-4", "c4"),
    ),
}
_CODE_SETS = {name: code_set for code_set, names in _NAMES.items() for name in names}


def code_set_of(system: str) -> str | None:
    """The code set that a URI, OID or short name stands for; `other` for a system of other codes, None for no text."""
    bare = re.sub(r"\|.*$", "", system.strip()).rstrip("/").lower()
    if not bare:
        return None
    found = _CODE_SETS.get(bare) or _CODE_SETS.get(re.sub(r"[\s_]+|(?:19|20)\d\d$", "", bare))
    return found or OTHER
