"""Who may ask, and how often: API keys, and a token bucket for each key or address."""

from __future__ import annotations

import hashlib
import hmac
import math
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from time import monotonic

from codeset_pipeline.serve.problems import Problem

Headers = Iterable[tuple[bytes, bytes]]
_REMEMBERED = 10_000


class Keys:
    """The keys that are let in. Only their hashes are kept, and nothing of them is ever logged."""

    def __init__(self, keys: Sequence[str]) -> None:
        self._hashes = [hashlib.sha256(key.encode()).digest() for key in keys]

    def __bool__(self) -> bool:
        return bool(self._hashes)

    def admit(self, headers: Headers) -> bytes:
        """The hash of the key that a request brings, in `X-API-Key` or as a bearer token.

        Raises:
            Problem: it brings none, or another one.
        """
        given = b""
        for name, value in headers:
            if name == b"x-api-key":
                given = value
            elif name == b"authorization" and value[:7].lower() == b"bearer ":
                given = given or value[7:].strip()
        digest = hashlib.sha256(given).digest()
        # Every key is compared in constant time, so that time tells neither which was close nor how many there are.
        matches = [hmac.compare_digest(digest, known) for known in self._hashes]
        if not given or not any(matches):
            what = "is not known here" if given else "is missing"
            raise Problem(
                401,
                f"The API key {what}; send one in the header X-API-Key, and ask whoever runs this server for it.",
                {"WWW-Authenticate": 'Bearer realm="codeset"'},
            )
        return digest


class RateLimit:
    """A bucket of tokens for each client, filled at a steady rate; a request takes one."""

    def __init__(self, rate: float, burst: int) -> None:
        self._rate, self._burst = rate, max(burst, 1)
        self._buckets: OrderedDict[object, tuple[float, float]] = OrderedDict()

    def __bool__(self) -> bool:
        return self._rate > 0

    def take(self, client: object, now: float | None = None) -> None:
        """Take a token.

        Raises:
            Problem: none is left; it says when the next one comes.
        """
        moment = monotonic() if now is None else now
        tokens, filled = self._buckets.pop(client, (float(self._burst), moment))
        tokens = min(float(self._burst), tokens + (moment - filled) * self._rate)
        enough = tokens >= 1
        self._buckets[client] = (tokens - enough, moment)
        if len(self._buckets) > _REMEMBERED:
            self._buckets.popitem(last=False)
        if not enough:
            seconds = math.ceil((1 - tokens) / self._rate)
            raise Problem(
                429,
                f"Too many requests; wait {seconds} s, or ask for many codes at once with POST /v1/…/validate.",
                {"Retry-After": str(seconds)},
            )
