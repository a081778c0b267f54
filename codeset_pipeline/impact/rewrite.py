"""A clause of a rule written anew: codes exchanged and added in the clause's own syntax, and read back to be sure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from codeset_pipeline.codes import normalise, printed
from codeset_pipeline.impact.cells import CellReader, Trust
from codeset_pipeline.impact.expressions import Form, Reference
from codeset_pipeline.impact.mentions import Clause, Mention, Syntax
from codeset_pipeline.impact.read_fhir import read_value_sets, value_sets_in
from codeset_pipeline.impact.read_text import read_text
from codeset_pipeline.impact.structure_nodes import json_nodes

_SEPARATOR = re.compile(r"\s*[,;|\n]\s*")
_KNOWN = re.compile(r"[0-9A-Za-z.]+")


def shown(clause: Clause) -> str:
    """A clause as people read it: the items of a list as a list."""
    return _items(clause.text.split("\n")) if clause.syntax is Syntax.ITEMS else clause.text


def written_anew(clause: Clause, exchanged: Mapping[str, str], added: Sequence[str], code_set: str) -> str | None:
    """The clause with codes exchanged and others added; None where its syntax does not allow it.

    A query does not say whether its column holds codes with or without their dot unless one of its codes tells; where
    none does, codes are added both ways, which selects the same.

    Args:
        exchanged: code as the clause writes it → new code without dot.
        added: codes without dot that it should cover too.
    """
    if clause.syntax is Syntax.VALUE_SET:
        return _value_set(clause, exchanged, added, code_set)
    unsure = clause.syntax is Syntax.QUERY and "." not in clause.text and not _bare(clause.text)
    if unsure and any(len(code) > 3 for code in exchanged.values()):
        return None  # with or without its dot? The column alone knows.
    parts = clause.text.split("\n") if clause.syntax is Syntax.ITEMS else [clause.text]
    for old, code in exchanged.items():
        new = _like(old, code, clause.text, code_set)
        found = re.compile(rf"(?<![0-9A-Za-z.]){re.escape(old)}(?![0-9A-Za-z]|\.[0-9A-Za-z])")
        if not any(map(found.search, parts)):
            return None
        parts = [found.sub(new, part) for part in parts]
    news = [_like("", code, clause.text, code_set) for code in added]
    if clause.syntax is Syntax.ITEMS:
        return _items([*parts, *news])
    text = parts[0]
    if not news:
        return text
    if clause.syntax is Syntax.LIST:
        separator = _SEPARATOR.search(text)
        # In front, since what follows an `except` is taken out.
        return (separator[0] if separator else ", ").join([*news, text])
    if clause.syntax is Syntax.QUERY and clause.subject:
        if unsure:
            news = [text for code in added for text in dict.fromkeys((printed(code_set, code), code))]
        which = f"= '{news[0]}'" if len(news) == 1 else f"IN ({', '.join(repr(code) for code in news)})"
        return f"({text} OR {clause.subject} {which})"
    return None


def references_in(clause: Clause, text: str, reader: CellReader) -> list[Reference]:
    """The references of a clause's new text, read as the clause itself was."""
    if clause.syntax is Syntax.VALUE_SET:
        parts = json.loads(text)
        include = parts if isinstance(parts, list) else [parts]
        document = json.dumps({"resourceType": "ValueSet", "compose": {"include": include}})
        reading = read_value_sets(value_sets_in(json_nodes(document, "rewritten")), reader.vocabulary)
        return [Reference(mention.expression, mention.excluded) for mention in reading.mentions]
    if clause.syntax is Syntax.ITEMS:
        return [found for item in json.loads(text) for found in _in_cell(item, reader)]
    if clause.syntax is Syntax.LIST:
        return _in_cell(text, reader)
    found = read_text(text, Path("rewritten.sql"), reader.vocabulary).mentions
    return [Reference(mention.expression, mention.excluded) for mention in found]


def _in_cell(text: str, reader: CellReader) -> list[Reference]:
    return list(reader.read(text, Trust.CODE).references)


def key_of(reference: Reference) -> tuple[str, str, str, str, str, bool]:
    """What a reference covers, whatever way it is written."""
    expression = reference.expression
    return (
        str(expression.form),
        expression.low,
        expression.high,
        expression.pattern.replace(".", "") if expression.form is Form.WILDCARD else expression.pattern,
        expression.end,
        reference.excluded,
    )


def clause_of(mention: Mention, others: Iterable[Mention]) -> Clause:
    """The clause of a mention; without one the references that stand in the same place, as a list."""
    if mention.clause is not None:
        return mention.clause
    return Clause(", ".join(_written(other) for other in others), Syntax.LIST)


def _written(mention: Mention) -> str:
    return f"!{mention.expression.text}" if mention.excluded else mention.expression.text


def _value_set(clause: Clause, exchanged: Mapping[str, str], added: Sequence[str], code_set: str) -> str:
    part: dict[str, Any] = json.loads(clause.text)
    new = {normalise(old): code for old, code in exchanged.items()}
    for concept in part.get("concept", ()):
        code = new.get(normalise(str(concept.get("code", ""))))
        if code is not None:
            concept["code"] = printed(code_set, code)
            concept.pop("display", None)
    if not added:
        return json.dumps(part, ensure_ascii=False)
    concepts = [{"code": printed(code_set, code)} for code in added]
    if "concept" in part:
        part["concept"] += concepts
        return json.dumps(part, ensure_ascii=False)
    return json.dumps([part, {"system": part.get("system", ""), "concept": concepts}], ensure_ascii=False)


def _items(texts: Sequence[str]) -> str:
    return json.dumps(list(texts), ensure_ascii=False)


def _like(old: str, code: str, clause: str, code_set: str) -> str:
    """A code written the way the old one is: with or without dot, in capitals or small letters."""
    dotted = "." in old or (len(old) <= 3 and ("." in clause or not _bare(clause)))
    new = printed(code_set, code) if dotted else code
    sample = old or clause
    return new.lower() if sample == sample.lower() and any(map(str.isalpha, sample)) else new


def _bare(clause: str) -> bool:
    """Does a clause hold codes longer than a category without their dot?"""
    return any(re.fullmatch(r"[A-Za-z]\d[0-9A-Za-z]{2,5}", word) for word in _KNOWN.findall(clause))
