"""A large charge master against a quarterly HCPCS and a yearly ICD-10-CM change.

    python benchmarks/impact_size.py [--lines 100000] [--form csv|xlsx] [--runs 3]

Both pairs are loaded into a workspace first and the charge master is generated (`generated_charge_masters`); measured
is one `codeset impact … --no-report` in a process of its own. Every line whose code ended must be found, and no other.
The part of the charge master should take 5 s of processor time or less, 600 MB or less.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from datetime import date
from pathlib import Path

from generated_charge_masters import write_charge_master
from measured import DATA, Measurement, measure, medians, repeated, report, shown

SECONDS, MEGABYTES = 5.0, 600.0
HCPCS, ICD = ("hcpcs", "2019Q1", "2020Q1"), ("icd10cm", "FY2025", "FY2026")


def loaded(home: Path) -> None:
    """A workspace with the two pairs."""
    for folder in ("hcpcs/2019-annual", "hcpcs/2020-q1", "icd10cm/FY2025", "icd10cm/FY2026"):
        code_set = folder.split("/")[0]
        words = ["update", code_set, "--from", str(DATA / folder), "--all", "--no-report", "--home", str(home)]
        measure([sys.executable, "-m", "codeset_pipeline", *words])


def hcpcs_codes(home: Path) -> tuple[list[str], set[str]]:
    """All codes of the older release, and those of them that the newer one ends, as `codeset` loaded them."""
    from codeset_pipeline import pipeline
    from codeset_pipeline.settings import Workspace

    pair = pipeline.compare(Workspace.at(home), *HCPCS)
    codes = sorted(code for code in pair.before if len(code) == 5)
    return codes, {code for code in codes if code not in pair.after}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--form", choices=("csv", "xlsx"), default="xlsx")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--home", type=Path, help="a workspace that has the releases already")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or Path(folder) / "home"
        if given.home is None:
            loaded(home)
        codes, ended = hcpcs_codes(home)
        asset = Path(folder) / f"chargemaster.{given.form}"
        billed = write_charge_master(asset, given.lines, codes)
        answer = Path(folder) / "findings.json"
        command = [sys.executable, "-m", "codeset_pipeline", "impact", str(asset), "--no-report", "--home", str(home)]
        for pair in (HCPCS, ICD):
            command += ["--code-set", *pair]
        command += ["--format", "json", "--output", str(answer)]
        nothing = Path(folder) / "nothing.csv"
        nothing.write_text("Charge Code,HCPCS,Price\n1,99999,1\n", encoding="utf-8")
        base = measure([str(nothing) if word == str(asset) else word for word in command])

        def once() -> Measurement:
            return measure(command)

        middle = medians(repeated(given.runs, once))
        found = json.loads(answer.read_text(encoding="utf-8"))
    day = date(2020, 1, 1).isoformat()
    reported = {
        (each["line"], each["code"])
        for each in found["findings"]
        if each["severity"] == "will_deny" and len(each["code"]) == 5 and each["effective_from"] <= day
    }
    expected = {(line, code) for line, code in billed.items() if code in ended}
    print(f"lines     {found['assets'][0]['lines']:,}, with codes {found['assets'][0]['lines_with_codes']:,}")
    print(f"ended     {len(expected):,} expected, {len(expected - reported)} missed, {len(reported - expected)} false")
    print(f"base      {shown(base)} with one line: start, comparison of the releases")
    own = middle.user + middle.system - base.user - base.system
    report(
        f"codeset impact chargemaster.{given.form} ({given.lines:,} lines), {' '.join(HCPCS)} and {' '.join(ICD)}",
        f"median of {given.runs}: {shown(middle)}; the charge master's part: {own:.1f} s of processor time",
        f"{SECONDS:g} s of processor time for the charge master, {MEGABYTES:g} MB or less, none missed, none false",
        own <= SECONDS and middle.peak_mb <= MEGABYTES and expected == reported,
    )


if __name__ == "__main__":
    main()
