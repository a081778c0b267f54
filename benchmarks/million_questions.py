"""Random (code set, code, date, published) questions over all releases, answered by the program and by an oracle.

    python benchmarks/million_questions.py [--home WORKSPACE] [--database URL] [--questions 1000000] [--seed 7]

The oracle (`brute_force/`) reads the snapshots and applies the written rules anew, without the program's history. Each
answer is compared as a whole: status, effective, valid and published dates, titles, attributes, edits; of some
ICD-10-CM codes also the instruction notes and the POA exemption. Replacements are not compared. Among the codes are
near misses and codes that never existed, in all spellings; among the days those before, on and after each boundary.
Without a workspace one is made: every genuine release in ../shared/data (ICD-10-CM, ICD-10-PCS, HCPCS Level II), and
four generated quarters of NCCI sets, some corrected later. With a database other than the workspace's, what is missing
there is loaded into it first. Target: no disagreement.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections import Counter
from datetime import date
from pathlib import Path

from brute_force.asking import Outcome, listed, put, put_at_once
from brute_force.oracle import Oracle
from brute_force.world import made_workspace
from measured import report

from codeset_pipeline import pipeline
from codeset_pipeline.asking.history import History
from codeset_pipeline.settings import Workspace

_SHOWN = 50
_AT_ONCE_DAYS = 6


def load(home: Path, database: str | None) -> None:
    """Bring a database up to date with the snapshots of a workspace."""
    place = Workspace.at(home, database)
    for code_set in sorted(
        path.name for path in place.snapshots.iterdir() if path.name not in {"blobs", "acquisitions"}
    ):
        begun = time.perf_counter()
        loaded = pipeline.load(place, code_set)
        if loaded:
            print(f"loaded    {len(loaded)} releases of {code_set} in {time.perf_counter() - begun:.1f} s")


def ask(home: Path, database: str | None, count: int, seed: int) -> tuple[Outcome, list[Outcome]]:
    with History(home, database) as history:
        begun = time.perf_counter()
        oracle = Oracle(history.workspace.snapshots, listed(history))
        print(f"database  {history.sessions.database.engine.dialect.name}")
        print(f"releases  {', '.join(f'{n} of {name}' for name, n in oracle.releases.items())}")
        print(f"oracle    read them in {time.perf_counter() - begun:.1f} s; seed {seed}")
        outcome = put(history, oracle, oracle.questions(count, seed))
        chance = random.Random(seed)
        at_once = []
        for code_set in oracle.releases:
            if code_set in {"icd10cm", "icd10pcs", "hcpcs"} or "-mue-" in code_set:
                asked = list(oracle.questions(2_000, seed + 1))
                days = [(q.on, q.published) for q in asked if q.code_set == code_set]
                at_once.append(put_at_once(history, oracle, code_set, chance.sample(days, _AT_ONCE_DAYS)))
        return outcome, at_once


def show(outcome: Outcome) -> None:
    by_set: dict[str, Counter[str]] = {}
    for (code_set, status), questions in sorted(outcome.counts.items()):
        by_set.setdefault(code_set, Counter())[status] = questions
    for code_set, statuses in by_set.items():
        words = ", ".join(f"{questions:,} {status}" for status, questions in statuses.most_common())
        print(f"  {code_set:<24} {sum(statuses.values()):>9,}   {words}")
    for question, answer, expected in outcome.disagreements[:_SHOWN]:
        print(f"DISAGREE  {question}\n  program {answer}\n  oracle  {expected}")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--database", help="URL of another database than the workspace's")
    parser.add_argument("--questions", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or made_workspace(Path(folder))
        load(home, given.database)
        outcome, at_once = ask(home, given.database, given.questions, given.seed)
    print(f"asked one by one: {outcome.questions:,} questions on {date.today()}")
    show(outcome)
    print(f"validated in lists: {sum(each.questions for each in at_once):,} codes")
    for each in at_once:
        show(each)
    wrong = len(outcome.disagreements) + sum(len(each.disagreements) for each in at_once)
    report(
        f"History.lookup and History.validate against the oracle, {outcome.questions:,} questions, seed {given.seed}",
        f"{wrong:,} disagreements; the program took {outcome.asking:.0f} s, the oracle {outcome.thinking:.0f} s "
        f"({outcome.processor:.0f} s of this process's processor time together)",
        "no disagreement",
        not wrong,
    )


if __name__ == "__main__":
    main()
