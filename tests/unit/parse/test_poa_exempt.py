"""POA-exempt lists in both formats."""

from __future__ import annotations

import io

import openpyxl
import pytest

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.poa_exempt import PoaRow, parse_poa_exempt

FULL = 'OrdFY25\tPOAexemptCode\tDescription\r\n01236\tB90.0\t"Sequelae, ""late"""\r\n'
REVISED = (
    "Order25\tAction\tPOAexemptCode\tDescription\r\n"
    "29298\tRevise from:\tQ13.81\tRieger's anomaly\r\n29298\tRevise to:\tQ13.81\tRieger anomaly\r\n"
)


def test_the_full_list_gives_code_title_and_order_number() -> None:
    assert parse_poa_exempt(FULL.encode(), "poa.txt", action="exempt") == [
        PoaRow("exempt", "B900", 'Sequelae, "late"', 1236)
    ]


def test_the_list_of_deletions_has_no_order_numbers() -> None:
    data = b"POAexemptCode\tDescription\r\nZ59.7\tInsufficient social insurance\r\n"
    assert parse_poa_exempt(data, "poa.txt", action="delete") == [
        PoaRow("delete", "Z597", "Insufficient social insurance", None)
    ]


def test_a_revision_is_two_rows() -> None:
    assert parse_poa_exempt(REVISED.encode(), "poa.txt", action="revise") == [
        PoaRow("revise_from", "Q1381", "Rieger's anomaly", 29298),
        PoaRow("revise_to", "Q1381", "Rieger anomaly", 29298),
    ]


def test_a_workbook_gives_the_same_rows_even_with_numbers_for_text() -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Order25", "POAexemptCode", "Description"])
    book.active.append([1236, "B90.0", "Sequelae"])
    buffer = io.BytesIO()
    book.save(buffer)
    assert parse_poa_exempt(buffer.getvalue(), "poa.xlsx", action="add") == [PoaRow("add", "B900", "Sequelae", 1236)]


def test_a_repeated_code_is_kept_and_reported() -> None:
    oddities: list[Oddity] = []
    twice = FULL + FULL.splitlines(keepends=True)[1]
    assert len(parse_poa_exempt(twice.encode(), "poa.txt", action="exempt", oddities=oddities)) == 2
    assert [oddity.what for oddity in oddities] == ["The list has B900 2 times as exempt."]


@pytest.mark.parametrize(
    ("text", "action"),
    [
        (REVISED, "add"),
        (FULL, "revise"),
        (REVISED.replace("Revise to:", "Replace by:"), "revise"),
        (FULL.replace("B90.0", "90.0"), "exempt"),
        (FULL.replace("01236", "x"), "exempt"),
        (FULL.replace("Description", "Remark"), "exempt"),
        (FULL.replace('"Sequelae, ""late"""', ""), "exempt"),
        (FULL + '01237\tB90.1\t"never closed\r\n', "exempt"),
    ],
)
def test_a_departure_is_an_error(text: str, action: str) -> None:
    with pytest.raises(ParseError):
        parse_poa_exempt(text.encode(), "poa.txt", action=action)


def test_an_unknown_action_is_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="revise_to"):
        parse_poa_exempt(FULL.encode(), "poa.txt", action="revise_to")
