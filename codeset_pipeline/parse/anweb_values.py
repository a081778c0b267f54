"""From the texts of one ANWEB record to typed values.

What cannot be read is reported and left blank, so that the rest can be used; nothing is guessed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import NamedTuple, TypeAlias

from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.anweb_layout import FIELDS, GROUP_OF_DATE, KNOWN_VALUES, Field, Kind

Value: TypeAlias = str | tuple[str, ...] | date | int | None
"""A value of a row: text, list, date or number."""


# The fields that are neither texts nor lists of them.
_TYPED = [field for field in FIELDS if field.kind in (Kind.NUMBER, Kind.DATE)]


class Details(NamedTuple):
    """Typed values of one record by field name, what was odd, and which fields could not be read."""

    values: dict[str, Value]
    oddities: list[Oddity]
    damaged: set[str]


@lru_cache(maxsize=4096)
def read_date(text: str) -> date | None:
    """The date that eight digits YYYYMMDD stand for; None when they stand for none."""
    if len(text) != 8 or not (text.isascii() and text.isdigit()):
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:]))
    except ValueError:
        return None


def read_details(
    texts: Mapping[str, str | tuple[str, ...]], code: str, file: str, line: int, places: Mapping[str, str]
) -> Details:
    """Type the texts of one record.

    Args:
        texts: by field name, without blanks around them; lists as tuples.
        line: 1-based line or row, for oddities.
        places: where each field stands in the file, for oddities (`columns 233-240`, `column ASC_DT`).
    """
    values: dict[str, Value] = {}
    oddities: list[Oddity] = []
    damaged: set[str] = set()
    values.update(texts)
    for field in _TYPED:
        text = texts[field.name]
        assert isinstance(text, str)
        value = _number(text) if field.kind is Kind.NUMBER else read_date(text)
        values[field.name] = value
        if text and value is None:
            damaged.add(field.name)
            oddities.append(_unreadable(field, text, texts, code, file, line, places[field.name]))
    for name, known in KNOWN_VALUES.items():
        text = texts[name]
        shifted = any(GROUP_OF_DATE[field] == name for field in damaged if field in GROUP_OF_DATE)
        if text not in known and not shifted:
            what = f"{code}: {_words(name)} ({places[name]}) has a value that the record layout does not define."
            oddities.append(Oddity(file, line, what, str(text), "Kept as published."))
    return Details(values, oddities, damaged)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


def _unreadable(
    field: Field, text: str, texts: Mapping[str, str | tuple[str, ...]], code: str, file: str, line: int, place: str
) -> Oddity:
    if field.kind is Kind.NUMBER:
        what = f"{code}: {_words(field.name)} ({place}) is no number."
        return Oddity(file, line, what, text, "Left blank; the rest of the record is read.")
    group = str(texts[GROUP_OF_DATE[field.name]]) if field.name in GROUP_OF_DATE else ""
    if group and read_date(group + text):
        what = (
            f"{code}: {_words(field.name)} ({place}) is shifted to the left into {_words(GROUP_OF_DATE[field.name])}."
        )
        decision = f"Group kept as published ({group}), date left blank until the publisher corrects it."
        return Oddity(file, line, what, f"{group}{text}", decision)
    what = f"{code}: {_words(field.name)} ({place}) is no date YYYYMMDD."
    return Oddity(file, line, what, text, "Left blank; the rest of the record is read.")


def _words(name: str) -> str:
    return name.replace("_", " ").replace("asc", "ASC").replace("mog", "MOG")
