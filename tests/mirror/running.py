"""The mirror as a whole: both sites, the log of their requests, and what goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from tests.mirror.cdc import CdcSite
from tests.mirror.cms import CmsSite
from tests.mirror.faults import Fault, FaultPlan
from tests.mirror.posted import Posted
from tests.mirror.request_log import RequestLog
from tests.mirror.server import Served

_OPENED = datetime(2016, 6, 1, 12, tzinfo=UTC)


class Mirror:
    """Both sites on ports of 127.0.0.1, from construction until `stop`.

    Attributes:
        cms, cdc: what is posted on them; may be changed at any time.
        requests: every request to either.
    """

    def __init__(self, port: int = 0) -> None:
        """Serve empty sites.

        Args:
            port: of cms.gov, that of ftp.cdc.gov being the next; 0 takes any that are free.
        """
        self.cms, self.cdc = CmsSite(_OPENED), CdcSite(_OPENED)
        self.requests = RequestLog()
        self._faults = FaultPlan()
        self._served = [
            Served(self.cms, self.requests, self._faults, port),
            Served(self.cdc, self.requests, self._faults, port + 1 if port else 0),
        ]

    @property
    def cms_url(self) -> str:
        return self._served[0].url

    @property
    def cdc_url(self) -> str:
        return self._served[1].url

    def environment(self) -> dict[str, str]:
        """Settings that lead the program here, with no pause and with time-outs that suit a loopback site."""
        return {
            "CODESET_CMS_URL": self.cms_url,
            "CODESET_CDC_URL": self.cdc_url,
            "CODESET_CONTACT": "tests@example.org",
            "CODESET_REQUEST_PAUSE_SECONDS": "0",
            "CODESET_RETRY_BACKOFF_SECONDS": "0",
            "CODESET_RETRIES": "1",
            "CODESET_CONNECT_TIMEOUT_SECONDS": "5",
            "CODESET_READ_TIMEOUT_SECONDS": "5",
        }

    def fail(self, fault: Fault) -> Fault:
        """Let something go wrong; returns the fault, which counts how often it struck."""
        self._faults.add(fault)
        return fault

    def heal(self) -> None:
        """Nothing goes wrong any more."""
        self._faults.clear()

    def reset(self) -> None:
        """Back to empty sites, an empty log, and nothing that goes wrong."""
        self.heal()
        self.requests.forget()
        self.cms.clear()
        self.cdc.clear()

    def save(self, folder: Path, site: str, sorted_into: Callable[[str], str] = lambda _: "") -> Path:
        """Write the files of a site as somebody would who saved each of them in a browser, a folder for each of theirs.

        A file whose URL has slashes in its name is saved with hyphens in their place.

        Args:
            sorted_into: for a path on the site the folder that a person would put it into, such as `FY2021-jan`.
        """
        files: dict[str, Posted] = self.cms.files if site == "cms" else self.cdc.files
        for path, file in files.items():
            if path.endswith(".pdf"):
                continue
            place = folder / sorted_into(path) / _saved_as(path)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(file.content)
        return folder

    def stop(self) -> None:
        for served in self._served:
            served.stop()

    def __enter__(self) -> Mirror:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def _saved_as(path: str) -> str:
    for start in ("/files/zip/", "/medicare/coding/icd10/downloads/"):
        if path.startswith(start):
            return path.removeprefix(start).replace("/", "-")
    return "/".join(path.rsplit("/", 2)[-2:])
