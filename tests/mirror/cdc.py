"""The site ftp.cdc.gov: folders with a page of their own each, and files with spaces and typos in their names."""

from __future__ import annotations

import threading
from datetime import datetime

from tests.mirror.listing import Entry, directory_page
from tests.mirror.posted import Answer, Asked, Posted, file_answer, page_answer

ROOT = "/pub/Health_Statistics/NCHS/Publications/ICD10CM/"
_ROBOTS = "User-agent: *\nDisallow: /private/\n"
_MISSING = b"<html><head><title>404 - File or directory not found.</title></head><body>Server Error</body></html>"


class CdcSite:
    """What is posted on ftp.cdc.gov; paths are matched without regard to case, as the site does.

    Attributes:
        robots: text of /robots.txt.
    """

    name = "cdc"

    def __init__(self, changed: datetime) -> None:
        self._lock = threading.Lock()
        self._changed = changed
        self.robots = _ROBOTS
        self.files: dict[str, Posted] = {}

    def clear(self) -> None:
        """Take everything away."""
        with self._lock:
            self.robots = _ROBOTS
            self.files.clear()

    def post(self, folder: str, name: str, content: bytes, posted: datetime) -> str:
        """Post a file in a folder of ICD-10-CM (`2026`, `2025-Update`); returns its decoded path."""
        path = f"{ROOT}{folder}/{name}"
        with self._lock:
            self.files[path] = Posted(path, content, posted)
        return path

    def repost(self, path: str, content: bytes, posted: datetime) -> None:
        """Put other content under the same URL; the folder's page shows the new date and size."""
        with self._lock:
            self.files[path] = Posted(path, content, posted)

    def withdraw(self, path: str) -> None:
        """Take a file away, and with it its line on the folder's page."""
        with self._lock:
            del self.files[path]

    def answer(self, asked: Asked) -> Answer:
        """What the site answers when nothing goes wrong. Pages of folders are made anew and have no validators."""
        if asked.path == "/robots.txt":
            return page_answer(self.robots, self._changed)
        wanted = asked.path.lower()
        with self._lock:
            files = dict(self.files)
        for path, file in files.items():
            if path.lower() == wanted:
                return file_answer(file)
        folders = {path[: path.rindex("/") + 1] for path in files} | {ROOT}
        folder = next((each for each in folders if each.lower() == wanted), None)
        if folder is not None:
            return Answer(200, directory_page(folder, _entries(folder, files)), "text/html; charset=UTF-8")
        without_slash = next((each for each in folders if each.lower() == f"{wanted}/"), None)
        if without_slash is not None:
            return Answer(301, headers={"Location": without_slash})
        return Answer(404, _MISSING, "text/html")


def _entries(folder: str, files: dict[str, Posted]) -> list[Entry]:
    """The files of a folder, and the folders in it with the date of their newest file."""
    entries = []
    inner: dict[str, datetime] = {}
    for path, file in files.items():
        if not path.startswith(folder):
            continue
        rest = path[len(folder) :]
        if "/" not in rest:
            entries.append(Entry(path, file.posted, len(file.content)))
        else:
            name = rest.split("/")[0]
            inner[name] = max(file.posted, inner.get(name, file.posted))
    return entries + [Entry(f"{folder}{name}/", changed) for name, changed in inner.items()]
