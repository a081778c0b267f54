"""The tabular XML, expanded, against the order file of the same code set: two roads to the same rows."""

from __future__ import annotations

import unicodedata

import pytest

from codeset_pipeline.parse.order_file import parse_order_file
from codeset_pipeline.parse.tabular_xml import parse_tabular
from tests.golden.parse.published import CM, ORDER, published

pytestmark = pytest.mark.genuine

TABULAR = {
    "FY2017": ("icd10cm/FY2017/ICD10CM_FY2017_Full_XML.zip", "icd10cm_tabular_2017.xml"),
    "FY2021-jan": ("icd10cm/FY2021-jan/icd10cm_tabular_2021.xml", None),
    "FY2025-apr": ("icd10cm/FY2025-apr/icd10cm-tabular-April-2025.xml", None),
    # The April 2026 release changed no code, so the order file of October 2025 describes it.
    "FY2026": ("icd10cm/FY2026-apr/icd10c-tabular-April-1-2026.xml", None),
}


def without_accents(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))


@pytest.mark.parametrize("release", TABULAR)
def test_expanding_the_tabular_gives_the_order_file_in_the_same_order(release: str) -> None:
    tabular = parse_tabular(published(*TABULAR[release]), release)
    order = parse_order_file(published(CM[release], ORDER), release).rows
    assert [tuple(code[:3]) for code in tabular.codes] == [tuple(row[:3]) for row in order]
    titles = list(zip([code.long_title for code in tabular.codes], [row.long_title for row in order], strict=True))
    assert [(ours, theirs) for ours, theirs in titles if without_accents(ours) != theirs] == []
    assert tabular.oddities == []


def test_every_note_of_fy2017_is_kept() -> None:
    data = published(*TABULAR["FY2017"])
    tabular = parse_tabular(data, "FY2017")
    # Eight more notes stand in the introduction, which explains how to read the book.
    introduction = data[data.index(b"<introduction>") : data.index(b"</introduction>")]
    assert len(tabular.notes) == data.count(b"<note>") - introduction.count(b"<note>")
    assert len(tabular.seventh_characters) == data.count(b"<extension ")
    assert [chapter.number for chapter in tabular.chapters] == [str(number) for number in range(1, 22)]
    assert len(tabular.sections) == data.count(b"<section ")
    assert tabular.chapters[14][2:] == ("O00", "O9A")
