"""The trailer of an addenda file: how many headers and codes were added, deleted and revised, in the publisher's count.

    Headers
      23252 headers in icd10cm_order_2024.txt
      23324 headers in icd10cm_order_2025.txt
         72 additions
          0 deletions
          1 revisions
    of which
          1 revisions to both long and short titles
          …

and the same for `Codes`. Codes addenda have the second block only, and no `of which`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from codeset_pipeline.errors import ParseError
from codeset_pipeline.model import Oddity

_LEVELS = {"Headers": "headers", "Codes": "codes"}
_FILE = re.compile(r"\s*([0-9]+) (headers|codes) in (\S.*)")
_RECORD = re.compile(r"\s*(add|delete|revise)", re.IGNORECASE)
_COUNT = re.compile(r"\s*([0-9]+) (\S.*)")
_COUNTS = {
    "additions": "additions",
    "deletions": "deletions",
    "revisions": "revisions",
    "revisions to both long and short titles": "revised_both",
    "revisions to long title only": "revised_long_only",
    "revisions to short title only": "revised_short_only",
}


class AddendaTotals(NamedTuple):
    """One block of the trailer.

    Attributes:
        level: `headers` or `codes`.
        from_name, from_count: the older file and how many headers or codes it holds; likewise `to_…`.
        revised_both, revised_long_only, revised_short_only: revisions by the titles they touch; None where the
            trailer does not say.
    """

    level: str
    from_name: str
    from_count: int
    to_name: str
    to_count: int
    additions: int
    deletions: int
    revisions: int
    revised_both: int | None
    revised_long_only: int | None
    revised_short_only: int | None


def read_totals(file: str, trailer: Sequence[tuple[int, str]]) -> tuple[list[AddendaTotals], list[Oddity]]:
    """Read the blocks of a trailer; lines that belong to none are oddities.

    Args:
        trailer: line numbers and lines that are no records, without the blank ones.

    Raises:
        ParseError: a line looks like a record, or a block is incomplete.
    """
    strange: list[Oddity] = []
    blocks: list[tuple[int, str, list[tuple[str, int]], dict[str, int]]] = []
    for number, line in trailer:
        text = line.strip()
        if text in _LEVELS:
            blocks.append((number, _LEVELS[text], [], {}))
            continue
        in_file, count = _FILE.fullmatch(line.rstrip()), _COUNT.fullmatch(line.rstrip())
        if not blocks or not (in_file or text == "of which" or (count and count[2] in _COUNTS)):
            if not blocks or _RECORD.match(line):
                expected = (
                    "a record that begins with Add:, Delete:, Revise from: or Revise to:, or a line of the trailer"
                )
                raise ParseError(file, expected, line=number, text=line)
            strange.append(Oddity(file, number, "A line of the trailer says nothing that is known.", text, "Left out."))
            continue
        _, level, files, counts = blocks[-1]
        if in_file:
            if in_file[2] != level:
                raise ParseError(file, f"a number of {level} in this block", line=number, text=line)
            files.append((in_file[3], int(in_file[1])))
        elif count:
            name = _COUNTS[count[2]]
            if name in counts:
                raise ParseError(file, "each count once in a block", line=number, text=line)
            counts[name] = int(count[1])
    levels = [block[1] for block in blocks]
    if len(set(levels)) < len(levels):
        raise ParseError(file, "one block of counts for headers and one for codes", line=blocks[-1][0])
    return [_totals(file, *block) for block in blocks], strange


def _totals(file: str, line: int, level: str, files: list[tuple[str, int]], counts: dict[str, int]) -> AddendaTotals:
    if len(files) != 2 or not {"additions", "deletions", "revisions"} <= counts.keys():
        expected = f"two files, additions, deletions and revisions in the block of {level}"
        raise ParseError(file, expected, line=line, text=f"{files} {counts}")
    (from_name, from_count), (to_name, to_count) = files
    return AddendaTotals(
        level,
        from_name,
        from_count,
        to_name,
        to_count,
        counts["additions"],
        counts["deletions"],
        counts["revisions"],
        counts.get("revised_both"),
        counts.get("revised_long_only"),
        counts.get("revised_short_only"),
    )


def count_listed(rows: Iterable[tuple[str, str, str | None, str]]) -> Counter[tuple[str, str]]:
    """How often each count of a trailer occurs among the listed lines, by level and name of the count.

    Args:
        rows: label, level, short title and long title of each line, in file order.
    """
    counts: Counter[tuple[str, str]] = Counter()
    before: tuple[str | None, str] = (None, "")
    for label, level, short, long in rows:
        if label == "add":
            counts[level, "additions"] += 1
        elif label == "delete":
            counts[level, "deletions"] += 1
        elif label == "revise_from":
            before = (short, long)
        else:
            counts[level, "revisions"] += 1
            short_changed, long_changed = short != before[0], long != before[1]
            if short_changed and long_changed:
                counts[level, "revised_both"] += 1
            elif long_changed:
                counts[level, "revised_long_only"] += 1
            elif short_changed:
                counts[level, "revised_short_only"] += 1
    return counts


def disagreements(file: str, totals: Sequence[AddendaTotals], listed: Counter[tuple[str, str]]) -> list[Oddity]:
    """Where the trailer does not agree with the lines above it, or with itself."""
    found = []
    for block in totals:
        for name in _COUNTS.values():
            stated, counted = getattr(block, name), listed[block.level, name]
            if stated is not None and stated != counted:
                what = f"The trailer states {stated} {name.replace('_', ' ')} of {block.level}; the list has {counted}."
                found.append(Oddity(file, None, what, f"{stated} {name}", "The listed lines are used."))
        if block.from_count + block.additions - block.deletions != block.to_count:
            sums = f"{block.from_count} + {block.additions} - {block.deletions} is not {block.to_count}"
            what = f"The trailer's counts of {block.level} do not add up."
            found.append(Oddity(file, None, what, sums, "The listed lines are used."))
    unstated = {level for level, _ in listed} - {block.level for block in totals}
    if totals:
        for level in sorted(unstated):
            what = f"The list has lines for {level}, but the trailer has no block for them."
            found.append(Oddity(file, None, what, level, "The listed lines are used."))
    return found
