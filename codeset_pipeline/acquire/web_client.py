"""Asking a publisher's site: who we are, whether we may, one at a time, and again only after what may pass.

Every request goes through here: pages, robots.txt and files alike. The client tries again after a cut connection, a
time-out, 429 and 5xx, and after nothing else.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin, urlsplit

from codeset_pipeline import __version__
from codeset_pipeline.acquire.host_turn import HostTurns
from codeset_pipeline.acquire.robots import RobotRules
from codeset_pipeline.acquire.web_failures import PassingFailure, connection_failures
from codeset_pipeline.errors import RefusedBySite, SourceError, TransientSourceError
from codeset_pipeline.settings import Settings

if TYPE_CHECKING:
    from requests import Response

_MOST_REDIRECTS = 6
_PASSING = {
    HTTPStatus.REQUEST_TIMEOUT,
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
}
_REFUSALS = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS}
_GONE = {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}
PRODUCT = "codeset-pipeline"
T = TypeVar("T")


def user_agent(contact: str) -> str:
    """Program, version and how to reach whoever runs it."""
    return f"{PRODUCT}/{__version__} (+{contact})" if contact else f"{PRODUCT}/{__version__}"


class WebClient:
    """Talks to the hosts of one publisher.

    Attributes:
        settings: pace and patience.
    """

    def __init__(self, folder: Path, hosts: Collection[str], settings: Settings) -> None:
        """Nothing is asked yet.

        Args:
            folder: where the workspace keeps what belongs to downloads.
            hosts: hosts (with port, where it is given) that requests and redirects may go to.
        """
        import requests

        self.settings = settings
        self.folder = folder
        self._hosts = {host.lower() for host in hosts}
        self._turns = HostTurns(folder / "hosts", settings.request_pause_seconds)
        self._session = requests.Session()
        # Neither credentials from ~/.netrc nor anything else of the user's belongs into a request.
        self._session.auth = _no_credentials
        self._session.headers["User-Agent"] = user_agent(settings.contact)
        self._robots = RobotRules(self._robots_text, PRODUCT)

    def close(self) -> None:
        self._session.close()

    def patiently(self, action: Callable[[], T], *, advanced: Callable[[], bool] = lambda: False) -> T:
        """Do something that asks the site, and do it again after failures that may pass.

        Args:
            advanced: has the action come further than ever since it was asked last? Then it begins to count anew.

        Raises:
            TransientSourceError: it failed as often as the settings allow, or the site asked to wait for longer.
        """
        failures = 0
        while True:
            try:
                return action()
            except PassingFailure as failure:
                failures = 0 if advanced() else failures
                wait = max(failure.wait_seconds, self.settings.retry_backoff_seconds * 2**failures)
                failures += 1
                if failures > self.settings.retries:
                    raise
                if failure.wait_seconds > self.settings.retry_wait_limit_seconds:
                    raise TransientSourceError(
                        f"{failure} and asked to be left alone for {failure.wait_seconds:.0f} seconds"
                    ) from failure
                time.sleep(min(wait, self.settings.retry_wait_limit_seconds))

    @contextmanager
    def ask(
        self, url: str, headers: Mapping[str, str] | None = None, form: Sequence[tuple[str, str]] | None = None
    ) -> Iterator[Response]:
        """One request, redirects followed, as a response whose body is still to be read; the host's turn lasts as long.

        It is a GET, or a POST of a form's fields. The answer's status is 200, 206, 304 or 416.

        Raises:
            PassingFailure: it may pass.
            RefusedBySite: the site or its robots.txt says no.
            SourceError: it is gone, or leads somewhere else.
        """
        asked = url
        for _ in range(_MOST_REDIRECTS):
            self._check_allowed(url)
            with self._turn(url), closing(self._send(url, headers, form)) as response:
                target = self._redirect(url, response)
                if target is None:
                    self._check_status(url, response)
                    yield response
                    return
            url, form = target, None
        raise SourceError(f"{asked} leads in a circle of redirects")

    @contextmanager
    def _turn(self, url: str) -> Iterator[None]:
        with self._turns.turn(urlsplit(url).netloc, self._robots.pause_seconds(url)):
            yield

    def _send(self, url: str, headers: Mapping[str, str] | None, form: Sequence[tuple[str, str]] | None) -> Response:
        with connection_failures(url):
            # Bytes as they are: ranges and lengths are those of the file, not of a compressed stream.
            return self._session.request(
                "GET" if form is None else "POST",
                url,
                data=None if form is None else list(form),
                headers={"Accept-Encoding": "identity", **(headers or {})},
                stream=True,
                allow_redirects=False,
                timeout=(self.settings.connect_timeout_seconds, self.settings.read_timeout_seconds),
            )

    def _check_allowed(self, url: str) -> None:
        if urlsplit(url).netloc.lower() not in self._hosts:
            raise SourceError(f"{url} is not on a site of the publisher's")
        if urlsplit(url).path != "/robots.txt" and not self._robots.allows(url):
            raise RefusedBySite(f"the robots.txt of {urlsplit(url).netloc} asks programs not to fetch {url}")

    def _redirect(self, url: str, response: Response) -> str | None:
        location = response.headers.get("Location")
        if response.status_code not in {301, 302, 303, 307, 308} or not location:
            return None
        target = urljoin(url, location)
        old, new = urlsplit(url), urlsplit(target)
        if new.scheme not in {"http", "https"} or (old.scheme == "https" and new.scheme == "http"):
            raise SourceError(f"{url} leads to {target}, which is not safe to follow")
        if new.netloc.lower() not in self._hosts:
            raise SourceError(f"{url} has moved to {target}, which is not on a site of the publisher's")
        return target

    @staticmethod
    def _check_status(url: str, response: Response) -> None:
        status = response.status_code
        if status in {200, 206, 304, 416}:
            return
        host = urlsplit(url).netloc
        if status in _PASSING:
            raise PassingFailure(f"{host} answered {status} for {url}", _retry_after(response))
        if status in _REFUSALS:
            raise RefusedBySite(f"{host} does not let the program in ({status} for {url})")
        if status in _GONE:
            raise SourceError(f"{url} is not there ({status}); it was moved or taken away")
        raise SourceError(f"{host} answered {status} for {url}")

    def _robots_text(self, url: str) -> str | None:
        """robots.txt of a host; None where there is none."""
        from codeset_pipeline.acquire.page_memory import fetch_page

        try:
            return fetch_page(self, url).decode("utf-8", errors="replace")
        except (RefusedBySite, TransientSourceError):
            raise
        except SourceError:
            return None


def _no_credentials(request: T) -> T:
    return request


def _retry_after(response: Response) -> float:
    """Seconds that a Retry-After header asks for, 0 without a readable one."""
    from urllib3.exceptions import InvalidHeader
    from urllib3.util.retry import Retry

    header = response.headers.get("Retry-After", "")
    try:
        return Retry().parse_retry_after(header) if header else 0
    except (InvalidHeader, ValueError, OverflowError):
        return 0
