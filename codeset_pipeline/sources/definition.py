"""The YAML source definitions, read into typed values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from codeset_pipeline.errors import UsageError


@dataclass(frozen=True, slots=True)
class FilePattern:
    """How one kind of release file is told from its name.

    Attributes:
        role: what the file is, such as `order` or `tabular`; `ptp_text_{part}` takes the group `part` of the name.
        name: pattern of the whole file name in lower case.
        unless: a name that also matches this is something else.
        beside: the pattern counts only in an archive that also holds a file matching this.
        within: the pattern counts only where the name of the archive, or of a folder that a bare file lies in,
            matches this.
    """

    role: str
    name: re.Pattern[str]
    unless: re.Pattern[str] | None
    beside: re.Pattern[str] | None
    within: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class IgnoredPattern:
    """A file that is known and not read, and why."""

    name: re.Pattern[str]
    why: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter (ICD-10-CM) or section (ICD-10-PCS) of a code set; `first` and `last` are code prefixes."""

    number: str
    first: str
    last: str
    title: str

    @property
    def name(self) -> str:
        return f"{self.number}. {self.title}"


@dataclass(frozen=True, slots=True)
class Wheel:
    """A Python wheel on the package index that carries a genuine release file."""

    package: str
    version: str
    release: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Source:
    """One code set's source definition (`codeset_pipeline/sources/<code_set>.yaml`).

    Attributes:
        calendar: `fiscal_year` (a release each 1 October) or `quarter`.
        layout: which family of published layouts its files follow: `icd10`, `hcpcs`, `ncci_ptp`,
            `ncci_mue` or `ncci_aoc`.
        dating: `by_release` or `by_row` (DESIGN section 4).
        published: `names` where only names tell when a file was posted, `member_dates` where the dates that an archive
            gives its members do, `replacements_by_member_dates` where these count for replacements only.
        known_counts: label → {"rows"} and, where that means something, "billable", as released.
        known_archives: sha256 → release label.
    """

    code_set: str
    title: str
    publisher: str
    licence: str
    cadence: str
    calendar: str
    layout: str
    dating: str
    published: str
    landing_pages: dict[str, str]
    files: tuple[FilePattern, ...]
    ignored: tuple[IgnoredPattern, ...]
    known_counts: dict[str, dict[str, int]]
    known_archives: dict[str, str]
    chapters: tuple[Chapter, ...]
    wheels: tuple[Wheel, ...]


def _pattern(text: str | None) -> re.Pattern[str] | None:
    return re.compile(text) if text else None


def _source(raw: dict[str, Any]) -> Source:
    return Source(
        code_set=raw["code_set"],
        title=raw["title"],
        publisher=raw["publisher"],
        licence=raw["licence"],
        cadence=raw["cadence"],
        calendar=raw["calendar"],
        layout=raw["layout"],
        dating=raw["dating"],
        published=raw.get("published", "names"),
        landing_pages=dict(raw["landing_pages"]),
        files=tuple(
            FilePattern(
                f["role"],
                re.compile(f["name"]),
                _pattern(f.get("unless")),
                _pattern(f.get("beside")),
                _pattern(f.get("within")),
            )
            for f in raw["files"]
        ),
        ignored=tuple(IgnoredPattern(re.compile(i["name"]), i["why"]) for i in raw["ignored"]),
        known_counts=dict(raw.get("known_counts", {})),
        known_archives=dict(raw.get("known_archives", {})),
        chapters=tuple(Chapter(**{**chapter, "number": str(chapter["number"])}) for chapter in raw.get("chapters", [])),
        wheels=tuple(Wheel(w["package"], w["version"], w["release"], w["sha256"]) for w in raw.get("pypi", [])),
    )


@cache
def code_sets() -> tuple[str, ...]:
    """Names of the code sets that have a source definition."""
    folder = resources.files("codeset_pipeline.sources")
    return tuple(sorted(entry.name[:-5] for entry in folder.iterdir() if entry.name.endswith(".yaml")))


@cache
def source(code_set: str) -> Source:
    """The source definition of a code set.

    Raises:
        UsageError: no such code set.
    """
    if code_set not in code_sets():
        raise UsageError(f"{code_set!r} is no code set of this program; use one of {', '.join(code_sets())}.")
    text = resources.files("codeset_pipeline.sources").joinpath(f"{code_set}.yaml").read_text(encoding="utf-8")
    return _source(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def has_crosswalk(code_set: str) -> bool:
    """Are codes of the set replaced by others? NCCI edits speak of codes of other sets, and are never replaced."""
    return not source(code_set).layout.startswith("ncci_")
