"""The `codeset` command called as a user calls it, and what it leaves on disk."""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
from pathlib import Path
from typing import Any, NamedTuple

from codeset_pipeline.cli.main import run
from codeset_pipeline.history.content_hash import table_hashes
from codeset_pipeline.history.database import HistoryDatabase


class Outcome(NamedTuple):
    """What a command printed and how it left."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


def codeset(*arguments: object) -> Outcome:
    """Run one command in this process, through the entry point of the console script."""
    out, err = io.StringIO(), io.StringIO()
    code = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            run([str(argument) for argument in arguments])
        except SystemExit as left:
            code = left.code if isinstance(left.code, int) else int(bool(left.code))
    return Outcome(code, out.getvalue(), err.getvalue())


def database_hashes(home: Path) -> dict[str, str]:
    """Hash of each table of the workspace's database; empty where there is none."""
    database = HistoryDatabase(f"sqlite:///{home / 'codeset.sqlite'}")
    try:
        if not database.exists():
            return {}
        with database.reading() as connection:
            return table_hashes(connection)
    finally:
        database.dispose()


def state(home: Path) -> dict[str, str]:
    """Hash of every file of a workspace and of every table of its database; the lock file holds nothing."""
    files = {
        str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(home.rglob("*"))
        if path.is_file() and not path.name.startswith((".codeset.lock", "codeset.sqlite"))
    }
    return files | database_hashes(home)
