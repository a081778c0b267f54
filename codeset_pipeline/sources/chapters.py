"""Which chapter of its code set a code belongs to."""

from __future__ import annotations

from functools import lru_cache

from codeset_pipeline.sources.definition import source


@lru_cache(maxsize=50_000)
def _chapter_of_prefix(code_set: str, prefix: str) -> str:
    for chapter in source(code_set).chapters:
        width = len(chapter.first)
        if chapter.first <= prefix[:width] <= chapter.last:
            return chapter.name
    return "no chapter"


def chapter_of(code_set: str, code: str) -> str:
    """Number and title of the code's chapter, for a code without dot or an owner of notes.

    A code outside every chapter of the source definition belongs to `no chapter`, so that it shows on reports.
    """
    if code.startswith("chapter "):
        number = code.removeprefix("chapter ")
        return next((c.name for c in source(code_set).chapters if c.number == number), "no chapter")
    return _chapter_of_prefix(code_set, code[:3])
