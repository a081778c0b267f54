"""What a publisher offers: the recognised links by release, what each release is made of, and what is missing."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from fnmatch import fnmatchcase

from codeset_pipeline.errors import SourceError
from codeset_pipeline.labels import label_of
from codeset_pipeline.sources.link_rules import LinkRules, Part, Site
from codeset_pipeline.sources.link_url import link_target
from codeset_pipeline.sources.links import PageLink, RecognisedLink, recognise_link

_NEAREST = 4


@dataclass(frozen=True)
class ReleaseOffer:
    """The links of one release.

    Attributes:
        files: the links to fetch, in the order of the page.
        others: links that belong to the release and are not read.
        missing: parts of the release that no link offers.
        loadable: is there a part that holds its codes?
    """

    code_set: str
    effective_from: date
    files: tuple[RecognisedLink, ...]
    others: tuple[RecognisedLink, ...]
    missing: tuple[str, ...]
    loadable: bool

    @property
    def label(self) -> str:
        return label_of(self.code_set, self.effective_from)

    @property
    def state(self) -> str:
        """`complete`, `partial` (something is missing) or `absent` (its codes are)."""
        if not self.loadable:
            return "absent"
        return "partial" if self.missing else "complete"


@dataclass
class Offers:
    """What a site offers of one code set.

    Attributes:
        pages: addresses of the pages that were read.
        undated: links whose release nothing tells.
        unread: addresses that should list files and do not.
        seen: the words and file names of all links of the pages, for messages.
    """

    code_set: str
    pages: list[str] = field(default_factory=list)
    releases: dict[date, ReleaseOffer] = field(default_factory=dict)
    undated: list[RecognisedLink] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)


def plays(role: str, part: Part) -> bool:
    """Does a release file of this role belong to the part?"""
    return any(fnmatchcase(role, pattern) for pattern in part.roles)


def missing_parts(parts: Iterable[Part], effective_from: date, have: Collection[str], *, by_role: bool) -> list[str]:
    """The parts that a release lacks.

    Args:
        have: the components on offer, or the roles of the files that are loaded (`by_role`).
    """
    mid_year = (effective_from.month, effective_from.day) != (10, 1)
    missing: list[str] = []
    cores_missing: list[str] = []
    for part in parts:
        if (part.annual and mid_year) or (part.since and effective_from < part.since):
            continue
        if by_role:
            found = {name for name in have if plays(name, part)}
        else:
            found = {name for name in have if name in part.components}
        if not found:
            (cores_missing if part.core else missing).append(part.what)
        elif by_role and part.numbered:
            numbers = {int(name.rsplit("_", 1)[-1]) for name in found if name.rsplit("_", 1)[-1].isdigit()}
            missing += [f"{part.what} f{number}" for number in _gaps(part, numbers)]
    return [*cores_missing, *missing]


def parts_of(rules: LinkRules, code_set: str) -> tuple[Part, ...]:
    return tuple(part for part in rules.parts if part.code_set == code_set)


def _missing_numbers(part: Part, links: Sequence[RecognisedLink]) -> list[str]:
    """Files of a numbered part that are not offered: gaps, and the last ones up to the number that is usual."""
    numbers = {int(link.part[1:]) for link in links if link.component in part.components and link.part[1:].isdigit()}
    return [f"{part.what} f{number}" for number in _gaps(part, numbers)] if numbers else []


def _gaps(part: Part, numbers: Collection[int]) -> list[int]:
    """Numbers that are missing among those of a numbered part, up to the number that is usual."""
    usual = range(1, max(part.numbered, *numbers) + 1) if part.numbered else ()
    return [number for number in usual if number not in numbers]


def _release(rules: LinkRules, code_set: str, effective_from: date, links: Sequence[RecognisedLink]) -> ReleaseOffer:
    parts = parts_of(rules, code_set)
    components = {link.component for link in links}
    files = tuple(link for link in links if link.fetch and not (link.spared_by and link.spared_by in components))
    fetched = {link.component for link in files}
    missing = missing_parts(parts, effective_from, fetched, by_role=False)
    for part in parts:
        missing += _missing_numbers(part, files)
    loadable = any(part.core and set(part.components) & fetched for part in parts)
    others = tuple(link for link in links if link not in files)
    return ReleaseOffer(code_set, effective_from, files, others, tuple(missing), loadable)


def _without_repeats(links: Iterable[RecognisedLink]) -> list[RecognisedLink]:
    """A page may link to one file twice; the first link that says when it was updated stands."""
    found: dict[str, RecognisedLink] = {}
    for link in links:
        known = found.get(link.target.file_url)
        if known is None or (link.updated and not known.updated):
            found[link.target.file_url] = link
    return list(found.values())


def gather(
    rules: LinkRules, site: Site, base_url: str, code_set: str, pages: Iterable[tuple[str, Sequence[PageLink]]]
) -> Offers:
    """The offers of a code set on pages that were read: (address, links)."""
    offers = Offers(code_set)
    recognised: list[RecognisedLink] = []
    for url, links in pages:
        offers.pages.append(url)
        for link in links:
            target = link_target(site, base_url, url, link.href)
            if target is None or link.href.startswith("#"):
                continue
            name = target.path.rstrip("/").rsplit("/", 1)[-1]
            offers.seen.append(link.text if link.text == name else f"{link.text} ({name})")
            found = recognise_link(rules, target, link)
            if found and found.code_set == code_set:
                recognised.append(found)
    by_release: dict[date, list[RecognisedLink]] = {}
    for each in _without_repeats(recognised):
        if each.effective_from is None:
            if each.fetch:
                offers.undated.append(each)
        else:
            by_release.setdefault(each.effective_from, []).append(each)
    offers.releases = {day: _release(rules, code_set, day, by_release[day]) for day in sorted(by_release)}
    return offers


def missing_link(offers: Offers, expected: str) -> SourceError:
    """The error that an expected link is missing: on which page, what was expected, and the links nearest to it."""
    from rapidfuzz import fuzz, process

    near = process.extract(
        expected.lower(), {text: text.lower() for text in offers.seen}, scorer=fuzz.token_set_ratio, limit=_NEAREST
    )
    shown = "; ".join(str(text) for _, __, text in near)
    nearest = f"the nearest links are: {shown}. If one of them is it" if shown else "it has no link at all. If it moved"
    page = offers.pages[0] if offers.pages else "the page"
    return SourceError(
        f"{page} has no link to {expected} that is recognised; {nearest}, download it in a browser and run: "
        f"codeset update {offers.code_set} --from PATH"
    )
