"""Failures of a connection, told apart: what may pass, and what will not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from codeset_pipeline.errors import SourceError, TransientSourceError


class PassingFailure(TransientSourceError):
    """A request failed in a way that may pass; `wait_seconds` is what the site asked for."""

    def __init__(self, message: str, wait_seconds: float = 0) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


@contextmanager
def connection_failures(url: str) -> Iterator[None]:
    """Failures of the connection as `PassingFailure`; only for code that does nothing but ask or read."""
    import requests
    import urllib3

    try:
        yield
    except (requests.Timeout, TimeoutError, urllib3.exceptions.TimeoutError) as error:
        raise PassingFailure(f"{url} did not answer in time") from error
    except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, UnicodeError) as error:
        raise SourceError(f"{url} is no address that can be asked") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise PassingFailure(f"the connection to {urlsplit(url).netloc} broke while asking for {url}") from error
