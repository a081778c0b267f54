"""Recognising links: which code set, component, part and release a link on a publisher's page is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from codeset_pipeline.sources.link_release import told_release
from codeset_pipeline.sources.link_rules import LinkRule, LinkRules, Site, all_rules, sites
from codeset_pipeline.sources.link_url import LinkTarget, link_target, published_name

_RECORDS = re.compile(r"\(([\d,]+)\s+records?\)\s*(?:(\S+?/\S+?)\s*--\s*(\S+/\S+))?", re.IGNORECASE)
_UPDATED = re.compile(r"updated\s*:?\s*(\d{1,2})[-/](\d{1,2})[-/](\d{4})", re.IGNORECASE)
LANDING_PAGE = "landing_page"


@dataclass(frozen=True, slots=True)
class PageLink:
    """A link as it stands on a page.

    Attributes:
        text: the words of the link.
        after: the words that follow it up to the next link or paragraph, such as ` - Updated 07/09/2024`.
        headings: the headings above it, nearest first.
        posted, size: date and bytes that a directory listing gives it.
    """

    href: str
    text: str
    after: str = ""
    headings: tuple[str, ...] = ()
    posted: date | None = None
    size: int | None = None


@dataclass(frozen=True, slots=True)
class RecognisedLink:
    """A link to a release file, or to a landing page.

    Attributes:
        component: what the file is (`LinkRule.component`), or `landing_page`.
        part: number of a file that is one of several, such as `f1`; else empty.
        effective_from: its release; None when nothing tells, and then `question` says why.
        target: where it leads.
        name: the publisher's file name, slashes in it as hyphens; what a browser's user would save it as.
        folders: directories below the page that it lies in.
        text: the words of the link.
        updated: when the publisher says beside the link that it was updated.
        posted, size: date and bytes that a directory listing gives it.
        records, first, last: number of records and their range, as the words of the link state them.
        licence: the licence that it lies behind, else empty.
        fetch: does the program read such files?
        spared_by: a component that holds the same.
    """

    code_set: str
    component: str
    part: str
    effective_from: date | None
    question: str
    target: LinkTarget
    name: str
    folders: tuple[str, ...] = ()
    text: str = ""
    updated: date | None = None
    posted: date | None = None
    size: int | None = None
    records: int | None = None
    first: str = ""
    last: str = ""
    licence: str = ""
    fetch: bool = False
    spared_by: str = ""


def _spoken_of(rules: LinkRules, words: Sequence[str]) -> str:
    """The one code set that the nearest telling words speak of; empty where none does."""
    for each in words:
        found = [code_set for code_set, pattern in rules.words.items() if pattern.search(each.lower())]
        if len(found) == 1:
            return found[0]
    return ""


def _matching(rules: LinkRules, name: str, text: str, headings: Sequence[str]) -> tuple[LinkRule, str, str] | None:
    """The rule that a link follows, with version and part from its name."""
    spoken_of = _spoken_of(rules, [name, text, *headings])
    fitting = [rule for rule in rules.links if rule.any_words or not spoken_of or rule.code_set == spoken_of]
    for rule in fitting:
        found = rule.name.search(name.lower())
        if found:
            groups = found.groupdict()
            return rule, groups.get("version") or "", groups.get("part") or ""
    for rule in fitting:
        if rule.label and rule.label.search(text.lower()):
            return rule, "", ""
    return None


def _updated(*texts: str) -> date | None:
    for text in texts:
        found = _UPDATED.search(text)
        if found:
            month, day, year = (int(each) for each in found.groups())
            try:
                return date(year, month, day)
            except ValueError:
                return None
    return None


def _version_quarter(version: str) -> date | None:
    """The quarter that a PTP version stands for: two digits of years since 1994, one of the quarter, counted from 0."""
    if not version or version[2] not in "0123":
        return None
    return date(1994 + int(version[:2]), 3 * int(version[2]) + 1, 1)


def recognise_link(rules: LinkRules, target: LinkTarget, link: PageLink) -> RecognisedLink | None:
    """What a link is to one set of rules; None when it is nothing that they know."""
    named = published_name(rules, target.path)
    if named is None:
        return None
    name, folders = named
    # Words of a navigation link ("ICD-10 files") are no labels: what is no file is nothing to fetch.
    if "." not in name:
        return None
    matched = _matching(rules, name, link.text, link.headings)
    if matched is None:
        return None
    rule, version, part = matched
    effective_from, question = told_release(rules, name, folders, link.text, link.headings)
    quarter = _version_quarter(version)
    if quarter and effective_from and quarter != effective_from:
        effective_from, question = None, f"its name says {effective_from} and its version {version} says {quarter}"
    records = _RECORDS.search(link.text)
    return RecognisedLink(
        rule.code_set,
        rule.component,
        part,
        effective_from,
        question,
        target,
        name,
        folders,
        link.text,
        _updated(link.after, link.text),
        link.posted,
        link.size,
        int(records[1].replace(",", "")) if records else None,
        (records[2] or "") if records else "",
        (records[3] or "") if records else "",
        target.licence or rule.licence,
        rule.fetch,
        rule.spared_by,
    )


def _landing_page(url: str) -> RecognisedLink | None:
    parts = urlsplit(url)
    for rules in all_rules():
        host = urlsplit(sites()[rules.site].url).netloc
        for page in rules.pages:
            for address in (page.path, *page.also):
                wanted = urlsplit(address if "://" in address else f"//{host}{address}")
                same_host = parts.netloc.lower() == wanted.netloc.lower()
                if same_host and parts.path.rstrip("/").lower() == wanted.path.rstrip("/").lower():
                    target = LinkTarget(url, parts.path, url, "")
                    return RecognisedLink(page.code_sets[0], LANDING_PAGE, "", None, "a page", target, "")
    return None


def recognise_url(url: str, link: PageLink | None = None) -> RecognisedLink | None:
    """What a URL on one of the publishers' sites is, by its own words alone; None when no rule knows it."""
    on_page = link or PageLink(url, "")
    for rules in all_rules():
        site: Site = sites()[rules.site]
        target = link_target(site, site.url, site.url, url)
        found = recognise_link(rules, target, on_page) if target else None
        if found:
            return found
    return _landing_page(url)
