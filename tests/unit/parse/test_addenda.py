"""Addenda: the list, and its trailer held against it."""

from __future__ import annotations

import pytest

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.addenda import AddendaRow, parse_codes_addenda, parse_order_addenda


def record(label: str, flag: str, code: str, short: str, long: str) -> str:
    return f"{label:<13}{flag}{code:<7} {short:<60} {long}\r\n"


def block(level: str, before: int, added: int, deleted: int, revised: tuple[int, int, int]) -> str:
    name = level.lower()
    return (
        f"\r\n{level}\r\n{before:>7} {name} in order_2025.txt\r\n"
        f"{before + added - deleted:>7} {name} in order_2026.txt\r\n"
        f"{added:>7} additions\r\n{deleted:>7} deletions\r\n{sum(revised):>7} revisions\r\nof which\r\n"
        f"{revised[0]:>7} revisions to both long and short titles\r\n"
        f"{revised[1]:>7} revisions to long title only\r\n{revised[2]:>7} revisions to short title only\r\n"
    )


BECAME_HEADER = record("Delete:", "1 ", "B880", "Other acariasis", "Other acariasis") + record(
    "Add:", "0 ", "B880", "Other acariasis", "Other acariasis"
)
ADDED = record("Add:", "1 ", "B8801", "Demodex mites", "Infestation by Demodex mites")
REVISED = record("Revise from:", "1 ", "A7741", "E. chafeensis", "Ehrlichiosis chafeensis") + record(
    "Revise to:", "1 ", "A7741", "E. chaffeensis", "Ehrlichiosis chaffeensis"
)
LIST = BECAME_HEADER + ADDED + REVISED
TRAILER = block("Headers", 10, 1, 0, (0, 0, 0)) + block("Codes", 20, 1, 1, (1, 0, 0))


def parse(text: str, with_flags: bool = True):
    return parse_order_addenda(text.encode(), "addenda.txt", with_flags=with_flags)


def test_records_become_rows() -> None:
    addenda = parse(LIST + TRAILER)
    assert addenda.rows == [
        AddendaRow(1, "delete", "B880", True, "Other acariasis", "Other acariasis"),
        AddendaRow(2, "add", "B880", False, "Other acariasis", "Other acariasis"),
        AddendaRow(3, "add", "B8801", True, "Demodex mites", "Infestation by Demodex mites"),
        AddendaRow(4, "revise_from", "A7741", True, "E. chafeensis", "Ehrlichiosis chafeensis"),
        AddendaRow(5, "revise_to", "A7741", True, "E. chaffeensis", "Ehrlichiosis chaffeensis"),
    ]


def test_a_code_that_became_a_header_counts_as_deleted_code_and_added_header() -> None:
    addenda = parse(LIST + TRAILER)
    assert addenda.oddities == []
    assert [tuple(total) for total in addenda.totals] == [
        ("headers", "order_2025.txt", 10, "order_2026.txt", 11, 1, 0, 0, 0, 0, 0),
        ("codes", "order_2025.txt", 20, "order_2026.txt", 20, 1, 1, 1, 1, 0, 0),
    ]


def test_a_trailer_alone_says_that_nothing_changed() -> None:
    addenda = parse(block("Headers", 10, 0, 0, (0, 0, 0)) + block("Codes", 20, 0, 0, (0, 0, 0)))
    assert (addenda.rows, addenda.oddities) == ([], [])


def test_a_trailer_that_disagrees_with_its_list_is_reported() -> None:
    text = LIST + block("Headers", 10, 1, 0, (0, 0, 0)) + block("Codes", 20, 3, 1, (0, 1, 0))
    assert [oddity.what for oddity in parse(text).oddities] == [
        "The trailer states 3 additions of codes; the list has 1.",
        "The trailer states 0 revised both of codes; the list has 1.",
        "The trailer states 1 revised long only of codes; the list has 0.",
    ]


def test_a_trailer_that_does_not_add_up_is_reported() -> None:
    text = LIST + TRAILER.replace("11 headers", "12 headers")
    assert [oddity.what for oddity in parse(text).oddities] == ["The trailer's counts of headers do not add up."]


def test_a_missing_trailer_is_reported() -> None:
    assert [oddity.what for oddity in parse(LIST).oddities] == ["The list has no trailer with counts."]


def test_a_revision_without_its_other_half_is_reported() -> None:
    half = REVISED.splitlines(keepends=True)[0]
    whats = [oddity.what for oddity in parse(half + ADDED).oddities]
    assert "The revision has no Revise to: line." in whats


def test_a_line_listed_twice_is_reported() -> None:
    assert "The list has add B8801 2 times." in [oddity.what for oddity in parse(ADDED + ADDED).oddities]


def test_procedure_addenda_have_no_flag_and_tell_headers_by_length() -> None:
    text = record("Add:", "", "00503Z4", "Destruction", "Destruction of Brain") + record(
        "Add:", "", "005", "Destruction", "Destruction"
    )
    text += block("Headers", 5, 1, 0, (0, 0, 0)) + block("Codes", 5, 1, 0, (0, 0, 0))
    addenda = parse(text, with_flags=False)
    assert [(row.code, row.billable) for row in addenda.rows] == [("00503Z4", None), ("005", None)]
    assert addenda.oddities == []


def test_codes_addenda_have_neither_flag_nor_short_title() -> None:
    text = "Delete:      B880    Other acariasis\r\nAdd:         B8801   Infestation by Demodex mites\r\n\r\nCodes\r\n"
    text += "     20 codes in a.txt\r\n     20 codes in b.txt\r\n      1 additions\r\n      1 deletions\r\n"
    text += "      0 revisions\r\n"
    addenda = parse_codes_addenda(text.encode(), "codes_addenda.txt")
    assert addenda.rows[0] == AddendaRow(1, "delete", "B880", None, None, "Other acariasis")
    assert addenda.totals[0].revised_both is None
    assert addenda.oddities == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (ADDED + "Remove:      1 B8801\r\n", 2),
        (ADDED.replace("Add:         1", "Add:         2"), 1),
        (ADDED + TRAILER + ADDED, 24),
        (ADDED + "\r\nCodes\r\n     20 codes in a.txt\r\n", 3),
        (ADDED.rstrip("\r\n"), 1),
    ],
)
def test_any_other_line_is_an_error(text: str, line: int) -> None:
    with pytest.raises(ParseError) as caught:
        parse(text)
    assert caught.value.line == line


def test_a_strange_line_in_the_trailer_is_reported_and_does_not_hold_up_the_release() -> None:
    addenda = parse(ADDED + TRAILER.replace("of which", "whereof", 1))
    assert [row.code for row in addenda.rows] == ["B8801"]
    assert "whereof" in [oddity.text for oddity in addenda.oddities]


def test_flags_where_none_belong_are_an_error() -> None:
    with pytest.raises(ParseError, match="without flags"):
        parse(ADDED, with_flags=False)
    with pytest.raises(ParseError, match="with flags"):
        parse(record("Add:", "", "00503Z4", "Destruction", "Destruction of Brain"))
