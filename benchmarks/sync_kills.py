"""`codeset sync` of every genuine ICD-10-CM release, killed again and again, into SQLite and into PostgreSQL.

    python benchmarks/sync_kills.py [--kills 50] [--seed 2026] [--batch 1000] [--home WORKSPACE]

Without a workspace the ICD-10-CM releases in ../shared/data are loaded first. Every process is killed with SIGKILL at a
random moment: a third of them at any time after their start, the others after they have said that they applied some.
When one comes to its end before that, the target is emptied and all begins again. In the end one more run is let
alone. Target: the rows, read by the driver alone, are those of the NDJSON export byte for byte, `--verify` agrees, and
one more run has nothing to do.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from measured import report, with_icd10cm
from sync_targets import Database, exported, targets

CODE_SET = "icd10cm"


@dataclass
class Told:
    """What the kills hit.

    Attributes:
        places: how many events the target had after each kill.
        ends: how often a process came to its end first.
        wrong: everything that should not have been.
    """

    places: list[int] = field(default_factory=list)
    ends: int = 0
    wrong: list[str] = field(default_factory=list)


def _kill(command: list[str], chance: random.Random) -> bool:
    """Start a process and kill it; False when it came to its end before."""
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    anywhere = chance.random() < 1 / 3
    if not anywhere:
        process.stderr.readline()
    try:
        process.wait(chance.uniform(0.0, 2.0 if anywhere else 0.4))
    except subprocess.TimeoutExpired:
        process.kill()
    _, errors = process.communicate()
    if process.returncode not in (0, -9):
        sys.exit(f"{' '.join(command)} failed:\n{errors}")
    return process.returncode != 0


def play(target: Database, command: list[str], kills: int, chance: random.Random) -> Told:
    told = Told()
    while len(told.places) < kills:
        if _kill(command, chance):
            told.places.append(target.applied(CODE_SET))
            continue
        told.ends += 1
        target.empty()
    return told


def _synced(command: list[str]) -> int:
    done = subprocess.run([*command, "--format", "json"], check=True, capture_output=True)
    return int(json.loads(done.stdout)["synced"][0]["events"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=50, help="of each kind of target")
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--batch", type=int, default=1_000)
    parser.add_argument("--home", type=Path)
    given = parser.parse_args()
    chance, figures, right = random.Random(given.seed), [], True
    with tempfile.TemporaryDirectory(prefix="codeset-sync-") as name:
        folder = Path(name)
        home = given.home or with_icd10cm(folder / "home")
        wanted = exported(home, CODE_SET, folder / "export")
        with targets(folder) as databases:
            for target in databases:
                command = [sys.executable, "-m", "codeset_pipeline", "sync", CODE_SET, "--to", target.url]
                command += ["--home", str(home), "--batch", str(given.batch)]
                # The feed is begun by the first of them, which is let alone.
                _synced(command)
                target.empty()
                told = play(target, command, given.kills, chance)
                last = _synced(command)
                if target.tables(CODE_SET) != wanted:
                    told.wrong.append("the rows are not those of the export")
                if subprocess.run([*command, "--verify"], stdout=subprocess.DEVNULL).returncode:
                    told.wrong.append("--verify does not agree")
                if _synced(command):
                    told.wrong.append("another run had something to do")
                right &= not told.wrong
                places = sorted(set(told.places))
                figures.append(
                    f"{target.kind}: {len(told.places)} kills at {len(places)} different places from event "
                    f"{places[0]:,} to {places[-1]:,}, {told.ends} ends in between, {last:,} events in the last run; "
                    f"{'; '.join(told.wrong) or 'identical'}"
                )
                print(figures[-1], flush=True)
    report(
        f"codeset sync {CODE_SET} --batch {given.batch}, seed {given.seed}",
        "\n          ".join(figures),
        f"identical with the export after {given.kills} kills each",
        right,
    )


if __name__ == "__main__":
    main()
