"""Where a sync takes the events from: the workspace's own feed, or another installation's HTTP API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any, Protocol

from codeset_pipeline import __version__
from codeset_pipeline.errors import FeedError, TransientSourceError, UsageError
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.releases import loaded_releases
from codeset_pipeline.settings import Settings, Workspace

Batch = list[str | bytes | dict[str, Any]]


class Origin(Protocol):
    """A feed to follow."""

    def code_sets(self) -> list[str]:
        """The code sets that can be followed."""
        ...

    def head(self, code_set: str) -> dict[str, Any]:
        """The newest cursor of a code set, and rows and hash of each table there."""
        ...

    def batches(self, code_set: str, since: str, size: int) -> Iterator[Batch]:
        """The events after a cursor, not yet verified."""
        ...


class WorkspaceOrigin:
    """The feeds of a workspace, extended by whatever has been loaded."""

    def __init__(self, workspace: Workspace, progress: Callable[[str], None]) -> None:
        self._workspace, self._progress = workspace, progress

    def code_sets(self) -> list[str]:
        database = HistoryDatabase(self._workspace.database_url)
        try:
            with database.reading() as connection:
                return sorted({release.code_set for release in loaded_releases(connection)})
        finally:
            database.dispose()

    def _feed(self, code_set: str) -> Any:
        from codeset_pipeline.upkeep import current_feed

        return current_feed(self._workspace, code_set, self._progress)

    def head(self, code_set: str) -> dict[str, Any]:
        found: dict[str, Any] = self._feed(code_set).head()
        return found

    def batches(self, code_set: str, since: str, size: int) -> Iterator[Batch]:
        lines = self._feed(code_set).lines(since)
        while batch := list(islice(lines, size)):
            yield batch


class HttpOrigin:
    """The feeds that another installation serves (`codeset serve`)."""

    def __init__(self, url: str) -> None:
        import requests
        from requests.adapters import HTTPAdapter
        from urllib3.util import Retry

        settings = Settings()
        self._url = url.rstrip("/")
        self._timeouts = settings.connect_timeout_seconds, settings.read_timeout_seconds
        self._session = requests.Session()
        self._session.headers["User-Agent"] = f"codeset-pipeline/{__version__}"
        key = settings.api_key.get_secret_value()
        if key:
            self._session.headers["X-API-Key"] = key
        retry = Retry(
            settings.retries, backoff_factor=0.5, status_forcelist=(429, 502, 503, 504), raise_on_status=False
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, HTTPAdapter(max_retries=retry))

    def _answer(self, path: str, asked: dict[str, str | int]) -> tuple[int, dict[str, Any]]:
        """Status and document of an answer."""
        import requests

        try:
            answer = self._session.get(f"{self._url}{path}", params=asked, timeout=self._timeouts)
        except requests.RequestException as error:
            raise TransientSourceError(
                f"{self._url} cannot be reached ({type(error).__name__}); check --from, and run the same command "
                "again: it goes on where it was."
            ) from error
        try:
            found = answer.json()
        except ValueError:
            found = None
        if not isinstance(found, dict):
            raise FeedError(f"{self._url}{path} answers {answer.status_code} and no JSON; check --from.")
        return answer.status_code, found

    def _get(self, path: str, *members: str, **asked: str | int) -> dict[str, Any]:
        """A document that has these members."""
        status, found = self._answer(path, asked)
        if status != 200:
            detail = str(found.get("detail") or f"{path} answers {status}; check --from.")
            raise (UsageError if status == 400 else FeedError)(f"{self._url}: {detail}")
        if not found.keys() >= set(members):
            raise FeedError(f"{self._url}{path} answers something else; check --from, and the version it runs.")
        return found

    def code_sets(self) -> list[str]:
        """Those whose feed has begun there."""
        releases = self._get("/v1/releases", "releases")["releases"]
        names = sorted({str(release["code_set"]) for release in releases})
        return [name for name in names if self._answer(f"/v1/{name}/feed", {"limit": 1})[0] != 404]

    def head(self, code_set: str) -> dict[str, Any]:
        found: dict[str, Any] = self._get(f"/v1/{code_set}/feed", "head", limit=1)["head"]
        return found

    def batches(self, code_set: str, since: str, size: int) -> Iterator[Batch]:
        cursor: str | None = since
        while cursor is not None:
            asked = {"since": cursor} if cursor else {}
            page = self._get(f"/v1/{code_set}/feed", "events", "next", limit=min(size, 5_000), **asked)
            cursor = page["next"]
            if not isinstance(page["events"], list) or (cursor and not page["events"]):
                raise FeedError(f"{self._url} gives no page of a feed; check --from, and the version it runs.")
            if page["events"]:
                yield page["events"]
