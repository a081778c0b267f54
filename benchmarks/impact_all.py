"""A large charge master and 5,000 rules against a yearly ICD-10-CM, a quarterly HCPCS and a full-size NCCI change.

    python benchmarks/impact_all.py [--lines 100000] [--rules 5000] [--runs 3] [--made FOLDER] [--home FOLDER]

The releases are loaded into a workspace first (`--home` keeps it, `--made` the generated NCCI quarters); measured is
one `codeset impact …` with its report, in a process of its own. Held against other roads: the HCPCS lines whose code
ended, against the two releases' codes; the changed PTP pairs, against the generator's list. Target: 15 s, 1 GB.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

from generated_charge_masters import write_charge_master
from impact_size import HCPCS, ICD, hcpcs_codes, loaded
from measured import Measurement, measure, medians, repeated, report, shown

SECONDS, MEGABYTES = 15.0, 1000.0
NCCI = ("ncci-ptp-practitioner", "2026Q2", "2026Q3")
# Kinds of the generator's list that decide no claim.
_SILENT = frozenset({"rationale_changed", "never_in_force_pair"})


def codeset(*words: str) -> Measurement:
    return measure([sys.executable, "-m", "codeset_pipeline", *words])


def made_quarters(folder: Path, rows: int) -> list[dict[str, object]]:
    """Two quarters of PTP edits, and the generator's list of what changed."""
    changes = folder / "2026Q3" / "changes-practitioner.json"
    if not changes.exists():
        script = str(Path(__file__).with_name("ncci_generator.py"))
        measure([sys.executable, script, str(folder), "--rows", str(rows), "--changes", "real"])
    found: list[dict[str, object]] = json.loads(changes.read_text(encoding="utf-8"))
    return found


def pair_of(change: dict[str, object]) -> tuple[str, str]:
    row = change["new"] or change["old"]
    assert isinstance(row, dict)
    return str(row["column_1"]), str(row["column_2"])


def write_rules(path: Path, count: int, seed: int = 7) -> None:
    """Claim rules with lists, ranges, prefixes and wildcards of ICD-10-CM, as an export has them."""
    draw = random.Random(seed)
    letters = "ABCDEFGHIJKLMNOPQRSTZ"
    lines = ["rule_id,description,codes"]
    for number in range(count):
        stem = f"{draw.choice(letters)}{draw.randrange(100):02}"
        form = number % 4
        singles = {f"{draw.choice(letters)}{draw.randrange(100):02}.{draw.randrange(10)}" for _ in range(12)}
        codes = (f"{stem}.0-{stem}.9", f"{stem}.*", f"{stem[:2]}%", "; ".join(sorted(singles)))[form]
        lines.append(f'R{number:05},made-up rule,"{codes}"')
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--rules", type=int, default=5_000)
    parser.add_argument("--rows", type=int, default=2_600_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--made", type=Path, help="folder of the generated NCCI zips")
    parser.add_argument("--home", type=Path, help="workspace; loaded when it is not there yet")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made, home = given.made or Path(folder) / "made", given.home or Path(folder) / "home"
        changes = made_quarters(made, given.rows)
        if not home.exists():
            loaded(home)
            for quarter in NCCI[1:]:
                codeset("update", NCCI[0], "--from", str(made / quarter), "--no-report", "--home", str(home))
        codes, ended = hcpcs_codes(home)
        telling = [change for change in changes if change["kind"] not in _SILENT]
        paired = {code for change in telling[::5] for code in pair_of(change)}
        asset, rules = Path(folder) / "chargemaster.xlsx", Path(folder) / "rules.csv"
        billed = write_charge_master(asset, given.lines, sorted({*codes, *paired}))
        write_rules(rules, given.rules)
        answer = Path(folder) / "findings.json"
        words = [word for pair in (HCPCS, ICD, NCCI) for word in ("--code-set", *pair)]
        words = ["impact", str(asset), str(rules), *words, "--home", str(home), "--format", "json"]
        middle = medians(repeated(given.runs, lambda: codeset(*words, "--output", str(answer))))
        bare = codeset(*words, "--no-report", "--output", str(answer))
        found = json.loads(answer.read_text(encoding="utf-8"))["findings"]
    on_list = set(billed.values())
    reported = {(f["line"], f["code"]) for f in found if f["code_set"] == "hcpcs" and f["severity"] == "will_deny"}
    expected = {(line, code) for line, code in billed.items() if code in ended}
    pairs = {f["match"] for f in found if f["code_set"] == NCCI[0]}
    wanted = {"/".join(pair_of(c)) for c in telling if {*pair_of(c)} <= on_list}
    right = expected <= reported and pairs == wanted
    print(
        f"findings  {len(found):,}: HCPCS {len(expected - reported)} of {len(expected):,} ended lines missed; ", end=""
    )
    print(f"PTP {len(wanted - pairs)} of {len(wanted):,} pairs missed, {len(pairs - wanted)} false")
    print(f"bare      {shown(bare)} without the report")
    report(
        f"codeset impact chargemaster.xlsx ({given.lines:,} lines) rules.csv ({given.rules:,}) against three changes",
        f"median of {given.runs}: {shown(middle)}",
        f"{SECONDS:g} s wall, {MEGABYTES:g} MB, nothing missed",
        middle.wall <= SECONDS and middle.peak_mb <= MEGABYTES and right,
    )


if __name__ == "__main__":
    main()
