"""Which codes concern which specialty, out of a YAML file that people may edit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from codeset_pipeline.errors import UsageError

#: Name of a workspace's own file.
FILE = "specialties.yml"


@dataclass(frozen=True, slots=True)
class Specialty:
    """A specialty and its codes.

    Attributes:
        ranges: code set → first and last beginning of its codes, without dots; both count.
    """

    name: str
    ranges: Mapping[str, tuple[tuple[str, str], ...]]

    def has(self, code_set: str, code: str) -> bool:
        """Does the code, written without a dot, concern the specialty?"""
        return any(low <= code[: len(low)] and code[: len(high)] <= high for low, high in self.ranges.get(code_set, ()))


def specialties(path: Path | None = None) -> tuple[Specialty, ...]:
    """The specialties of a file; without one, those that come with the program.

    Raises:
        UsageError: the file cannot be read, or is no list of names with beginnings and ranges of codes.
    """
    import yaml

    name = FILE if path is None else str(path)
    try:
        if path is None:
            text = (files("codeset_pipeline.report") / "assets" / FILE).read_text(encoding="utf-8")
        else:
            text = path.read_text(encoding="utf-8")
        found = yaml.safe_load(text)
    except OSError as error:
        raise UsageError(f"{name} cannot be read ({error.strerror}); check its name.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise UsageError(f"{name} is no YAML ({' '.join(str(error).split())[:120]}); mend it and retry.") from None
    if not isinstance(found, list) or not found:
        raise UsageError(f"{name} must be a list of specialties, each with a name and its codes by code set.")
    return tuple(_specialty(each, name) for each in found)


def _specialty(found: Any, name: str) -> Specialty:
    if not isinstance(found, dict) or not isinstance(found.get("name"), str):
        raise UsageError(f"{name}: {found!r:.80} has no name; write each specialty as 'name: …' with its codes.")
    ranges: dict[str, tuple[tuple[str, str], ...]] = {}
    for code_set, texts in found.items():
        if code_set == "name":
            continue
        if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
            raise UsageError(f"{name}, {found['name']}: the codes of {code_set} must be a list such as [I00-I52, Z95].")
        ranges[str(code_set)] = tuple(_range(text, name, found["name"]) for text in texts)
    return Specialty(found["name"], ranges)


def _range(text: str, name: str, specialty: str) -> tuple[str, str]:
    low, dash, high = (part.strip().upper().replace(".", "") for part in text.partition("-"))
    ends = (low, high if dash else low)
    if not all(each.isalnum() and each.isascii() for each in ends) or ends[0] > ends[1]:
        raise UsageError(f"{name}, {specialty}: {text!r} is no beginning or range of codes; write Z95 or I00-I52.")
    return ends
