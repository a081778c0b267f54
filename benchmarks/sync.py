"""A first `codeset sync` of every genuine ICD-10-CM release: into SQLite, into PostgreSQL, and over HTTP into SQLite.

    python benchmarks/sync.py [--home WORKSPACE] [--times 1]

Without a workspace the ICD-10-CM releases in ../shared/data are loaded first. The feed has begun before; each run is a
process of its own with an empty target, whose rows are held against the NDJSON export afterwards. Targets, in processor
time of the process for each 98,000 events (as many as there are codes): SQLite 5 s, PostgreSQL 10 s, HTTP 10 s.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from measured import Measurement, measure, medians, repeated, report, shown, with_icd10cm
from sync_targets import Database, exported, targets

CODE_SET = "icd10cm"
UNIT = 98_000
SECONDS = {"sqlite": 5.0, "postgresql": 10.0, "HTTP": 10.0}


@contextmanager
def served(home: Path) -> Iterator[str]:
    """The address of `codeset serve` over a workspace."""
    command = [sys.executable, "-m", "codeset_pipeline", "serve", "--home", str(home), "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CODESET_")}
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stderr is not None
        line = process.stderr.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        if found is None:
            sys.exit(f"the server does not start: {line}")
        yield found[0]
    finally:
        process.terminate()
        process.communicate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--times", type=int, default=1)
    given = parser.parse_args()
    figures, right = [], True
    with tempfile.TemporaryDirectory(prefix="codeset-sync-") as name:
        folder = Path(name)
        home = given.home or with_icd10cm(folder / "home")
        head = [sys.executable, "-m", "codeset_pipeline", "feed", CODE_SET, "--head", "--home", str(home)]
        begun = measure(head)
        wanted = exported(home, CODE_SET, folder / "export")
        with targets(folder) as databases, served(home) as url:
            sources = [(target.kind, target, ["--home", str(home)]) for target in databases]
            for kind, target, source in [*sources, ("HTTP", databases[0], ["--from", url])]:
                command = [sys.executable, "-m", "codeset_pipeline", "sync", CODE_SET, "--to", target.url, *source]

                def one(target: Database = target, command: list[str] = command) -> Measurement:
                    target.empty()
                    return measure(command)

                run = medians(repeated(given.times, one))
                events = target.applied(CODE_SET)
                same = target.tables(CODE_SET) == wanted
                seconds = (run.user + run.system) * UNIT / events
                right &= same and seconds <= SECONDS[kind]
                figures.append(
                    f"{kind}: {events:,} events, {shown(run)}; {seconds:.1f} s of processor time for {UNIT:,} events "
                    f"(target {SECONDS[kind]:g}); {'identical with the export' if same else 'NOT THE EXPORT'}"
                )
    report(
        f"codeset sync {CODE_SET} (its feed told, or found told, in {shown(begun)})",
        "\n          ".join(figures),
        "identical, within the seconds named",
        right,
    )


if __name__ == "__main__":
    main()
