"""FHIR ValueSets (R4 and R5, JSON or XML, alone, contained or in a Bundle): compose with concepts and filters,
expansion.

| filter | covers |
|---|---|
| `is-a X` | X and every code that starts with it (HCPCS has no hierarchy: X alone) |
| `descendent-of X` | the same without X |
| `child-of X`, `parent = X` | the codes directly under X |
| `code = X`, `code in X,Y` | these codes |
| `code regex …` | the codes that match as a whole, with or without their dot |

Excludes are taken out of all includes of their value set, as FHIR has it. Everything else of a compose (several filters
together, other properties, imported value sets, a whole code system) is named in the notes and not judged.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

from codeset_pipeline.impact.code_systems import code_set_of
from codeset_pipeline.impact.column_roles import Role
from codeset_pipeline.impact.expressions import Expression, Form, parse, prefixed, regular
from codeset_pipeline.impact.mentions import Clause, Mention, Reading, Syntax
from codeset_pipeline.impact.structure_nodes import Entries, Items, Node, Scalar
from codeset_pipeline.impact.vocabulary import Vocabulary

_OURS = frozenset({"icd10cm", "icd10pcs", "hcpcs"})


def value_sets_in(nodes: list[Node]) -> list[Entries]:
    """The ValueSet resources anywhere in a structure."""
    found: list[Entries] = []
    stack: list[Node] = list(reversed(nodes))
    while stack:
        node = stack.pop()
        if isinstance(node, Entries):
            if _text(node, "resourceType") == "ValueSet":
                found.append(node)
            stack.extend(value for _, value in reversed(node.entries))
        elif isinstance(node, Items):
            stack.extend(reversed(node.items))
    return found


def read_value_sets(value_sets: list[Entries], vocabulary: Vocabulary) -> Reading:
    """The references of value sets; each value set is one rule."""
    reading = Reading()
    places: dict[str, None] = {}
    foreign: Counter[str] = Counter()
    for number, value_set in enumerate(value_sets):
        walk = _ValueSet(value_set, f"ValueSet {number}", reading, vocabulary, foreign)
        walk.read()
        reading.lines += 1
        reading.lines_with_codes += bool(walk.found)
        places.update(dict.fromkeys(mention.place for mention in walk.found))
        reading.mentions += walk.found
    for system, count in foreign.most_common():
        reading.notes.append(f"{count} codes of {system} are of no code set that is known here and were not judged.")
    if places:
        reading.columns = {str(Role.CODE): list(places) if len(places) > 1 else next(iter(places))}
    return reading


@dataclass(frozen=True, slots=True)
class _Part:
    """One include or exclude, or an expansion."""

    path: str
    scope: tuple[str, ...]
    excluded: bool
    code_set: str | None
    clause: Clause | None


class _ValueSet:
    def __init__(
        self, node: Entries, scope: str, reading: Reading, vocabulary: Vocabulary, others: Counter[str]
    ) -> None:
        self._node, self._scope, self._reading, self._vocabulary = node, scope, reading, vocabulary
        self._others = others
        self.name = next((text for key in ("name", "title", "id", "url") if (text := _text(node, key))), "")
        self.found: list[Mention] = []
        self._composed: set[tuple[str | None, str]] = set()

    def read(self) -> None:
        compose = _child(self._node, "compose")
        for kind in ("include", "exclude"):
            for number, part in enumerate(_items(_child(compose, kind))):
                self._part(part, kind, number)
        expansion = _child(self._node, "expansion")
        if expansion is not None:
            whole = _Part("expansion", (self._scope, "expansion"), False, None, None)
            self._contains(_child(expansion, "contains"), whole)

    def _part(self, node: Node, kind: str, number: int) -> None:
        if not isinstance(node, Entries):
            return
        system = _text(node, "system")
        code_set = code_set_of(system)
        excluded = kind == "exclude"
        scope = (self._scope,) if excluded else (self._scope, f"include {number}")
        clause = Clause(json.dumps(plain(node), ensure_ascii=False), Syntax.VALUE_SET, system)
        part = _Part(f"compose.{kind}[{number}]", scope, excluded, code_set, clause)
        for value_set in _items(_child(node, "valueSet")):
            if isinstance(value_set, Scalar):
                self._note(value_set.line, f"takes in the value set {value_set.text}, which was not followed")
        concepts, filters = _items(_child(node, "concept")), _items(_child(node, "filter"))
        if code_set not in _OURS:
            if concepts or filters:
                self._foreign(system, len(concepts))
            return
        for at, concept in enumerate(concepts):
            self._concept(concept, f"{part.path}.concept[{at}].code", part)
        if len(filters) > 1:
            self._note(_line(filters[0]), "has several filters that count together; a person must judge it")
        elif filters:
            self._filter(filters[0], part)
        elif not concepts and system:
            self._note(node.line, f"takes in the whole of {system}, so every new code too")

    def _concept(self, node: Node, path: str, part: _Part) -> None:
        code = _child(node, "code")
        if not isinstance(code, Scalar):
            return
        expression = parse(code.text)
        if expression is None or expression.form is not Form.CODE:
            self._reading.missed(code.text, code.line, "not written like a code")
            return
        if part.path == "expansion" and (part.code_set, expression.low) in self._composed:
            return
        self._composed.add((part.code_set, expression.low))
        self._add(expression, code.line, path, part)

    def _filter(self, node: Node, part: _Part) -> None:
        prop, operator, value = _text(node, "property").lower(), _text(node, "op").lower(), _text(node, "value")
        child = _child(node, "value")
        line = _line(child) if child is not None else _line(node)
        path = f"{part.path}.filter[0].value"
        for expression in _filtered(prop, operator, value, part.code_set or ""):
            if expression is None:
                self._reading.missed(f"{prop} {operator} {value}", line, "a filter that is not read")
            else:
                written = expression.text if operator in ("=", "in") else f"{operator} {value}"
                self._add(replace(expression, text=written), line, path, part)

    def _contains(self, node: Node | None, part: _Part) -> None:
        for item in _items(node):
            if not isinstance(item, Entries):
                continue
            code_set = code_set_of(_text(item, "system"))
            if code_set in _OURS and _text(item, "abstract") != "true":
                inner = _Part(part.path, part.scope, part.excluded, code_set, None)
                self._concept(item, "expansion.contains[].code", inner)
            elif code_set is not None and code_set not in _OURS:
                self._foreign(_text(item, "system"), 1)
            self._contains(_child(item, "contains"), part)

    def _add(self, expression: Expression, line: int, path: str, part: _Part) -> None:
        known = self._vocabulary.knows(expression)
        here = part.code_set in self._vocabulary.code_sets
        if here and not known and not self._vocabulary.unknown_in(expression, part.code_set):
            self._reading.missed(expression.text, line, "no code of a loaded release")
            return
        place = _plain(path)
        self.found.append(
            Mention(
                expression,
                line,
                path,
                place,
                self.name,
                self.name or expression.text,
                part.scope,
                part.excluded,
                only=part.code_set,
                group=self._scope,
                clause=part.clause,
            )
        )

    def _foreign(self, system: str, count: int) -> None:
        self._others[system or "another code system"] += max(count, 1)

    def _note(self, line: int, what: str) -> None:
        self._reading.notes.append(f"line {line}: {self.name or 'a value set'} {what}.")


def _filtered(prop: str, operator: str, value: str, code_set: str) -> Iterator[Expression | None]:
    codes = prop in ("code", "concept", "display-code", "")
    if operator in ("is-a", "descendent-of", "descendant-of", "descendent-leaf", "child-of") and code_set == "hcpcs":
        yield parse(value) if operator == "is-a" else None
    elif operator == "is-a" and (codes or prop == "parent"):
        yield prefixed(value)
    elif operator in ("descendent-of", "descendant-of", "descendent-leaf") and (codes or prop == "parent"):
        yield _under(value, f"{value}?*")
    elif operator == "child-of" or (prop == "parent" and operator == "="):
        start = prefixed(value)
        yield None if start is None else regular(f"{start.low}X*[0-9A-WYZ]", whole=True)
    elif codes and operator == "regex":
        yield regular(value, whole=True)
    elif codes and operator in ("=", "in"):
        for code in value.split(","):
            yield parse(code)
    else:
        yield None


def _under(code: str, pattern: str) -> Expression | None:
    start = prefixed(code)
    if start is None:
        return None
    return Expression(Form.WILDCARD, pattern, start.low, start.low, f"{start.low}?*", "." in code)


def plain(node: Node) -> object:
    """A node as Python values; numbers and truth values stay as text."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Items):
        return [plain(item) for item in node.items]
    return {key.text: plain(value) for key, value in node.entries}


def _plain(path: str) -> str:
    return "".join(part if at == 0 else "[]" + part.partition("]")[2] for at, part in enumerate(path.split("[")))


def _child(node: Node | None, key: str) -> Node | None:
    if not isinstance(node, Entries):
        return None
    return next((value for name, value in node.entries if name.text == key), None)


def _items(node: Node | None) -> list[Node]:
    if node is None:
        return []
    return node.items if isinstance(node, Items) else [node]


def _text(node: Node | None, key: str) -> str:
    child = _child(node, key)
    return child.text.strip() if isinstance(child, Scalar) else ""


def _line(node: Node | None) -> int:
    return node.line if node is not None else 0
