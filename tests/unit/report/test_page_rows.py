"""Very long tables in the page: as data, each text once."""

from __future__ import annotations

import json
import re
from dataclasses import replace

from codeset_pipeline.model import Impact
from codeset_pipeline.report.page import page_html
from codeset_pipeline.report.page_rows import FIRST_ROWS, MOST_ROWS
from tests.unit.report.worlds import finding, pair, report

WICKED = "</script><!--<script>alert(1)</script>"


def _data(text: str) -> dict[str, list[list[int]] | list[str]]:
    found = re.search(r'<script type="application/json" class="rows">(.*?)</script>', text, re.DOTALL)
    assert found is not None
    return dict(json.loads(found[1]))


def test_every_row_of_a_long_worklist_is_in_the_data_and_the_first_ones_are_rows() -> None:
    findings = [finding(n, code=f"X{n:05d}", department="Lab") for n in range(1, MOST_ROWS + 2)]
    text = page_html(report(pair(), impact=Impact([], findings)))
    data = _data(text)
    texts, rows = data["texts"], data["rows"]
    codes = {texts[place] for row in rows for place in row if str(texts[place]).startswith("X")}
    assert len(rows) == len(codes) == MOST_ROWS + 1
    worklist = text[text.index('<section id="worklist"') : text.index('<section id="departments"')]
    assert worklist.count("<tr ") == FIRST_ROWS
    assert f"These are the first {FIRST_ROWS} of {MOST_ROWS + 1:,} rows" in worklist
    facets = {name: texts[rows[0][-len(data["facets"]) :][index]] for index, name in enumerate(data["facets"])}
    assert facets == {
        "kind": "became_header", "asset": "edits.csv", "code_set": "icd10cm", "severity": "will_deny",
        "state": "proposed", "department": "Lab",
    }  # fmt: skip


def test_no_text_ends_the_data_or_becomes_markup() -> None:
    findings = [finding(n, department=WICKED, detail=WICKED, asset=WICKED) for n in range(MOST_ROWS + 1)]
    text = page_html(report(pair(), impact=Impact([], findings)))
    block = text[text.index('class="rows">') : text.index("</script>", text.index('class="rows">'))]
    assert "<" not in block
    assert len(_data(text)["rows"]) == MOST_ROWS + 1
    assert "alert(1)</script>" not in text


def test_a_worklist_of_ordinary_length_stands_in_the_page_as_rows() -> None:
    findings = [finding(n) for n in range(3)]
    text = page_html(report(pair(), impact=Impact([], [*findings, replace(findings[0], id="x")])))
    assert "application/json" not in text
