"""Hold a published crosswalk of ICD-10-CM against the publisher's conversion table, by another road.

    python benchmarks/crosswalk_spot_check.py CROSSWALK.csv --table TABLE.xlsx DATE=ORDER.zip DATE=ORDER.zip …

The releases run from the one mapped from to the one mapped to, with others between them. Nothing of the program is
imported: the order files, the table and its previous-code cells are read here, and nothing is worked out about when a
code ended. An ended code must lead to exactly those codes of the last release that can be reached from it over rows of
the table with ascending dates. Rows that rest on the hierarchy or on a person's decision are not in the table; of these
the hops are checked instead. Prints the agreement and every disagreement; exits 1 if there is one.
"""

from __future__ import annotations

import argparse
import csv
import re
import sys
import zipfile
from collections import defaultdict
from datetime import date, datetime
from pathlib import Path

from python_calamine import CalamineWorkbook

Rows = list[tuple[str, date, str]]
Edges = dict[str, set[tuple[date, str]]]
HOP = re.compile(r"(\d{4}-\d\d-\d\d) (\S+) > (\S+) \((\w+), (\w+): ")


def billable(archive: Path) -> set[str]:
    """Billable codes of the order file in an archive (columns 7-13, flag in column 15)."""
    with zipfile.ZipFile(archive) as opened:
        (name,) = (
            name
            for name in opened.namelist()
            if re.search(r"order[-_ ]\d{4}\.txt$", name, re.I) and "addenda" not in name.lower()
        )
        lines = opened.read(name).decode("utf-8").splitlines()
    return {line[6:13].strip() for line in lines if line[14:15] == "1"}


def table_rows(table: Path) -> Rows:
    """Code, date and previous-code cell of each row of the conversion table."""
    rows = []
    for code, effective, previous, *_ in CalamineWorkbook.from_path(table).get_sheet_by_index(0).to_python():
        plain = str(code).replace(".", "").strip()
        if not re.fullmatch(r"[A-Z]\d[0-9A-Z]{1,5}|[A-Z][A-Z0-9]\d[0-9A-Z]{0,4}", plain):
            continue
        if isinstance(effective, datetime):
            effective = effective.date()
        elif not isinstance(effective, date):
            effective = date(int(float(str(effective))), 10, 1)
        rows.append((plain, effective, str(previous)))
    return rows


def sources(cell: str, in_use: set[str]) -> set[str]:
    """The codes in use that a previous-code cell names, however it joins them."""
    found: set[str] = set()
    text = cell.replace(".", "").upper()
    for first, dash, last in re.findall(r"\b([A-Z]\d[0-9A-Z]{1,5})\b(?:\s*(-)\s*([A-Z]\d[0-9A-Z]{1,5})?)?", text):
        if last and len(first) == len(last) == 3:
            found |= {code for code in in_use if first <= code[:3] <= last}
        elif last:
            found |= {code for code in in_use if first <= code <= last or code.startswith(last)}
        elif dash or first not in in_use:
            found |= {code for code in in_use if code.startswith(first)}
        else:
            found.add(first)
    return found


def edges_of(rows: Rows, releases: dict[date, set[str]]) -> Edges:
    """Previous code → date and new code, for the rows within the span."""
    days = sorted(releases)
    edges: Edges = defaultdict(set)
    in_use: dict[date, set[str]] = {}
    known: dict[tuple[date, str], set[str]] = {}
    for code, day, cell in rows:
        if days[0] < day <= days[-1]:
            if day not in in_use:
                loaded = max(other for other in days if other < day)
                in_use[day] = releases[loaded] | {new for new, arrived, _ in rows if loaded < arrived < day}
            if (day, cell) not in known:
                known[day, cell] = sources(cell, in_use[day])
            for source in known[day, cell] - {code}:
                edges[source].add((day, code))
    return edges


def reachable(code: str, edges: Edges) -> set[str]:
    """Codes that can be reached over rows with ascending dates."""
    arrived = {code: date.min}
    waiting = [code]
    while waiting:
        here = waiting.pop()
        for day, target in edges.get(here, ()):
            if day > arrived[here] and day < arrived.get(target, date.max):
                arrived[target] = day
                waiting.append(target)
    return arrived.keys() - {code}


def wrong_hops(text: str, edges: Edges, last: set[str]) -> list[str]:
    """Hops of one row that neither the table nor the code set bears out."""
    wrong = []
    for day, source, target, _, evidence in HOP.findall(text.replace(".", "")):
        stated = (date.fromisoformat(day), target) in edges.get(source, ())
        stem = source[:6].rstrip("X") if len(source) == 7 else source
        below = target.startswith(stem) and source not in last
        borne_out = {"publisher": stated or target == "none", "hierarchy": below and not stated, "curated": True}
        if not borne_out.get(evidence, False):
            wrong.append(f"{day} {source} > {target} ({evidence})")
    return wrong


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Hold a crosswalk against the publisher's conversion table.")
    parser.add_argument("crosswalk", type=Path)
    parser.add_argument("--table", type=Path, required=True)
    parser.add_argument("releases", nargs="+", metavar="DATE=ORDER.zip")
    given = parser.parse_args(arguments)
    split = dict(pair.split("=", 1) for pair in given.releases)
    releases = {date.fromisoformat(day): billable(Path(path)) for day, path in split.items()}
    first, last = releases[min(releases)], releases[max(releases)]
    edges = edges_of(table_rows(given.table), releases)

    mapped: dict[str, dict[str, str]] = defaultdict(dict)
    problems = []
    hops = 0
    with given.crosswalk.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            source, target = row["source"].replace(".", ""), row["target"].replace(".", "")
            mapped[source][target] = row["evidence"]
            hops += len(HOP.findall(row["hops"]))
            problems += [f"{source}: no such step: {hop}" for hop in wrong_hops(row["hops"], edges, last)]
            if target and target not in last:
                problems.append(f"{source}: {target} is not billable in the last release")

    ended = sorted(first - last)
    compared = 0
    for code in sorted(ended + [code for code in first & last if code in edges]):
        expected = reachable(code, edges) & last
        have = mapped.pop(code, {})
        beside_the_table = {target for target, evidence in have.items() if target and evidence != "publisher"}
        found = {target for target in have if target} - (beside_the_table - expected)
        if any(evidence == "curated" for evidence in have.values()):
            continue
        if code not in last and not have:
            problems.append(f"{code}: ended, and has no row")
        problems += [f"{code}: the table leads to {target}, the crosswalk does not" for target in expected - found]
        problems += [f"{code}: the crosswalk leads to {target}, the table does not" for target in found - expected]
        compared += len(expected)
    problems += [f"{code}: has rows, but neither ended nor is named in the table" for code in mapped]

    print(f"{len(ended)} ended codes, {compared} pairs and {hops} hops compared, {len(problems)} disagreements")
    print("\n".join(sorted(problems)), end="\n" if problems else "")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
