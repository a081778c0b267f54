"""Running a command as a process of its own and measuring it: wall time, processor time, peak memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


class Measurement(NamedTuple):
    """Seconds on the clock, seconds of processor time (user and system), and the peak of resident memory."""

    wall: float
    user: float
    system: float
    peak_mb: float


def measure(command: Sequence[str]) -> Measurement:
    """Run a command to its end; its standard output is dropped, and its failure stops the benchmark."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    errors = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    if status:
        sys.exit(f"{' '.join(command)} failed:\n{errors}")
    process.returncode = 0
    # Linux counts ru_maxrss in kilobytes, macOS in bytes.
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Measurement(wall, usage.ru_utime, usage.ru_stime, usage.ru_maxrss / unit)


def medians(runs: Sequence[Measurement]) -> Measurement:
    """The median of each figure; of the memory the maximum."""
    wall, user, system, peak = zip(*runs, strict=True)
    return Measurement(statistics.median(wall), statistics.median(user), statistics.median(system), max(peak))


def report(command: str, figures: str, target: str, passed: bool) -> None:
    """Print one result, and leave with 1 when the target is missed."""
    print(f"command   {command}")
    print(f"machine   {os.cpu_count()} cores, {sys.platform}, Python {sys.version.split()[0]}")
    print(f"measured  {figures}")
    print(f"target    {target}: {'met' if passed else 'MISSED'}")
    sys.exit(0 if passed else 1)


def shown(run: Measurement) -> str:
    return f"{run.wall:.1f} s wall, {run.user:.1f} s user, {run.system:.1f} s system, {run.peak_mb:.0f} MB peak memory"


def repeated(times: int, one: Callable[[], Measurement]) -> list[Measurement]:
    """Several runs, each printed as it ends."""
    runs = []
    for number in range(1, times + 1):
        runs.append(one())
        print(f"run {number}     {shown(runs[-1])}")
    return runs


def with_icd10cm(home: Path) -> Path:
    """The workspace, with every genuine ICD-10-CM release loaded into it."""
    words = ["update", "icd10cm", "--from", str(DATA / "icd10cm"), "--all", "--no-report", "--home", str(home)]
    measure([sys.executable, "-m", "codeset_pipeline", *words])
    return home
