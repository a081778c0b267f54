"""The report page in a browser, opened from the disk as a department opens it."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from codeset_pipeline.model import ChangeKind, Impact
from codeset_pipeline.report.model import Report
from codeset_pipeline.report.page import write_page
from tests.unit.report.worlds import change, finding, hostile_report, pair, report

ROWS = 1_000

# Findings, 5 added and 3 deleted codes, 2 files, and the line on the reconciliation.
ALL = ROWS + 5 + 3 + 2 + 1


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    folder = tmp_path_factory.mktemp("pages")
    changes = [
        *(change(f"A0{n}", ChangeKind.ADDED) for n in range(5)),
        *(change(f"B0{n}", ChangeKind.DELETED, title_before=f"Gone number {n}") for n in range(3)),
    ]
    findings = [
        finding(n, code=f"X{n:05d}", asset="edits.csv" if n % 2 else "orders.yaml", kind="deleted")
        for n in range(1, ROWS + 1)
    ]
    contents: dict[str, Report] = {
        "plain": report(pair(changes), impact=Impact([], findings)),
        "hostile": hostile_report(),
        "empty": report(),
    }
    found = {}
    for name, content in contents.items():
        write_page(content, folder / f"{name}.html")
        found[name] = (folder / f"{name}.html").as_uri()
    return found


def _open(browser: Any, url: str) -> None:
    """Load a page and wait until its script has run; a busy machine may take a moment after the load."""
    from selenium.webdriver.support.ui import WebDriverWait

    browser.get(url)
    WebDriverWait(browser, 20).until(lambda b: b.execute_script("return document.readyState") == "complete")


def _visible_rows(browser: Any, section: str) -> int:
    return int(
        browser.execute_script(
            "return document.querySelectorAll('#' + arguments[0] + ' tbody tr:not([hidden])').length", section
        )
    )


def _count(browser: Any, section: str) -> str:
    return str(
        browser.execute_script("return document.querySelector('#' + arguments[0] + ' h2 .n').textContent", section)
    )


def _filter(browser: Any, *, search: str = "", kind: str = "", asset: str = "") -> str:
    browser.execute_script(
        """
        document.getElementById('search').value = arguments[0];
        document.getElementById('kind').value = arguments[1];
        document.getElementById('asset').value = arguments[2];
        document.getElementById('filters').requestSubmit();
        """,
        search,
        kind,
        asset,
    )
    return str(browser.execute_script("return document.getElementById('status').textContent"))


@pytest.mark.parametrize("name", ["plain", "hostile", "empty"])
def test_a_page_opens_without_an_error_and_without_the_network(browser: Any, pages: dict[str, str], name: str) -> None:
    browser.get("about:blank")
    browser.get_log("browser"), browser.get_log("performance")
    _open(browser, pages[name])
    assert browser.get_log("browser") == []
    asked = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    # The browser's own start page asks for things too; only what this page asks for counts.
    urls = {
        each["params"]["request"]["url"]
        for each in asked
        if each["method"] == "Network.requestWillBeSent" and each["params"]["documentURL"] == pages[name]
    }
    assert urls == {pages[name]}


def test_texts_from_files_run_no_script(browser: Any, pages: dict[str, str]) -> None:
    _open(browser, pages["hostile"])
    assert browser.title.startswith("=cmd|")
    assert browser.execute_script("return document.images.length") == 0
    assert "SAMPLE DATA" in browser.find_element("css selector", ".sample").text


def test_the_policy_stops_a_script_that_is_not_the_pages_own(browser: Any, pages: dict[str, str]) -> None:
    _open(browser, pages["plain"])
    browser.execute_script(
        "const s = document.createElement('script'); s.textContent = 'window.intruder = 1';"
        "document.body.appendChild(s);"
    )
    assert browser.execute_script("return window.intruder === undefined")
    assert any("Content Security Policy" in entry["message"] for entry in browser.get_log("browser"))


def test_long_tables_open_bit_by_bit_and_the_search_looks_at_all_rows(browser: Any, pages: dict[str, str]) -> None:
    _open(browser, pages["plain"])
    assert _visible_rows(browser, "worklist") == 300
    assert _count(browser, "worklist") == f"{ROWS:,}"
    assert _filter(browser, search=f"x{ROWS:05d}") == f"1 of {ALL:,} rows match"
    assert _visible_rows(browser, "worklist") == 1
    assert _count(browser, "worklist") == f"1 of {ROWS:,}"
    _filter(browser)
    browser.execute_script("document.querySelector('#worklist .more button:last-child').click()")
    assert _visible_rows(browser, "worklist") == ROWS


def test_filters_by_kind_and_file(browser: Any, pages: dict[str, str]) -> None:
    _open(browser, pages["plain"])
    _filter(browser, kind="deleted")
    assert (_visible_rows(browser, "added"), _visible_rows(browser, "deleted")) == (0, 3)
    _filter(browser, asset="orders.yaml")
    assert _count(browser, "worklist") == f"{ROWS // 2:,} of {ROWS:,}"
    _filter(browser, search="b02 GONE")
    assert (_visible_rows(browser, "deleted"), _visible_rows(browser, "added")) == (1, 0)


def test_the_page_can_be_used_from_the_keyboard(browser: Any, pages: dict[str, str]) -> None:
    from selenium.webdriver.common.action_chains import ActionChains
    from selenium.webdriver.common.keys import Keys

    _open(browser, pages["plain"])
    ActionChains(browser).send_keys(Keys.TAB).perform()
    skip = browser.switch_to.active_element
    assert skip.text == "Skip to the summary"
    assert skip.rect["x"] >= 0
    ActionChains(browser).send_keys(Keys.ENTER).perform()
    assert browser.current_url.endswith("#summary")
    ActionChains(browser).send_keys("/").perform()
    assert browser.switch_to.active_element.get_attribute("id") == "search"
    outline = browser.execute_script("return getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_every_control_has_a_label(browser: Any, pages: dict[str, str]) -> None:
    _open(browser, pages["plain"])
    unnamed = browser.execute_script(
        "return Array.from(document.querySelectorAll('input, select')).filter(e => !e.labels.length).length"
    )
    assert unnamed == 0


def test_without_scripts_all_rows_can_be_read_and_no_dead_controls_are_shown(
    browser: Any, pages: dict[str, str]
) -> None:
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        _open(browser, pages["plain"])
        assert not browser.find_element("id", "filters").is_displayed()
        rows = browser.find_elements("css selector", "#worklist tbody tr")
        assert len(rows) == ROWS
        assert rows[-1].is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_on_paper_there_are_all_rows_and_no_filters(browser: Any, pages: dict[str, str]) -> None:
    _open(browser, pages["plain"])
    _filter(browser, search="nothing has this text")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        shown = browser.execute_script(
            "return Array.from(document.querySelectorAll('#worklist tbody tr'))"
            ".filter(row => getComputedStyle(row).display !== 'none').length"
        )
        aside = browser.execute_script("return getComputedStyle(document.querySelector('aside')).display")
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert (shown, aside) == (ROWS, "none")
    paper = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    assert paper.startswith(b"%PDF")


@pytest.mark.parametrize("width", [360, 768, 1400])
def test_the_page_never_scrolls_sideways(browser: Any, pages: dict[str, str], width: int) -> None:
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        for url in pages.values():
            browser.get(url)
            assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_background(browser: Any, pages: dict[str, str], scheme: str) -> None:
    """WCAG 2 asks for a contrast of 4.5 to 1 for running text."""
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    try:
        _open(browser, pages["hostile"])
        pairs = browser.execute_script(
            """
            const behind = e => { while (e) { const c = getComputedStyle(e).backgroundColor;
              if (!/, 0\\)$|transparent/.test(c)) return c; e = e.parentElement; } return 'rgb(255, 255, 255)'; };
            return ['body', '.intro', '.when', '.figure.good .big', 'del', 'ins', '.will-deny', 'thead th', 'nav a',
                    '.sample', '.check', '.ok']
              .map(s => [s, document.querySelector(s)]).filter(p => p[1])
              .map(p => [p[0], getComputedStyle(p[1]).color, behind(p[1])]);
            """
        )
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert len(pairs) >= 10
    for name, ink, paper in pairs:
        assert _contrast(ink, paper) >= 4.5, (scheme, name, ink, paper)


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    parts = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_pages_are_written_where_they_were_asked_for(tmp_path: Path) -> None:
    write_page(report(pair()), tmp_path / "a.html")
    assert [path.name for path in tmp_path.iterdir()] == ["a.html"]
