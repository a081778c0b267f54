"""What a site's robots.txt asks of programs, read once for each host and run."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit
from urllib.robotparser import RobotFileParser


class RobotRules:
    """The rules of the hosts that were asked so far.

    A host without the file allows everything. Where it cannot be fetched because the host is down or refuses, that
    error ends the run: without its rules nothing else is asked of it.
    """

    def __init__(self, fetch: Callable[[str], str | None], product: str) -> None:
        """Nothing is asked yet.

        Args:
            fetch: text of a robots.txt by its URL, None where there is none.
            product: the program's name in the rules.
        """
        self._fetch = fetch
        self._product = product
        self._rules: dict[str, RobotFileParser] = {}

    def _of(self, url: str) -> RobotFileParser:
        parts = urlsplit(url)
        origin = f"{parts.scheme}://{parts.netloc}"
        if origin not in self._rules:
            self._rules[origin] = self._read(origin)
        return self._rules[origin]

    def _read(self, origin: str) -> RobotFileParser:
        rules = RobotFileParser()
        # While the rules are being fetched there are none: a redirect of the file itself is followed.
        self._rules[origin] = RobotFileParser()
        self._rules[origin].parse([])
        try:
            text = self._fetch(f"{origin}/robots.txt")
        finally:
            del self._rules[origin]
        # A page in place of the file says nothing; the parser passes over lines that are no rules.
        rules.parse((text or "").splitlines())
        return rules

    def allows(self, url: str) -> bool:
        return self._of(url).can_fetch(self._product, url)

    def pause_seconds(self, url: str) -> float:
        """The pause between requests that the site asks for; 0 where it asks for none or was not asked yet."""
        parts = urlsplit(url)
        rules = self._rules.get(f"{parts.scheme}://{parts.netloc}")
        delay = rules.crawl_delay(self._product) if rules else None
        return float(delay) if delay else 0.0
