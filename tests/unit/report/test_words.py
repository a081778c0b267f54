"""Which words of a revised title are marked."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeset_pipeline.report.words import Segment, mark_words

_TEXTS = st.text(alphabet="ab ,.é\t", max_size=12)
_TITLES = st.lists(st.sampled_from(["hip", "hand", "of", "wrist", "and", ",", "(s)", " "]), max_size=9).map(" ".join)


def _joined(segments: list[Segment], *, kept_only: bool = False) -> str:
    return "".join(each.text for each in segments if not (kept_only and each.changed))


def _most_words_kept(old: list[str], new: list[str]) -> int:
    """Length of the longest common subsequence by trying both ways at every step."""

    @cache
    def best(i: int, j: int) -> int:
        if i == len(old) or j == len(new):
            return 0
        skipped = max(best(i + 1, j), best(i, j + 1))
        return max(skipped, 1 + best(i + 1, j + 1)) if old[i] == new[j] else skipped

    return best(0, 0)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", text)


@given(_TEXTS, _TEXTS)
def test_segments_of_each_side_give_its_text_and_kept_text_is_equal(old: str, new: str) -> None:
    left, right = mark_words(old, new)
    assert (_joined(left), _joined(right)) == (old, new)
    assert _joined(left, kept_only=True) == _joined(right, kept_only=True)


@given(_TEXTS, _TEXTS)
def test_neighbouring_segments_differ_and_none_is_empty(old: str, new: str) -> None:
    for segments in mark_words(old, new):
        assert all(each.text for each in segments)
        assert all(a.changed != b.changed for a, b in pairwise(segments))


@given(_TITLES, _TITLES)
def test_no_alignment_keeps_more_words(old: str, new: str) -> None:
    left, _ = mark_words(old, new)
    kept = sum(len(_words(each.text)) for each in left if not each.changed)
    assert kept == _most_words_kept(_words(old), _words(new))


@given(_TEXTS)
def test_equal_texts_have_nothing_marked(text: str) -> None:
    for segments in mark_words(text, text):
        assert not any(each.changed for each in segments)


@pytest.mark.parametrize(
    ("old", "new", "removed", "inserted"),
    [
        ("Unspecified fracture of wrist and hand", "Unspecified fracture of hand", ["wrist and "], []),
        ("Craniosynostosis unspecified", "Craniosynostosis, unspecified", [], [","]),
        ("Loose body in toe joints", "Loose body in toe joint(s)", ["joints"], ["joint(s)"]),
        ("Type  2 diabetes", "Type 2 diabetes", [" "], []),
        ("alpha beta", "gamma delta", ["alpha beta"], ["gamma delta"]),
        ("Crohn's disease", "Crohn’s disease", ["'"], ["’"]),
    ],
)
def test_what_is_marked(old: str, new: str, removed: list[str], inserted: list[str]) -> None:
    left, right = mark_words(old, new)
    assert [each.text for each in left if each.changed] == removed
    assert [each.text for each in right if each.changed] == inserted


def test_texts_too_long_to_align_are_marked_between_their_common_ends() -> None:
    old = "Start " + "a b " * 1500 + "end"
    new = "Start " + "c d " * 1500 + "end"
    left, right = mark_words(old, new)
    assert [each.changed for each in left] == [False, True, False]
    assert (_joined(left), _joined(right)) == (old, new)
