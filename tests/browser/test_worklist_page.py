"""A worklist of thousands of findings in a browser: filters, leafing through, keyboard, paper."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest

from codeset_pipeline.model import ChangeKind, Impact, Severity
from codeset_pipeline.report.education import by_chapter
from codeset_pipeline.report.education_page import education_html
from codeset_pipeline.report.page import write_page
from codeset_pipeline.report.page_rows import FIRST_ROWS
from tests.unit.report.worlds import change, finding, hostile_report, pair, report

ROWS, LEAF = 6_000, 200
DEPARTMENTS = ("Pharmacy", "Lab", "")
SEVERITIES = tuple(Severity)


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    findings = [
        finding(
            n,
            code=f"X{n:05d}",
            line=n,
            department=DEPARTMENTS[n % 3],
            severity=SEVERITIES[n % 4],
            state="approved" if n % 10 == 0 else "proposed",
            code_set="hcpcs" if n % 2 else "icd10cm",
            amount=float(n),
            detail="<b>bold</b> & co" if n == 7 else "",
        )
        for n in range(1, ROWS + 1)
    ]
    path = tmp_path_factory.mktemp("worklist") / "long.html"
    write_page(report(pair(), impact=Impact([], findings)), path)
    return path.as_uri()


@pytest.fixture
def page(browser: Any, url: str) -> Any:
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(url)
    WebDriverWait(browser, 20).until(lambda b: not b.find_element("id", "filters").get_attribute("hidden"))
    return browser


def _shown(page: Any) -> list[str]:
    return list(
        page.execute_script(
            "return Array.from(document.querySelectorAll('#worklist tbody tr'))"
            ".map(row => row.querySelector('.code').textContent)"
        )
    )


def _text(page: Any, selector: str) -> str:
    return str(page.execute_script("return document.querySelector(arguments[0]).textContent", selector))


def _choose(page: Any, **values: str) -> None:
    page.execute_script(
        "for (const [id, value] of Object.entries(arguments[0])) document.getElementById(id).value = value;"
        "document.getElementById('filters').requestSubmit();",
        values,
    )


def _expected(fits: Callable[[int], bool] = lambda _: True) -> list[int]:
    """The findings that fit, worst first and then by amount, told by arithmetic."""
    return sorted(filter(fits, range(1, ROWS + 1)), key=lambda n: (n % 4, -n))


def test_the_worst_and_dearest_findings_come_first_and_no_more_than_a_leaf_is_laid_out(page: Any) -> None:
    assert _shown(page) == [f"X{n:05d}" for n in _expected()[:LEAF]]
    assert _text(page, "#worklist .range") == f"Rows 1 to {LEAF} of {ROWS:,}"
    assert page.get_log("browser") == []


FILTERS: tuple[tuple[dict[str, str], Callable[[int], bool]], ...] = (
    ({"department": "Pharmacy"}, lambda n: n % 3 == 0),
    ({"department": "No department"}, lambda n: n % 3 == 2),
    ({"state": "approved"}, lambda n: n % 10 == 0),
    ({"severity": "may_deny"}, lambda n: n % 4 == 1),
    ({"code_set": "hcpcs"}, lambda n: n % 2 == 1),
    ({"search": "x0123"}, lambda n: 1230 <= n <= 1239),
    ({"search": "BOLD co"}, lambda n: n == 7),
    ({"search": "nothing has this text"}, lambda n: False),
    ({"department": "Lab", "severity": "will_deny", "state": "approved"}, lambda n: n % 60 == 40),
)


def test_filters_look_at_every_finding(page: Any) -> None:
    for choice, fits in FILTERS:
        _choose(page, **choice)
        wanted = _expected(fits)
        assert _shown(page) == [f"X{n:05d}" for n in wanted[:LEAF]], choice
        assert _text(page, "#worklist h2 .n") == f"{len(wanted):,} of {ROWS:,}", choice
        _choose(page, **dict.fromkeys(choice, ""))
        assert _text(page, "#worklist h2 .n") == f"{ROWS:,}", choice


def test_the_department_table_follows_the_department(page: Any) -> None:
    _choose(page, department="Lab")
    names = page.execute_script(
        "return Array.from(document.querySelectorAll('#departments tbody tr:not([hidden]) td:first-child'))"
        ".map(cell => cell.textContent)"
    )
    assert names == ["Lab"]


def test_leafing_through_works_from_the_keyboard(page: Any) -> None:
    from selenium.webdriver.common.keys import Keys

    buttons = {each.text: each for each in page.find_elements("css selector", "#worklist .more button")}
    assert list(buttons) == ["First", "Previous", "Next", "Last"]
    assert not buttons["Previous"].is_enabled()
    buttons["Next"].send_keys(Keys.ENTER)
    assert _text(page, "#worklist .range") == f"Rows {LEAF + 1} to {2 * LEAF} of {ROWS:,}"
    assert page.switch_to.active_element.text == "Next"
    buttons["Last"].send_keys(Keys.SPACE)
    assert _shown(page) == [f"X{n:05d}" for n in _expected()[-LEAF:]]
    assert not buttons["Next"].is_enabled()
    buttons["First"].send_keys(Keys.ENTER)
    assert _text(page, "#worklist .range").startswith("Rows 1 to ")
    assert page.execute_script("return document.querySelector('#worklist .range').getAttribute('role')") == "status"


def test_texts_in_the_data_are_texts(page: Any) -> None:
    _choose(page, search="bold")
    assert "<b>bold</b> & co" in page.find_element("css selector", "#worklist tbody").text
    assert page.find_elements("css selector", "#worklist b") == []


def test_on_paper_there_is_what_the_filters_leave_and_it_says_so(page: Any) -> None:
    _choose(page, department="Pharmacy", state="approved")
    page.execute_script("window.dispatchEvent(new Event('beforeprint'))")
    assert len(_shown(page)) == ROWS // 30
    assert _text(page, "#worklist .on-paper") == f"{ROWS // 30} of {ROWS:,} rows, as filtered."
    page.execute_script("window.dispatchEvent(new Event('afterprint'))")
    _choose(page, department="", state="")
    page.execute_script("window.dispatchEvent(new Event('beforeprint'))")
    assert len(_shown(page)) == 2_000
    assert _text(page, "#worklist .on-paper") == f"The first 2,000 of {ROWS:,} rows; all are in the workbook."
    page.execute_script("window.dispatchEvent(new Event('afterprint'))")
    assert len(_shown(page)) == LEAF


def test_without_scripts_the_first_rows_stand_there_and_say_where_the_rest_is(browser: Any, url: str) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        from selenium.webdriver.support.ui import WebDriverWait

        browser.get(url)
        # Without scripts nothing tells that the page is whole but its last element.
        WebDriverWait(browser, 20).until(lambda page: page.find_elements("css selector", "#provenance-heading"))
        assert len(browser.find_elements("css selector", "#worklist tbody tr")) == FIRST_ROWS
        assert browser.find_element("css selector", "#worklist .rest").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_charts_are_named_and_told_in_words(page: Any) -> None:
    captions = [each.text for each in page.find_elements("css selector", "figure.chart figcaption")]
    assert captions[0].startswith("One bar per department, most money at risk first. First is ")
    assert captions[1] == f"How far the worklist is worked off: {ROWS - ROWS // 10:,} proposed, {ROWS // 10} approved."
    named = page.execute_script(
        "return Array.from(document.querySelectorAll('figure.chart svg')).every(svg =>"
        " svg.getAttribute('aria-labelledby').split(' ').every(id => document.getElementById(id).textContent))"
    )
    assert named


@pytest.mark.parametrize("width", [360, 1400])
def test_a_long_worklist_never_scrolls_the_page_sideways(page: Any, width: int) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    page.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        assert page.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        page.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_education_lists_print_one_page_each(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    title = "Injury {} with a title of some length, part {}"
    numbers = [("A", n, 0) for n in range(80)] + [("S", n, m) for n in range(80) for m in range(5)]
    changes = [
        change(f"{ch}{n:02d}{m}XA", ChangeKind.ADDED, title_after=title.format(n, m), chapter=f"Chapter {ch}")
        for ch, n, m in numbers
    ]
    whole = pair(changes)
    lessons = by_chapter(whole)
    path = tmp_path_factory.mktemp("education") / "lists.html"
    path.write_text(education_html("chapter", [(whole, lessons)], sample=False, foot="end"), encoding="utf-8")
    browser.get(path.as_uri())
    assert browser.get_log("browser") == []
    paper = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    assert paper.count(b"/Type /Page\n") == len(lessons) + 1


def test_hostile_texts_run_nothing_on_an_education_page(browser: Any, tmp_path_factory: pytest.TempPathFactory) -> None:
    whole = hostile_report().pairs[0]
    path = tmp_path_factory.mktemp("education") / "hostile.html"
    path.write_text(education_html("chapter", [(whole, by_chapter(whole))], sample=True, foot=""), encoding="utf-8")
    browser.get(path.as_uri())
    assert browser.title.startswith("What coders must know, by chapter")
    assert browser.execute_script("return document.images.length") == 0
