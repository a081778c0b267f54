"""Which click-through licences were accepted in this workspace: by whom, when, and which terms."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from codeset_pipeline import __version__
from codeset_pipeline.errors import HistoryError


@dataclass(frozen=True, slots=True)
class Accepted:
    """One acceptance.

    Attributes:
        by: who accepted.
        at: UTC time.
        terms_url: where the terms stand.
        version: version of the program.
    """

    licence: str
    by: str
    at: str
    terms_url: str
    version: str

    def __str__(self) -> str:
        return f"{self.licence}: accepted by {self.by} on {self.at} ({self.terms_url})"


class LicenceLog:
    """The acceptances, one JSON object a line; lines are only ever added."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def all(self) -> list[Accepted]:
        """Every acceptance, oldest first.

        Raises:
            HistoryError: a line cannot be read.
        """
        try:
            lines = self.path.read_text("utf-8").split("\n")
        except FileNotFoundError:
            return []
        # A line without its end is one that was being written when the machine stopped.
        try:
            return [Accepted(**json.loads(line)) for line in lines[:-1] if line.strip()]
        except (ValueError, TypeError) as error:
            raise HistoryError(
                f"{self.path} was changed so that it cannot be read; put its lines right, or move it away and accept "
                "the licence again with 'codeset licence accept ama'."
            ) from error

    def accepted(self, licence: str) -> Accepted | None:
        """The newest acceptance of a licence, None where it was never accepted."""
        return next((each for each in reversed(self.all()) if each.licence == licence), None)

    def accept(self, licence: str, by: str, terms_url: str) -> Accepted:
        """Record that somebody accepted the terms."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        accepted = Accepted(licence, by, now, terms_url, __version__)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = (json.dumps(asdict(accepted), ensure_ascii=False) + "\n").encode()
        with self.path.open("ab+") as stream:
            if stream.tell():
                stream.seek(-1, os.SEEK_END)
                if stream.read(1) != b"\n":
                    self._cut_unfinished_line()
            stream.write(line)
            stream.flush()
            os.fsync(stream.fileno())
        return accepted

    def _cut_unfinished_line(self) -> None:
        content = self.path.read_bytes()
        with self.path.open("rb+") as stream:
            stream.truncate(content.rfind(b"\n") + 1)
