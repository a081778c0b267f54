"""Reading a landing page: every link with its words, what follows it, and the headings above it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from codeset_pipeline.sources.links import PageLink

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_HEADINGS = {"h1": 1, "h2": 2, "h3": 3, "h4": 4, "h5": 5, "h6": 6}
# Accordions put their titles on buttons, and authors use bold lines and other elements for headings. Such a line counts
# only when it names a year, so that a button of another sort does not hide the heading above it.
_STAND_INS = {"summary": 3, "button": 3, "legend": 4, "caption": 4}
_NAMES_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_BOLD = {"strong", "b", "dt"}
_BOLD_LEVEL = 7
# A link's note ends where the next of these begins or where the one that holds the link ends.
_BLOCKS = {
    "li",
    "p",
    "div",
    "td",
    "tr",
    "ul",
    "ol",
    "table",
    "section",
    "article",
    "dd",
    "dt",
    "br",
    *_HEADINGS,
    *_STAND_INS,
}
_PASSED_OVER = {"script", "style", "noscript", "template"}
_SPACE = re.compile(r"\s+")


def _words(text: str) -> str:
    return _SPACE.sub(" ", text).strip()


def _heading_level(element: HtmlElement) -> int | None:
    """How deep a heading ranks, 1 being the outermost; None for what is none."""
    tag = str(element.tag)
    if tag in _HEADINGS:
        return _HEADINGS[tag]
    if element.get("role") == "heading":
        level = element.get("aria-level", "")
        return int(level) if level.isdigit() else 3
    opens = element.get("aria-expanded") is not None
    if not (tag in _STAND_INS or tag in _BOLD or opens) or not _NAMES_YEAR.search(element.text_content()):
        return None
    if tag not in _BOLD:
        return _STAND_INS.get(tag, 3)
    parent = element.getparent()
    alone = parent is not None and _words(parent.text_content()) == _words(element.text_content())
    return _BOLD_LEVEL if tag == "dt" or (alone and not element.xpath(".//a[@href]")) else None


def _events(element: HtmlElement) -> Iterator[tuple[str, HtmlElement | None, str]]:
    """The page in reading order: `heading`, `link`, `block` boundaries and `text`."""
    if not isinstance(element.tag, str) or element.tag in _PASSED_OVER:
        return
    level = _heading_level(element)
    if level is not None:
        yield "heading", element, _words(element.text_content())
    if element.tag in _BLOCKS:
        yield "block", None, ""
    if element.tag == "a" and element.get("href"):
        yield "link", element, _words(element.text_content())
        return
    if element.text:
        yield "text", None, element.text
    for child in element:
        yield from _events(child)
        if child.tail:
            yield "text", None, child.tail
    if element.tag in _BLOCKS:
        yield "block", None, ""


def page_links(html: str | bytes) -> list[PageLink]:
    """Every link of a page in reading order; none when the page is empty."""
    from lxml import etree
    from lxml import html as lxml_html

    parser = lxml_html.HTMLParser(no_network=True, encoding="utf-8" if isinstance(html, bytes) else None)
    try:
        root = lxml_html.document_fromstring(html, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    links: list[PageLink] = []
    above: list[tuple[int, str]] = []
    pending: tuple[str, str, tuple[str, ...]] | None = None
    note = ""
    for kind, element, words in _events(root):
        if kind == "text":
            note += words
            continue
        if pending:
            links.append(PageLink(pending[0], pending[1], _words(note), pending[2]))
            pending = None
        note = ""
        if kind == "heading" and element is not None:
            level = _heading_level(element) or _BOLD_LEVEL
            above = [*(each for each in above if each[0] < level), (level, words)]
        elif kind == "link" and element is not None:
            pending = (element.get("href", ""), words, tuple(text for _, text in reversed(above)))
    if pending:
        links.append(PageLink(pending[0], pending[1], _words(note), pending[2]))
    return links
