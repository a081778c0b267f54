"""The identity of a finding, by which people's decisions find it again in the next run."""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

from codeset_pipeline.model import Finding


@dataclass(frozen=True, slots=True)
class Identified:
    """A finding whose id is still to be given.

    Attributes:
        key: what makes it this finding: file name, rule or line content, column, reference, change, newer release.
            Neither the folder nor the position is part of it.
        content: the whole line, to tell lines with the same key apart.
        place: the part of the key that says which reference on which line it is, without what happened to its code.
    """

    finding: Finding
    key: tuple[str, ...]
    content: str
    place: tuple[str, ...] = ()


def with_ids(found: Sequence[Identified]) -> list[Finding]:
    """The findings with ids and threads of 12 hexadecimal digits, in the order given.

    Findings with the same key get running numbers in the order of their lines' content, so that a new order of lines
    leaves the set of ids as it is; lines that are equal to the letter cannot be told apart and share their numbers out
    in the order of the file.
    """
    same: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, item in enumerate(found):
        same[item.key].append(at)
    ids: dict[int, str] = {}
    for key, places in same.items():
        for number, at in enumerate(sorted(places, key=lambda place: found[place].content)):
            text = "\x1f".join((*key, str(number)) if number else key)
            ids[at] = hashlib.sha256(text.encode()).hexdigest()[:12]
    threads = {item.place: _thread(item.place) for item in found}
    return [replace(item.finding, id=ids[at], thread=threads[item.place]) for at, item in enumerate(found)]


def _thread(place: tuple[str, ...]) -> str:
    """The same for the same reference next year: a file's name often carries its date, so its digits do not count."""
    if not place:
        return ""
    name = re.sub(r"[\W_]*\d[\d\W_]*", "#", place[0].casefold())
    return hashlib.sha256("\x1f".join((name, *place[1:])).encode()).hexdigest()[:12]
