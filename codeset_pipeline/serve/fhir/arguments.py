"""The arguments of an operation, from the query or from a Parameters resource."""

from __future__ import annotations

from datetime import date
from typing import Any

from starlette.requests import Request

from codeset_pipeline.serve.parameters import day_of
from codeset_pipeline.serve.problems import Problem
from codeset_pipeline.serve.v1 import limited_body, parse_json

_TYPES = frozenset({"application/fhir+json", "application/json", "text/json"})


class Arguments:
    """Named values; complex ones (Coding, CodeableConcept, a resource) are dicts."""

    def __init__(self, values: list[tuple[str, Any]]) -> None:
        self._values = values

    def text(self, *names: str) -> str | None:
        """The first value with one of these names, as text."""
        for name, value in self._values:
            if name in names:
                if isinstance(value, (dict, list)):
                    raise Problem(400, f"The parameter {name} must be a plain value.")
                if isinstance(value, bool):
                    return "true" if value else "false"
                return str(value)
        return None

    def complex(self, *names: str) -> dict[str, Any] | None:
        for name, value in self._values:
            if name in names:
                if not isinstance(value, dict):
                    raise Problem(400, f"The parameter {name} must be sent in the body of a POST, in its own type.")
                return value
        return None

    def day(self, name: str = "date") -> date | None:
        text = self.text(name)
        return day_of(text[:10] if text else text, name)

    def flag(self, name: str) -> bool:
        text = self.text(name)
        if text not in {None, "true", "false"}:
            raise Problem(400, f"{name} must be true or false.")
        return text == "true"

    def number(self, name: str, otherwise: int | None) -> int | None:
        text = self.text(name)
        if text is None:
            return otherwise
        if not (text.isascii() and text.isdigit() and len(text) < 9):
            raise Problem(400, f"{name} must be a whole number, 0 or more.")
        return int(text)

    def coded(self, code: tuple[str, ...], coding: tuple[str, ...], concept: tuple[str, ...]) -> dict[str, str | None]:
        """Code, system, version and display, however they were given.

        Raises:
            Problem: none was.
        """
        plain = self.text(*code)
        if plain is not None:
            return {"code": plain, "system": self.text("system"), "version": None, "display": self.text("display")}
        given = self.complex(*coding)
        if given is None:
            whole = self.complex(*concept)
            codings = (whole or {}).get("coding")
            given = codings[0] if isinstance(codings, list) and codings else None
        if not isinstance(given, dict) or not isinstance(given.get("code"), str):
            raise Problem(400, f"Nothing to ask about: send {code[0]} with system, or {coding[0]}.")
        members = {name: given.get(name) for name in ("code", "system", "version", "display")}
        if any(value is not None and not isinstance(value, str) for value in members.values()):
            raise Problem(400, "The members of a Coding must be texts.")
        return members


async def arguments_of(request: Request, most: int) -> Arguments:
    """Read a request.

    Raises:
        Problem: the body is no Parameters resource.
    """
    values: list[tuple[str, Any]] = [(name, value) for name, value in request.query_params.multi_items()]
    if request.method != "POST":
        return Arguments(values)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in _TYPES:
        raise Problem(415, "Send a Parameters resource as application/fhir+json.")
    body = parse_json(await limited_body(request, most))
    if isinstance(body, dict) and body.get("resourceType") == "ValueSet":
        return Arguments([*values, ("valueSet", body)])
    if not isinstance(body, dict) or body.get("resourceType") != "Parameters":
        raise Problem(400, 'The body must be a Parameters resource: {"resourceType": "Parameters", "parameter": […]}.')
    sent = body.get("parameter", [])
    if not isinstance(sent, list):
        raise Problem(400, "`parameter` must be a list.")
    for each in sent:
        if not isinstance(each, dict) or not isinstance(each.get("name"), str):
            raise Problem(400, "Every parameter must have a name.")
        value = next((each[key] for key in each if key.startswith("value") or key == "resource"), None)
        if value is not None:
            values.append((each["name"], value))
    return Arguments(values)
