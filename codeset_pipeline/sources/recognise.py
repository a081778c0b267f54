"""Which code set, release and kinds of file an archive or bare file is, told from its names and its content hash."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from codeset_pipeline.errors import AmbiguousRelease, SourceError
from codeset_pipeline.labels import effective_date, fiscal_year_start, label_of
from codeset_pipeline.sources.definition import Source
from codeset_pipeline.sources.hints import Hint, folder_hint, hint


@dataclass(frozen=True, slots=True)
class Member:
    """A file as it was found: its path within the archive (its name for a bare file) and the date it carries there."""

    path: str
    written: date | None = None

    @property
    def name(self) -> str:
        return re.split(r"[/\\]", self.path)[-1]


@dataclass(frozen=True, slots=True)
class RecognisedMember:
    """A release file and its role."""

    path: str
    role: str


@dataclass(frozen=True, slots=True)
class Recognised:
    """An archive or bare file that belongs to a code set.

    Attributes:
        effective_from: effective date of its release; None when only the user can tell, and then `question` says why.
        posted: date on which the publisher posted it, where a name says so.
        ignored: member → why it is not read.
        unrecognised: members that no pattern of the source knows.
    """

    code_set: str
    name: str
    effective_from: date | None
    posted: date | None
    files: tuple[RecognisedMember, ...]
    ignored: dict[str, str]
    unrecognised: tuple[str, ...]
    question: str = ""


def _role(source: Source, name: str, siblings: Sequence[str]) -> str | None:
    for pattern in source.files:
        if not pattern.name.fullmatch(name) or (pattern.unless and pattern.unless.search(name)):
            continue
        if pattern.beside and not any(pattern.beside.fullmatch(other) for other in siblings if other != name):
            continue
        return pattern.role
    return None


def _one(values: set[int], what: str, where: str, name: str) -> int | None:
    if len(values) > 1:
        shown = " and ".join(str(value) for value in sorted(values))
        raise SourceError(
            f"{name}: {where} name {what} {shown} at once; sort the files into one folder per release and run it again."
        )
    return next(iter(values), None)


def _own_release(hints: Sequence[Hint], name: str) -> tuple[int | None, int | None]:
    year = _one({h.fiscal_year for h in hints if h.fiscal_year}, "fiscal year", "the file names", name)
    month = _one({h.month for h in hints if h.month}, "month", "the file names", name)
    return year, month


def _told_release(
    hints: Sequence[Hint], folders: Sequence[str], members: Sequence[Member], name: str
) -> tuple[date | None, str]:
    """The effective date that the names tell, or None and the reason why they do not."""
    year, month = _own_release(hints, name)
    folder = next((found for found in map(folder_hint, reversed(folders)) if found), None)
    if folder and folder.fiscal_year:
        if year and year != folder.fiscal_year:
            raise SourceError(
                f"{name} holds files of fiscal year {year} but lies in a folder for {folder.fiscal_year}; "
                "move it to the right folder or name its release with --release."
            )
        if month and folder.month and month != folder.month:
            raise SourceError(
                f"{name}: its name and its folder name different months of {folder.fiscal_year}; "
                "name its release with --release."
            )
        year, month = folder.fiscal_year, month or folder.month
        named_by_label = folder.month is None and not folder.updated
    else:
        named_by_label = False
    if year is None:
        return None, "no name in it tells a year"
    if month:
        return (date(year, month, 1) if month < 10 else fiscal_year_start(year)), ""
    october = fiscal_year_start(year)
    if folder and folder.updated:
        return None, "it is a mid-year update, and its names do not tell of which month"
    late = [h.posted for h in hints if h.posted and h.posted >= october]
    if late:
        return None, f"it was posted on {late[0]}, after the October release, and reuses that release's names"
    # A mid-year update is written within its fiscal year; a later date only says that somebody packed it again.
    written = [m.written for m in members if m.written and october <= m.written < fiscal_year_start(year + 1)]
    if written and not named_by_label:
        return None, f"its members were written on {max(written)}, after the October release took effect"
    if any(h.updated and not h.posted for h in hints) and not named_by_label:
        return None, "its name says that it was updated, and not when"
    return october, ""


def recognise(
    source: Source,
    name: str,
    members: Sequence[Member],
    *,
    folders: Sequence[str] = (),
    sha256: str = "",
    archive: bool,
    release: date | None = None,
) -> Recognised | None:
    """Tell what an archive or bare file is to this source; None when nothing in it belongs to the code set.

    Args:
        name: name of the archive or bare file.
        members: what the archive holds; the bare file itself otherwise.
        folders: names of the folders the file lies in, outermost first.
        sha256: hash of the whole file, looked up among the known archives.
        archive: is it an archive (and not a bare file)?
        release: the release that the user named, which must not contradict the files' own names.

    Raises:
        SourceError: the names contradict each other, the catalogue, or the release that the user named.
    """
    names = [member.name.lower() for member in members]
    files: list[RecognisedMember] = []
    ignored: dict[str, str] = {}
    unrecognised: list[str] = []
    for member, lower in zip(members, names, strict=True):
        role = _role(source, lower, names)
        if role:
            files.append(RecognisedMember(member.path, role))
            continue
        why = next((pattern.why for pattern in source.ignored if pattern.name.fullmatch(lower)), None)
        if why:
            ignored[member.path] = why
        else:
            unrecognised.append(member.path)
    if not files:
        return None
    read = [member for member in members if any(member.path == file.path for file in files)]
    hints = [hint(member.name) for member in read]
    if archive:
        hints.append(hint(name))
    posted = max((h.posted for h in hints if h.posted), default=None)
    known = source.known_archives.get(sha256)
    question = ""
    if known:
        effective: date | None = effective_date(known)
        if release and release != effective:
            raise SourceError(
                f"{name} is known by its content as {known}, not {label_of(source.code_set, release)}; "
                f"leave --release out or use --release {known}."
            )
    elif release:
        year, month = _own_release(hints, name)
        expected_year = release.year + 1 if release.month >= 10 else release.year
        if (year and year != expected_year) or (month and month != release.month):
            raise SourceError(
                f"{name} holds files named for "
                f"{'FY' + str(year) if year else 'another release'}, not for {label_of(source.code_set, release)}; "
                "check which file belongs to which release."
            )
        effective = release
    else:
        effective, question = _told_release(hints, folders, members if archive else (), name)
    return Recognised(source.code_set, name, effective, posted, tuple(files), ignored, tuple(unrecognised), question)


def require_release(recognised: Recognised) -> date:
    """The effective date of a recognised file.

    Raises:
        AmbiguousRelease: its names do not tell, so that the user has to.
    """
    if recognised.effective_from is None:
        raise AmbiguousRelease(
            f"Cannot tell which release {recognised.name} belongs to: {recognised.question}; "
            "name it with --release, for example --release FY2024-apr."
        )
    return recognised.effective_from
