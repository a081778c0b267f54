"""PTP texts: where the edits begin, which column is which, and what DuckDB's reader makes of every kind of byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.ncci_ptp_layout import PTP_COLUMNS, ptp_layout
from codeset_pipeline.parse.ncci_ptp_text import prepare_text, text_relation
from codeset_pipeline.snapshots.engine import bulk_engine

HEADER = (
    "CPT only copyright 2025 American Medical Association.  All rights reserved.\t\t\t\t\t\t",
    "Column1/Column2 Edits\t\t\t\t\t\t",
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale",
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t",
    "\t\t\t\t*=no data\t1=allowed\t",
    "\t\t\t\t\t9=not applicable\t",
)
EDIT = "A4216\tJ7050\t\t20220101\t20231231\t1\tLaboratory panel"


@pytest.mark.parametrize(
    ("lines", "skip"),
    [
        ((*HEADER, EDIT), 6),
        ((*HEADER[:2], "", *HEADER[2:], EDIT), 7),
        ((HEADER[2].upper(), *HEADER[3:], EDIT), 4),
        ((*HEADER, "\t\t\t20220101\t*\t1\tLaboratory panel"), 6),
    ],
)
def test_the_edits_begin_below_the_header_however_many_lines_stand_above(lines: tuple[str, ...], skip: int) -> None:
    layout = ptp_layout(lines, "f1.txt")
    assert (layout.skip, layout.columns) == (skip, PTP_COLUMNS)


def test_a_medicaid_header_has_six_columns_and_may_stand_in_another_order() -> None:
    header = "Column 1\tColumn 2\tEffective Date\tDeletion Date\tModifier Indicator\tPTP Edit Rationale"
    assert ptp_layout([header, EDIT], "f").columns == tuple(n for n in PTP_COLUMNS if n != "prior_to_1996")
    turned = "Column 1\tColumn 2\tModifier Indicator\tEffective Date\tDeletion Date\tPTP Edit Rationale"
    assert ptp_layout([turned, EDIT], "f").columns[2] == "modifier"


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((EDIT,), "a header row 'Column 1', 'Column 2'"),
        (HEADER, "at least one edit below the header"),
        (("Column 1\tColumn 2\tEffective\tDeletion\tModifier", EDIT), "a column for rationale"),
        (("Column 1\tColumn 2\tEffective\tDeletion\tModifier\tRationale\tPrice", EDIT), "each once. Found 'price'"),
        (("Column 1\tColumn 2\tEffective\tDeletion\tDeletion\tModifier\tRationale", EDIT), "Found 'deletion'"),
    ],
)
def test_a_header_that_is_not_one_is_named(lines: tuple[str, ...], told: str) -> None:
    with pytest.raises(ParseError, match=r"f1\.txt") as caught:
        ptp_layout(lines, "f1.txt")
    assert told in str(caught.value)


def read(data: bytes, folder: Path) -> list[tuple[str, ...]]:
    text, _ = prepare_text(data, "f1.txt", folder / "f1.txt")
    with bulk_engine() as engine:
        return [tuple(row) for row in engine.execute(text_relation(text, trimmed=False)).fetchall()]


@settings(max_examples=15, deadline=None)
@given(
    rationales=st.lists(
        st.text(st.characters(codec="latin-1", exclude_categories=["Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=12),
        min_size=1,
        max_size=5,
    ),
    line_end=st.sampled_from(["\r\n", "\n"]),
    closed=st.booleans(),
)
def test_every_latin_1_character_arrives_whatever_ends_the_lines(
    tmp_path_factory: pytest.TempPathFactory, rationales: list[str], line_end: str, closed: bool
) -> None:
    lines = [*HEADER, *(f"A4216\tJ{n:04}\t*\t20220101\t*\t0\t{text}" for n, text in enumerate(rationales))]
    data = (line_end.join(lines) + (line_end if closed else "")).encode("latin-1")
    try:
        data.decode("utf-8")
        expected = rationales if data.isascii() else None
    except UnicodeDecodeError:
        expected = rationales
    found = read(data, tmp_path_factory.mktemp("text"))
    assert [row[:6] for row in found] == [
        ("A4216", f"J{n:04}", "*", "20220101", "*", "0") for n in range(len(rationales))
    ]
    if expected is not None:
        assert [row[6] for row in found] == expected


def test_many_lines_with_high_bytes_across_the_readers_buffers(tmp_path: Path) -> None:
    texts = [f"Proc\xe9dure {n} \xa7\xff" for n in range(60_000)]
    lines = [*HEADER, *(f"A4216\tJ7050\t\t20220101\t*\t0\t{text}" for text in texts)]
    found = read("\r\n".join(lines).encode("latin-1"), tmp_path)
    assert [row[6] for row in found] == texts


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "the file is empty"),
        (b"PK\x03\x04 rest \xe9", "another kind of file"),
        (b"<html><body>AMA license</body></html>", "the file is a web page"),
    ],
)
def test_what_is_no_text_is_named(tmp_path: Path, data: bytes, told: str) -> None:
    with pytest.raises(ParseError) as caught:
        prepare_text(data, "f1.txt", tmp_path / "f1.txt")
    assert told in str(caught.value)
