"""The site cms.gov: one page for all ICD-10 years, one for HCPCS, three for the NCCI edits, and a gate."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qs, quote

from tests.mirror import pages
from tests.mirror.pages import FiscalYear, Link
from tests.mirror.posted import Answer, Asked, Posted, file_answer, page_answer

_CODING = "/medicare/coding-billing"
_NCCI = f"{_CODING}/national-correct-coding-initiative-ncci-edits"
ICD10_PAGE = f"{_CODING}/icd-10-codes"
HCPCS_PAGE = f"{_CODING}/healthcare-common-procedure-system/quarterly-update"
PTP_PAGE = f"{_NCCI}/medicare-ncci-procedure-procedure-ptp-edits"
MUE_PAGE = f"{_NCCI}/medicare-ncci-medically-unlikely-edits-mues"
AOC_PAGE = f"{_NCCI}/medicare-ncci-add-code-edits"
LICENCE_PAGE = "/license/ama"

_NCCI_TITLES = {
    PTP_PAGE: "Medicare NCCI Procedure to Procedure (PTP) Edits",
    MUE_PAGE: "Medicare NCCI Medically Unlikely Edits (MUEs)",
    AOC_PAGE: "Medicare NCCI Add-on Code Edits",
}
_ROBOTS = """User-agent: *
# Directories
Disallow: /core/
Disallow: /profiles/
# Paths (clean URLs)
Disallow: /admin/
Disallow: /node/add/
Disallow: /search/
Disallow: /user/login
"""
# Clients that the site's guard turns away because they only name the library they are made with.
_NAMELESS = ("python-requests/", "python-urllib", "curl/", "wget/", "python-httpx/", "go-http-client")
_COOKIE = "ama_license=accepted"


class CmsSite:
    """What is posted on cms.gov; files and links may be added, re-posted and taken away while it is served.

    Attributes:
        robots: text of /robots.txt.
        changed: Last-Modified of the pages.
    """

    name = "cms"

    def __init__(self, changed: datetime) -> None:
        self._lock = threading.Lock()
        self._opened = changed
        self.files: dict[str, Posted] = {}
        self._icd10: dict[int, FiscalYear] = {}
        self._hcpcs: list[Link] = []
        self._ncci: dict[str, dict[str, list[Link]]] = {}
        self.clear()

    def clear(self) -> None:
        """Take everything away."""
        with self._lock:
            self.robots, self.changed = _ROBOTS, self._opened
            self.files.clear()
            self._icd10.clear()
            self._hcpcs.clear()
            self._ncci = {page: {} for page in _NCCI_TITLES}

    def post_icd10cm(
        self, year: int, label: str, name: str, content: bytes, posted: datetime, note: str = "", href: str = ""
    ) -> str:
        """Post a file under the heading of ICD-10-CM of a fiscal year; returns its path.

        Args:
            name: the file's name under `/files/zip/` (it may hold slashes), or its whole path.
            note: what stands after the link, such as `Updated 02/01/2024`.
            href: the link as the page has it, where that differs from the path.
        """
        link = self._post(label, name, content, posted, note, href)
        self._icd10.setdefault(year, FiscalYear()).cm.append(link)
        return _path(name)

    def post_icd10pcs(
        self, year: int, label: str, name: str, content: bytes, posted: datetime, note: str = "", href: str = ""
    ) -> str:
        """Post a file under the heading of ICD-10-PCS of a fiscal year; returns its path."""
        link = self._post(label, name, content, posted, note, href)
        self._icd10.setdefault(year, FiscalYear()).pcs.append(link)
        return _path(name)

    def post_hcpcs(self, label: str, name: str, content: bytes, posted: datetime, note: str = "") -> str:
        """Post a quarter's zip at the head of the HCPCS page; returns its path."""
        self._hcpcs.insert(0, self._post(label, name, content, posted, note))
        return _path(name)

    def post_ncci(
        self, page: str, heading: str, label: str, name: str, content: bytes, posted: datetime, gated: bool = False
    ) -> str:
        """Post a file on one of the pages of the NCCI edits; a gated one is linked through the licence page."""
        path = _path(name)
        href = f"{LICENCE_PAGE}?file={name if name.startswith('/') else path}" if gated else ""
        link = self._post(label, name, content, posted, href=href, gated=gated)
        self._ncci[page].setdefault(heading, []).append(link)
        return path

    def post_document(self, year: int, label: str, name: str, posted: datetime) -> None:
        """Post a PDF among the ICD-10-CM files of a year."""
        self.post_icd10cm(year, label, f"/files/document/{name}", b"%PDF-1.4\n%%EOF\n", posted)

    def _post(
        self,
        label: str,
        name: str,
        content: bytes,
        posted: datetime,
        note: str = "",
        href: str = "",
        gated: bool = False,
    ) -> Link:
        path = _path(name)
        with self._lock:
            self.files[path] = Posted(path, content, posted, gated)
            self.changed = max(self.changed, posted)
        return Link(label, href or quote(path, safe="/"), note)

    def repost(self, path: str, content: bytes, posted: datetime) -> None:
        """Put other content under the same URL, without a word on the page."""
        with self._lock:
            self.files[path] = Posted(path, content, posted, self.files[path].gated)

    def withdraw(self, path: str) -> None:
        """Take a file away; the links to it stay."""
        with self._lock:
            del self.files[path]

    def unlink(self, path: str) -> None:
        """Take the links to a file from the pages; the file stays."""
        lists = [self._hcpcs]
        lists += [links for year in self._icd10.values() for links in (year.cm, year.pcs)]
        lists += [links for sections in self._ncci.values() for links in sections.values()]
        for links in lists:
            links[:] = [link for link in links if not link.href.endswith(quote(path, safe="/"))]
        self.changed += timedelta(seconds=1)

    def answer(self, asked: Asked) -> Answer:
        """What the site answers when nothing goes wrong."""
        path = asked.path
        if path == "/robots.txt":
            return page_answer(self.robots, self._opened)
        if _is_nameless(asked.headers):
            return Answer(403, pages.denied_page(path).encode(), "text/html")
        with self._lock:
            file = self.files.get(_collapsed(path))
        if file is not None and file.gated and not _agreed(asked):
            return Answer(302, headers={"Location": f"{LICENCE_PAGE}?file={quote(file.path)}"})
        if file is not None:
            answer = file_answer(file)
            if not file.gated:
                return answer
            return Answer(**{**vars(answer), "headers": {**answer.headers, "Set-Cookie": f"{_COOKIE}; Path=/"}})
        html = self._page(asked)
        if html is None:
            return Answer(404, pages.sorry_page().encode())
        return page_answer(html, self.changed)

    def _page(self, asked: Asked) -> str | None:
        path = asked.path.rstrip("/")
        if path == ICD10_PAGE:
            return pages.icd10_page(self._icd10)
        if path == HCPCS_PAGE:
            return pages.hcpcs_page(self._hcpcs)
        if path in _NCCI_TITLES:
            return pages.ncci_page(_NCCI_TITLES[path], self._ncci[path])
        if path == LICENCE_PAGE:
            return pages.licence_page(parse_qs(asked.query).get("file", [""])[0])
        return None


def _path(name: str) -> str:
    return _collapsed(name) if name.startswith("/") else f"/files/zip/{name}"


def _collapsed(path: str) -> str:
    """Links to files sometimes have a slash too many, which the site does not mind."""
    while "//" in path:
        path = path.replace("//", "/")
    return path


def _is_nameless(headers: Mapping[str, str]) -> bool:
    agent = headers.get("user-agent", "").lower()
    return not agent or agent.startswith(_NAMELESS)


def _agreed(asked: Asked) -> bool:
    said = parse_qs(asked.query)
    return said.get("agree") == ["yes"] or _COOKIE in asked.headers.get("cookie", "")
