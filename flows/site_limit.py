"""One run at a time per publisher's site, whatever the number of workers.

The downloader keeps to one request at a time among all processes of a workspace; this does the same among workspaces
and machines that share a Prefect server.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from codeset_pipeline.pipeline import SITES


def limit_name(site: str) -> str:
    """Name of the global concurrency limit of a site."""
    return f"codeset-{site}"


def ensure_limits(sites: Iterable[str]) -> None:
    """Set up the limits of these sites on the Prefect server."""
    from prefect.client.orchestration import get_client

    with get_client(sync_client=True) as client:
        for site in sorted(sites):
            client.upsert_global_concurrency_limit_by_name(limit_name(site), 1)


@contextmanager
def alone_at(origin: str) -> Iterator[None]:
    """Wait until no other run is at the site; origins that are no site, and servers without the limit, never wait."""
    from prefect.concurrency.sync import concurrency

    if origin not in SITES:
        yield
        return
    with concurrency(limit_name(origin), occupy=1):
        yield
