"""The tables of a feed at its newest cursor, kept beside it as Parquet so that differences are found fast.

They are made from the steps and never trusted: each file has its hash, and what is missing, stale or changed is made
again by replaying the steps.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from codeset_pipeline import __version__
from codeset_pipeline.acquire.blobs import write_durably
from codeset_pipeline.errors import FeedError
from codeset_pipeline.feed.canonical import RowText, TableSum, encode_sorted
from codeset_pipeline.feed.consumer import verified_events
from codeset_pipeline.feed.store import Feed
from codeset_pipeline.feed.table_files import TableFile, file_rows, fold_changes
from codeset_pipeline.history.published_tables import published_tables
from codeset_pipeline.history.schema import SCHEMA_VERSION

_SAID = "state.json"
_SELF = "state_hash"

Files = Mapping[str, Path]


def program_mark(code_set: str) -> str:
    """A mark of everything of the program that decides what the published tables say."""
    lines = [__version__, SCHEMA_VERSION]
    lines += [f"{t.name} {t.key} {t.select(dialect)}" for t in published_tables(code_set) for dialect in ("sqlite", "")]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _folder(feed: Feed) -> Path:
    return feed.folder / "state"


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _self_hash(said: dict[str, Any]) -> str:
    rest = {name: value for name, value in said.items() if name != _SELF}
    return hashlib.sha256(encode_sorted(rest).encode()).hexdigest()


def _said(feed: Feed) -> dict[str, Any] | None:
    """What the state says of itself; None when that has changed."""
    try:
        content = (_folder(feed) / _SAID).read_bytes()
        said = json.loads(content)
        sound = said[_SELF] == _self_hash(said) and content == encode_sorted(said).encode()
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError, UnicodeError):
        return None
    return said if sound else None


def is_sound(feed: Feed) -> bool:
    """Is the newest state there as written, and was it seen to agree with the tables by this version of the program?"""
    said = _said(feed)
    return (
        said is not None
        and said["program"] == program_mark(feed.code_set)
        and said["step"] == feed.step_hash
        and not state_problems(feed)
    )


def refuse_cut_off(feed: Feed) -> None:
    """See that the feed still has the step that its state was made of; only while nobody writes to it.

    Raises:
        FeedError: it has not, so that its newest steps were removed.
    """
    said = _said(feed)
    if said is not None and said["step"] not in {step.step_hash for step in feed.steps}:
        raise FeedError(
            f"The feed's file {feed.folder / f'{len(feed.steps) + 1:06d}.json'} is missing, for {_folder(feed)} was "
            f"made of more steps; restore it from a backup, or begin the feed again with 'codeset feed {feed.code_set} "
            "--begin-again'."
        )


def write_state(feed: Feed, files: Files) -> None:
    """Keep the tables as the state of a feed. The files are moved; a kill leaves no state, or the old or new one."""
    folder = _folder(feed)
    temporary = folder.with_name(f".state.{os.getpid()}.tmp")
    for abandoned in folder.parent.glob(".state.*.tmp"):
        shutil.rmtree(abandoned, ignore_errors=True)
    temporary.mkdir(parents=True)
    said: dict[str, Any] = {"step": feed.step_hash, "program": program_mark(feed.code_set)}
    said["files"] = {name: _sha256(path) for name, path in sorted(files.items())}
    for name, path in files.items():
        path.replace(temporary / f"{name}.parquet")
    said[_SELF] = _self_hash(said)
    write_durably(temporary / _SAID, encode_sorted(said).encode())
    shutil.rmtree(folder, ignore_errors=True)
    temporary.rename(folder)


def state_problems(feed: Feed) -> list[str]:
    """What is wrong with the stored state; empty when it is sound."""
    folder = _folder(feed)
    said = _said(feed)
    wrong = [folder / _SAID]
    if said is not None:
        named = ((folder / f"{name}.parquet", sha256) for name, sha256 in said["files"].items())
        wrong = [path for path, sha256 in named if not path.is_file() or _sha256(path) != sha256]
    return [
        f"feed {feed.code_set}: {path} {'has changed on disk' if path.is_file() else 'is missing'}; "
        f"'codeset feed {feed.code_set} --head' makes it again from the events"
        for path in wrong
    ]


@contextmanager
def state_of(feed: Feed, scratch: Path) -> Iterator[Files]:
    """The tables at the newest cursor: as stored where that is sound, else replayed into a scratch folder."""
    said, names = _said(feed), [table.name for table in published_tables(feed.code_set)]
    sound = said is not None and said["step"] == feed.step_hash and sorted(said["files"]) == sorted(names)
    if sound and not state_problems(feed):
        yield {name: _folder(feed) / f"{name}.parquet" for name in names}
        return
    yield replay(feed, scratch)


def replay(feed: Feed, scratch: Path) -> Files:
    """The tables that all events of a feed lead to, as Parquet files in a folder.

    Raises:
        FeedError: an event has changed, or the tables are not those that the steps promise.
    """
    tables = {table.name: table for table in published_tables(feed.code_set)}
    texts = {name: RowText(table) for name, table in tables.items()}
    logs = {name: scratch / f"{name}.changes.parquet" for name in tables}
    writers = {name: TableFile(logs[name], table, "at", "gone") for name, table in tables.items()}
    for event in verified_events(feed.lines(), feed.code_set):
        row = texts[event["table"]].row(event["after"] or event["before"])
        writers[event["table"]].put((event["sequence"], int(event["after"] is None), *row))
    files = {}
    for name, table in tables.items():
        writers[name].close()
        files[name] = scratch / f"{name}.replayed.parquet"
        fold_changes(table, logs[name], files[name])
        logs[name].unlink()
        found = TableSum()
        for row in file_rows(files[name]):
            found.add(texts[name].content(row))
        if found.described() != feed.tables[name]:
            raise FeedError(
                f"Replaying the feed of {feed.code_set} does not lead to the {name} that it promises; restore "
                f"{feed.folder} from a backup, or begin again with 'codeset feed {feed.code_set} --begin-again'."
            )
    return files
