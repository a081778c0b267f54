"""The directory pages of ftp.cdc.gov, to the byte."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote


@dataclass(frozen=True)
class Entry:
    """A line of a directory page; a folder has no size. `path` is the decoded path of the file or folder."""

    path: str
    changed: datetime
    size: int | None = None

    @property
    def name(self) -> str:
        return self.path.rstrip("/").rsplit("/", 1)[-1]


def _href(path: str) -> str:
    return quote(path, safe="/()&+,-._~")


def _line(entry: Entry) -> str:
    changed = entry.changed
    hour = changed.hour % 12 or 12
    half = "AM" if changed.hour < 12 else "PM"
    day = f"{changed.month}/{changed.day}/{changed.year}"
    time = f"{hour}:{changed.minute:02d} {half}"
    size = f"{'<dir>':>12}".replace("<dir>", "&lt;dir&gt;") if entry.size is None else f"{entry.size:>12}"
    return f'{day:>10} {time:>8} {size} <A HREF="{_href(entry.path)}">{entry.name}</A><br>'


def directory_page(path: str, entries: list[Entry]) -> bytes:
    """The page of a folder, whose path ends with a slash; entries are sorted by name without regard to case."""
    parent = path.rstrip("/").rsplit("/", 1)[0] + "/"
    title = f"ftp.cdc.gov - {path}"
    lines = "".join(_line(entry) for entry in sorted(entries, key=lambda entry: entry.name.upper()))
    return (
        f"<html><head><title>{title}</title></head><body><H1>{title}</H1><hr>\r\n\r\n"
        f'<pre><A HREF="{_href(parent)}">[To Parent Directory]</A><br><br>{lines}</pre><hr></body></html>'
    ).encode()
