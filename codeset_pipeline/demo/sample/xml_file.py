"""The sample as tabular XML: chapters, sections, codes with their notes and 7th characters."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from xml.sax.saxutils import escape

from codeset_pipeline.demo.sample.tabular_list import TabularList


def _element(tag: str, text: str) -> str:
    return f"<{tag}>{escape(text)}</{tag}>"


def _diagnosis(tabular: TabularList, code: str, below: list[str]) -> Iterator[str]:
    yield "<diag>"
    yield _element("name", code) + _element("desc", tabular.titles[code])
    for element, notes in groupby(tabular.notes(code), key=lambda note: note[0]):
        yield f"<{element}>" + "".join(_element("note", text) for _, text in notes) + f"</{element}>"
    own = tabular.outline["seventh_characters"].get(code, {})
    if own:
        yield "<sevenChrDef>"
        for character, text in own.items():
            yield f'<extension char="{character}">{escape(text)}</extension>'
        yield "</sevenChrDef>"
    yield from _diagnoses(tabular, below)
    yield "</diag>"


def _diagnoses(tabular: TabularList, codes: list[str]) -> Iterator[str]:
    """Each code with those that begin with it nested below; the codes come in tabular order."""
    position = 0
    while position < len(codes):
        code, end = codes[position], position + 1
        while end < len(codes) and codes[end].startswith(code):
            end += 1
        yield from _diagnosis(tabular, code, codes[position + 1 : end])
        position = end


def tabular_xml(tabular: TabularList) -> bytes:
    lines = ['<?xml version="1.0" encoding="utf-8"?>', "<ICD10CM.tabular>"]
    lines.append(_element("version", str(tabular.fiscal_year)))
    for chapter in tabular.outline["chapters"]:
        lines += ["<chapter>", _element("name", chapter["number"]) + _element("desc", chapter["title"])]
        for identity, title in chapter["sections"].items():
            first, _, last = identity.partition("-")
            codes = [code for code in tabular.titles if first <= code[:3] <= (last or first)]
            lines += [f'<section id="{identity}">', _element("desc", f"{title} ({identity})")]
            lines += [*_diagnoses(tabular, codes), "</section>"]
        lines.append("</chapter>")
    lines.append("</ICD10CM.tabular>")
    return ("\n".join(lines) + "\n").encode("utf-8")
