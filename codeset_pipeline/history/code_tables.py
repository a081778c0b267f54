"""Which table holds the codes of a code set, and what its columns are called."""

from __future__ import annotations

from typing import NamedTuple

from codeset_pipeline.errors import UsageError
from codeset_pipeline.sources.definition import code_sets, source


class CodeTable(NamedTuple):
    """The versioned table of the codes of one layout; the other fields are SQL expressions over its columns.

    Attributes:
        hierarchy: a code that begins with another one is a kind of it.
    """

    name: str
    billable: str
    short_title: str
    long_title: str
    hierarchy: bool


_BY_LAYOUT = {
    "icd10": CodeTable("icd10_code", "billable", "short_title", "long_title", True),
    "hcpcs": CodeTable("hcpcs_code", "1", "short_description", "long_description", False),
}


def has_codes(code_set: str) -> bool:
    """Does the code set consist of codes with titles (and not of edits on codes)?"""
    return source(code_set).layout in _BY_LAYOUT


def sets_of_codes() -> tuple[str, ...]:
    """The code sets that consist of codes with titles."""
    return tuple(name for name in code_sets() if has_codes(name))


def code_table(code_set: str) -> CodeTable:
    """Where the codes of a code set are.

    Raises:
        UsageError: there is no such code set, or it has no codes of its own.
    """
    table = _BY_LAYOUT.get(source(code_set).layout)
    if table is None:
        raise UsageError(f"{code_set} has edits and no codes of its own; ask one of {', '.join(sets_of_codes())}.")
    return table
