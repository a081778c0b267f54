"""A feed as a folder of steps, and reading it from any cursor."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from codeset_pipeline.errors import FeedError, UsageError
from codeset_pipeline.feed.canonical import NOTHING_BEFORE, TableSum, cursor_of, place_of
from codeset_pipeline.feed.steps_on_disk import Step, read_step
from codeset_pipeline.history.published_tables import published_tables
from codeset_pipeline.settings import Workspace


class Feed:
    """What consumers have been told of one code set, as it was when this was made; readers need no lock."""

    def __init__(self, folder: Path, code_set: str) -> None:
        """Read which steps there are.

        Raises:
            FeedError: what a step says has changed on disk, or a step is missing between others.
        """
        self.folder, self.code_set = folder, code_set
        self.steps: list[Step] = []
        # Looked at first, as another process may add steps meanwhile.
        last = max((int(path.stem) for path in folder.glob("[0-9]*.json") if path.stem.isdigit()), default=0)
        while (step := read_step(folder, len(self.steps) + 1)) is not None:
            if step.said["previous_step"] != self.step_hash or step.said["code_set"] != code_set:
                raise FeedError(
                    f"The feed's file {step.path} does not follow on the one before it; restore {folder} from a "
                    f"backup, or begin the feed again with 'codeset feed {code_set} --begin-again'."
                )
            self.steps.append(step)
        if last > len(self.steps):
            raise FeedError(
                f"The feed's file {folder / f'{len(self.steps) + 1:06d}.json'} is missing; restore it from a backup, "
                f"or begin the feed again with 'codeset feed {code_set} --begin-again'."
            )

    @property
    def begun(self) -> bool:
        return bool(self.steps)

    @property
    def count(self) -> int:
        """How many events there are."""
        return self.steps[-1].last if self.steps else 0

    @property
    def hash(self) -> str:
        return self.steps[-1].hash if self.steps else NOTHING_BEFORE

    @property
    def cursor(self) -> str:
        """The newest cursor; empty while nothing has been told."""
        return cursor_of(self.count, self.hash)

    @property
    def step_hash(self) -> str:
        return self.steps[-1].step_hash if self.steps else NOTHING_BEFORE

    @property
    def known(self) -> list[dict[str, Any]]:
        """The releases of which consumers have been told."""
        return self.steps[-1].known if self.steps else []

    @property
    def tables(self) -> dict[str, dict[str, Any]]:
        """Rows and hash of each table at the newest cursor."""
        if self.steps:
            return self.steps[-1].tables
        return {table.name: TableSum().described() for table in published_tables(self.code_set)}

    def head(self) -> dict[str, Any]:
        """The newest cursor, and what the tables are there."""
        return {"code_set": self.code_set, "cursor": self.cursor, "events": self.count, "tables": self.tables}

    def lines(self, since: str = "", limit: int | None = None) -> Iterator[bytes]:
        """The events after a cursor, one JSON text each.

        Raises:
            UsageError: the cursor is none of this feed.
            FeedError: a file of the feed is damaged.
        """
        sequence = self._place(since)
        found = (line for step in self.steps if step.last > sequence for line in step.lines(sequence))
        return islice(found, limit)

    def _place(self, cursor: str) -> int:
        """The sequence that a cursor of this feed stands for."""
        sequence, hash = place_of(cursor)
        if sequence > self.count or self._hash_at(sequence) != hash:
            raise UsageError(
                f"The cursor {cursor} is none of this feed of {self.code_set} ({self.count:,} events): it comes from "
                "another installation, from a feed that was begun again, or was changed. Read the feed from its "
                "beginning (codeset sync does that with --repair)."
            )
        return sequence

    def _hash_at(self, sequence: int) -> str:
        if not sequence:
            return NOTHING_BEFORE
        step = next(step for step in self.steps if step.last >= sequence)
        if step.last == sequence:
            return step.hash
        return str(json.loads(next(step.lines(sequence - 1)))["hash"])


def feed_folder(workspace: Workspace, code_set: str) -> Path:
    """Where the feed of a code set is kept."""
    return workspace.home / "feed" / code_set


def open_feed(workspace: Workspace, code_set: str) -> Feed:
    """The feed of a code set as it stands, which may not have begun."""
    return Feed(feed_folder(workspace, code_set), code_set)


def begun_feeds(workspace: Workspace) -> list[str]:
    """The code sets whose feed has begun, even if its steps are missing now."""
    folder = workspace.home / "feed"
    marks = ("[a-z]*/[0-9]*.json", "[a-z]*/state/")
    return sorted({path.relative_to(folder).parts[0] for mark in marks for path in folder.glob(mark)})


def set_aside(workspace: Workspace, code_set: str) -> Path:
    """Move a feed out of the way, kept as it is; returns where it is now. The workspace is held for writing.

    Raises:
        UsageError: it has not begun.
    """
    folder = feed_folder(workspace, code_set)
    if not folder.exists():
        raise UsageError(f"The feed of {code_set} has not begun; 'codeset feed {code_set}' begins it.")
    number = 1
    while (aside := folder.with_name(f".{code_set}.set-aside-{number}")).exists():
        number += 1
    folder.rename(aside)
    return aside
