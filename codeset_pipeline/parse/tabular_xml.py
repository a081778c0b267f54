"""Tabular list of ICD-10-CM as XML (`icd10cm_tabular_YYYY.xml`): hierarchy, titles and instruction notes.

`ICD10CM.tabular / chapter / section / diag / diag …`. The file does not list codes that differ only in their
7th character: a `sevenChrDef` on a code defines these for every code below it that has no code below itself, unless
a nearer one overrides it. Codes are padded with X to six characters before the 7th is added. Expanded this way the
document gives the order file, row by row, in the same order; titles differ in accents only, because the order file is
ASCII.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.decoding import refuse_html
from codeset_pipeline.parse.tabular_rows import (
    SeventhCharacter,
    Tabular,
    TabularChapter,
    TabularCode,
    TabularNote,
    TabularSection,
)
from codeset_pipeline.parse.tabular_walk import TabularWalk, line_of

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = [
    "SeventhCharacter",
    "Tabular",
    "TabularChapter",
    "TabularCode",
    "TabularNote",
    "TabularSection",
    "parse_tabular",
]

_ROOT = "ICD10CM.tabular"
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_RANGE_IN_TITLE = re.compile(r"\s*\(([A-Z][0-9A-Z]{2})-([A-Z][0-9A-Z]{2})\)$")


def parse_tabular(data: bytes, file: str) -> Tabular:
    """Read a tabular XML.

    Raises:
        ParseError: the file is no well-formed tabular XML (cut short, another document), declares a document type or
            entities, holds an unknown element, or a code without name or title, twice or in no code's shape.
    """
    root = _root(data, file)
    walk = TabularWalk(file)
    version = ""
    for child in walk.children(root):
        if child.tag == "version":
            version = walk.text(child)
        elif child.tag == "chapter":
            _chapter(walk, child)
        else:
            walk.pass_over(child)
    if not walk.codes:
        raise ParseError(file, "a tabular XML with chapters and codes")
    if not version:
        walk.report(root, "The file does not state its version.", "", "Read without it.")
    return Tabular(
        version,
        walk.codes,
        walk.notes,
        walk.seventh_characters,
        walk.chapters,
        walk.sections,
        walk.oddities,
    )


def _root(data: bytes, file: str) -> _Element:
    """The root element, parsed without network, entities and document type."""
    from lxml import etree

    refuse_html(data, file, "a tabular XML")
    declaration = _DOCTYPE.search(data.replace(b"\0", b"") if b"\0" in data[:64] else data)
    if declaration:
        expected = "a tabular XML without document type, external entities or entity declarations"
        line = data.count(b"\n", 0, declaration.start()) + 1
        found = data[declaration.start() : declaration.start() + 100].decode("latin-1")
        raise ParseError(file, expected, line=line, text=found)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ParseError(
            file, "well-formed XML (the file may be cut short)", line=error.lineno, text=error.msg
        ) from None
    if root.tag != _ROOT:
        raise ParseError(file, f"the root element {_ROOT}", line=line_of(root), text=str(root.tag))
    if root.get("isAddenda") == "true":
        raise ParseError(file, "the full tabular list, but the file says that it is an addenda", line=line_of(root))
    return root


def _chapter(walk: TabularWalk, chapter: _Element) -> None:
    number, desc = walk.name_and_title(chapter)
    span = _RANGE_IN_TITLE.search(desc)
    if not span:
        raise ParseError(walk.file, "a chapter's title that ends in its range", line=line_of(chapter), text=desc)
    walk.chapters.append(TabularChapter(number, desc[: span.start()], span[1], span[2]))
    for child in walk.content(chapter, f"chapter {number}"):
        if child.tag == "section":
            _section(walk, child, number)
        else:
            walk.pass_over(child)


def _section(walk: TabularWalk, section: _Element, chapter: str) -> None:
    identity = (section.get("id") or "").strip()
    first, _, last = identity.partition("-")
    desc = walk.title(section)
    if not first:
        raise ParseError(walk.file, "a section with an id such as A00-A09", line=line_of(section), text=desc)
    title = _RANGE_IN_TITLE.sub("", desc)
    walk.sections.append(TabularSection(identity, chapter, title, first, last or first))
    for child in walk.content(section, identity):
        if child.tag == "diag":
            walk.diagnosis(child, ())
        else:
            walk.pass_over(child)
