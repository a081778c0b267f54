"""The identity of a finding, by which people's decisions find it again in the next run."""

from __future__ import annotations

import hashlib
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
    """

    finding: Finding
    key: tuple[str, ...]
    content: str


def with_ids(found: Sequence[Identified]) -> list[Finding]:
    """The findings with ids of 12 hexadecimal digits, in the order given.

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
    return [replace(item.finding, id=ids[at]) for at, item in enumerate(found)]
