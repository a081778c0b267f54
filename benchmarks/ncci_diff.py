"""The diff of two PTP snapshots of full size, held row for row against a sorted merge and the generator's list.

    python benchmarks/ncci_diff.py [--rows 2600000] [--runs 3] [--made FOLDER] [--home FOLDER]

Each run is the diff alone, in a process of its own; it includes starting Python and DuckDB. The oracle reads the texts
of the zips, not the snapshots, and merges the sorted lines. Target: 2.5 s or less of wall time and 1.5 GB or
less at its peak. `--made` and `--home` keep the generated zips and the workspace for another run.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from measured import Measurement, measure, medians, repeated, report, shown
from ncci_workspace import CODE_SET, QUARTERS, made_quarters, workspace_with

DIFF_SECONDS, PEAK_MB = 2.5, 1500.0
Line = tuple[str, ...]
"""Column 1, column 2, effective, deletion, indicator, prior to 1996, rationale, as in the text."""

_ONE = """
import sys, time
from pathlib import Path
from codeset_pipeline.diff.ncci_ptp import diff_ncci_ptp
from codeset_pipeline.snapshots.store import SnapshotStore
old, new = list(SnapshotStore(Path(sys.argv[1])))[-2:]
begun = time.perf_counter()
changes = diff_ncci_ptp(old, new)
print(len(changes), time.perf_counter() - begun, file=sys.stderr)
"""


def lines_of(folder: Path) -> Iterator[Line]:
    """The rows of a quarter's parts in their order."""
    for path in sorted(folder.glob("*ptp-edits*.zip")):
        with zipfile.ZipFile(path) as archive:
            name = next(n for n in archive.namelist() if n.upper().endswith(".TXT"))
            with archive.open(name) as stream:
                for number, line in enumerate(io.TextIOWrapper(stream, "latin-1", newline="\r\n")):
                    if number >= 6:
                        one, two, prior, effective, deleted, indicator, why = line.rstrip("\r\n").split("\t")
                        yield one, two, effective, deleted, indicator, prior, why


def merged(old: Iterator[Line], new: Iterator[Line]) -> Iterator[tuple[Line | None, Line | None]]:
    """The rows that differ, by a merge of two sorted lists."""
    before, after = next(old, None), next(new, None)
    while before is not None or after is not None:
        if after is None or (before is not None and before[:3] < after[:3]):
            yield before, None
            before = next(old, None)
        elif before is None or after[:3] < before[:3]:
            yield None, after
            after = next(new, None)
        else:
            if before != after:
                yield before, after
            before, after = next(old, None), next(new, None)


def kinds_of(rows: list[tuple[Line | None, Line | None]]) -> set[tuple[str, str, str, str]]:
    """What the differing rows amount to: kind and key. Successors are told among the rows that were added."""
    found = set()
    ended = {(row[1][0], row[1][1], row[1][3]): row[1] for row in rows if row[1] and row[1][3] != "*"}
    for before, after in rows:
        row = after or before
        assert row is not None

        def tell(kind: str, row: Line = row) -> None:
            found.add((kind, *row[:3]))

        if before is None:
            tell("edit_added")
            eve = (date.fromisoformat(row[2]) - timedelta(days=1)).strftime("%Y%m%d")
            other = ended.get((row[0], row[1], eve))
            if other is not None and row[4] != "9" and other[4] not in {"9", row[4]}:
                tell("indicator_changed")
        elif after is None:
            tell("aged_out" if before[3] != "*" else "withdrawn")
        else:
            if before[3] != after[3]:
                tell("edit_deleted" if before[3] == "*" else "reactivated" if after[3] == "*" else "revised")
            if before[4] != after[4] and "9" not in {before[4], after[4]}:
                tell("indicator_changed")
            if before[6] != after[6]:
                tell("rationale_changed")
    return found


def check(made: Path, snapshots: Path) -> int:
    """Compare the diff with the merge and with the generator's list; returns the number of differing rows."""
    from codeset_pipeline.diff.ncci_ptp import diff_ncci_ptp
    from codeset_pipeline.snapshots.store import SnapshotStore

    old, new = list(SnapshotStore(snapshots))[-2:]
    ours = {
        (str(c.kind), c.ncci.keys["column_1"], c.ncci.keys["column_2"], c.effective_from.strftime("%Y%m%d"))
        for c in diff_ncci_ptp(old, new)
        if c.ncci
    }
    folders = [made / name for name in QUARTERS]
    rows = list(merged(*(lines_of(folder) for folder in folders)))
    wanted = kinds_of(rows)
    if ours != wanted:
        sys.exit(f"The diff differs from the sorted merge: {sorted(ours ^ wanted)[:10]}")
    listed = json.loads((folders[1] / "changes-practitioner.json").read_text())
    keys = {
        (edit["column_1"], edit["column_2"], edit["effective_from"].replace("-", ""))
        for change in listed
        for edit in [change["new"] or change["old"]]
    }
    if keys != {key[1:] for key in ours}:
        sys.exit(f"The diff differs from the generator's list: {sorted(keys ^ {key[1:] for key in ours})[:10]}")
    return len(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=2_600_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--made", type=Path, help="folder of the generated zips")
    parser.add_argument("--home", type=Path, help="workspace")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = made_quarters(given.made or Path(folder) / "made", given.rows)
        snapshots = workspace_with(given.home or Path(folder) / "home", made).snapshots
        differing = check(made, snapshots)
        print(
            f"right     {differing:,} differing rows of {CODE_SET}: the same as a sorted merge and the generator's list"
        )

        def once() -> Measurement:
            return measure([sys.executable, "-c", _ONE, str(snapshots)])

        middle = medians(repeated(given.runs, once))
    report(
        f"python benchmarks/ncci_diff.py --rows {given.rows}",
        f"median of {given.runs}: {shown(middle)}",
        f"{DIFF_SECONDS:g} s wall, {PEAK_MB:g} MB",
        middle.wall <= DIFF_SECONDS and middle.peak_mb <= PEAK_MB,
    )


if __name__ == "__main__":
    main()
