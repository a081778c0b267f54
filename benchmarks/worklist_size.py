"""A worklist of 50,000 findings: workbook, page, reading back, review log.

    python benchmarks/worklist_size.py [--findings 50000]

Findings are made up: 14 departments, four severities, prices, candidates, some with long actions. Each step runs in
this process; processor time is what counts, because a busy machine stretches the clock. Targets: workbook 8 s or less,
page 12 MB or less.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from codeset_pipeline.impact.review import Decision, ReviewLog
from codeset_pipeline.impact.review_import import plan_import
from codeset_pipeline.model import Finding, Impact, Severity
from codeset_pipeline.report.model import Provenance, Report
from codeset_pipeline.report.page import write_page
from codeset_pipeline.report.workbook import write_workbook
from codeset_pipeline.report.worklist_reading import read_worklist

SECONDS, MEGABYTES = 8.0, 12.0


def findings(count: int) -> list[Finding]:
    return [
        Finding(
            id=f"{n:012x}",
            asset=f"charge-master-{n % 3}.xlsx",
            line=n + 2,
            column="HCPCS",
            code_set="hcpcs",
            code=f"J{n % 900:04d}",
            match=f"J{n % 900:04d}",
            kind="deleted",
            effective_from=date(2026, 1, 1),
            severity=list(Severity)[n % 4],
            candidates=tuple(f"Q{(n + k) % 900:04d}" for k in range(n % 4)),
            action=f"Replace J{n % 900:04d} by one of {n % 4} codes from 1 January 2026; a person must choose.",
            volume=float(n % 500),
            amount=n * 7919 % 100_003 / 7,
            rule=f"ITEM{n:07d}",
            detail=f"Injection, made-up drug number {n % 900}, per milligram, for one use and no other.",
            department="" if n % 14 == 13 else f"Department {n % 14}",
            thread=f"{n:012x}",
        )
        for n in range(count)
    ]


def timed(name: str, action: Callable[[], Any]) -> tuple[Any, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = action()
    used = time.process_time() - cpu
    print(f"{name:<28}{used:6.1f} s processor time, {time.perf_counter() - wall:6.1f} s wall")
    return result, used


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--findings", type=int, default=50_000)
    count = parser.parse_args().findings
    found = findings(count)
    report = Report("A worklist", (), Impact((), found), Provenance((), "1", "1", "2026-01-01T00:00:00+00:00"))
    with tempfile.TemporaryDirectory() as folder:
        book, page = Path(folder) / "worklist.xlsx", Path(folder) / "worklist.html"
        _, seconds = timed("workbook", lambda: write_workbook(report, book))
        timed("page", lambda: write_page(report, page))
        log = ReviewLog(Path(folder) / "reviews")
        timed("log: first run", lambda: log.remember(found, ["charge-master-0.xlsx"]))
        timed("log: second run", lambda: log.remember(found, ["charge-master-0.xlsx"]))
        decision = [Decision(found[0].id, "approved")]
        timed("log: one decision", lambda: log.decide(decision, by="A. Coder", at=datetime.now(UTC)))
        (rows, _), _ = timed("workbook read back", lambda: read_worklist(book))
        plan, _ = timed("import planned", lambda: plan_import(rows, log.book()))
        size = page.stat().st_size / 1e6
        print(f"{len(rows):,} rows read back, {plan.untouched:,} untouched; page {size:.1f} MB, workbook "
              f"{book.stat().st_size / 1e6:.1f} MB")  # fmt: skip
    met = seconds <= SECONDS and size <= MEGABYTES
    print(f"target    workbook {SECONDS:g} s or less, page {MEGABYTES:g} MB or less: {'met' if met else 'MISSED'}")
    sys.exit(0 if met else 1)


if __name__ == "__main__":
    main()
