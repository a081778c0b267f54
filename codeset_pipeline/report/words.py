"""Which words of a revised text changed.

Both texts are cut into words, punctuation marks and single blanks. The alignment that keeps the most text is found by
the longest-common-subsequence recurrence, words counting far more than blanks, so that a kept blank never breaks up
kept words. Blanks are tokens of their own: a revision of the spacing alone is marked too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"\w+|\s|[^\w\s]")

# A word must outweigh any number of blanks that a title or note can hold.
_WORD, _BLANK = 1000, 1

# Beyond this many cells the table would take seconds; no genuine title or note comes near it.
_MOST_CELLS = 1_000_000


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of text that is kept on the other side, or is not (`changed`)."""

    text: str
    changed: bool


def mark_words(old: str, new: str) -> tuple[list[Segment], list[Segment]]:
    """The old and the new text in segments.

    The segments of each side, joined, give its text; the segments that are not `changed`, joined, are equal on both
    sides. Texts too long to align are marked as changed between their common beginning and end.
    """
    left, right = _TOKEN.findall(old), _TOKEN.findall(new)
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    end = 0
    while end < min(len(left), len(right)) - start and left[-1 - end] == right[-1 - end]:
        end += 1
    middle = _align(left[start : len(left) - end], right[start : len(right) - end])
    kept = [(token, token, True) for token in left[:start]]
    tail = [(token, token, True) for token in left[len(left) - end :]]
    blocks = _join_across_blanks(_blocks([*kept, *middle, *tail]))
    return (
        _segments([(block[0], not block[2]) for block in blocks]),
        _segments([(block[1], not block[2]) for block in blocks]),
    )


_Block = tuple[str, str, bool]
"""Old text, new text, and whether they are the same text."""


def _weight(token: str) -> int:
    return _BLANK if token.isspace() else _WORD


def _align(left: list[str], right: list[str]) -> list[_Block]:
    if not left or not right or len(left) * len(right) > _MOST_CELLS:
        return [*((token, "", False) for token in left), *(("", token, False) for token in right)]
    best = [[0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for i in range(len(left) - 1, -1, -1):
        here, below, token = best[i], best[i + 1], left[i]
        gain = _weight(token)
        for j in range(len(right) - 1, -1, -1):
            here[j] = gain + below[j + 1] if token == right[j] else max(below[j], here[j + 1])
    found: list[_Block] = []
    i = j = 0
    while i < len(left) and j < len(right):
        if left[i] == right[j]:
            found.append((left[i], right[j], True))
            i, j = i + 1, j + 1
        elif best[i + 1][j] >= best[i][j + 1]:
            found.append((left[i], "", False))
            i += 1
        else:
            found.append(("", right[j], False))
            j += 1
    found.extend((token, "", False) for token in left[i:])
    found.extend(("", token, False) for token in right[j:])
    return found


def _blocks(steps: list[_Block]) -> list[_Block]:
    blocks: list[_Block] = []
    for old, new, same in steps:
        if blocks and blocks[-1][2] == same:
            last = blocks[-1]
            blocks[-1] = (last[0] + old, last[1] + new, same)
        else:
            blocks.append((old, new, same))
    return blocks


def _join_across_blanks(blocks: list[_Block]) -> list[_Block]:
    """Two replaced words with a kept blank between them read better as one replaced phrase."""
    steps: list[_Block] = []
    for index, (old, new, same) in enumerate(blocks):
        inside = 0 < index < len(blocks) - 1
        if same and old.isspace() and inside:
            around = (blocks[index - 1], blocks[index + 1])
            if all(block[0].strip() and block[1].strip() for block in around):
                same = False
        steps.append((old, new, same))
    return _blocks(steps)


def _segments(parts: list[tuple[str, bool]]) -> list[Segment]:
    found: list[Segment] = []
    for text, changed in parts:
        if not text:
            continue
        if found and found[-1].changed == changed:
            found[-1] = Segment(found[-1].text + text, changed)
        else:
            found.append(Segment(text, changed))
    return found
