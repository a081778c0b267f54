"""The agreement page before a licensed file: its form filled in as a browser does when the user presses Accept."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from codeset_pipeline.errors import SourceError

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_REFUSES = re.compile(r"\b(don['’]?t|do\s+not|not|decline|cancel|disagree|refuse)\b", re.IGNORECASE)
_ACCEPTS = re.compile(r"\b(accept|agree)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FormRequest:
    """What a browser sends: by GET the fields stand in the URL."""

    method: str
    url: str
    fields: tuple[tuple[str, str], ...]


def _button_words(button: HtmlElement) -> str:
    return " ".join(part for part in (button.get("value"), button.text_content()) if part)


def _buttons(form: HtmlElement) -> list[HtmlElement]:
    return list(form.xpath('.//input[@type="submit" or @type="image"] | .//button[not(@type) or @type="submit"]'))


def _accept_button(form: HtmlElement) -> HtmlElement | None:
    for button in _buttons(form):
        words = _button_words(button)
        if _ACCEPTS.search(words) and not _REFUSES.search(words):
            return button
    return None


def _fields(form: HtmlElement, button: HtmlElement) -> list[tuple[str, str]]:
    fields = []
    for control in form.xpath(".//input[@name]"):
        kind = (control.get("type") or "text").lower()
        # The box beside "I have read the terms" is ticked by whoever accepts.
        if kind in {"hidden", "text", "checkbox"}:
            fields.append((control.get("name"), control.get("value") or ("on" if kind == "checkbox" else "")))
    if button.get("name"):
        fields.append((button.get("name"), button.get("value") or ""))
    return fields


def acceptance(page: bytes, url: str) -> FormRequest:
    """The request that pressing Accept sends.

    Args:
        page: the agreement page.
        url: its address.

    Raises:
        SourceError: the page has no such button.
    """
    from lxml import etree
    from lxml import html as lxml_html

    try:
        root = lxml_html.document_fromstring(page, parser=lxml_html.HTMLParser(no_network=True, encoding="utf-8"))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"{url} is no page with an agreement") from error
    for form in root.iter("form"):
        button = _accept_button(form)
        if button is None:
            continue
        target = urljoin(url, form.get("action") or url)
        fields = _fields(form, button)
        if (form.get("method") or "get").lower() == "post":
            return FormRequest("POST", target, tuple(fields))
        parts = urlsplit(target)
        # A form sent by GET replaces the query of its action.
        query = urlencode(fields) if fields else urlencode(parse_qsl(parts.query))
        return FormRequest("GET", urlunsplit(parts._replace(query=query, fragment="")), ())
    raise SourceError(f"{url} has no agreement with a button to accept it")


def is_agreement(page: bytes) -> bool:
    """Is this an agreement page (and not some other page of the site)?"""
    try:
        acceptance(page, "http://example.invalid/")
    except SourceError:
        return False
    return True
