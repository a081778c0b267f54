"""The ANWEB record as data: where each field stands in the text, and what its columns are called in the workbook.

Source: the publisher's record layout (`HCPCS..recordlayout.txt`, "HCPCS Contractor Record"), 1-based columns of a
line of 320. Columns 260 and 294-320 are filler. The workbook calls the fields of the Medicare outpatient groups (MOG)
`OPPS`, `OPPS_PI` and `OPPS_DT`.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

FIRST_LINES = {"3", "7"}
"""Record ids of the line that carries a procedure's or a modifier's details; 4 and 8 continue the description."""

MODIFIER_LINES = {"7", "8"}

CODE = re.compile(r"[A-Z][0-9]{4}")
MODIFIER = re.compile(r"[A-Z0-9]{2}")

RECORD_LENGTH = 320
DETAIL_END = 293
"""Last column of a first line that means anything; the rest is filler."""
DESCRIPTION_END = 91
"""Last column of a continuation line that means anything."""

FILLER = (slice(259, 260), slice(293, 320))


class Kind(Enum):
    """How a field's text is read. A list is a field that occurs several times; blank occurrences are left out."""

    TEXT = "text"
    LIST = "list"
    DATE = "date"
    NUMBER = "number"


class Field(NamedTuple):
    """One field of the record.

    Attributes:
        name: attribute of `AnwebRow`.
        first, width, occurs: its columns in the text: `occurs` times `width` from `first` on.
        kind: how it is read.
        column: its name in the workbook; a field that occurs several times has one column each, numbered from 1.
        digits: a code of fixed width whose leading zeros a spreadsheet may have eaten.
    """

    name: str
    first: int
    width: int
    occurs: int
    kind: Kind
    column: str
    digits: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of its columns in the workbook."""
        if self.occurs == 1:
            return (self.column,)
        return tuple(f"{self.column}{number}" for number in range(1, self.occurs + 1))

    @property
    def slice(self) -> slice:
        """All its columns in a line of the text."""
        return slice(self.first - 1, self.first - 1 + self.width * self.occurs)

    @property
    def in_text(self) -> str:
        """Its place in the text, for messages."""
        return f"columns {self.first}-{self.first - 1 + self.width * self.occurs}"

    @property
    def in_excel(self) -> str:
        """Its place in the workbook, for messages."""
        return f"column {self.column}"


FIELDS = (
    Field("short_description", 92, 28, 1, Kind.TEXT, "SHORT DESCRIPTION"),
    Field("pricing_indicators", 120, 2, 4, Kind.LIST, "PRICE", digits=True),
    Field("multiple_pricing_indicator", 128, 1, 1, Kind.TEXT, "MULT_PI"),
    Field("cim_references", 129, 6, 3, Kind.LIST, "CIM"),
    Field("mcm_references", 147, 8, 3, Kind.LIST, "MCM"),
    Field("statute", 171, 10, 1, Kind.TEXT, "STATUTE"),
    Field("lab_certifications", 181, 3, 8, Kind.LIST, "LABCERT", digits=True),
    Field("cross_references", 205, 5, 5, Kind.LIST, "XREF", digits=True),
    Field("coverage", 230, 1, 1, Kind.TEXT, "COV"),
    Field("asc_group", 231, 2, 1, Kind.TEXT, "ASC_GRP"),
    Field("asc_effective_date", 233, 8, 1, Kind.DATE, "ASC_DT"),
    Field("mog", 241, 3, 1, Kind.TEXT, "OPPS", digits=True),
    Field("mog_policy", 244, 1, 1, Kind.TEXT, "OPPS_PI"),
    Field("mog_effective_date", 245, 8, 1, Kind.DATE, "OPPS_DT"),
    Field("processing_note", 253, 4, 1, Kind.TEXT, "PROCNOTE", digits=True),
    Field("betos", 257, 3, 1, Kind.TEXT, "BETOS"),
    Field("types_of_service", 261, 1, 5, Kind.LIST, "TOS"),
    Field("anesthesia_units", 266, 3, 1, Kind.NUMBER, "ANEST_BU"),
    Field("added_date", 269, 8, 1, Kind.DATE, "ADD DT"),
    Field("action_effective_date", 277, 8, 1, Kind.DATE, "ACT EFF DT"),
    Field("termination_date", 285, 8, 1, Kind.DATE, "TERM DT"),
    Field("action_code", 293, 1, 1, Kind.TEXT, "ACTION CD"),
)

KEY_COLUMNS = ("HCPC", "SEQNUM", "RECID", "LONG DESCRIPTION")
EXCEL_COLUMNS = (*KEY_COLUMNS, *(column for field in FIELDS for column in field.columns))
"""The 48 columns of the workbook, in the publisher's order."""

KNOWN_VALUES = {
    "coverage": frozenset("CDIMS") | {""},
    "asc_group": frozenset({"", "YY"}),
    "action_code": frozenset("ABCDFNPRST"),
}
"""Values that the record layout defines for the fields on which dating and payment rest; others are reported."""

GROUP_OF_DATE = {"asc_effective_date": "asc_group", "mog_effective_date": "mog"}
"""The field in front of a date, into which a shifted date runs."""


def is_code(text: str, *, modifier: bool) -> bool:
    """Has the text the shape of a Level II code (a letter and four digits) or modifier (two characters)?"""
    return (MODIFIER if modifier else CODE).fullmatch(text) is not None
