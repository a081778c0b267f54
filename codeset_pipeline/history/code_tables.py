"""Which table holds the codes of a code set, and what its columns are called."""

from __future__ import annotations

from typing import NamedTuple

from codeset_pipeline.errors import UsageError
from codeset_pipeline.sources.definition import code_sets, source


class CodeTable(NamedTuple):
    """The versioned table of the codes of one layout; the other fields are SQL expressions over its columns.

    Attributes:
        hierarchy: a code that begins with another one is a kind of it.
        further: columns that a validation gives besides status and dates.
    """

    name: str
    billable: str
    short_title: str
    long_title: str
    hierarchy: bool
    further: tuple[str, ...] = ()


_BY_LAYOUT = {
    "icd10": CodeTable("icd10_code", "billable", "short_title", "long_title", True),
    "hcpcs": CodeTable("hcpcs_code", "1", "short_description", "long_description", False),
}

# Tables that list codes of others: a code that is listed is valid there, and has no title.
_LISTS = {"ncci_mue": CodeTable("ncci_mue_value", "1", "NULL", "rationale", False, ("mue_value", "mai"))}


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


def sets_to_validate() -> tuple[str, ...]:
    """The code sets against which lists of codes can be held: those with titles, and MUE tables."""
    return tuple(name for name in code_sets() if source(name).layout in {*_BY_LAYOUT, *_LISTS})


def listing(code_set: str) -> CodeTable:
    """The table that says whether a code is in the code set, for a MUE set the table of its values.

    Raises:
        UsageError: the code set consists of edits between codes.
    """
    layout = source(code_set).layout
    table = _BY_LAYOUT.get(layout) or _LISTS.get(layout)
    if table is None:
        raise UsageError(
            f"{code_set} consists of edits between codes and lists none by itself; ask one of "
            f"{', '.join(sets_to_validate())}, or check the codes against the edits."
        )
    return table
