"""Reading a directory listing of ftp.cdc.gov: one `<pre>`, dates and sizes as text before each link."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import unquote, urljoin, urlsplit

from codeset_pipeline.sources.links import PageLink

_ENTRY = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})\s+\d{1,2}:\d{2}\s*(?:[AP]M)?\s+(<dir>|[\d,]+)\s*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ListingEntry:
    """A file or directory of a listing.

    Attributes:
        posted, size: the date and the bytes that the listing gives it, None where it gives none.
    """

    name: str
    href: str
    directory: bool
    posted: date | None
    size: int | None

    @property
    def link(self) -> PageLink:
        return PageLink(self.href, self.name, posted=self.posted, size=self.size)


def _stated(text: str) -> tuple[date | None, str]:
    """The date before a link, and what stands where its size does: digits, `<dir>` or nothing."""
    found = _ENTRY.search(text)
    if not found:
        return None, ""
    try:
        return date(int(found[3]), int(found[1]), int(found[2])), found[4].lower()
    except ValueError:
        return None, found[4].lower()


def is_broken(html: bytes, entries: Sequence[ListingEntry]) -> bool:
    """Is a page that lists nothing something else than the listing of an empty directory?"""
    if entries:
        return False
    text = html.decode("utf-8", errors="replace").lower()
    return "<pre" not in text or re.search(r"\d{1,2}/\d{1,2}/\d{4}\s+\d{1,2}:\d{2}", text) is not None


def listing_entries(html: str | bytes, url: str) -> list[ListingEntry]:
    """What a directory holds, in the order of its listing; the link to its parent is left out.

    Names may hold spaces and typos; they are taken from the link's address, which has them in full.
    """
    from lxml import etree
    from lxml import html as lxml_html

    parser = lxml_html.HTMLParser(no_network=True, encoding="utf-8" if isinstance(html, bytes) else None)
    try:
        root = lxml_html.document_fromstring(html, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return []
    here = unquote(urlsplit(url).path).rstrip("/").lower() + "/"
    entries = []
    for anchor in root.iter("a"):
        href = anchor.get("href")
        if not href:
            continue
        path = unquote(urlsplit(urljoin(url, href)).path)
        below = path[len(here) :] if path.lower().startswith(here) else ""
        if not below or "/" in below.rstrip("/"):
            continue
        before = anchor.getprevious()
        ahead = (before.tail if before is not None else getattr(anchor.getparent(), "text", "")) or ""
        posted, stated = _stated(ahead)
        directory = stated == "<dir>" or below.endswith("/")
        size = int(stated.replace(",", "")) if stated[:1].isdigit() else None
        entries.append(ListingEntry(below.rstrip("/"), href, directory, posted, size))
    return entries
