"""What coders must know of an update: new, deleted and reworded codes of one specialty or chapter, fit for one page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import takewhile
from math import ceil

from codeset_pipeline.codes import printed
from codeset_pipeline.model import Change, ChangeKind, Evidence, FieldChange, ReleasePair
from codeset_pipeline.report.specialties import Specialty
from codeset_pipeline.report.table import Marked
from codeset_pipeline.report.words import mark_words

_NEW = frozenset({ChangeKind.ADDED, ChangeKind.BECAME_BILLABLE, ChangeKind.REACTIVATED, ChangeKind.REUSED})
_GONE = frozenset({ChangeKind.DELETED, ChangeKind.BECAME_HEADER, ChangeKind.WITHDRAWN})
_NOTES = frozenset({ChangeKind.NOTE_ADDED, ChangeKind.NOTE_DELETED, ChangeKind.NOTE_REVISED})

NO_SPECIALTY = "Codes of no specialty"
_MOST_REPLACEMENTS, _MOST_TITLES = 12, 2
_ON, _AND = " …", ", and others"

_HANGING = frozenset(
    ("", "a", "an", "and", "by", "due", "for", "from", "in", "of", "on", "or", "other", "the", "to", "with", "without")
)

#: Characters on a printed line of a column.
_LINE = 56


@dataclass(frozen=True, slots=True)
class Item:
    """A new, deleted or reworded code, or a family of them (`count` codes).

    Attributes:
        code: as printed; for a family `S36.1-`.
        before, after: titles with changed words marked for a reworded code, else one of them plain.
        replacements: of a deleted code, with their titles where they are one or two; empty when none is on record.
        suggested: the replacements only read alike.
        remark: a further fact in a few words, such as `suggested`.
    """

    code: str
    effective_from: date
    before: Marked | str = ""
    after: Marked | str = ""
    replacements: tuple[str, ...] = ()
    remark: str = ""
    count: int = 1
    suggested: bool = False


@dataclass
class Lesson:
    """One list.

    Attributes:
        others: codes whose title only changed in case, spacing, punctuation or accents, or whose other facts changed.
        notes: codes and sections whose instruction notes changed, as printed.
    """

    name: str
    new: list[Item] = field(default_factory=list)
    deleted: list[Item] = field(default_factory=list)
    revised: list[Item] = field(default_factory=list)
    others: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.new or self.deleted or self.revised or self.notes)


def by_chapter(pair: ReleasePair) -> list[Lesson]:
    """One list a chapter of ICD-10, or group of HCPCS codes, in the order of the codes."""
    grouped: dict[str, list[Change]] = defaultdict(list)
    for change in sorted(pair.changes, key=lambda each: each.code):
        grouped[change.chapter or "Other codes"].append(change)
    first = {name: min(change.code for change in changes) for name, changes in grouped.items()}
    found = [_lesson(pair, name, grouped[name]) for name in sorted(grouped, key=lambda name: first[name])]
    return [lesson for lesson in found if not lesson.empty]


def by_specialty(pair: ReleasePair, specialties: Sequence[Specialty]) -> list[Lesson]:
    """One list a specialty that any change concerns; what concerns none comes last."""
    changes = sorted(pair.changes, key=lambda each: each.code)
    left = list(changes)
    found = []
    for specialty in specialties:
        theirs = [change for change in changes if specialty.has(pair.code_set, change.code)]
        left = [change for change in left if not specialty.has(pair.code_set, change.code)]
        found.append(_lesson(pair, specialty.name, theirs))
    found.append(_lesson(pair, NO_SPECIALTY, left))
    return [lesson for lesson in found if not lesson.empty]


def _lesson(pair: ReleasePair, name: str, changes: Iterable[Change]) -> Lesson:
    lesson = Lesson(name)
    notes: dict[str, None] = {}
    for change in changes:
        code = printed(pair.code_set, change.code)
        if change.kind in _NOTES:
            notes[code] = None
        elif change.kind in _NEW and change.billable_after is not False:
            remark = "may be reported again" if change.kind is ChangeKind.REACTIVATED else ""
            remark = "has another meaning now" if change.kind is ChangeKind.REUSED else remark
            lesson.new.append(Item(code, change.effective_from, after=change.title_after or "", remark=remark))
        elif change.kind in _GONE and change.billable_before is not False:
            lesson.deleted.append(_deleted(pair, change, code))
        elif change.kind is ChangeKind.REVISED:
            title = _title(change)
            if title is None or change.billable_after is False:
                lesson.others += 1
            else:
                old, new = mark_words(str(title.old), str(title.new))
                before, after = Marked(tuple(old), "old"), Marked(tuple(new), "new")
                lesson.revised.append(Item(code, change.effective_from, before, after))
    lesson.notes = list(notes)
    return lesson


def _title(change: Change) -> FieldChange | None:
    """The title whose wording changed, the long one first."""
    worded = [
        (name, each)
        for name, each in change.fields.items()
        if each.text == "wording" and isinstance(each.old, str) and isinstance(each.new, str)
    ]
    return min(worded, key=lambda item: ("short" in item[0], item[0]))[1] if worded else None


def _deleted(pair: ReleasePair, change: Change, code: str) -> Item:
    mappings = [each for each in pair.mappings_of.get(change.code, ()) if each.target and each.target != change.code]
    suggested = bool(mappings) and all(each.evidence is Evidence.SUGGESTED for each in mappings)
    told = len(mappings) <= _MOST_TITLES
    shown = tuple(
        f"{printed(pair.code_set, each.target or '')} {(each.target_title or '') if told else ''}".strip()
        for each in mappings[:_MOST_REPLACEMENTS]
    )
    if len(mappings) > _MOST_REPLACEMENTS:
        shown = (*shown, f"and {len(mappings) - _MOST_REPLACEMENTS} more")
    remark = "only reads alike; a person must decide" if suggested else ""
    return Item(
        code,
        change.effective_from,
        before=change.title_before or "",
        replacements=shown,
        remark=remark,
        suggested=suggested,
    )


def shortened(lesson: Lesson, most: int) -> tuple[Lesson, int]:
    """The lesson on at most about `most` printed lines, and how many codes were drawn together for it.

    The largest families of new codes (the same first characters) become one entry each; when that is not enough, those
    of reworded and deleted ones too, and then wider families.
    """
    new, deleted, revised = list(lesson.new), list(lesson.deleted), list(lesson.revised)
    for lengths in ((5, 4), (3,), (2,), (1,)):
        for items in (new, revised, deleted):
            for length in lengths:
                excess = sum(map(lines_of, (*new, *deleted, *revised))) - most
                if excess > 0:
                    items[:] = _drawn_together(items, length, excess)
    short = Lesson(lesson.name, new, deleted, revised, lesson.others, lesson.notes)
    return short, sum(item.count for item in (*new, *deleted, *revised) if item.count > 1)


def lines_of(item: Item) -> int:
    """About how many printed lines an entry takes."""
    titles = [text.text if isinstance(text, Marked) else text for text in (item.before, item.after) if text]
    use = f"Use {'; '.join(item.replacements)}" if item.before and not isinstance(item.before, Marked) else ""
    return max(1, sum(ceil(len(text) / _LINE) for text in (*titles, use, item.remark) if text), 3 * (item.count > 1))


def _drawn_together(items: Sequence[Item], length: int, excess: int) -> list[Item]:
    families: dict[str, list[Item]] = defaultdict(list)
    for item in items:
        families[_beginning(item.code, length)].append(item)
    for beginning in sorted(families, key=lambda each: -len(families[each])):
        members = families[beginning]
        if excess <= 0 or len(members) < 2:
            break
        family = _family(members)
        excess -= sum(map(lines_of, members)) - lines_of(family)
        families[beginning] = [family]
    return [item for members in families.values() for item in members]


def _beginning(code: str, length: int) -> str:
    bare = code.rstrip("-")
    return bare[: length + 1] if "." in bare and length > 3 else bare[:length]


def _family(members: Sequence[Item]) -> Item:
    titles = [_bare(item.after or item.before) for item in members]
    common = _common_words(titles)
    title = common if common in titles else f"{common}{_ON}" if common else f"{titles[0]}{_AND}"
    codes = f"{members[0].code.split(' to ')[0]} to {members[-1].code.split(' to ')[-1]}"
    alike = len({item.replacements for item in members}) == 1
    remark = "see the workbook for each" if any(item.before for item in members) and not alike else ""
    return Item(
        codes,
        max(item.effective_from for item in members),
        after=title,
        replacements=members[0].replacements if alike else (),
        remark=remark,
        count=sum(item.count for item in members),
    )


def _bare(title: Marked | str) -> str:
    text = title.text if isinstance(title, Marked) else title
    return text.removesuffix(_ON).removesuffix(_AND)


def _common_words(titles: Sequence[str]) -> str:
    """The words with which all titles begin, without a preposition that they leave hanging."""
    columns = zip(*(title.split(" ") for title in titles), strict=False)
    words = [found[0] for found in takewhile(lambda found: len(set(found)) == 1, columns)]
    while words and words[-1].strip(",;:-").casefold() in _HANGING:
        words.pop()
    return " ".join(words).strip(" ,;:-")
