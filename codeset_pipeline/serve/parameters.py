"""What a request asks for: path and query parameters, read strictly."""

from __future__ import annotations

import re
from datetime import date

from starlette.requests import Request

from codeset_pipeline.asking.history import as_day
from codeset_pipeline.errors import UsageError
from codeset_pipeline.serve.problems import Problem
from codeset_pipeline.sources.definition import code_sets

_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z. ]{0,14}")
_PAIR = re.compile(r"[0-9A-Za-z]{5}[,/][0-9A-Za-z]{5}")
_UNITS = re.compile(r"([0-9A-Za-z]{5})=([0-9]{1,6})")


def code_set_in(request: Request) -> str:
    """The code set that the path names."""
    name = str(request.path_params["code_set"]).lower()
    if name not in code_sets():
        raise Problem(404, f"There is no code set of this name; use one of {', '.join(code_sets())}.")
    return name


def code_in(text: str, code_set: str = "") -> str:
    """A text that could be a code; of PTP edits also a pair of codes."""
    if "-ptp-" in code_set and _PAIR.fullmatch(text):
        return text
    if not _CODE.fullmatch(text):
        raise Problem(400, "This cannot be a code; write it with letters and digits, such as E11.9 or J1100.")
    return text


def only(request: Request, *names: str) -> None:
    """Refuse query parameters that nobody would look at: a misspelt `on` must not pass for today."""
    for name in request.query_params:
        if name not in names:
            known = ", ".join(names) or "none"
            raise Problem(400, f"This address takes no such query parameter; it takes: {known}.")


def one(request: Request, name: str) -> str | None:
    """A query parameter that may be given once."""
    values = request.query_params.getlist(name)
    if len(values) > 1:
        raise Problem(400, f"{name} is given {len(values)} times; give it once.")
    return values[0] if values else None


def required(request: Request, name: str) -> str:
    value = one(request, name)
    if not value:
        raise Problem(400, f"The query parameter {name} is missing; see /openapi.json.")
    return value


def several(request: Request, name: str, most: int = 100) -> list[str]:
    """A query parameter that may be repeated, or hold a list with commas."""
    values = [item for value in request.query_params.getlist(name) for item in value.split(",") if item.strip()]
    if len(values) > most:
        raise Problem(400, f"{name} is given {len(values)} times; give at most {most}.")
    return values


def units(request: Request, most: int) -> dict[str, int]:
    """Units of codes, each written as `A4216=3`."""
    found: dict[str, int] = {}
    for text in several(request, "units", most):
        each = _UNITS.fullmatch(text)
        if each is None:
            raise Problem(400, "units takes a code and its units, written as A4216=3.")
        code = each[1].upper()
        if found.setdefault(code, int(each[2])) != int(each[2]):
            raise Problem(400, f"units gives {code} twice; add them up.")
    return found


def day(request: Request, name: str) -> date | None:
    return day_of(one(request, name), name)


def day_of(text: str | None, name: str) -> date | None:
    try:
        return as_day(text, name)
    except UsageError:
        raise Problem(400, f"{name} is no date; write it as 2025-10-01.") from None


def number(request: Request, name: str, otherwise: int, most: int, least: int = 1) -> int:
    text = one(request, name)
    if text is None:
        return otherwise
    if not (text.isascii() and text.isdigit() and len(text) < 10 and least <= int(text) <= most):
        raise Problem(400, f"{name} must be a whole number from {least} to {most}.")
    return int(text)
