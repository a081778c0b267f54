"""YAML, JSON and FHIR XML as trees whose values know their lines.

Values stay as text, because `0210093` is a procedure code and no octal number.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from codeset_pipeline.errors import AssetError

if TYPE_CHECKING:
    import yaml
    from lxml.etree import _Element

#: More values than any list of rules repeats through its anchors; stops a YAML file whose aliases multiply.
_MOST_REPEATED = 200_000


@dataclass(frozen=True, slots=True)
class Scalar:
    """A value as written, with its 1-based line."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    items: list[Node]
    line: int


@dataclass(frozen=True, slots=True)
class Entries:
    """A mapping, with its keys in their order, repeated ones too."""

    entries: list[tuple[Scalar, Node]]
    line: int


Node = Scalar | Items | Entries


def yaml_nodes(text: str, name: str) -> list[Node]:
    """The documents of a YAML file; none when it holds only comments.

    Raises:
        AssetError: the text is no YAML, with the line.
    """
    import yaml

    loader: type[yaml.SafeLoader | yaml.CSafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        documents = [node for node in yaml.compose_all(text, Loader=loader) if node is not None]
        tree = _YamlTree(name)
        nodes = [tree.value(node, ()) for node in documents]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise AssetError(f"{name}, line {line}, is no valid YAML ({error.problem}); mend it and retry.") from None
    except yaml.YAMLError as error:
        raise AssetError(f"{name} is no valid YAML ({' '.join(str(error).split())}); mend it and retry.") from None
    except RecursionError:
        raise _too_deep(name) from None
    return [node for node in nodes if not (isinstance(node, Scalar) and not node.text.strip())]


class _YamlTree:
    """The tree of composed YAML, in which an anchor's value stands again wherever an alias names it."""

    def __init__(self, name: str) -> None:
        self._name, self._seen, self._repeated = name, set[int](), 0

    def value(self, node: yaml.Node, above: tuple[int, ...]) -> Node:
        import yaml

        self._repeated += id(node) in self._seen
        self._seen.add(id(node))
        if self._repeated > _MOST_REPEATED or id(node) in above:
            raise AssetError(
                f"{self._name} refers to itself, or repeats its anchors without end; write the lists out and retry."
            )
        line = node.start_mark.line + 1
        within = (*above, id(node))
        if isinstance(node, yaml.SequenceNode):
            return Items([self.value(item, within) for item in node.value], line)
        if isinstance(node, yaml.MappingNode):
            entries: list[tuple[Scalar, Node]] = []
            for key, value in node.value:
                text = key.value if isinstance(key, yaml.ScalarNode) else ""
                entries.append((Scalar(text, key.start_mark.line + 1), self.value(value, within)))
            return Entries(entries, line)
        null = node.tag == "tag:yaml.org,2002:null"
        return Scalar("" if null else str(node.value), line)


def json_nodes(text: str, name: str) -> list[Node]:
    """The value of a JSON file, as a list of one; none when the file is blank.

    Raises:
        AssetError: the text is no JSON, with the line.
    """
    if not text.strip():
        return []
    try:
        json.loads(text)
        return [_JsonTree(text).value()]
    except json.JSONDecodeError as error:
        raise AssetError(f"{name}, line {error.lineno}, is no valid JSON ({error.msg}); mend it and retry.") from None
    except RecursionError:
        raise _too_deep(name) from None


def json_lines(text: str, name: str) -> list[Node]:
    """The values of a file with one JSON value a line.

    Raises:
        AssetError: a line is no JSON, with its number.
    """
    found: list[Node] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip():
            try:
                json.loads(line)
                found.append(_JsonTree(line, number).value())
            except json.JSONDecodeError as error:
                raise AssetError(f"{name}, line {number}, is no valid JSON ({error.msg}); mend it and retry.") from None
            except RecursionError:
                raise _too_deep(name) from None
    return found


def _too_deep(name: str) -> AssetError:
    return AssetError(f"{name} is nested too deeply to be a list of rules; flatten it and retry.")


class _JsonTree:
    """The tree of a text already known to be JSON; the standard parser does not tell lines."""

    _TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\s\[\]{}:,"]+)', re.DOTALL)

    def __init__(self, text: str, line: int = 1) -> None:
        self._text, self._at, self._line, self._counted = text, 0, line, 0

    def _next(self) -> tuple[str, int]:
        match = self._TOKEN.match(self._text, self._at)
        assert match is not None
        self._line += self._text.count("\n", self._counted, match.start(1))
        self._counted, self._at = match.start(1), match.end()
        return match[1], self._line

    def value(self, token: tuple[str, int] | None = None) -> Node:
        text, line = token or self._next()
        if text == "[":
            items: list[Node] = []
            while (token := self._next())[0] != "]":
                if token[0] != ",":
                    items.append(self.value(token))
            return Items(items, line)
        if text == "{":
            entries: list[tuple[Scalar, Node]] = []
            while (token := self._next())[0] != "}":
                if token[0] != ",":
                    self._next()  # the colon
                    entries.append((Scalar(json.loads(token[0]), token[1]), self.value()))
            return Entries(entries, line)
        if text.startswith('"'):
            return Scalar(json.loads(text), line)
        return Scalar("" if text == "null" else text, line)


def fhir_xml_nodes(data: bytes) -> list[Node] | None:
    """A FHIR resource in XML as the tree of its JSON form; None when the bytes are no FHIR XML."""
    if b"http://hl7.org/fhir" not in data[:4000]:
        return None
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        return None
    if not str(root.tag).startswith("{http://hl7.org/fhir}"):
        return None
    return [_xml_resource(root)]


def _line(element: _Element) -> int:
    line: Any = element.sourceline  # the stubs have no type for it
    return int(line or 1)


def _xml_resource(element: _Element) -> Entries:
    kind = str(element.tag).rpartition("}")[2]
    line = _line(element)
    inner = _xml_entries(element)
    return Entries([(Scalar("resourceType", line), Scalar(kind, line)), *inner], line)


def _xml_entries(element: _Element) -> list[tuple[Scalar, Node]]:
    """The children by name, repeated ones as a list."""
    grouped: dict[str, list[Node]] = {}
    lines: dict[str, int] = {}
    for child in element:
        tag: Any = child.tag  # a comment has a function for its tag
        if not isinstance(tag, str):
            continue
        name, line = tag.rpartition("}")[2], _line(child)
        value = child.get("value")
        node: Node
        if name in ("resource", "contained") and len(child):
            node = _xml_resource(child[0])
        else:
            node = Scalar(value, line) if value is not None else Entries(_xml_entries(child), line)
        lines.setdefault(name, line)
        grouped.setdefault(name, []).append(node)
    return [
        (Scalar(name, lines[name]), nodes[0] if len(nodes) == 1 else Items(nodes, lines[name]))
        for name, nodes in grouped.items()
    ]
