"""Reading the body of an answer piece by piece, however slowly it comes, but not for ever."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from codeset_pipeline.acquire.web_failures import PassingFailure, connection_failures

if TYPE_CHECKING:
    from requests import Response

_PIECE = 1 << 16
# ftp.cdc.gov was seen at 12 KB a second. Less than this over a whole time-out is no transfer any more.
_SLOWEST_BYTES_PER_SECOND = 64


def pieces(url: str, response: Response, stalled_after_seconds: float) -> Iterator[bytes]:
    """The body in pieces as they arrive.

    Raises:
        PassingFailure: the connection broke, ended before the length that was promised, or all but stood still.
    """
    window_start, window_bytes = time.monotonic(), 0
    while True:
        with connection_failures(url):
            # What has arrived, at once: nothing of it is lost when the connection breaks, and a trickle is noticed.
            piece = response.raw.read1(_PIECE, decode_content=True)
        if not piece:
            return
        yield piece
        window_bytes += len(piece)
        elapsed = time.monotonic() - window_start
        if elapsed > stalled_after_seconds:
            if window_bytes < elapsed * _SLOWEST_BYTES_PER_SECOND:
                raise PassingFailure(f"{url} all but stopped arriving")
            window_start, window_bytes = time.monotonic(), 0
