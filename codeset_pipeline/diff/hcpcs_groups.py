"""The groups into which HCPCS Level II codes fall by their first letter; reports count changes by them."""

from __future__ import annotations

MODIFIERS = "Modifiers"

_GROUPS = {
    "A": "transport, medical and surgical supplies, radiopharmaceuticals",
    "B": "enteral and parenteral therapy",
    "C": "outpatient prospective payment system",
    "D": "dental procedures",
    "E": "durable medical equipment",
    "G": "procedures and professional services",
    "H": "behavioral health and substance use treatment",
    "J": "drugs not taken by mouth, chemotherapy",
    "K": "durable medical equipment, temporary",
    "L": "orthotics and prosthetics",
    "M": "medical services and quality measures",
    "P": "pathology and laboratory",
    "Q": "temporary codes",
    "R": "diagnostic radiology",
    "S": "private payers, temporary",
    "T": "state Medicaid agencies",
    "U": "clinical laboratory tests, emergency",
    "V": "vision, hearing and speech",
}


def group_of(code: str) -> str:
    """Letter and name of a code's group, `Modifiers` for the two characters of a modifier.

    A letter without a name stands alone, so that its codes show on reports.
    """
    if len(code) == 2:
        return MODIFIERS
    name = _GROUPS.get(code[:1])
    return f"{code[:1]}: {name}" if name else code[:1]
