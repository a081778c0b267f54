"""Known references in every form that is read, planted among decoys: how many are found, and what else is.

    python benchmarks/planted_references.py [--count 10000] [--seed 1] [--keep FOLDER]

Recall is the share of planted references that have a finding on their line; precision the share of findings that belong
to a planted reference. Every miss and every false alarm is listed; exits 1 if there is one.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.planted.codes import planted_codes
from benchmarks.planted.forms import MAKERS, Made, Planter
from codeset_pipeline.impact.assess import assess


@dataclass
class Outcome:
    """What came of a run.

    Attributes:
        misses, alarms: file, line and text.
        by_file: file → number planted.
    """

    planted: int = 0
    findings: int = 0
    misses: list[tuple[str, int, str]] = field(default_factory=list)
    alarms: list[tuple[str, int, str]] = field(default_factory=list)
    seconds: float = 0.0
    forms: Counter[str] = field(default_factory=Counter)

    @property
    def recall(self) -> float:
        return 1 - len(self.misses) / max(self.planted, 1)

    @property
    def precision(self) -> float:
        return 1 - len(self.alarms) / max(self.findings, 1)


def run(folder: Path, count: int, seed: int, makers: Sequence[Callable[[Planter, int], Made]] = MAKERS) -> Outcome:
    """Plant at least `count` references in files of a folder, read it as one asset, and compare."""
    chance = random.Random(seed)
    codes = planted_codes(chance)
    planter = Planter(codes, chance)
    planted: dict[tuple[str, int], list[str]] = {}
    outcome = Outcome()
    number = 0
    while outcome.planted < count or number % len(makers):
        name, data, found = makers[number % len(makers)](planter, number)
        path = folder / f"set {number // len(makers) % 7}" / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)
        for line, texts in found.items():
            wanted = list(dict.fromkeys(map(_bare, texts)))
            planted[str(path), line] = wanted
            outcome.planted += len(wanted)
            outcome.forms[path.suffix] += len(wanted)
        number += 1
    begun = time.process_time()
    impact = assess([folder], codes.pairs())
    outcome.seconds = time.process_time() - begun
    seen: dict[tuple[str, int], set[str]] = defaultdict(set)
    for finding in impact.findings:
        place = finding.asset, finding.line
        names = {_bare(finding.match.lstrip("!")), _bare(finding.code)}
        outcome.findings += 1
        if names & set(planted.get(place, ())):
            seen[place] |= names
        else:
            outcome.alarms.append((Path(finding.asset).name, finding.line, f"{finding.match} ({finding.kind})"))
    for place, texts in planted.items():
        outcome.misses += [(Path(place[0]).name, place[1], text) for text in texts if text not in seen[place]]
    return outcome


def _bare(text: str) -> str:
    return text.upper().replace(".", "").replace(" ", "")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder to write the files to and leave them")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = arguments.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        outcome = run(folder, arguments.count, arguments.seed)
    forms = ", ".join(f"{ending} {count:,}" for ending, count in outcome.forms.most_common())
    print(
        f"{outcome.planted:,} references planted ({forms}); {outcome.findings:,} findings, {outcome.seconds:.1f} s CPU"
    )
    print(f"recall {outcome.recall:.2%}, precision {outcome.precision:.2%}")
    for title, found in (("missed", outcome.misses), ("false alarm", outcome.alarms)):
        for name, line, text in found:
            print(f"{title}: {name}, line {line}: {text}")
    return 1 if outcome.misses or outcome.alarms else 0


if __name__ == "__main__":
    sys.exit(main())
