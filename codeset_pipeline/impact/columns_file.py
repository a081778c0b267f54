"""The user's own word on what the columns of their files are for (`--columns FILE`).

    code: [Dx 1, Dx 2]        # column names as in the file; a list or one name
    procedure_code: [CPT, "column 7"]   # HCPCS and CPT; a column without a name of its own goes by its number
    description: Service
    price: Charge
    header_row: 4             # 1-based row of the file
    code_set: icd10cm         # all codes in these columns belong to it
    files:                    # the same for some files only, by file name or pattern
      "cdm_*.xlsx":
        code: [ICD]

What the file says replaces the guess for that role; roles that it leaves out are guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.column_roles import Role

_ROLES = (
    Role.CODE,
    Role.PROCEDURE,
    Role.ICD,
    Role.MODIFIER,
    Role.EXCLUDE,
    Role.DESCRIPTION,
    Role.PRICE,
    Role.REVENUE_CODE,
    Role.DEPARTMENT,
    Role.CHARGE_CODE,
    Role.QUANTITY,
    Role.BEGINS,
    Role.ENDS,
    Role.RULE,
    Role.CODE_TYPE,
)
_KEYS = (*(str(role) for role in _ROLES), "header_row", "code_set", "files")


@dataclass(frozen=True)
class ColumnChoice:
    """What the user says of one file: role → column names, the header's row and the code set, where they say so."""

    roles: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)
    header_row: int | None = None
    code_set: str | None = None

    def placed(self, header: tuple[str, ...], name: str) -> dict[int, Role]:
        """Column index → role for a header.

        Raises:
            AssetError: a named column is not in the header.
        """
        found: dict[int, Role] = {}
        bare = [_bare(cell) for cell in header]
        for role, names in self.roles.items():
            for wanted in names:
                numbered = re.fullmatch(r"column (\d+)", _bare(wanted))
                if _bare(wanted) not in bare and numbered is not None and int(numbered[1]) > 0:
                    found[int(numbered[1]) - 1] = role
                elif _bare(wanted) not in bare:
                    there = ", ".join(repr(cell) for cell in header if cell) or "none"
                    raise AssetError(
                        f"{name} has no column {wanted!r}, which the columns file gives as {role}; "
                        f"its columns are {there}: correct the columns file and retry."
                    )
                found.update({at: role for at, cell in enumerate(bare) if cell == _bare(wanted)})
        return found


class ColumnsFile:
    """A columns file, or none: then every file's columns are guessed."""

    def __init__(self, path: Path | None = None) -> None:
        self._top: Mapping[str, Any] = {}
        self._files: Mapping[str, Mapping[str, Any]] = {}
        self._name = "" if path is None else path.name
        if path is not None:
            self._top = self._section(_load(path), "")
            self._files = {
                pattern: self._section(section, f" under files: {pattern}")
                for pattern, section in (self._top.get("files") or {}).items()
            }

    def choice_for(self, path: Path) -> ColumnChoice:
        """What holds for one asset: its own section over the general one."""
        merged: dict[str, Any] = {key: value for key, value in self._top.items() if key != "files"}
        for pattern, section in self._files.items():
            if fnmatch(path.name, pattern):
                merged.update(section)
        roles = {role: _names(merged[role]) for role in _ROLES if merged.get(role) is not None}
        return ColumnChoice(roles, merged.get("header_row"), merged.get("code_set"))

    def _section(self, section: Any, where: str) -> Mapping[str, Any]:
        if not isinstance(section, Mapping):
            raise AssetError(f"{self._name}{where} is no list of roles; write lines such as 'code: [Dx 1, Dx 2]'.")
        for key in section:
            if key not in _KEYS:
                raise AssetError(f"{self._name}{where} has the unknown key {key!r}; use {', '.join(_KEYS)}.")
        row, files = section.get("header_row"), section.get("files")
        if row is not None and (not isinstance(row, int) or isinstance(row, bool) or row < 1):
            raise AssetError(f"{self._name}{where}: header_row must be a row number from 1 on, not {row!r}.")
        if files is not None and (where or not isinstance(files, Mapping)):
            raise AssetError(f"{self._name}{where}: files must map file names to their columns, at the top level.")
        return section


def _load(path: Path) -> Any:
    import yaml

    try:
        return yaml.safe_load(path.read_text(encoding="utf-8-sig")) or {}
    except OSError as error:
        raise AssetError(f"The columns file {path} cannot be read ({error.strerror}); check --columns.") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise AssetError(
            f"The columns file {path.name} is no YAML ({' '.join(str(error).split())}); mend it."
        ) from None


def _names(value: Any) -> tuple[str, ...]:
    if isinstance(value, Iterable) and not isinstance(value, (str, Mapping)):
        return tuple(str(name) for name in value)
    return (str(value),)


def _bare(name: str) -> str:
    return " ".join(name.split()).casefold()
