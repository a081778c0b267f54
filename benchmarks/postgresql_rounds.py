"""Rounds of two processes that load into one PostgreSQL database and are killed, while a reader looks all the time.

Whatever a reader sees of a code set has to be a whole state: what one of the workspaces would have loaded into a SQLite
file of its own, or nothing. The benchmark and a test play these rounds.
"""

from __future__ import annotations

import hashlib
import random
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

from codeset_pipeline import pipeline
from codeset_pipeline.errors import HistoryError
from codeset_pipeline.history import schema
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.ncci_ptp_lines import PTP_TABLES, ptp_lines
from codeset_pipeline.settings import Workspace

_LOAD = """
import sys
from pathlib import Path
from codeset_pipeline import pipeline
from codeset_pipeline.errors import HistoryError
from codeset_pipeline.settings import Workspace
try:
    pipeline.load(Workspace.at(Path(sys.argv[1]), sys.argv[2]), sys.argv[3])
except HistoryError as error:
    sys.exit(f"refused: {error}")
"""
_PATIENCE = 300


class Loader(NamedTuple):
    """A workspace and the code set of it that is loaded."""

    home: Path
    code_set: str


class State(NamedTuple):
    """What a database says of a code set: its ready releases, and a hash over all of its rows."""

    ready: tuple[str, ...]
    digest: str


def state_of(connection: Connection, code_set: str) -> State:
    """The state of a code set, row by row and without the program's own hashes."""
    table = schema.release
    releases = connection.execute(select(table).where(table.c.code_set == code_set)).all()
    ready = tuple(
        sorted(f"{row.label} r{row.revision} {row.snapshot_hash}" for row in releases if row.state == "ready")
    )
    digest = hashlib.sha256()
    for versioned in (*schema.VERSIONED, schema.crosswalk_pair, schema.crosswalk_row):
        rows = connection.execute(select(versioned).where(versioned.c.code_set == code_set)).all()
        digest.update(repr(sorted(repr(tuple(row)) for row in rows)).encode())
    if "-ptp-" in code_set:
        for name in PTP_TABLES:
            lines = sorted(line for line in ptp_lines(connection, name) if line.split("|", 2)[1] == code_set)
            digest.update("\n".join(lines).encode())
    return State(ready, digest.hexdigest())


def states_in(url: str, code_sets: Sequence[str]) -> dict[str, State]:
    """The states of code sets, all of one moment; of a database without tables, none."""
    database = HistoryDatabase(url)
    try:
        with database.reading() as connection:
            return {name: state_of(connection, name) for name in code_sets}
    except HistoryError as error:
        if "No release is loaded" not in str(error):
            raise
        return {}
    finally:
        database.dispose()


def whole_state(loader: Loader, folder: Path) -> State:
    """What a workspace alone loads into a SQLite file."""
    url = f"sqlite:///{folder / f'{loader.home.name}-{loader.code_set}.sqlite'}"
    pipeline.load(Workspace.at(loader.home, url), loader.code_set)
    return states_in(url, [loader.code_set])[loader.code_set]


@dataclass
class Round:
    """What happened in a round.

    Attributes:
        kills: how many processes were killed.
        refused: how many loads were refused because they would have dropped another workspace's releases.
        looks: how often the reader looked.
        seen: numbers of ready releases that it saw, by code set.
        wrong: everything that should not have been.
    """

    kills: int = 0
    refused: int = 0
    looks: int = 0
    seen: dict[str, set[int]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)


class _Reader(threading.Thread):
    def __init__(self, url: str, allowed: Mapping[str, set[State]], told: Round) -> None:
        super().__init__(name="reader")
        self.url, self.allowed, self.told = url, allowed, told
        self.stopping = threading.Event()

    def run(self) -> None:
        try:
            while not self.stopping.is_set():
                for code_set, state in states_in(self.url, list(self.allowed)).items():
                    self.told.seen.setdefault(code_set, set()).add(len(state.ready))
                    if state.ready and state not in self.allowed[code_set]:
                        self.told.wrong.append(f"a reader saw {code_set} with {state}")
                self.told.looks += 1
        except Exception as error:
            self.told.wrong.append(f"a reader failed: {type(error).__name__}: {error}")


def start(loader: Loader, url: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", _LOAD, str(loader.home), url, loader.code_set]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)


def _ended(process: subprocess.Popen[str], told: Round) -> bool:
    """Wait for a process that nobody kills; True when it loaded."""
    try:
        _, errors = process.communicate(timeout=_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        told.wrong.append(f"a load did not end within {_PATIENCE} seconds")
        return False
    if process.returncode and "another workspace has loaded" in errors:
        told.refused += 1
    elif process.returncode:
        told.wrong.append(f"a load failed: {errors.strip()[-500:]}")
    return process.returncode == 0


def undisturbed_seconds(loader: Loader, url: str) -> float:
    """How long a load takes from the start of its process."""
    begun = time.perf_counter()
    process = start(loader, url)
    _, errors = process.communicate(timeout=_PATIENCE)
    if process.returncode:
        raise RuntimeError(errors)
    return time.perf_counter() - begun


def play(
    url: str,
    pair: tuple[Loader, Loader],
    whole: Mapping[Loader, State],
    seconds: float,
    chance: random.Random,
    kills: Sequence[int],
) -> Round:
    """Start both at once, as often as there are numbers, and kill so many of them on the way; the last number is 0.

    Args:
        pair: where both load one code set, the second workspace has everything that the first one has.
        whole: the state that each loader alone brings about.
        seconds: how long a load takes.
        kills: 0, 1 or 2 for each time.
    """
    told = Round()
    allowed: dict[str, set[State]] = {}
    for loader in pair:
        allowed.setdefault(loader.code_set, set()).add(whole[loader])
    reader = _Reader(url, allowed, told)
    reader.start()
    try:
        for number in kills:
            victims = chance.sample(range(2), number)
            running = [start(loader, url) for loader in pair]
            moments = sorted((seconds * chance.uniform(0.2, 1.4), place) for place in victims)
            begun = time.perf_counter()
            for moment, place in moments:
                time.sleep(max(0.0, moment - (time.perf_counter() - begun)))
                if running[place].poll() is None:
                    running[place].kill()
                    running[place].communicate()
                    told.kills += 1
            for process in running:
                if process.returncode is None or process.returncode >= 0:
                    _ended(process, told)
    finally:
        reader.stopping.set()
        reader.join()
    final = {loader.code_set: whole[loader] for loader in pair}
    for code_set, state in states_in(url, list(final)).items():
        if state != final.pop(code_set):
            told.wrong.append(f"in the end {code_set} was {state}")
    told.wrong += [f"in the end there was no {code_set}" for code_set in final]
    return told
