"""What can go wrong between a publisher's site and the program, to be injected at will."""

from __future__ import annotations

import enum
import fnmatch
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.mirror.posted import Answer


class Kind(enum.Enum):
    """The ways to fail. Those of the last group need a file or page of their sort and else do not strike."""

    FORBIDDEN = "403"
    MISSING = "404"
    TOO_MANY = "429 with Retry-After"
    BROKEN = "500"
    UNAVAILABLE = "503"
    RESET = "connection reset before the answer"
    SLOW = "bytes that trickle in"
    CUT = "connection cut in the middle"
    STALL = "half of the content and then silence"
    LENGTH_TOO_LONG = "Content-Length larger than the content"
    LENGTH_TOO_SHORT = "Content-Length smaller than the content"
    HTML = "a page that says sorry, with status 200"
    MOVED = "redirect to a page"
    LOOP = "redirect loop"
    AWAY = "redirect to another site"

    LICENCE_PAGE = "licence page instead of the file"
    TRUNCATED = "truncated file with its right Content-Length"
    NOT_A_ZIP = "bytes that are no zip"
    WITHOUT_LINKS = "page without its links to files"
    RANGE_IGNORED = "Range ignored"


_FILES_ONLY = {Kind.LICENCE_PAGE, Kind.TRUNCATED, Kind.NOT_A_ZIP, Kind.RANGE_IGNORED}


@dataclass
class Fault:
    """Something to go wrong.

    Attributes:
        number: strikes from this request on (the mirror counts both sites' requests from 1 since `forget`), and then
            stays with the path of that request; None for any request to `path`.
        path: shell pattern of the decoded paths that it strikes, such as `*.zip`.
        times: how often it strikes; None for as long as it stays.
        seconds: Retry-After, or the pause between two bits of a slow answer, or how long the silence lasts at most.
        then: called after each strike (of silence, when it begins), for example to post other content.
        struck: how often it has struck.
    """

    kind: Kind
    number: int | None = None
    path: str = "*"
    times: int | None = 1
    seconds: float = 0
    then: Callable[[], None] | None = None
    struck: int = field(default=0, init=False)

    def strikes(self, number: int, path: str, answer: Answer) -> bool:
        if self.times is not None and self.struck >= self.times:
            return False
        if self.number is not None and number < self.number:
            return False
        if not fnmatch.fnmatchcase(path, self.path) or not _applies(self.kind, answer):
            return False
        if self.number is not None and self.struck == 0:
            if number != self.number:
                return False
            self.path = fnmatch_literal(path)
        self.struck += 1
        return True


def _applies(kind: Kind, answer: Answer) -> bool:
    if kind in _FILES_ONLY:
        return answer.is_file
    if kind is Kind.WITHOUT_LINKS:
        return not answer.is_file and "html" in answer.type
    return True


def fnmatch_literal(path: str) -> str:
    """The pattern that matches this path alone."""
    return "".join(f"[{each}]" if each in "*?[" else each for each in path)


class FaultPlan:
    """The faults that are set; the first that fits a request strikes it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def strike(self, number: int, path: str, answer: Answer) -> Fault | None:
        with self._lock:
            return next((fault for fault in self._faults if fault.strikes(number, path, answer)), None)
