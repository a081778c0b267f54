"""What every row of a PTP file must say, as conditions that DuckDB evaluates over its columns as text."""

from __future__ import annotations

from dataclasses import dataclass

# The rationales that CMS has published; another one is read and reported.
RATIONALES = (
    "CPT Manual or CMS manual coding instruction",
    "Misuse of Column Two code with Column One code",
    "Standards of medical/surgical practice",
    "Standard preparation/monitoring services for anesthesia",
    "HCPCS/CPT procedure code definition",
    "Mutually exclusive procedures",
    "More extensive procedure",
    "CPT Separate procedure definition",
    "Anesthesia service included in surgical procedure",
    "Sequential procedure",
    "Laboratory panel",
    "Gender-specific procedures",
)


@dataclass(frozen=True, slots=True)
class RowRule:
    """One rule.

    Attributes:
        column: the column that is wrong when it is broken, as the publisher's header has it.
        name: our name of that column.
        expected: what the layout asks for.
        broken: SQL condition over the columns as text, true for a bad row.
    """

    column: str
    name: str
    expected: str
    broken: str


def _no_date(column: str) -> str:
    return f"NOT regexp_full_match({column}, '[0-9]{{8}}') OR try_strptime({column}, '%Y%m%d') IS NULL"


_CODE = "a code of five letters and digits"

# A row that breaks one of these cannot be read.
ROW_RULES = (
    RowRule("Column 1", "column_1", _CODE, "NOT regexp_full_match(column_1, '[0-9A-Z]{5}')"),
    RowRule("Column 2", "column_2", _CODE, "NOT regexp_full_match(column_2, '[0-9A-Z]{5}')"),
    RowRule("*=in existence prior to 1996", "prior_to_1996", "* or nothing", "prior_to_1996 NOT IN ('', '*')"),
    RowRule("Effective Date", "effective", "a date as YYYYMMDD", _no_date("effective")),
    RowRule(
        "Deletion Date",
        "deletion",
        "a date as YYYYMMDD, or * for none",
        f"deletion NOT IN ('', '*') AND ({_no_date('deletion')})",
    ),
    RowRule("Modifier", "modifier", "modifier indicator 0, 1 or 9", "modifier NOT IN ('0', '1', '9')"),
)

# A row that breaks one of these can be read, and contradicts itself.
CONTRADICTIONS = (
    RowRule(
        "Deletion Date",
        "deletion",
        "a deletion date that is not before the effective date",
        "regexp_full_match(deletion, '[0-9]{8}') AND deletion < effective",
    ),
    RowRule(
        "Modifier",
        "modifier",
        "indicator 9 only where the deletion date is the effective date (the edit was never in force)",
        "modifier = '9' AND deletion IS DISTINCT FROM effective",
    ),
)
