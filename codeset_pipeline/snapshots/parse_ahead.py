"""Every second release is parsed ahead in a process of its own, while this one is at the release before it.

Only where the system can fork and this process has no other thread: a fork starts at once and shares what is loaded,
and a thread's locks would come along with it. What cannot be parsed there is parsed here, where it is told why not.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from multiprocessing.connection import Connection

from codeset_pipeline.snapshots.build import BuiltSnapshot
from codeset_pipeline.snapshots.parse_apart import Unparsed, parse_apart
from codeset_pipeline.snapshots.plan import RevisionPlan

Parsed = Mapping[RevisionPlan, BuiltSnapshot]
Work = Callable[[date], Sequence[Unparsed]]


def can_fork() -> bool:
    """May another process be started as a copy of this one, and is there a processor for it?"""
    return (
        "fork" in multiprocessing.get_all_start_methods()
        and threading.active_count() == 1
        and (os.cpu_count() or 1) > 1
        and not multiprocessing.current_process().daemon
    )


@contextmanager
def parsed_ahead(days: Sequence[date], work: Work, *, fork: bool | None = None) -> Iterator[Callable[[date], Parsed]]:
    """Yields what was parsed ahead of a release; nothing for those that were not. Ask in the order of the days.

    Args:
        days: the releases in the order in which they will be accepted.
        work: what a release needs parsed; called in the other process.
        fork: whether to use another process; None where it is to be found out.
    """
    ahead = list(days[1::2])
    if not ahead or not (can_fork() if fork is None else fork):
        yield lambda day: {}
        return
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(duplex=False)
    process = context.Process(target=_parse, args=(ahead, work, here, there), daemon=True)
    with warnings.catch_warnings():
        # Python warns of the engines' own threads, which the other process never calls.
        warnings.simplefilter("ignore", DeprecationWarning)
        process.start()
    there.close()

    def parsed(day: date) -> Parsed:
        if day not in ahead:
            return {}
        try:
            while True:
                found, results = here.recv()
                if found == day:
                    return dict(results)
        except (EOFError, OSError):
            return {}

    try:
        yield parsed
    finally:
        here.close()
        process.kill()
        process.join()


def _parse(days: Sequence[date], work: Work, here: Connection, there: Connection) -> None:
    here.close()
    # Whoever stops the command stops it there; this process ends with it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for day in days:
        results: list[tuple[RevisionPlan, BuiltSnapshot]] = []
        try:
            results = [(item.plan, parse_apart(item)) for item in work(day)]
        except Exception:
            # Whatever it is, the process that accepts the release meets it as well and says so.
            results = []
        try:
            there.send((day, results))
        except OSError:
            return
