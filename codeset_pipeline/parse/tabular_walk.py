"""The walk through a tabular XML: every element is read, named as left out, or stops the run."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from codeset_pipeline.codes import has_shape
from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.seventh_characters import ProseRule, looks_like_prohibition, rule_stated_by
from codeset_pipeline.parse.tabular_elements import ATTRIBUTES, IGNORED, NOTE_KINDS, SEVENTH_CHARACTERS
from codeset_pipeline.parse.tabular_rows import (
    SeventhCharacter,
    TabularChapter,
    TabularCode,
    TabularNote,
    TabularSection,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

_SEVENTH_CHARACTER = re.compile("[0-9A-Z]")
_NONE: frozenset[str] = frozenset()


def line_of(element: _Element) -> int | None:
    """1-based line of the element in the file."""
    return cast("int | None", element.sourceline)


class TabularWalk:
    """Collects the rows of one document, in document order."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.codes: list[TabularCode] = []
        self.notes: list[TabularNote] = []
        self.seventh_characters: list[SeventhCharacter] = []
        self.chapters: list[TabularChapter] = []
        self.sections: list[TabularSection] = []
        self.oddities: list[Oddity] = []
        self._seen: set[str] = set()
        self._rules: list[ProseRule] = []
        self._positions: dict[tuple[str, str], int] = {}

    def report(self, element: _Element, what: str, text: str, decision: str) -> None:
        """Record a departure that can be read safely."""
        self.oddities.append(Oddity(self.file, line_of(element), what, text, decision))

    def children(self, element: _Element) -> Iterator[_Element]:
        """The child elements; text between them and unknown attributes are reported."""
        if element.text and not element.text.isspace():
            self.report(element, f"Text stands loose in <{element.tag}>.", element.text.strip(), "Left out.")
        known = ATTRIBUTES.get(str(element.tag), _NONE)
        for name, value in element.attrib.items():
            if name not in known:
                what = f"<{element.tag}> has an unknown attribute."
                self.report(element, what, f"{name!s}={value!r}", "Attribute left out.")
        for child in element:
            if child.tail and not child.tail.isspace():
                self.report(child, f"Text stands loose after <{child.tag}>.", child.tail.strip(), "Left out.")
            yield child

    def pass_over(self, element: _Element) -> None:
        """Leave out an element that is known to be of no use here, that is empty, or that the schema does not know.

        Raises:
            ParseError: the element is unknown and codes hang below it, which would be lost.
        """
        if element.tag in IGNORED:
            return
        if element.find(".//diag") is not None or element.find(".//extension") is not None:
            raise ParseError(
                self.file, "an element of the tabular list's schema", line=line_of(element), text=f"<{element.tag}>"
            )
        if len(element) or element.attrib or (element.text and not element.text.isspace()):
            text = " ".join(" ".join(str(part) for part in element.itertext()).split())
            self.report(element, f"The element <{element.tag}> is not in the publisher's schema.", text, "Left out.")
            return
        self._empty(element)

    def text(self, element: _Element) -> str:
        """The element's text without blanks around it.

        Raises:
            ParseError: there are elements within, such as the marks of an addenda.
        """
        if len(element):
            found = f"<{element.tag}> with <{element[0].tag}>"
            raise ParseError(self.file, "text without elements within", line=line_of(element), text=found)
        return (element.text or "").strip()

    def title(self, element: _Element) -> str:
        """The text of the element's `desc`."""
        return self._only(element, "desc")

    def name_and_title(self, element: _Element) -> tuple[str, str]:
        """The texts of the element's `name` and `desc`."""
        return self._only(element, "name"), self._only(element, "desc")

    def _only(self, element: _Element, tag: str) -> str:
        found = element.findall(tag)
        text = self.text(found[0]) if len(found) == 1 else ""
        if not text:
            inside = " ".join(f"<{child.tag}>{(child.text or '').strip()}" for child in list(element)[:2])
            expected = f"one <{tag}> with text in each <{element.tag}>"
            raise ParseError(self.file, expected, line=line_of(element), text=inside)
        return text

    def content(self, element: _Element, owner: str) -> Iterator[_Element]:
        """The children that are neither name, title nor notes; the notes are collected on the way."""
        for child in self.children(element):
            kind = NOTE_KINDS.get(str(child.tag))
            if kind:
                self._notes(child, owner, kind)
            elif child.tag not in ("name", "desc"):
                yield child

    def diagnosis(self, diag: _Element, inherited: tuple[SeventhCharacter, ...]) -> None:
        """Read a code and all below it; `inherited` are the 7th characters of the codes above."""
        if not len(diag) and not (diag.text or "").strip() and not diag.attrib:
            self._empty(diag)
            return
        name, title = self.name_and_title(diag)
        code = name.replace(".", "")
        below: list[_Element] = []
        own: list[SeventhCharacter] = []
        for child in self.content(diag, code):
            if child.tag == "diag":
                below.append(child)
            elif child.tag == SEVENTH_CHARACTERS:
                own += self._definition(child, code)
            else:
                self.pass_over(child)
        if len({seventh.character for seventh in own}) < len(own):
            raise ParseError(self.file, "each 7th character once", line=line_of(diag), text=name)
        self.seventh_characters += own
        characters = tuple(own) or inherited
        self._add(diag, code, not below and not characters, title)
        if not below and characters:
            self._expand(diag, code, title, characters)
        for child in below:
            self.diagnosis(child, characters)

    def _expand(self, diag: _Element, code: str, title: str, characters: tuple[SeventhCharacter, ...]) -> None:
        base = code.ljust(6, "X")
        if len(base) > 6:
            raise ParseError(self.file, "at most six characters before a 7th", line=line_of(diag), text=code)
        for seventh in characters:
            if not any(rule.bars(base, seventh.character) for rule in self._rules):
                self._add(diag, base + seventh.character, True, f"{title}, {seventh.text}")

    def _add(self, diag: _Element, code: str, billable: bool, title: str) -> None:
        if code in self._seen or not has_shape("icd10cm", code):
            expected = "each code once" if code in self._seen else "a code of ICD-10-CM"
            raise ParseError(self.file, expected, line=line_of(diag), text=code)
        self._seen.add(code)
        self.codes.append(TabularCode(len(self.codes) + 1, code, billable, title))

    def _definition(self, definition: _Element, owner: str) -> list[SeventhCharacter]:
        found = []
        for child in self.children(definition):
            if child.tag == "extension":
                character, text = child.get("char") or "", self.text(child)
                if not _SEVENTH_CHARACTER.fullmatch(character) or not text:
                    expected = "a 7th character of one capital or digit, with text"
                    raise ParseError(self.file, expected, line=line_of(child), text=f"{character!r} {text}")
                found.append(SeventhCharacter(owner, character, text))
            elif child.tag == "note":
                self._note(child, owner, NOTE_KINDS["sevenChrNote"])
            else:
                self.pass_over(child)
        if not found:
            self.report(definition, "A definition of 7th characters is empty.", owner, "Those of the codes above hold.")
        return found

    def _notes(self, element: _Element, owner: str, kind: str) -> None:
        if not len(element):
            self._empty(element)
        for child in self.children(element):
            if child.tag == "note":
                self._note(child, owner, kind)
            else:
                self.pass_over(child)

    def _note(self, note: _Element, owner: str, kind: str) -> None:
        text = self.text(note)
        if not text:
            self._empty(note)
            return
        position = self._positions.get((owner, kind), 0) + 1
        self._positions[owner, kind] = position
        self.notes.append(TabularNote(owner, kind, position, text))
        rule = rule_stated_by(owner, text)
        if rule:
            self._rules.append(rule)
        elif looks_like_prohibition(text):
            what = f"The note on {owner} seems to bar 7th characters; expansion may be too wide."
            self.report(note, what, text, "All 7th characters kept; add a rule to seventh_character_exceptions.yaml.")

    def _empty(self, element: _Element) -> None:
        names = (above.findtext("name") for above in element.iterancestors())
        owner = next((name.strip() for name in names if name), "")
        self.report(element, f"<{element.tag}> is empty.", f"under {owner}", "Left out.")
