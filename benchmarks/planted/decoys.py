"""Texts that look like codes and are none, as they stand beside codes in real rules and price lists.

Written down before the readers were tried on them; a decoy that is once taken for a code stays here.
"""

from __future__ import annotations

import random
import uuid

#: Where a decoy stands: in a comparison of a query, in a sentence, as the value of a key. `{}` is the decoy.
DECOY_FIELDS = (
    "order_no",
    "mrn",
    "invoice_number",
    "service_date",
    "charge_amount",
    "room",
    "part_no",
    "rule_version",
    "ndc",
    "phone",
    "rev_code",
    "account_number",
    "lot_number",
    "request_guid",
    "zip_code",
    "status",
)
DECOY_SENTENCES = (
    "Updated {date} by the revenue integrity office, version {version}.",
    "Call {phone} about order {order} before {date}.",
    "Charge {price} in room {room}, revenue code {revenue}.",
    "See section {section} and table {section} of the policy manual.",
    "Request {guid} was closed on {date}.",
    "NDC {ndc}, lot {order}, MRN {mrn}.",
    "P2Y12 inhibitor, vitamin B12, COVID-19, T4 and H1N1 are no codes.",
    "CPT {cpt} with modifier 25 at {price}.",
    "Invoice {order}; PO {order}; ticket {order}.",
    "Grade A1 paper, size B10, gate C50, bed E11, firmware V10.3.",
    "Hash {hash}, host srv-e119.example.org, file rules_E11.9_final.txt",
)


def decoys(chance: random.Random) -> dict[str, str]:
    """One of each sort of text that is no code, drawn anew."""
    return {
        "date": chance.choice(["2025-10-01", "10/01/2025", "01OCT2025", "20251001", "1 Oct 2025", "45931"]),
        "price": chance.choice(["$1,229.00", "229.50", "1 200.00", "$0.05", "USD 12.50", "99.99"]),
        "version": chance.choice(["V10.3", "v2.1.4", "R10.2", "3.11", "M10.1", "2025.10"]),
        "guid": str(uuid.UUID(int=chance.getrandbits(128))),
        "phone": chance.choice(["(555) 010-2345", "555-010-9876", "+1 555 010 1111"]),
        "ndc": chance.choice(["0409-1638-02", "00409163802", "50242-060-01"]),
        "cpt": chance.choice(["99213", "36415", "0001U", "0042T", "80053"]),
        "revenue": chance.choice(["0250", "250", "0636", "0450"]),
        "mrn": chance.choice(["A1234567", "00123456", "E1190234", "M7005512"]),
        "order": chance.choice(["A1234", "E1165", "J1885", "B2000", "S72001A", "G0008", "E119", "Z001"]),
        "room": chance.choice(["A10", "B20", "E11", "C50.1", "I10"]),
        "section": chance.choice(["A10.1", "C50.9", "B88.0", "E11.9"]),
        "hash": f"{chance.getrandbits(128):032x}",
        "status": chance.choice(["A01", "E11", "NONE", "R50"]),
    }
