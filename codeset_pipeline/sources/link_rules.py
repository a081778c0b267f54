"""The YAML files under `sources/links/`: which pages offer release files, and how each link is recognised."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from typing import Any

import yaml

from codeset_pipeline.labels import effective_date

_SITES = "sites.yaml"


@dataclass(frozen=True, slots=True)
class Licence:
    """A click-through licence: what it is called, and where its terms stand."""

    name: str
    title: str
    site: str
    path: str


@dataclass(frozen=True, slots=True)
class Site:
    """A publisher's site.

    Attributes:
        url: where it is.
        hosts: hosts of the same publisher that a redirect may lead to.
        licence_pages: path of an agreement page → name of its licence.
    """

    name: str
    url: str
    hosts: tuple[str, ...]
    licence_pages: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LandingPage:
    """A page that offers release files; `also` are further addresses under which it was or is known."""

    path: str
    code_sets: tuple[str, ...]
    also: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LinkRule:
    """How the links of one component of a code set are recognised.

    Attributes:
        component: what the file is, such as `code_descriptions`.
        name: found in the file's name: lower case, slashes of its path as hyphens. Groups `version`, `revision` and
            `part` say more.
        label: found in the link's text, where the name tells nothing.
        fetch: does the program read such files?
        spared_by: a component that holds the same; where it is offered, this one is not fetched.
        licence: the licence that such files lie behind, empty where there is none.
        any_words: the rule holds whatever code set the words around the link speak of.
    """

    code_set: str
    component: str
    name: re.Pattern[str]
    label: re.Pattern[str] | None
    fetch: bool
    spared_by: str
    licence: str
    any_words: bool


@dataclass(frozen=True, slots=True)
class Part:
    """Something that a complete release consists of.

    Attributes:
        what: what to call it.
        components: components that can supply it.
        roles: roles of release files (sources' `files`), any of which shows that it is loaded; `*` stands for anything.
        core: a release that offers no core part at all cannot be loaded.
        annual: mid-year releases come without it.
        since: the first release that came with it, None where all did.
        numbered: the part comes in at least this many numbered files, 0 where it is one file.
    """

    code_set: str
    what: str
    components: tuple[str, ...]
    roles: tuple[str, ...]
    core: bool
    annual: bool
    since: date | None
    numbered: int


@dataclass(frozen=True, slots=True)
class LinkRules:
    """One file under `sources/links/`.

    Attributes:
        calendar: how a release is read from a name: `fiscal_year`, `quarter`, `quarter_of_date`, `none`.
        listing: the page is a directory listing with directories below it.
        folders: patterns of the paths (lower case) below which the publisher's files lie.
        words: code set → words that speak of it.
        updates: month in which a file was re-posted within its fiscal year → month from which it then holds.
        directories: pattern of the directories that hold releases.
        update_directory_month: month from which the files in a mid-year directory hold.
        known: path below the folder (lower case) → effective date, where names mislead.
    """

    name: str
    site: str
    calendar: str
    pages: tuple[LandingPage, ...]
    listing: bool
    folders: tuple[re.Pattern[str], ...]
    words: Mapping[str, re.Pattern[str]]
    updates: Mapping[int, int]
    directories: re.Pattern[str] | None
    update_directory_month: int | None
    known: Mapping[str, date]
    links: tuple[LinkRule, ...]
    parts: tuple[Part, ...]

    @property
    def code_sets(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for page in self.pages for name in page.code_sets))


def _rule(raw: Mapping[str, Any]) -> LinkRule:
    label = raw.get("label")
    return LinkRule(
        raw["code_set"],
        raw["component"],
        re.compile(raw["name"]),
        re.compile(label) if label else None,
        bool(raw.get("fetch")),
        str(raw.get("spared_by", "")),
        str(raw.get("licence", "")),
        bool(raw.get("any_words")),
    )


def _part(raw: Mapping[str, Any]) -> Part:
    return Part(
        raw["code_set"],
        raw["what"],
        tuple(raw["components"]),
        tuple(raw["roles"]),
        bool(raw.get("core")),
        bool(raw.get("annual")),
        effective_date(raw["since"]) if raw.get("since") else None,
        int(raw.get("numbered", 0)),
    )


def _rules(name: str, raw: Mapping[str, Any]) -> LinkRules:
    directories = raw.get("directories")
    return LinkRules(
        name=name,
        site=raw["site"],
        calendar=raw["calendar"],
        pages=tuple(LandingPage(p["path"], tuple(p["code_sets"]), tuple(p.get("also", ()))) for p in raw["pages"]),
        listing=bool(raw.get("listing")),
        folders=tuple(re.compile(text) for text in raw["folders"]),
        words={code_set: re.compile(text) for code_set, text in raw.get("words", {}).items()},
        updates=dict(raw.get("updates", {})),
        directories=re.compile(directories, re.IGNORECASE) if directories else None,
        update_directory_month=raw.get("update_directory_month"),
        known={path.lower(): effective_date(label) for path, label in raw.get("known", {}).items()},
        links=tuple(_rule(each) for each in raw["links"]),
        parts=tuple(_part(each) for each in raw["parts"]),
    )


def _read(name: str) -> Any:
    text = resources.files("codeset_pipeline.sources").joinpath("links", name).read_text(encoding="utf-8")
    return yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@cache
def all_rules() -> tuple[LinkRules, ...]:
    """Every file under `sources/links/`, in order of their names."""
    folder = resources.files("codeset_pipeline.sources").joinpath("links")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml") and entry.name != _SITES)
    return tuple(_rules(name.removesuffix(".yaml"), _read(name)) for name in names)


@cache
def sites() -> Mapping[str, Site]:
    """The publishers' sites by name."""
    raw = {name: value for name, value in _read(_SITES).items() if name != "licences"}
    return {
        name: Site(name, value["url"], tuple(value["hosts"]), dict(value["licence_pages"]))
        for name, value in raw.items()
    }


@cache
def licences() -> Mapping[str, Licence]:
    """The click-through licences by name."""
    raw = _read(_SITES)["licences"]
    return {name: Licence(name, each["title"], each["site"], each["path"]) for name, each in raw.items()}


def rules_for(code_set: str, site: str) -> LinkRules | None:
    """Where a site offers a code set; None where it does not."""
    return next((rules for rules in all_rules() if rules.site == site and code_set in rules.code_sets), None)


def offered_code_sets() -> tuple[str, ...]:
    """Code sets for which any link rule is known, also those that this program does not load."""
    return tuple(sorted({rule.code_set for rules in all_rules() for rule in rules.links}))
