"""YAML and JSON assets: every value and list that holds references, wherever it stands in the structure."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.amounts import amount_of
from codeset_pipeline.impact.cells import CellReader, Trust
from codeset_pipeline.impact.column_roles import Role, is_weak, role_of, speaks_of_orders, words_of
from codeset_pipeline.impact.expressions import Form, Reference, parse
from codeset_pipeline.impact.mentions import Mention, Reading
from codeset_pipeline.impact.structure_nodes import Entries, Items, Node, Scalar, json_nodes, yaml_nodes
from codeset_pipeline.impact.table_rows import text_of

_NAME_KEYS = ("rule", "rule_id", "ruleid", "rule_name", "id", "name", "title", "code_set", "key")
_NEGATED = frozenset({"not", "without", "unless"})
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


def read_structure(data: bytes, path: Path, reader: CellReader) -> Reading:
    """The references of a YAML or JSON file.

    Raises:
        AssetError: the file is empty or does not parse; the message has the line.
    """
    text = text_of(data, path.name)
    nodes = (json_nodes if path.suffix.lower() == ".json" else yaml_nodes)(text, path.name)
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

    def visit(self, node: Node, place: _Place) -> None:
        if isinstance(node, Scalar):
            self.scalars += 1
            self._scalar(node, place)
        elif isinstance(node, Items):
            if place.trust is Trust.LIKELY and self._mostly_codes(node):
                place = replace(place, trust=Trust.CODE)
            for number, item in enumerate(node.items):
                inner = replace(place, path=f"{place.path}[{number}]", plain=f"{place.plain}[]")
                # Exclusions within a list of codes count for that list; a list of rules keeps its rules apart.
                if not isinstance(item, Scalar):
                    inner = replace(inner, scope=(*place.scope, str(number)))
                self.visit(item, inner)
        else:
            self._entries(node, place)

    def _entries(self, node: Entries, place: _Place) -> None:
        place = self._named(node, place)
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
        read = self.reader.read(node.text, place.trust)
        if place.trust in (Trust.CODE, Trust.MIXED):
            self.reading.unrecognised.update(read.unrecognised)
        for reference in read.references:
            self._mention(reference, node.line, place)

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
        return replace(place, rule=name, owner=owner, content=name, price=price)

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
    inner = replace(place, path=path, plain=plain, in_range=place.in_range or "range" in key.lower())
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
