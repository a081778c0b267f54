"""The search page in a browser, by keyboard alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.serve.conftest import settings
from tests.unit.serve.running import running
from tests.unit.serve.world import build


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("searched"))


@pytest.fixture(scope="module")
def address(browser: Any, home: Path) -> Iterator[str]:
    with running(settings(home)) as url:
        yield url


def _until(browser: Any, what: Callable[[Any], Any]) -> Any:
    from selenium.webdriver.support.ui import WebDriverWait

    return WebDriverWait(browser, 20).until(what)


def _type(browser: Any, *keys: str) -> None:
    from selenium.webdriver.common.action_chains import ActionChains

    ActionChains(browser).send_keys(*keys).perform()


def _open(browser: Any, url: str) -> None:
    browser.get("about:blank")
    browser.get(url)
    _until(browser, lambda b: b.execute_script("return document.body.dataset.ready") == "yes")


def _focused(browser: Any) -> str:
    return str(browser.execute_script("return document.activeElement.innerText || document.activeElement.id"))


def _answered(browser: Any, code: str) -> bool:
    """Is the code shown, its heading in focus? (Links and entries of the list begin with the code too.)"""
    script = (
        "const e = document.activeElement;"
        "return /^H[1-6]$/.test(e.tagName) && document.getElementById('code').contains(e)"
        " && e.innerText.startsWith(arguments[0])"
    )
    return bool(browser.execute_script(script, code))


def _results(browser: Any) -> list[str]:
    script = "return [...document.querySelectorAll('#results a')].map(a => a.innerText)"
    return [str(each) for each in browser.execute_script(script)]


def test_a_code_that_ended_in_2019_and_what_replaced_it_by_keyboard_alone(browser: Any, address: str) -> None:
    from selenium.webdriver.common.keys import Keys

    _open(browser, address)
    assert _focused(browser) == "words"
    _type(browser, "chill", " thumb")
    found = _until(browser, lambda b: len(_results(b)) == 2 and _results(b))
    old = next(number for number, text in enumerate(found) if text.startswith("A07.1"))
    assert "Ended Sep 30, 2019" in found[old]
    _type(browser, *[Keys.ARROW_DOWN] * (old + 1), Keys.ENTER)
    _until(browser, lambda b: _answered(b, "A07.1"))
    text = browser.find_element("id", "code").text
    assert "Report instead: A07.2" in text
    # What is said of today rests on what is loaded.
    assert "As of FY2021, in effect from Oct 1, 2020, the newest release loaded." in text
    replaced_by = browser.find_element("id", "replaced-by").text
    assert "A07.2 with the release of Oct 1, 2019 (renamed, by publisher)" in replaced_by
    assert "Lasting chill of the left thumb" in replaced_by
    # On along the link, and back with the browser.
    _type(browser, Keys.TAB)
    assert _focused(browser) == "A07.2"
    _type(browser, Keys.ENTER)
    _until(browser, lambda b: _answered(b, "A07.2"))
    assert "A07.1 with the release of Oct 1, 2019" in browser.find_element("id", "replaces").text
    browser.back()
    _until(browser, lambda b: _answered(b, "A07.1"))
    _type(browser, Keys.ESCAPE)
    assert _focused(browser) == "words"


def test_a_life_is_drawn_as_long_as_it_was(browser: Any, address: str) -> None:
    _open(browser, f"{address}/#icd10cm/A00.9")
    _until(browser, lambda b: b.find_elements("css selector", ".line .span"))
    bars = browser.execute_script(
        "const line = document.querySelector('.line').getBoundingClientRect();"
        "return [...document.querySelectorAll('.span')].map(e => e.getBoundingClientRect())"
        ".map(r => [r.left - line.left, r.right - line.left, line.width])"
    )
    assert len(bars) == 2
    (first, first_end, width), (second, second_end, _) = bars
    assert first < 3
    assert second_end > width - 3
    # Two years in force, one away.
    assert (first_end - first) / (second - first_end) == pytest.approx(2, rel=0.05)
    assert "valid Oct 1, 2020 – open" in browser.find_element("css selector", ".line").get_attribute("aria-label")


def test_hostile_titles_are_only_text(browser: Any, address: str) -> None:
    _open(browser, address)
    _type(browser, "A05.1")
    _until(browser, lambda b: _results(b))
    browser.get(f"{address}/#icd10cm/A05.1")
    _until(browser, lambda b: "<img src=x" in b.find_element("id", "code").text)
    assert browser.execute_script("return document.images.length") == 0
    browser.get(f"{address}/#%3Cimg%20src=x%20onerror=alert(1)%3E/A00")
    _until(browser, lambda b: "no code set of this name" in b.find_element("id", "code").text)
    assert browser.execute_script("return document.images.length") == 0


def test_nothing_comes_from_elsewhere_and_no_error_is_logged(browser: Any, address: str) -> None:
    browser.get("about:blank")
    browser.get_log("browser"), browser.get_log("performance")
    _open(browser, f"{address}/#icd10cm/A01.0")
    _until(browser, lambda b: b.find_elements("css selector", ".span.parent"))
    assert browser.get_log("browser") == []
    asked = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = {
        each["params"]["request"]["url"]
        for each in asked
        if each["method"] == "Network.requestWillBeSent" and each["params"]["documentURL"].startswith(address)
    }
    assert len(urls) >= 5
    assert all(url.startswith((address, "data:")) for url in urls)


@pytest.mark.parametrize("width", [340, 768, 1400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_every_screen_and_can_be_read(browser: Any, address: str, width: int, scheme: str) -> None:
    from tests.browser.test_report_page import _contrast

    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600}
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    try:
        _open(browser, f"{address}/#icd10cm/A05.1")
        _until(browser, lambda b: b.find_elements("css selector", ".span"))
        _type(browser, "/", "a0")
        _until(browser, lambda b: len(_results(b)) == 40)
        assert browser.execute_script("return document.documentElement.scrollWidth") <= width
        pairs = browser.execute_script(
            """
            const behind = e => { while (e) { const c = getComputedStyle(e).backgroundColor;
              if (!/, 0\\)$|transparent/.test(c)) return c; e = e.parentElement; } return 'rgb(255, 255, 255)'; };
            return [...document.querySelectorAll('body, .state, .set, td, th, #status, label, a.mono')]
              .map(e => [e.className, getComputedStyle(e).color, behind(e)]);
            """
        )
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    assert len(pairs) > 40
    assert all(_contrast(ink, paper) >= 4.5 for _, ink, paper in pairs), [p for p in pairs if _contrast(*p[1:]) < 4.5]


def test_a_key_is_asked_for_where_one_is_needed(browser: Any, home: Path) -> None:
    from selenium.webdriver.common.keys import Keys

    with running(settings(home, api_keys="let-me-in")) as url:
        browser.get(url)
        field = _until(browser, lambda b: b.find_element("id", "key").is_displayed() and b.find_element("id", "key"))
        field.send_keys("let-me-in", Keys.ENTER)
        _until(browser, lambda b: b.execute_script("return document.body.dataset.ready") == "yes")
        assert "let-me-in" not in browser.current_url
