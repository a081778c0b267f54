"""The sample's codes as each of its two quarters has them, read from the tables beside this module.

`codes.csv` has each code as in the first quarter of the sample that lists it, in the fields of the ANWEB record;
repeated fields are separated by semicolons, dates are YYYYMMDD. `changes.csv` has what is different in the second
quarter: `published` by the publisher too, `made up` to show a kind of change that the quarter did not have, or a
`misprint`, which stands in the release file until the corrections file mends it. A code whose `code` changes to nothing
is left out.
"""

from __future__ import annotations

import csv
from importlib import resources

FIRST_QUARTER, SECOND_QUARTER = "2020Q2", "2020Q3"

CodeRow = dict[str, str]
"""One code: field of the ANWEB record → text."""


def read_table(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file of the sample."""
    text = resources.files(__package__).joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def code_rows(quarter: str) -> list[CodeRow]:
    """The codes and modifiers of `FIRST_QUARTER` or `SECOND_QUARTER`, modifiers first as the publisher has them."""
    rows = {row["code"]: row for row in read_table("codes.csv")}
    since = {code: row.pop("since") for code, row in rows.items()}
    if quarter == FIRST_QUARTER:
        return [row for code, row in rows.items() if since[code] == FIRST_QUARTER]
    for code, row in rows.items():
        if since[code] == FIRST_QUARTER:
            # An action stands for one quarter.
            row["action_code"] = "N"
    for change in read_table("changes.csv"):
        rows[change["code"]][change["field"]] = change["value"]
    return [row for row in rows.values() if row["code"]]
