"""YAML and JSON assets: every value and list that holds references, wherever it stands in the structure.

FHIR ValueSets in them are read as such (`read_fhir`). Elsewhere a key says what stands under it; keys of HCPCS codes
and modifiers (`hcpcs`, `cpt`, `modifier`) are read by the rules of evidence for texts, and a code system beside a code
counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.amounts import amount_of
from codeset_pipeline.impact.cells import CellReader, Trust
from codeset_pipeline.impact.code_set_words import CODES, CPT, HCPCS, ICD, MODIFIER, OTHER, denies, said_by
from codeset_pipeline.impact.code_systems import code_set_of
from codeset_pipeline.impact.column_roles import CODE_ROLES, Role, is_weak, role_of, speaks_of_orders, words_of
from codeset_pipeline.impact.expressions import Form, Reference, parse
from codeset_pipeline.impact.mentions import Clause, Mention, Reading, Syntax
from codeset_pipeline.impact.read_fhir import read_value_sets, value_sets_in
from codeset_pipeline.impact.structure_nodes import (
    Entries,
    Items,
    Node,
    Scalar,
    json_lines,
    json_nodes,
    yaml_nodes,
)
from codeset_pipeline.impact.table_rows import text_of
from codeset_pipeline.impact.text_evidence import Believed, Evidence
from codeset_pipeline.impact.text_runs import Run, literals_in

_NAME_KEYS = ("rule", "rule_id", "ruleid", "rule_name", "id", "name", "title", "code_set", "key")
_NEGATED = frozenset({"not", "without", "unless"})
_SYSTEM_KEYS = frozenset(
    {
        "system",
        "codesystem",
        "code_system",
        "codesystemname",
        "coding_system",
        "codingsystem",
        "vocabulary",
        "code_type",
    }
)
#: Keys of a condition that name what is compared: `{field: dx, op: in, values: […]}`.
_FIELD_KEYS = frozenset({"field", "column", "attribute", "variable", "element", "fact", "property", "operand"})
#: Systems of codes that are none of ours; other values of such a key may name a computer system.
_OTHER_SYSTEM = re.compile(r"(?i)://|^urn:|^[0-9.]{8,}$|snomed|loinc|rxnorm|icd.?9|^ndc|^cvx|^cdt|revenue|drg|apc")
_ENDS = (("low", "high"), ("start", "end"), ("begin", "end"), ("first", "last"), ("min", "max"), ("from", "to"))


@dataclass(frozen=True, slots=True)
class _Place:
    """Where the walk stands: its path with and without positions, the rule it is in, and what the nearest key says."""

    path: str = ""
    plain: str = ""
    rule: str = ""
    owner: int = 0
    content: str = ""
    price: float | None = None
    trust: Trust = Trust.LIKELY
    only: str | None = None
    excluded: bool = False
    scope: tuple[str, ...] = ()
    in_range: bool = False
    said: str | None = None
    group: str = ""
    clause: Clause | None = None


def read_structure(data: bytes, path: Path, reader: CellReader) -> Reading:
    """The references of a YAML or JSON file.

    Raises:
        AssetError: the file is empty or does not parse; the message has the line.
    """
    text = text_of(data, path.name)
    ending = path.suffix.lower()
    if ending in (".ndjson", ".jsonl"):
        nodes = json_lines(text, path.name)
    else:
        nodes = (json_nodes if ending == ".json" else yaml_nodes)(text, path.name)
    value_sets = value_sets_in(nodes)
    if value_sets:
        return read_value_sets(value_sets, reader.vocabulary)
    if not any(_values(node) for node in nodes):
        raise AssetError(f"{path.name} is empty; give a file that holds at least one rule.")
    reading = Reading(must_be_billable=speaks_of_orders(path.name))
    walk = _Walk(reading, reader)
    for number, node in enumerate(nodes):
        walk.visit(node, _Place(scope=(f"document {number}",)))
    owners = {owner for owner in walk.owners if owner not in walk.parents}
    reading.lines = len(owners | walk.with_codes) or walk.scalars
    reading.lines_with_codes = len(walk.with_codes)
    if walk.places:
        reading.columns = {str(Role.CODE): walk.places[0] if len(walk.places) == 1 else walk.places}
    return reading


def _values(node: Node) -> int:
    if isinstance(node, Scalar):
        return bool(node.text.strip())
    if isinstance(node, Items):
        return sum(map(_values, node.items))
    return sum(1 + _values(value) for _, value in node.entries)


class _Walk:
    def __init__(self, reading: Reading, reader: CellReader) -> None:
        self.reading, self.reader = reading, reader
        self.places: list[str] = []
        self.owners: set[int] = set()
        self.parents: set[int] = set()
        self.with_codes: set[int] = set()
        self.scalars = 0
        self.evidence = Evidence(reader.vocabulary)

    def visit(self, node: Node, place: _Place) -> None:
        if isinstance(node, Scalar):
            self.scalars += 1
            self._scalar(node, place)
        elif isinstance(node, Items):
            if place.trust is Trust.LIKELY and self._mostly_codes(node):
                place = replace(place, trust=Trust.CODE)
            if node.items and all(isinstance(item, Scalar) for item in node.items):
                texts = "\n".join(item.text for item in node.items if isinstance(item, Scalar))
                place = replace(place, clause=Clause(texts, Syntax.ITEMS, place.path))
            else:
                place = replace(place, clause=None)
            for number, item in enumerate(node.items):
                inner = replace(place, path=f"{place.path}[{number}]", plain=f"{place.plain}[]")
                # Exclusions within a list of codes count for that list; a list of rules keeps its rules apart.
                if not isinstance(item, Scalar):
                    inner = replace(inner, scope=(*place.scope, str(number)))
                self.visit(item, inner)
        else:
            self._entries(node, place)

    def _entries(self, node: Entries, place: _Place) -> None:
        if place.said == OTHER:
            place = replace(place, said=None)
        place = _with_system(node, self._named(node, place))
        if (joined := self._joined(node, place)) is not None:
            key, reference = joined
            self._mention(
                reference, key.line, replace(place, path=place.path or key.text, plain=place.plain or key.text)
            )
            return
        for key, value in node.entries:
            inner = _under(key.text, place)
            self._key(key, inner, place)
            self.visit(value, inner)

    def _key(self, key: Scalar, inner: _Place, place: _Place) -> None:
        """Keys can be codes too: `{E11.9: Type 2 diabetes}`."""
        trust = Trust.LIKELY if place.trust is Trust.CODE else Trust.STRICT
        for reference in self.reader.read(key.text, trust).references:
            self._mention(reference, key.line, replace(inner, scope=place.scope, excluded=place.excluded))

    def _scalar(self, node: Scalar, place: _Place) -> None:
        if place.clause is None:
            place = replace(place, clause=Clause(node.text, Syntax.LIST, place.path))
        if place.said is not None:
            for found in self._procedures(node, place.said):
                told = replace(place, only=found.only or place.only)
                self._mention(Reference(found.expression, found.excluded), node.line, told)
            return
        read = self.reader.read(node.text, place.trust)
        if place.trust is Trust.CODE and not read.references and (glued := self._procedures(node, CODES)):
            for found in glued:
                self._mention(Reference(found.expression, found.excluded), node.line, replace(place, only=found.only))
            return
        if place.trust in (Trust.CODE, Trust.MIXED):
            for text in read.unrecognised:
                self.reading.missed(text, node.line, "no code of a loaded release")
        for reference in read.references:
            self._mention(reference, node.line, place)

    def _procedures(self, node: Scalar, said: str) -> list[Believed]:
        """The codes of a value under a key that speaks of HCPCS codes, CPT codes or modifiers."""
        if said == OTHER:
            return []
        literals = literals_in(node.text, 0)
        run = Run(said, 0, len(node.text), (), "", literals)
        believed, unread = self.evidence.of(run, node.text, "")
        if said != CODES:
            for missed in unread:
                self.reading.missed(missed.text, node.line, missed.why)
            if not literals and node.text.strip():
                self.reading.missed(node.text, node.line, "not written like codes")
        return believed

    def _mention(self, reference: Reference, line: int, place: _Place) -> None:
        plain = place.plain or "value"
        if plain not in self.places:
            self.places.append(plain)
        self.with_codes.add(place.owner or line)
        content = place.content or reference.expression.text
        self.reading.mentions.append(
            Mention(
                reference.expression,
                line,
                place.path or "value",
                plain,
                place.rule,
                content,
                place.scope,
                reference.excluded or place.excluded,
                place.price,
                place.only,
                group=place.group or "document",
                clause=place.clause,
            )
        )

    def _named(self, node: Entries, place: _Place) -> _Place:
        """The place within a mapping, with the rule's name where the mapping has one."""
        texts = {key.text.lower(): value.text for key, value in node.entries if isinstance(value, Scalar)}
        name = next((texts[key] for key in _NAME_KEYS if texts.get(key)), "")
        if not name or self.reader.read(name, Trust.STRICT).references:
            return place
        if place.owner:
            self.parents.add(place.owner)
        owner = id(node)
        self.owners.add(owner)
        prices = (amount_of(text) for key, text in texts.items() if role_of(key) is Role.PRICE)
        price = next((value for value in prices if value is not None), place.price)
        return replace(place, rule=name, owner=owner, content=name, price=price, group=place.path or name)

    def _joined(self, node: Entries, place: _Place) -> tuple[Scalar, Reference] | None:
        """A range written as a mapping, `{low: E11.0, high: E11.9}`; `from` and `to` only under a key named range."""
        texts = {key.text.lower(): (key, value.text) for key, value in node.entries if isinstance(value, Scalar)}
        for low, high in _ENDS:
            if low in texts and high in texts and (low != "from" or place.in_range):
                both = parse(f"{texts[low][1]}-{texts[high][1]}")
                if both is not None and both.form is Form.RANGE and self.reader.vocabulary.knows(both):
                    return texts[low][0], Reference(both)
        return None

    def _mostly_codes(self, node: Items) -> bool:
        texts = [item.text for item in node.items if isinstance(item, Scalar) and item.text]
        found = sum(bool(self.reader.read(text, Trust.LIKELY).references) for text in texts)
        return bool(texts) and found * 2 >= len(texts)


def _under(key: str, place: _Place) -> _Place:
    """The place under a key: `code`, `icd` or `dx` keys hold codes, prose keys do not, others may."""
    role, words = role_of(key), words_of(key)
    path = f"{place.path}.{key}" if place.path else key
    plain = f"{place.plain}.{key}" if place.plain else key
    excluding = role is Role.EXCLUDE or bool(words & _NEGATED)
    inner = replace(place, path=path, plain=plain, in_range=place.in_range or "range" in key.lower(), clause=None)
    if not place.owner:
        # `{diabetes: [...], lice: [...]}` are two rules, `{codes: [...], exclude: [...]}` is one.
        inner = replace(inner, group=path if role is None and not excluding else place.group or place.path)
    said = said_by(key)
    if role is not Role.EXCLUDE and said in (HCPCS, CPT, MODIFIER):
        inner = replace(inner, trust=Trust.CODE, only="hcpcs", said=said)
        return replace(inner, excluded=True) if excluding else replace(inner, scope=(*place.scope, key))
    if denies(key) and role not in CODE_ROLES:
        inner = replace(inner, said=OTHER)
    else:
        inner = replace(inner, said=place.said if said in (None, CODES) or excluding else None)
    if role in (Role.ICD, Role.PCS, Role.CODE) and not is_weak(key):
        inner = replace(inner, trust=Trust.CODE, only="icd10pcs" if role is Role.PCS else place.only)
    elif role in (Role.FOREIGN, Role.REVENUE_CODE, Role.CHARGE_CODE, Role.CODE_TYPE, Role.DEPARTMENT):
        inner = replace(inner, trust=Trust.STRICT)
    elif role in (Role.DESCRIPTION, Role.NAME, Role.PRICE, Role.RULE) and not re.search(r"(?i)rules$|sets$", key):
        inner = replace(inner, trust=Trust.STRICT if role is not Role.RULE else Trust.LIKELY)
    elif not excluding and place.trust is not Trust.CODE:
        inner = replace(inner, trust=Trust.LIKELY)
    if excluding:
        return replace(inner, excluded=True)  # for everything in the mapping that holds the key
    return replace(inner, scope=(*place.scope, key))


def _with_system(node: Entries, place: _Place) -> _Place:
    """The place within a mapping that names the code system of its codes."""
    for key, value in node.entries:
        if key.text.lower() in _FIELD_KEYS and isinstance(value, Scalar):
            said = said_by(value.text)
            if said in (HCPCS, CPT, MODIFIER):
                return replace(place, only=HCPCS, said=said)
            if said == ICD:
                return replace(place, only=ICD, said=None)
            if denies(value.text):
                return replace(place, said=OTHER)
        if key.text.lower() in _SYSTEM_KEYS and isinstance(value, Scalar):
            code_set = code_set_of(value.text)
            if code_set in ("icd10cm", "icd10pcs"):
                return replace(place, only=code_set, said=None)
            if code_set in (HCPCS, CPT):
                return replace(place, only=HCPCS, said=code_set)
            if _OTHER_SYSTEM.search(value.text):
                return replace(place, only="another code system")
    return place
