"""Where the genuine HCPCS Level II files lie, and a slow reader of the ANWEB text that is independent of the parser."""

from __future__ import annotations

from functools import cache

from tests.golden.parse.published import published

TEXT = {
    "2018": ("hcpcs/2018-annual/2018-Alpha-Numeric-HCPCS-File.zip", "HCPC2018_CONTR_ANWEB_disc.txt"),
    "2019": ("hcpcs/2019-annual/2019-Alpha-Numeric-HCPCS-File.zip", "HCPC2019_CONTR_ANWEB.txt"),
    "2020Q1": ("hcpcs/2020-q1/2020-Alpha-Numeric-HCPCS-File.zip", "HCPC2020_ANWEB_w_disclaimer.txt"),
}
EXCEL: dict[str, tuple[str, str | None]] = {
    "2018": ("hcpcs/2018-annual/2018-Alpha-Numeric-HCPCS-File.zip", "HCPC2018_CONTR_ANWEB_disc.xlsx"),
    "2019": ("hcpcs/2019-annual/2019-Alpha-Numeric-HCPCS-File.zip", "HCPC2019_CONTR_ANWEB.xlsx"),
    "2020Q1": ("hcpcs/2020-q1/2020-Alpha-Numeric-HCPCS-File.zip", "HCPC2020_ANWEB_w_disclaimer.xls"),
    "2020Q2": ("hcpcs/2020-q2/anweb.xlsx", None),
    "2020Q3": ("hcpcs/2020-q3/anweb.xlsx", None),
}
REPORT: dict[str, tuple[str, str | None]] = {
    "2018": ("hcpcs/2018-annual/2018-Alpha-Numeric-HCPCS-File.zip", "HCPC18_Trans_Report_Alpha.xlsx"),
    "2019": ("hcpcs/2019-annual/2019-Alpha-Numeric-HCPCS-File.zip", "HCPC2019_Trans_Alpha.xlsx"),
    "2020Q1": ("hcpcs/2020-q1/2020-Alpha-Numeric-HCPCS-File.zip", "HCPC2020_TRANS_ALPHA_w_disclaimer.xlsx"),
    "2020Q2": ("hcpcs/2020-q2/trans_alpha.xlsx", None),
    "2020Q3": ("hcpcs/2020-q3/trans_alpha.xlsx", None),
}
PRINTS = {
    "2018": ("HCPC18_Trans_Report_Alpha_ChangesbyAction.prn", "HCPC18_Trans_Report_Alpha_ChangesbyHCPC.prn"),
    "2019": ("Changes_by_ActionCode.prn", "Changes_by_HCPCSCode.prn"),
    "2020Q1": ("Changes_by_ActionCode.prn", "Changes_by_HCPC.prn"),
}
CORRECTIONS = {
    "2018": (
        "hcpcs/2018-annual/2018-HCPCS-Alpha-Numeric-Corrections.zip",
        [f"V{version}_HCPC2018_Corrections_ANWEB.xlsx" for version in (1, 2, 3, 4)],
    ),
    "2019": (
        "hcpcs/2019-annual/2019-HCPCS-Alpha-Numeric-Corrections.zip",
        ["HCPC2019_Corrections_ALPHA.xlsx", "HCPC2019_Corrections_ALPHA_v2.xlsx"],
    ),
}

# From the record layout in the zips: name, first and last column, width of one occurrence.
_OCCURRING = (
    ("pricing_indicators", 120, 127, 2),
    ("cim_references", 129, 146, 6),
    ("mcm_references", 147, 170, 8),
    ("lab_certifications", 181, 204, 3),
    ("cross_references", 205, 229, 5),
    ("types_of_service", 261, 265, 1),
)
_SINGLE = (
    ("short_description", 92, 119),
    ("multiple_pricing_indicator", 128, 128),
    ("statute", 171, 180),
    ("coverage", 230, 230),
    ("asc_group", 231, 232),
    ("mog", 241, 243),
    ("mog_policy", 244, 244),
    ("processing_note", 253, 256),
    ("betos", 257, 259),
    ("action_code", 293, 293),
)
_DATES = (
    ("asc_effective_date", 233, 240),
    ("mog_effective_date", 245, 252),
    ("added_date", 269, 276),
    ("action_effective_date", 277, 284),
    ("termination_date", 285, 292),
)


@cache
def slow_rows(release: str) -> dict[str, dict[str, object]]:
    """The text of a release as dictionaries of strings, column by column; dates stay as written."""
    rows: dict[str, dict[str, object]] = {}
    code = ""
    for line in published(*TEXT[release]).decode("cp1252").split("\r\n"):
        if len(line) < 91 or not line[5:11].isdigit():
            continue

        def columns(start: int, end: int, line: str = line) -> str:
            return "".join(line[column - 1] for column in range(start, end + 1)).strip(" ")

        if line[10] in "37":
            code = columns(1, 5)
            row: dict[str, object] = {"long_description": columns(12, 91)}
            for name, start, end, width in _OCCURRING:
                parts = [columns(at, at + width - 1) for at in range(start, end, width)]
                row[name] = tuple(part for part in parts if part != "")
            for name, start, end in (*_SINGLE, *_DATES):
                row[name] = columns(start, end)
            row["anesthesia_units"] = columns(266, 268)
            assert code not in rows
            rows[code] = row
        else:
            rows[code]["long_description"] = f"{rows[code]['long_description']} {line[11:91].rstrip(' ')}"
    return rows
