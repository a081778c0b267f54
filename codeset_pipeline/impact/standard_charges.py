"""Machine-readable standard charges in JSON, laid out as a table: CMS's templates 2 and 3, and lists of flat records.

One line is one item with its codes (`code|1`, `code|1|type`, …, as the CSV template calls them); of the charges of an
item the first gross charge is its price. What payers negotiate is left out: it says nothing of codes. Before there was
a template, hospitals published lists of records whose keys are column names (`[{"CPT": …, "Gross Charge": …}, …]`).
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from typing import Any

from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.column_roles import Role, role_of
from codeset_pipeline.impact.table_rows import Row, Sheet, text_of

_START = re.compile(r'"standard_charge_information"\s*:\s*\[')
_RECORDS = re.compile(r"\[\s*\{")
_BETWEEN = re.compile(r"[\s,]*")
_FIXED = ("description", "setting", "modifiers", "standard_charge|gross", "drug_unit_of_measurement")


def is_standard_charges(data: bytes) -> bool:
    """Is this JSON a hospital's standard charges, judged by its beginning?"""
    head = data[:20_000]
    template = b'"hospital_name"' in head and b'"last_updated_on"' in head
    return (
        b'"standard_charge_information"' in head
        or template
        or _first_record(head.decode("utf-8", "ignore")) is not None
    )


def _first_record(text: str) -> int | None:
    """Where a list of flat records begins that have codes of procedures and prices; None when the text has none."""
    start = _RECORDS.search(text)
    if start is None:
        return None
    try:
        record, _ = json.JSONDecoder().raw_decode(text, start.end() - 1)
    except (ValueError, RecursionError):
        return None
    roles = {role_of(str(key)) for key, value in record.items() if not isinstance(value, (dict, list))}
    return start.end() - 1 if {Role.PROCEDURE, Role.PRICE} <= roles else None


def standard_charges_sheet(data: bytes, name: str) -> Sheet:
    """The items of the file, one a row, under a header row.

    Rows have the number of the line on which the item begins; where lines are fewer than items, the item's number.

    Raises:
        AssetError: the file is cut or is no JSON; the message has the line.
    """
    text = text_of(data, name)
    breaks = [found.start() for found in re.finditer("\n", text)]
    start = _START.search(text)
    records = None if start is not None else _first_record(text)
    if start is None and records is None:
        raise AssetError(f"{name} has no list standard_charge_information; give the whole standard charges file.")
    items = list(_items(text, name, breaks, start.end() if start is not None else records or 0))
    if start is None:
        return _flat(items, breaks)
    most = max((len(_codes(item)) for _, item in items), default=0)
    coded = [part for number in range(1, most + 1) for part in (f"code|{number}", f"code|{number}|type")]
    by_item = len(breaks) < len(items)
    rows = [Row(0, (*_FIXED, *coded))]
    for number, (at, item) in enumerate(items, start=1):
        rows.append(Row(number if by_item else bisect_right(breaks, at) + 1, _cells(item)))
    return Sheet("", rows)


def _flat(items: list[tuple[int, Mapping[str, Any]]], breaks: list[int]) -> Sheet:
    """Records as rows under their keys; what is itself a list or record is written out."""
    keys = tuple(dict.fromkeys(str(key) for _, item in items for key in item))
    by_item = len(breaks) < len(items)
    rows = [Row(0, keys)]
    for number, (at, item) in enumerate(items, start=1):
        values = (item.get(key) for key in keys)
        cells = ("" if value is None else str(value).strip() for value in values)
        rows.append(Row(number if by_item else bisect_right(breaks, at) + 1, tuple(cells)))
    return Sheet("", rows)


def _items(text: str, name: str, breaks: list[int], begin: int) -> Iterator[tuple[int, Mapping[str, Any]]]:
    decode = json.JSONDecoder().raw_decode
    at = _BETWEEN.match(text, begin).end()  # type: ignore[union-attr]
    while at < len(text) and text[at] != "]":
        try:
            item, end = decode(text, at)
        except (ValueError, RecursionError) as error:
            line = bisect_right(breaks, getattr(error, "pos", at)) + 1
            raise AssetError(
                f"{name}, line {line}, is no valid JSON; get the file again or mend the line, and retry."
            ) from None
        if isinstance(item, dict):
            yield at, item
        at = _BETWEEN.match(text, end).end()  # type: ignore[union-attr]
    if at >= len(text):
        raise AssetError(f"{name} ends within its list of charges, so it is not whole; get the file again and retry.")


def _codes(item: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = item.get("code_information") or []
    return [code for code in found if isinstance(code, dict)] if isinstance(found, list) else []


def _cells(item: Mapping[str, Any]) -> tuple[str, ...]:
    charges = [each for each in item.get("standard_charges") or [] if isinstance(each, dict)]
    gross = next((each["gross_charge"] for each in charges if each.get("gross_charge") is not None), "")
    settings = dict.fromkeys(str(each.get("setting") or "") for each in charges)
    modifiers = dict.fromkeys(
        str(code)
        for each in (item, *charges)
        for code in _listed(each.get("modifiers") or each.get("modifier_code") or [])
    )
    drug = item.get("drug_information")
    unit = f"{drug.get('unit', '')} {drug.get('type', '')}".strip() if isinstance(drug, dict) else ""
    coded = [str(code.get(key) or "").strip() for code in _codes(item) for key in ("code", "type")]
    described = str(item.get("description") or "").strip()
    return (described, ", ".join(filter(None, settings)), " ".join(modifiers), str(gross), unit, *coded)


def _listed(value: Any) -> list[Any]:
    if isinstance(value, str):
        return re.split(r"[|,;\s]+", value)
    return [each for each in value if isinstance(each, (str, int))] if isinstance(value, list) else []
