"""The bar chart of changes by chapter as SVG, drawn here so that the page needs nothing from elsewhere."""

from __future__ import annotations

from codeset_pipeline.model import ReleasePair
from codeset_pipeline.report.counts import ChapterCounts, by_chapter
from codeset_pipeline.report.markup import escaped
from codeset_pipeline.report.phrases import code_noun, number, pair_name

_WIDTH, _LABELS, _BARS, _STEP, _TOP = 1040, 360, 440, 26, 34
_LONGEST_LABEL = 52


def chapter_chart(pair: ReleasePair, index: int) -> str:
    """Stacked horizontal bars, one per chapter; an empty text when no chapter has a change to a code.

    The picture has a title and a description, and the same figures stand in the table below it.
    """
    rows = [row for row in by_chapter(pair) if row.added + row.deleted + row.revised]
    if not rows:
        return ""
    most = max(row.added + row.deleted + row.revised for row in rows)
    noun = code_noun(pair.to_release)
    busiest = max(rows, key=lambda row: row.added + row.deleted + row.revised)
    height = _TOP + _STEP * len(rows) + 6
    described = (
        f"One bar per chapter with {noun}s added, deleted and revised. Most changes are in {busiest.chapter}: "
        f"{_figures(busiest)}. The table below has all figures."
    )
    return (
        f'<div class="chart"><svg viewBox="0 0 {_WIDTH} {height}" role="img" '
        f'aria-labelledby="chart-title-{index} chart-text-{index}" xmlns="http://www.w3.org/2000/svg">'
        f'<title id="chart-title-{index}">{escaped(f"{noun.capitalize()}s by chapter, {pair_name(pair)}")}</title>'
        f'<desc id="chart-text-{index}">{escaped(described)}</desc>{_legend()}'
        + "".join(_bar(row, place, most) for place, row in enumerate(rows))
        + "</svg></div>"
    )


def _legend() -> str:
    parts = []
    for place, name in enumerate(("added", "deleted", "revised")):
        left = _LABELS + place * 90
        parts.append(
            f'<rect class="{name}" x="{left}" y="6" width="12" height="12" rx="2"/>'
            f'<text x="{left + 17}" y="16">{name.capitalize()}</text>'
        )
    return "".join(parts)


def _bar(row: ChapterCounts, place: int, most: int) -> str:
    top = _TOP + place * _STEP
    label = _short(row.chapter)
    parts = [
        f"<g><title>{escaped(f'{row.chapter}: {_figures(row)}')}</title>"
        f'<text x="{_LABELS - 10}" y="{top + 14}" text-anchor="end">{escaped(label)}</text>'
    ]
    left = float(_LABELS)
    for name, count in (("added", row.added), ("deleted", row.deleted), ("revised", row.revised)):
        if count:
            # A single change must be seen beside a chapter with hundreds.
            width = max(2.0, _BARS * count / most)
            parts.append(f'<rect class="{name}" x="{left:.1f}" y="{top}" width="{width:.1f}" height="18"/>')
            left += width
    parts.append(f'<text class="value" x="{left + 8:.1f}" y="{top + 14}">{escaped(_figures(row))}</text></g>')
    return "".join(parts)


def _short(chapter: str) -> str:
    """The chapter's name for a narrow place: its range of codes goes first, then the end of its name."""
    if len(chapter) <= _LONGEST_LABEL:
        return chapter
    name = chapter.rpartition(" (")[0] if chapter.endswith(")") and " (" in chapter else chapter
    return name if len(name) <= _LONGEST_LABEL else name[: _LONGEST_LABEL - 1].rstrip(" ,") + "…"


def _figures(row: ChapterCounts) -> str:
    named = (("added", row.added), ("deleted", row.deleted), ("revised", row.revised))
    return ", ".join(f"{number(count)} {name}" for name, count in named if count)
