"""The page as a parser sees it; how it behaves is tested in a browser."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

from codeset_pipeline.model import ChangeKind, Difference, FieldChange, Impact, Reconciliation
from codeset_pipeline.report.page import page_html, write_page
from tests.unit.report.worlds import UNCOVERED, change, finding, hostile_report, pair, report


class _Reader(HTMLParser):
    """Collects tags, attributes, the text outside style and script, and the ids."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.words: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes.extend(attrs)
        self._inside = tag

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        return "".join(self.words)


def test_texts_from_files_never_become_markup() -> None:
    read = _Reader(page_html(hostile_report()))
    assert read.tags.count("script") == 1
    assert "img" not in read.tags
    assert not any(name.startswith("on") for name, _ in read.attributes)
    assert '<script>document.title="taken"</script>' in read.text


def test_the_page_asks_nothing_of_the_network() -> None:
    text = page_html(hostile_report())
    read = _Reader(text)
    addresses = [value for name, value in read.attributes if name in ("src", "href", "action", "data")]
    assert addresses
    assert all(value is not None and value.startswith("#") for value in addresses)
    assert "url(" not in text.lower()
    assert "@import" not in text


def test_the_policy_allows_only_the_pages_own_style_and_script() -> None:
    text = page_html(report(pair()))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    assert policy[1].startswith("default-src 'none';")
    assert "unsafe" not in policy[1]
    for tag in ("style", "script"):
        body = re.search(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert body is not None
        digest = base64.b64encode(hashlib.sha256(body[1].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy[1]
    assert not any(name == "style" for name, _ in _Reader(text).attributes)


def test_every_link_leads_to_a_section_and_every_id_is_there_once() -> None:
    read = _Reader(page_html(hostile_report()))
    ids = [value for name, value in read.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {str(value)[1:] for name, value in read.attributes if name == "href"} <= set(ids)
    labels = {value for name, value in read.attributes if name == "aria-labelledby" for value in str(value).split()}
    assert labels <= set(ids)


def test_the_worklist_comes_after_the_summary_and_the_provenance_last() -> None:
    order = re.findall(r'<section id="([^"]+)"', page_html(report(pair())))
    assert order[:4] == ["summary", "worklist", "departments", "deleted"]
    assert order[-2:] == ["reconciliation", "provenance"]


def test_changed_words_are_ins_and_del_and_changed_blanks_can_be_seen() -> None:
    fields = {"long_title": FieldChange("Type  2 of wrist", "Type 2 of hand", "wording")}
    text = page_html(report(pair([change("A00", ChangeKind.REVISED, fields=fields)])))
    assert '<del class="blank"> </del>' in text
    assert "<del>wrist</del>" in text
    assert "<ins>hand</ins>" in text


def test_all_rows_stand_in_the_page_so_that_it_can_be_read_without_scripts() -> None:
    impact = Impact([], [finding(number, code=f"X{number:05d}") for number in range(1, 2001)])
    text = page_html(report(pair(), impact=impact))
    assert all(f"X{number:05d}" in text for number in range(1, 2001))


def test_the_number_of_unexplained_differences_is_on_the_page() -> None:
    odd = tuple(Difference(f"A0{n}", "code", "added", "ours", "Not on the list.") for n in range(3))
    read = _Reader(page_html(report(pair(reconciliation=Reconciliation(True, (), 0, (), odd, {})))))
    assert "Unexplained differences: 3." in read.text
    assert "3 unexplained differences from the publisher's own list" in read.text
    assert read.text.count("UNEXPLAINED") == 3


def test_a_page_without_proof_says_that_nothing_is_proven_and_why() -> None:
    read = _Reader(page_html(report(pair(reconciliation=UNCOVERED))))
    assert "Nothing is proven" in read.text
    assert "The addenda of FY2026 are not loaded." in read.text


def test_sample_data_is_announced_and_genuine_data_is_not() -> None:
    assert "SAMPLE DATA" in page_html(report(pair(), sample=True))
    assert "SAMPLE DATA" not in page_html(report(pair()))


def test_the_chart_has_a_title_and_a_description_in_words() -> None:
    text = page_html(report(pair([change("A00", ChangeKind.ADDED)])))
    picture = re.search(r"<svg.*?</svg>", text, re.DOTALL)
    assert picture is not None
    assert 'role="img"' in picture[0]
    assert "Most changes are in 1 Certain infectious" in picture[0]
    assert "1 added" in picture[0]


def test_equal_reports_give_equal_pages(tmp_path: Path) -> None:
    write_page(hostile_report(), tmp_path / "a.html")
    write_page(hostile_report(), tmp_path / "b.html")
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.html", "b.html"]
