"""Charge masters of any size, made up: the columns, banners and oddities of published ones around codes that are given.

Deterministic from a seed. `lines` writes a CSV file or a workbook and says which code stands on which line, so that a
benchmark can count what was found.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

DEPARTMENTS = ("Emergency", "Laboratory", "Radiology", "Pharmacy", "Surgery", "Oncology", "Cardiology", "Supply")
HEADER = (
    "Charge Code",
    "Department",
    "Description",
    "Rev Code",
    "CPT/HCPCS",
    "HCPCS 2",
    "Modifier",
    "Qty",
    "Gross Charge",
)
PAYERS = ("Cash price", "Payer one", "Payer two", "Payer three", "Payer four")
_WORDS = (
    "ROOM",
    "INJ",
    "CATHETER",
    "TRAY",
    "KIT",
    "PANEL",
    "SET",
    "LEVEL",
    "VISIT",
    "SCREW",
    "PLATE",
    "TABLET",
    "WIRE",
)
_MODIFIERS = ("25", "59", "TC", "LT", "RT", "JW")


def charge_lines(
    count: int, codes: Sequence[str], seed: int = 6, others: int = 20_000
) -> Iterator[tuple[tuple[str | int | float, ...], str]]:
    """Rows of a charge master, each with the HCPCS code it bills ("" where it bills none).

    Args:
        codes: HCPCS codes to bill; every third line has one, spread evenly over them.
        others: size of the range of five-digit numbers that stand where CPT codes do.
    """
    chance = random.Random(seed)
    for number in range(count):
        kind = number % 12
        code = codes[(number // 3) % len(codes)] if number % 3 == 0 else ""
        other = str(chance.randrange(99_999 - others, 99_999))
        first = code or (other if kind in (1, 2, 4, 5, 7, 8) else "")
        second, modifier = "", ""
        if code and kind == 3:
            first = f"{code}{chance.choice(_MODIFIERS)}"
        elif code and kind == 6:
            first = f"{code}-{chance.choice(_MODIFIERS)}"
        elif code and kind == 9:
            first, second = other, code
        elif first and kind == 4:
            modifier = chance.choice(_MODIFIERS)
        elif not first and kind == 10:
            first = f"{80_000_000 + number}"  # the hospital's own number in the column of codes
        name = " ".join(chance.choices(_WORDS, k=4))
        prices = tuple(round(chance.lognormvariate(5, 1.5), 2) for _ in PAYERS)
        row = (4_000_000 + number, DEPARTMENTS[number % 8], name, 250 + number % 600, first, second, modifier)
        yield (*row, 1 + number % 4, round(chance.lognormvariate(5, 1.5), 2), *prices), code


def write_charge_master(path: Path, count: int, codes: Sequence[str], seed: int = 6) -> dict[int, str]:
    """Write a charge master, CSV or xlsx as its name ends; returns line number → HCPCS code billed there."""
    banner = [("GENERAL HOSPITAL, MADE UP",), ("Effective 1 January",), ()]
    head = (*HEADER, *PAYERS)
    billed = {}
    rows = []
    for number, (row, code) in enumerate(charge_lines(count, codes, seed), start=len(banner) + 2):
        rows.append(row)
        if code:
            billed[number] = code
    if path.suffix == ".csv":
        with path.open("w", encoding="cp1252", newline="") as file:
            csv.writer(file).writerows([*banner, head, *rows])
        return billed
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("CDM")
    for line in (*banner, head, *rows):
        sheet.append(line)
    book.save(path)
    return billed
