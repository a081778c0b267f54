"""A link's URL taken apart: the publisher's file name in it, and the agreement page that it may lead through."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, unquote, urljoin, urlsplit, urlunsplit

from codeset_pipeline.sources.link_rules import LinkRules, Site

_SLASHES = re.compile(r"/{2,}")


@dataclass(frozen=True, slots=True)
class LinkTarget:
    """Where a link leads.

    Attributes:
        url: the link itself, absolute.
        path: path of the file, unquoted, without double slashes; behind an agreement page that of the file it names.
        file_url: address of the file itself.
        licence: name of the licence whose agreement page the link leads through, empty where it does not.
    """

    url: str
    path: str
    file_url: str
    licence: str


def link_target(site: Site, base_url: str, page_url: str, href: str) -> LinkTarget | None:
    """Where a link on a page of a site leads; None when it leaves the publisher's hosts or is no web address.

    A link to the publisher's own host is read as one to `base_url`, so that a mirror's pages stay within the mirror.
    """
    absolute = urlsplit(urljoin(page_url, href.strip()))
    if absolute.scheme not in {"http", "https"} or not absolute.hostname:
        return None
    base = urlsplit(base_url)
    if absolute.netloc.lower() == urlsplit(site.url).netloc.lower():
        absolute = absolute._replace(scheme=base.scheme, netloc=base.netloc)
    if absolute.netloc != base.netloc and absolute.hostname not in site.hosts:
        return None
    url = urlunsplit(absolute._replace(fragment=""))
    path = _SLASHES.sub("/", unquote(absolute.path))
    licence = next((name for page, name in site.licence_pages.items() if path.lower() == page), "")
    named = parse_qs(absolute.query).get("file", [])
    if not licence or not named:
        return LinkTarget(url, path, url, "")
    file_path = _SLASHES.sub("/", named[0] if named[0].startswith("/") else f"/{named[0]}")
    return LinkTarget(url, file_path, urlunsplit((absolute.scheme, absolute.netloc, file_path, "", "")), licence)


def published_name(rules: LinkRules, path: str) -> tuple[str, tuple[str, ...]] | None:
    """A file's name and the folders it lies in below those of the rules; None when it lies elsewhere.

    On cms.gov the path below `/files/zip/` is all name: `…-updated-02/01/2024.zip` becomes `…-updated-02-01-2024.zip`.
    """
    for folder in rules.folders:
        found = folder.match(path.lower())
        if found:
            below = path[found.end() :]
            if rules.listing:
                parts = tuple(part for part in below.split("/") if part)
                return (parts[-1], parts[:-1]) if parts and not below.endswith("/") else None
            name = below.strip("/").replace("/", "-")
            return (name, ()) if name else None
    return None
