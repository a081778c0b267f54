"""Which code set, release and kinds of file an archive or bare file is, told from its names and its content hash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from codeset_pipeline.errors import AmbiguousRelease, SourceError
from codeset_pipeline.labels import effective_date, label_of
from codeset_pipeline.sources.definition import Source
from codeset_pipeline.sources.hints import hint
from codeset_pipeline.sources.member import Member
from codeset_pipeline.sources.told import told_fiscal_year, told_quarter
from codeset_pipeline.sources.told_add_on import told_add_on_quarter


@dataclass(frozen=True, slots=True)
class RecognisedMember:
    """A release file, its role, and the date that its archive gives it."""

    path: str
    role: str
    written: date | None = None


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


def _role(source: Source, name: str, siblings: Sequence[str], places: Sequence[str]) -> str | None:
    for pattern in source.files:
        found = pattern.name.fullmatch(name)
        if not found or (pattern.unless and pattern.unless.search(name)):
            continue
        if pattern.beside and not any(pattern.beside.fullmatch(other) for other in siblings if other != name):
            continue
        if pattern.within and not any(pattern.within.search(place) for place in places):
            continue
        return pattern.role.format(**found.groupdict())
    return None


def is_release_file(source: Source, name: str, folders: Sequence[str] = ()) -> bool:
    """Could a bare file of this name belong to the code set, whatever its release?"""
    return _role(source, name.lower(), [name.lower()], [folder.lower() for folder in folders]) is not None


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
    places = [name.lower()] if archive else [folder.lower() for folder in folders]
    files: list[RecognisedMember] = []
    ignored: dict[str, str] = {}
    unrecognised: list[str] = []
    for member, lower in zip(members, names, strict=True):
        role = _role(source, lower, names, places)
        if role:
            files.append(RecognisedMember(member.path, role, member.written))
            continue
        why = next((pattern.why for pattern in source.ignored if pattern.name.fullmatch(lower)), None)
        if why:
            ignored[member.path] = why
        else:
            unrecognised.append(member.path)
    if not files:
        return None
    read = [member for member in members if any(member.path == file.path for file in files)]
    names_read = [member.name for member in read] + ([name] if archive else [])
    posted = max((h.posted for h in map(hint, names_read) if h.posted), default=None)
    known = source.known_archives.get(sha256)
    if known:
        effective: date | None = effective_date(known)
        question = ""
        if release and release != effective:
            raise SourceError(
                f"{name} is known by its content as {known}, not {label_of(source.code_set, release)}; "
                f"leave --release out or use --release {known}."
            )
    elif source.layout == "ncci_aoc":
        effective, question = told_add_on_quarter(source.code_set, names_read, folders, name, release)
    elif source.calendar == "quarter":
        effective, question = told_quarter(source.code_set, names_read, folders, name, release)
    else:
        dated = read if archive else ()
        effective, question = told_fiscal_year(source.code_set, names_read, folders, dated, name, release)
    return Recognised(source.code_set, name, effective, posted, tuple(files), ignored, tuple(unrecognised), question)


def require_release(recognised: Recognised) -> date:
    """The effective date of a recognised file.

    Raises:
        AmbiguousRelease: its names do not tell, so that the user has to.
    """
    if recognised.effective_from is None:
        raise AmbiguousRelease(
            f"Cannot tell which release {recognised.name} belongs to: {recognised.question}; "
            f"name it with --release, for example --release {label_of(recognised.code_set, date(2024, 4, 1))}."
        )
    return recognised.effective_from
