"""Text whose own marks say what stands where: HL7 v2 messages, X12 claims and XML."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from codeset_pipeline.impact.code_set_words import CODES, HCPCS, ICD, MODIFIER, OTHER, PCS, said_by
from codeset_pipeline.impact.code_systems import code_set_of
from codeset_pipeline.impact.text_runs import Run, literals_in, literals_in_prose

_SEGMENT = re.compile(r"(?m)^[\x0b\ufeff\x1c\r]*([A-Z][A-Z0-9]{2})(?=\|)[^\r\n]*")
#: Fields of HL7 v2 that hold codes whether or not they name a code system.
_FIELDS = {
    ("DG1", 3): ICD,
    ("FT1", 7): HCPCS,
    ("FT1", 19): ICD,
    ("FT1", 25): HCPCS,
    ("FT1", 26): MODIFIER,
    ("PR1", 3): HCPCS,
    ("PR1", 16): MODIFIER,
}
#: Qualifiers of X12 837 composites: HI diagnoses and procedures, SV1/SV2/SVD services.
_QUALIFIERS = {
    **dict.fromkeys(("ABK", "ABF", "ABJ", "APR", "ABN"), ICD),
    **dict.fromkeys(("BBR", "BBQ"), PCS),
    "HC": HCPCS,
}
_EXCLUDING = frozenset({"exclude", "excludes", "exclusion", "exclusions", "except", "not", "excluded"})


def marked_runs(text: str) -> list[Run] | None:
    """The runs of a message, claim or XML file; None when the text is none of them."""
    start = text[:2000].lstrip("\ufeff\x0b \t\r\n")
    if start.startswith("ISA") and len(start) > 105:
        return list(_x12(text, start[3], start[105:106]))
    segments = _SEGMENT.findall(text[:20000])
    if start.startswith(("MSH|", "FHS|", "BHS|")) or len(segments) * 2 > max(len(text[:20000].splitlines()), 2):
        return list(_hl7(text))
    if start.startswith("<") and re.match(r"<(?:\?xml|!--|!DOCTYPE|[A-Za-z])", start):
        return list(_Xml(text).runs())
    return None


def _hl7(text: str) -> Iterator[Run]:
    message = 0
    for match in _SEGMENT.finditer(text):
        segment = match[1]
        message += segment == "MSH"
        place = match.start(1)
        for number, (field, at) in enumerate(_parts(match[0][match[0].index(segment) :], "|", place)):
            if number == 0 or (segment == "MSH" and number < 3):
                continue
            for repetition, start in _parts(field, "~", at):
                components = list(_parts(repetition, "^", start))
                for code_at, system_at in ((0, 2), (3, 5)):
                    if code_at >= len(components) or not components[code_at][0].strip():
                        continue
                    code, offset = components[code_at]
                    named = components[system_at][0] if system_at < len(components) else ""
                    said = code_set_of(named)
                    if said is None and code_at == 0:
                        said = _FIELDS.get((segment, number))
                    if said in (None, OTHER):
                        continue
                    literals = literals_in(code.split("&")[0], offset)
                    if literals:
                        label = MODIFIER if said == MODIFIER else f"{segment}-{number}"
                        system = None if said == MODIFIER else said
                        scope = (f"message {message}", f"{segment} {place}")
                        yield Run(label, offset, offset + len(code), scope, "", literals, system)


def _x12(text: str, element: str, end: str) -> Iterator[Run]:
    inner = ":"
    for number, (segment, start) in enumerate(_parts(text, end, 0)):
        parts = list(_parts(segment, element, start))
        if parts[0][0].strip() not in ("HI", "SV1", "SV2", "SVD", "SV5", "SV7"):
            continue
        for composite, at in parts[1:]:
            pieces = list(_parts(composite, inner, at))
            system = _QUALIFIERS.get(pieces[0][0].strip())
            if system is None or len(pieces) < 2:
                continue
            label = parts[0][0].strip()
            for order, (code, offset) in enumerate(pieces[1:6]):
                said = system if order == 0 else MODIFIER
                if (order and system != HCPCS) or not (literals := literals_in(code, offset)):
                    continue
                name = MODIFIER if said == MODIFIER else label
                named = None if said == MODIFIER else said
                yield Run(name, offset, offset + len(code), (f"segment {number}",), "", literals, named)


def _parts(text: str, separator: str, start: int) -> Iterator[tuple[str, int]]:
    at = start
    for part in text.split(separator):
        yield part, at
        at += len(part) + len(separator)


_TAG = re.compile(
    r"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<[?!][^>]*>"
    r"|<(?P<close>/?)(?P<name>[\w:.-]+)(?P<attributes>(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"]*\"|'[^']*'))*)\s*(?P<empty>/?)>",
    re.DOTALL,
)
_ATTRIBUTE = re.compile(r"([\w:.-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_SYSTEMS = frozenset(
    {"system", "codesystem", "codesystemname", "codingsystem", "codingscheme", "codetype", "vocabulary"}
)
#: Attributes of pages and drawings, in which `M11.1 12.0` is the beginning of a line.
_DRAWING = frozenset({"d", "points", "path", "style", "class", "href", "src", "transform", "viewbox", "schemalocation"})
_NAMING = ("ruleid", "rule", "name", "id", "title", "displayname")


@dataclass
class _Element:
    name: str
    number: int
    system: str | None = None
    rule: str = ""
    excluded: bool = False


class _Xml:
    def __init__(self, text: str) -> None:
        self._text = text
        self._stack: list[_Element] = [_Element("", 0)]
        self._found: list[tuple[int, Run]] = []

    def runs(self) -> Iterator[Run]:
        at = number = 0
        for match in _TAG.finditer(self._text):
            self._content(at, match.start())
            at = match.end()
            if match["name"] is None:
                continue
            if match["close"]:
                if len(self._stack) > 1:
                    self._stack.pop()
                continue
            number += 1
            self._open(match, number)
            if match["empty"]:
                self._stack.pop()
        yield from (run for _, run in self._found)

    def _open(self, match: re.Match[str], number: int) -> None:
        local = match["name"].rpartition(":")[2]
        parent = self._stack[-1]
        element = _Element(local, number, excluded=local.lower() in _EXCLUDING)
        attributes = {
            found[1].rpartition(":")[2]: (
                found[2] if found[2] is not None else found[3],
                match.start("attributes") + found.start(2 if found[2] is not None else 3),
            )
            for found in _ATTRIBUTE.finditer(match["attributes"])
        }
        small = {key.lower(): value for key, (value, _) in attributes.items()}
        systems = [code_set_of(small[key]) for key in sorted(_SYSTEMS & small.keys())]
        element.system = next((system for system in systems if system and system != OTHER), next(iter(systems), None))
        element.rule = next((small[key] for key in _NAMING if small.get(key)), "")
        self._stack.append(element)
        for key, (value, start) in attributes.items():
            if key.lower() in _SYSTEMS or key.lower() in _DRAWING or key.lower().startswith("xml"):
                continue
            if key.lower() == "value" and local.lower() in _SYSTEMS:
                self._name_system(parent, value)
            elif key.lower() == "value":
                self._add(local, parent.name, value, start)
            else:
                self._add(key, local, value, start)

    def _content(self, start: int, end: int) -> None:
        content = self._text[start:end]
        stripped = content.strip()
        if not stripped or len(self._stack) < 2:
            return
        element, parent = self._stack[-1], self._stack[-2]
        if element.name.lower() in _SYSTEMS:
            self._name_system(parent, stripped)
        else:
            self._add(element.name, parent.name, stripped, start + content.index(stripped[0]))

    def _name_system(self, element: _Element, value: str) -> None:
        """A system named in an element beside the code, before or after it."""
        system = code_set_of(value)
        element.system = system
        for number, run in self._found[-5:]:
            if number == element.number and run.system is None:
                run.system = system

    def _add(self, name: str, parent: str, value: str, start: int) -> None:
        if len(value) > 20_000:
            return
        excluded = any(element.excluded for element in self._stack)
        own = said_by(name)
        both = said_by(f"{parent} {name}")
        label = name if own not in (None, CODES) or both in (None, CODES) else f"{parent} {name}"
        literals = literals_in(value, start, excluded=excluded)
        prose = not literals
        if prose:
            literals = literals_in_prose(value, start, excluded=excluded)
            if not literals:
                return
        named = next((element for element in reversed(self._stack) if element.rule), None)
        holder = self._stack[-2] if len(self._stack) > 1 else self._stack[-1]
        group = named or holder
        system = None if prose else next((e.system for e in reversed(self._stack) if e.system is not None), None)
        if own in (OTHER, MODIFIER):
            system = None
        run = Run(label, start, start + len(value), (f"element {group.number}",), group.rule, literals, system, prose)
        self._found.append((holder.number, run))
