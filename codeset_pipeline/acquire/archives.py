"""Reading zips and bare files that came from somewhere else, without trusting them."""

from __future__ import annotations

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import IO

from codeset_pipeline.errors import SourceError
from codeset_pipeline.settings import Settings

# Text release files compress about 1:7. A member that claims far more is not one.
_MAX_RATIO = 200
_RATIO_MATTERS_FROM = 20_000_000
_READ_SIZE = 1 << 20
_LICENCE_LOOKED_AT = 500_000


@dataclass(frozen=True, slots=True)
class ArchiveMember:
    """One file of an archive: its path there, its unpacked size and the date it carries."""

    path: str
    size: int
    written: date | None


def _looks_like_html(start: bytes) -> bool:
    text = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return text.startswith(
        (b"<!doctype html", b"<html", b"<head", b'<?xml version="1.0" encoding="utf-8"?><!doctype html')
    )


def _is_licence_page(content: bytes) -> bool:
    """Is it the click-through agreement that stands before files with CPT codes?"""
    words = content[:_LICENCE_LOOKED_AT].lower()
    agreement = b"agreement" in words and (b"license" in words or b"licence" in words)
    return agreement and (b"american medical association" in words or b"ama" in words.split() or b"cpt" in words)


def _written(info: zipfile.ZipInfo) -> date | None:
    try:
        return date(*info.date_time[:3])
    except ValueError:
        return None


def _check_path(name: str, archive: str) -> None:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or (path.parts and path.parts[0].endswith(":")) or "\x00" in name:
        raise SourceError(
            f"{archive} holds a member that would be written outside its folder ({name!r}); "
            "it is not a publisher's archive, so get it again from the publisher's page."
        )


class ReleaseFileContainer:
    """A zip, or a bare file standing for an archive with one member.

    The whole file is in memory: the largest genuine one is under 30 MB.
    """

    def __init__(self, name: str, content: bytes) -> None:
        """Open the container and check it.

        Raises:
            SourceError: it is empty, an HTML page, no zip though named so, cut off, encrypted, or dangerous.
        """
        self.name = name
        self.content = content
        self.is_archive = name.lower().endswith(".zip")
        if not content:
            raise SourceError(f"{name} is empty; get it again from the publisher's page.")
        if _looks_like_html(content[:512]) and not name.lower().endswith((".html", ".htm")):
            if _is_licence_page(content):
                raise SourceError(
                    f"{name} is the page with the AMA licence agreement, not the release file behind it: open the link "
                    "in a browser, accept the agreement there, save the file that follows and import it with "
                    "--from PATH."
                )
            raise SourceError(
                f"{name} is an HTML page, not a release file: the site answered with a page instead; open the "
                "address in a browser, save the file itself and import it with --from PATH."
            )
        self._zip: zipfile.ZipFile | None = None
        if self.is_archive:
            self._zip = self._open_zip()

    @classmethod
    def read(cls, path: Path) -> ReleaseFileContainer:
        try:
            return cls(path.name, path.read_bytes())
        except OSError as error:
            raise SourceError(
                f"{path} cannot be read ({error.strerror}); check the path and its permissions."
            ) from error

    def _open_zip(self) -> zipfile.ZipFile:
        try:
            archive = zipfile.ZipFile(io.BytesIO(self.content))
        except (zipfile.BadZipFile, zlib.error, ValueError, OSError) as error:
            raise SourceError(
                f"{self.name} is not a complete zip ({error}); the download was probably cut off, so get it again."
            ) from error
        settings = Settings()
        total = 0
        for info in archive.infolist():
            _check_path(info.filename, self.name)
            if info.flag_bits & 0x1:
                raise SourceError(f"{self.name} is protected by a password; get the publisher's own file.")
            total += info.file_size
            suspicious = info.file_size > _RATIO_MATTERS_FROM and info.file_size > _MAX_RATIO * max(
                1, info.compress_size
            )
            if suspicious or info.file_size > settings.max_member_bytes or total > settings.max_archive_bytes:
                raise SourceError(
                    f"{self.name} would unpack to {total:,} bytes, far more than any release "
                    f"({info.filename!r}); it is not a publisher's archive, so get it again from the publisher's page."
                )
        return archive

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()

    def members(self) -> list[ArchiveMember]:
        """The files inside, without folders; a bare file is its own only member."""
        if self._zip is None:
            return [ArchiveMember(self.name, len(self.content), None)]
        return [
            ArchiveMember(info.filename, info.file_size, _written(info))
            for info in self._zip.infolist()
            if not info.is_dir()
        ]

    def read_member(self, path: str) -> bytes:
        """The bytes of one member.

        Raises:
            SourceError: the member is damaged or longer than it claims.
        """
        if self._zip is None:
            return self.content
        info = self._zip.getinfo(path)
        try:
            with self._zip.open(info) as stream:
                parts = list(self._parts(stream, info))
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
            raise SourceError(
                f"{self.name} is damaged at its member {path} ({error}); get it again from the publisher's page."
            ) from error
        return b"".join(parts)

    def _parts(self, stream: IO[bytes], info: zipfile.ZipInfo) -> Iterator[bytes]:
        read = 0
        while part := stream.read(_READ_SIZE):
            read += len(part)
            if read > info.file_size:
                raise SourceError(f"{self.name}: {info.filename} is longer than the archive says; get it again.")
            yield part
