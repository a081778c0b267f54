"""Rows of the tabular list of ICD-10-CM."""

from __future__ import annotations

from typing import NamedTuple

from codeset_pipeline.model import Oddity


class TabularCode(NamedTuple):
    """A header or code without dot. `order_number` counts from 1 in document order."""

    order_number: int
    code: str
    billable: bool
    long_title: str


class TabularNote(NamedTuple):
    """One note of a code (without dot), a chapter (`chapter 1`) or a section (`A00-A09`); it also holds for all codes
    below its owner.

    Attributes:
        kind: `includes`, `inclusion_term`, `excludes1`, `excludes2`, `code_first`, `use_additional_code`,
            `code_also`, `notes` or `seventh_character_note`.
        position: counts from 1 among the owner's notes of this kind; the notes of one kind read as a list.
    """

    owner: str
    kind: str
    position: int
    text: str


class SeventhCharacter(NamedTuple):
    """A 7th character as defined at its owner; the codes below inherit it."""

    owner: str
    character: str
    text: str


class TabularChapter(NamedTuple):
    """A chapter; `first` and `last` are categories of three characters, and the title stands without them."""

    number: str
    title: str
    first: str
    last: str


class TabularSection(NamedTuple):
    """A section (block) of a chapter. Some hold no codes of their own and only span the sections that follow."""

    id: str
    chapter: str
    title: str
    first: str
    last: str


class Tabular(NamedTuple):
    """The document's content, each list in document order. `version` is what the file says, such as `2026`."""

    version: str
    codes: list[TabularCode]
    notes: list[TabularNote]
    seventh_characters: list[SeventhCharacter]
    chapters: list[TabularChapter]
    sections: list[TabularSection]
    oddities: list[Oddity]
