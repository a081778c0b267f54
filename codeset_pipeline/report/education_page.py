"""Education lists to hand out: a page of paper for each specialty or chapter, in one HTML file that prints as it is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from string import Template

from codeset_pipeline.model import ReleasePair
from codeset_pipeline.report.education import Item, Lesson, by_chapter, by_specialty, shortened
from codeset_pipeline.report.markup import cell_html, escaped
from codeset_pipeline.report.page import asset, hashed
from codeset_pipeline.report.phrases import code_set_name, counted, long_date, pair_name
from codeset_pipeline.report.specialties import Specialty
from codeset_pipeline.report.summary import SAMPLE
from codeset_pipeline.report.table import Column

#: So many lines of entries fit on a page of paper in two columns, with room for headings.
_MOST_LINES = 108
_MOST_NOTES = 60
_TEXT = Column("", 0)

Group = tuple[str, str, Sequence[Lesson]]
"""What the lists go by, of which update, and the lists."""


def write_education(
    pairs: Sequence[ReleasePair], specialties: Sequence[Specialty], folder: Path, *, sample: bool, foot: str
) -> list[Path]:
    """Write `education_by_specialty.html` and `education_by_chapter.html`; returns those that have a list.

    Args:
        foot: what stands at the end of every page, such as the program's version and the time of writing.
    """
    paths = []
    for way, lessons in (
        ("specialty", [(pair, by_specialty(pair, specialties)) for pair in pairs] if specialties else []),
        ("chapter", [(pair, by_chapter(pair)) for pair in pairs]),
    ):
        if any(found for _, found in lessons):
            path = folder / f"education_by_{way}.html"
            path.write_text(education_html(way, lessons, sample=sample, foot=foot), encoding="utf-8", newline="\n")
            paths.append(path)
    return paths


def education_html(
    way: str, lessons: Sequence[tuple[ReleasePair, Sequence[Lesson]]], *, sample: bool, foot: str
) -> str:
    """The whole page: a list of contents, then a page of paper for each lesson."""
    style = asset("education.css")
    title = "; ".join(pair_name(pair) for pair, _ in lessons)
    numbered = [(pair, lesson) for pair, found in lessons for lesson in found]
    contents = "".join(
        f'<li><a href="#list-{number}">{escaped(lesson.name)}</a> <span>{escaped(_totals(lesson))}</span></li>'
        for number, (_, lesson) in enumerate(numbered, 1)
    )
    banner = f'<p class="sample">{escaped(SAMPLE)}</p>' if sample else ""
    body = "".join(_page(number, pair, lesson, banner, foot) for number, (pair, lesson) in enumerate(numbered, 1))
    return Template(asset("education.html")).substitute(
        policy=f"default-src 'none'; style-src '{hashed(style)}'; base-uri 'none'; form-action 'none'",
        title=escaped(f"What coders must know, by {way}: {title}"),
        style=style,
        banner=banner,
        heading=escaped(f"What coders must know, by {way}"),
        when=escaped(title),
        contents=contents,
        body=body,
    )


def _totals(lesson: Lesson) -> str:
    parts = ((len(lesson.new), "new"), (len(lesson.deleted), "deleted"), (len(lesson.revised), "reworded"))
    told = [f"{count:,} {what}" for count, what in parts if count]
    if lesson.notes:
        told.append(f"{counted(len(lesson.notes), 'code')} with other notes")
    return ", ".join(told)


def _page(number: int, pair: ReleasePair, lesson: Lesson, banner: str, foot: str) -> str:
    short, drawn = shortened(lesson, _MOST_LINES - len(lesson.notes[:_MOST_NOTES]) // 6)
    since = long_date(pair.to_release.effective_from)
    parts = [
        f'<section id="list-{number}">{banner}<header><h2>{escaped(lesson.name)}</h2><p class="what">'
        f"{escaped(code_set_name(pair.code_set))} {escaped(pair.to_release.label)}, from {escaped(since)}: "
        f'{escaped(_totals(lesson))}.</p></header><div class="columns">'
    ]
    parts.append(_entries("Deleted: do not use any more", short.deleted, pair, deleted=True))
    parts.append(_entries("New", short.new, pair))
    parts.append(_entries("Reworded", short.revised, pair))
    if lesson.notes:
        shown = ", ".join(lesson.notes[:_MOST_NOTES])
        more = f" and {len(lesson.notes) - _MOST_NOTES:,} more" if len(lesson.notes) > _MOST_NOTES else ""
        parts.append(f"<h3>Read the instruction notes again at</h3><p>{escaped(shown + more)}</p>")
    if lesson.others:
        parts.append(f"<p>{escaped(_others(lesson.others))}</p>")
    parts.append("</div>")
    if drawn:
        told = (
            f"{drawn:,} codes are drawn together into families; the sheet Education of the workbook has each of them."
        )
        parts.append(f'<p class="drawn">{escaped(told)}</p>')
    parts.append(f"<footer>{escaped(foot)}</footer></section>")
    return "".join(parts)


def _others(count: int) -> str:
    verb = "differs" if count == 1 else "differ"
    return f"{counted(count, 'more code')} {verb} only in spelling, headers or facts that coding does not rest on."


def _entries(heading: str, items: Sequence[Item], pair: ReleasePair, deleted: bool = False) -> str:
    if not items:
        return ""
    total = sum(item.count for item in items)
    rows = "".join(_entry(item, pair, deleted) for item in items)
    return f"<h3>{escaped(heading)} <span>{total:,}</span></h3><dl>{rows}</dl>"


def _entry(item: Item, pair: ReleasePair, deleted: bool) -> str:
    count = f' <span class="count">{item.count:,} codes</span>' if item.count > 1 else ""
    texts = [f"<p>{cell_html(text, _TEXT)}</p>" for text in (item.before, item.after) if text]
    if deleted and item.replacements:
        texts.append(
            f'<p class="use">{"Perhaps" if item.suggested else "Use"} {escaped("; ".join(item.replacements))}</p>'
        )
    elif deleted and item.count == 1:
        texts.append('<p class="use">No replacement is on record.</p>')
    if item.remark:
        texts.append(f'<p class="remark">{escaped(item.remark)}</p>')
    if item.effective_from != pair.to_release.effective_from:
        texts.append(f'<p class="remark">from {escaped(long_date(item.effective_from))}</p>')
    return f"<div><dt>{escaped(item.code)}{count}</dt><dd>{''.join(texts)}</dd></div>"
