"""Which codes a value set has: everything, prefixes, ranges, patterns, kinds of a code, or a list."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from codeset_pipeline.codes import normalise, printed
from codeset_pipeline.history.code_tables import code_table
from codeset_pipeline.serve.fhir.systems import code_set_of
from codeset_pipeline.serve.problems import Problem

# (code without dot, billable) → is it in?
Test = Callable[[str, bool], bool]

_RANGE = re.compile(r"([0-9A-Z]{1,8})-([0-9A-Z]{1,8})")
_PREFIX = re.compile(r"([0-9A-Z]{1,8})\*?")
# No group may be repeated, and little else: a pattern of many repeats takes exponential time even over short codes.
_SAFE = re.compile(r"(?!.*\)[*+?{])[0-9A-Za-z.\[\]\\^$|()*+?{},-]{1,100}")


class Include:
    """Codes of one code system that pass every test."""

    def __init__(self, code_set: str, version: str | None, tests: list[Test], key: str) -> None:
        self.code_set, self.version, self.tests, self.key = code_set, version, tests, key

    def has(self, code: str, billable: bool) -> bool:
        return all(test(code, billable) for test in self.tests)


def prefix_test(text: str) -> Test:
    found = _PREFIX.fullmatch(normalise(text))
    if found is None:
        raise Problem(400, "A prefix is letters and digits, such as E11 or E11*.")
    start = found[1]
    return lambda code, _: code.startswith(start)


def range_test(text: str) -> Test:
    """Both ends belong to a range, and everything below the last code too."""
    found = _RANGE.fullmatch(normalise(text))
    if found is None or found[1] > found[2]:
        raise Problem(400, "A range is two codes in order, such as E11.0-E11.9.")
    first, last = found[1], found[2]
    return lambda code, _: code >= first and code[: len(last)] <= last


def from_url(url: str) -> Include:
    """An implicit value set: `<system>?fhir_vs`, `…=E11*`, `…=E11.0-E11.9`, `…=isa/E11`.

    Raises:
        Problem: the address names none.
    """
    system, _, rest = url.partition("?")
    code_set, version = code_set_of(system)
    name, _, text = rest.partition("=")
    text, _, later = text.partition("|")
    if name.partition("|")[0] != "fhir_vs":
        raise Problem(404, "This server has implicit value sets only, such as <system>?fhir_vs=E11*.")
    version = later or name.partition("|")[2] or version
    if not text:
        return Include(code_set, version, [], "")
    kind = "range" if "-" in text else "prefix"
    if text.startswith("isa/"):
        return Include(code_set, version, [_is_a(code_set, text[4:], True)], text)
    return Include(code_set, version, [range_test(text) if kind == "range" else prefix_test(text)], text)


def _is_a(code_set: str, text: str, itself: bool) -> Test:
    top = normalise(text)
    if not re.fullmatch(r"[0-9A-Z]{1,8}", top):
        raise Problem(400, "is-a takes a code.")
    if not code_table(code_set).hierarchy:
        return lambda code, _: code == top and itself
    return lambda code, _: code.startswith(top) and (itself or code != top)


def _filter_test(code_set: str, raw: Any) -> Test:
    if not isinstance(raw, dict) or not all(isinstance(raw.get(name), str) for name in ("property", "op", "value")):
        raise Problem(400, "A filter has property, op and value, each a text.")
    name, op, value = raw["property"], raw["op"], raw["value"]
    if name == "prefix" and op == "=":
        return prefix_test(value)
    if name == "range" and op == "=":
        return range_test(value)
    if name == "billable" and op == "=" and value in {"true", "false"}:
        return lambda _, billable: billable == (value == "true")
    if name in {"code", "concept"}:
        if op in {"is-a", "descendent-of"}:
            return _is_a(code_set, value, op == "is-a")
        if op in {"=", "in"}:
            codes = frozenset(normalise(each) for each in value.split(","))
            return lambda code, _: code in codes
        if op == "regex":
            return _regex_test(code_set, value)
    raise Problem(
        422,
        "This server filters by code (=, in, regex, is-a, descendent-of), prefix (=), range (=) and billable (=).",
    )


def _regex_test(code_set: str, text: str) -> Test:
    repeats, choices = sum(map(text.count, "*+?{")), text.count("|")
    if not _SAFE.fullmatch(text) or repeats > 3 or choices > 5:
        raise Problem(
            422,
            "A regex has at most 100 letters, digits and signs, three repeats (* + ? {}), five choices (|), and no "
            "repeated group.",
        )
    try:
        pattern = re.compile(text)
    except (re.error, OverflowError, RecursionError):
        raise Problem(400, "This is no regular expression.") from None
    return lambda code, _: pattern.fullmatch(printed(code_set, code)) is not None


def from_compose(value_set: dict[str, Any]) -> tuple[list[Include], list[Include]]:
    """What a ValueSet resource includes and excludes.

    Raises:
        Problem: it cannot be read, or asks for what this server does not have.
    """
    compose = value_set.get("compose")
    if not isinstance(compose, dict) or not isinstance(compose.get("include"), list) or not compose["include"]:
        raise Problem(400, "The ValueSet has no compose.include.")
    excludes = compose.get("exclude", [])
    if not isinstance(excludes, list) or len(compose["include"]) + len(excludes) > 50:
        raise Problem(400, "compose.exclude must be a list, and there may be 50 parts at most.")
    return [_part(each) for each in compose["include"]], [_part(each) for each in excludes]


def _part(raw: Any) -> Include:
    if not isinstance(raw, dict) or "valueSet" in raw:
        raise Problem(422, "Each part must name a system; value sets made of others are not supported.")
    system, version = raw.get("system"), raw.get("version")
    if not isinstance(system, str) or not (version is None or isinstance(version, str)):
        raise Problem(400, "Each part must name its system, and may name a version.")
    code_set, named = code_set_of(system)
    tests: list[Test] = []
    concepts, filters = raw.get("concept"), raw.get("filter", [])
    if concepts is not None:
        if not isinstance(concepts, list) or not all(
            isinstance(c, dict) and isinstance(c.get("code"), str) for c in concepts
        ):
            raise Problem(400, "Each concept must have a code.")
        wanted = frozenset(normalise(concept["code"]) for concept in concepts)
        tests.append(lambda code, _: code in wanted)
    if not isinstance(filters, list) or len(filters) > 20:
        raise Problem(400, "filter must be a list of at most 20.")
    tests += [_filter_test(code_set, each) for each in filters]
    return Include(code_set, version or named, tests, repr(raw))
