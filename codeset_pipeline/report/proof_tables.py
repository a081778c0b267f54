"""The tables of proof: reconciliation, totals, input files, oddities."""

from __future__ import annotations

from collections.abc import Iterable

from codeset_pipeline.codes import printed
from codeset_pipeline.model import Difference, ReleasePair
from codeset_pipeline.report.counts import by_chapter, overall, totals_rows
from codeset_pipeline.report.model import Report
from codeset_pipeline.report.phrases import code_noun, counted, kind_name, number, pair_name
from codeset_pipeline.report.table import Column, Row, Table

_SIDES = {"ours": "ours only", "publisher": "publisher only", "both": "both, with other content"}


def totals_table(pair: ReleasePair) -> Table:
    """Our totals in the publisher's terms beside those that the publisher states."""
    rows = []
    for row in totals_rows(pair):
        level = "Headers" if row.level == "headers" else f"{code_noun(pair.to_release).capitalize()}s"
        agree = "not compared" if row.equal is None else "✓ equal" if row.equal else "✗ differs"
        publisher = "not stated" if row.publisher is None else row.publisher
        rows.append(Row((f"{level} {row.what}", row.ours, publisher, agree)))
    return Table(
        "Totals",
        "Totals in the publisher's terms",
        "Our counts beside those that the publisher states at the end of its list.",
        (
            Column("", 30, "label"),
            Column("Found", 12, "count"),
            Column("Publisher states", 16, "count"),
            Column("", 14, "label"),
        ),
        rows,
        "There is nothing to count.",
    )


def chapter_table(pair: ReleasePair) -> Table:
    """Changes by chapter, codes that may be reported apart from headers; the last row is their sum."""
    noun = code_noun(pair.to_release)
    headers = pair.to_release.billable_rows is not None
    counts = by_chapter(pair)
    columns = [Column("Chapter", 58, "label"), *(Column(each, 11, "count") for each in ("Added", "Deleted", "Revised"))]
    figures = [[row.added, row.deleted, row.revised] for row in counts]
    if headers:
        columns += [Column(f"Headers {each}", 11, "count") for each in ("added", "deleted", "revised")]
        figures = [
            [*each, row.header_added, row.header_deleted, row.header_revised]
            for each, row in zip(figures, counts, strict=True)
        ]
    if any(row.apart for row in counts):
        columns.append(Column("Changed, not on the publisher's list", 14, "count"))
        figures = [[*each, row.apart] for each, row in zip(figures, counts, strict=True)]
    rows = [Row((row.chapter, *each)) for row, each in zip(counts, figures, strict=True)]
    total, published = overall(pair), pair.published_totals
    apart = (published.added - total.added, published.deleted - total.deleted, published.revised - total.revised)
    if any(apart):
        # The headline must be the sum of this table, so what no chapter accounts for has a row of its own.
        figures.append([*apart, *[0] * (len(columns) - 4)])
        rows.append(Row(("Counted in no chapter", *figures[-1])))
    if rows:
        rows.append(Row(("All chapters", *(sum(column) for column in zip(*figures, strict=True)))))
    return Table(
        "Chapters",
        f"{noun.capitalize()}s by chapter",
        f"Added, deleted and revised {noun}s of each chapter{', headers apart' if headers else ''}.",
        tuple(columns),
        rows,
        "No chapter has a change of a code.",
    )


def reconciliation_table(pairs: Iterable[ReleasePair]) -> Table:
    """Unexplained differences first, then those with a known cause, then the number of matches."""
    rows: list[Row] = []
    for pair in pairs:
        found = pair.reconciliation
        if not found.covered:
            why = found.note or "No list of the publisher's for this pair of releases is loaded."
            rows.append(_statement(pair, "not proven", f"Nothing is proven. {why}"))
            continue
        rows.extend(_difference(pair, "UNEXPLAINED", each) for each in found.unexplained)
        rows.extend(_difference(pair, "explained", each) for each in found.explained)
        lists = ", ".join(found.lists) or "the publisher's list"
        rows.append(
            _statement(
                pair,
                "matched",
                f"{counted(found.matched, 'change')} {'agrees' if found.matched == 1 else 'agree'} to the letter with "
                f"{lists}. {found.note}".strip(),
            )
        )
    return Table(
        "Reconciliation",
        "Reconciliation with the publisher's list",
        "Our changes held against the publisher's own list; every disagreement is shown.",
        (
            Column("Update", 26, "label"),
            Column("Status", 14, "label"),
            Column("Code", 11, "code"),
            Column("Level", 9, "label"),
            Column("Kind", 14, "label"),
            Column("Found by", 16, "label"),
            Column("What", 52),
            Column("Old", 46),
            Column("New", 46),
            Column("Cause", 46),
            Column("Known difference", 26, "label", minor=True),
        ),
        rows,
        "The report covers no releases.",
    )


def _statement(pair: ReleasePair, status: str, what: str) -> Row:
    return Row((pair_name(pair), status, "", "", "", "", what, "", "", "", ""))


def _difference(pair: ReleasePair, status: str, each: Difference) -> Row:
    return Row(
        (
            pair_name(pair),
            status,
            printed(pair.code_set, each.code),
            each.level,
            kind_name(each.kind),
            _SIDES.get(each.side, each.side),
            each.what,
            each.old,
            each.new,
            each.cause,
            each.rule,
        ),
        kind=each.kind,
    )


def inputs_table(report: Report) -> Table:
    rows = [
        Row((each.name, each.sha256, each.url_or_path_name, each.role, each.release_label, each.published, each.bytes))
        for each in report.provenance.inputs
    ]
    return Table(
        "Inputs",
        "Input files",
        "Every file that the report rests on; its SHA-256 tells whether another copy is the same file.",
        (
            Column("File", 44),
            Column("SHA-256", 68),
            Column("From", 44, minor=True),
            Column("Read as", 20, "label"),
            Column("Release", 12, "label"),
            Column("Published", 12, "date"),
            Column("Bytes", 14, "count"),
        ),
        rows,
        "No input file was recorded.",
    )


def oddities_table(report: Report) -> Table:
    rows = [
        Row((each.file, each.what, each.decision, each.text, each.line, pair_name(pair)))
        for pair in report.pairs
        for each in pair.oddities
    ]
    return Table(
        "Oddities",
        "Oddities of the publisher's files",
        "Where a file departs from its layout but could be read safely, and what was done.",
        (
            Column("File", 44),
            Column("What", 68),
            Column("Decision", 44),
            Column("Text", 20),
            Column("Line", 12, "count"),
            Column("Update", 26, "label"),
        ),
        rows,
        "The publisher's files follow their layouts throughout.",
    )


def release_rows(pair: ReleasePair) -> list[tuple[str, str]]:
    """Facts on both releases of a pair, as label and text, for the page of provenance."""
    found = []
    for release in (pair.from_release, pair.to_release):
        billable = "" if release.billable_rows is None else f", {number(release.billable_rows)} billable"
        found.append(
            (
                f"{pair_name(pair)}: {release.label}",
                f"revision {release.revision}, effective {release.effective_from.isoformat()}, published "
                f"{release.published.isoformat()}, {number(release.rows)} rows{billable}, snapshot "
                f"{release.snapshot_hash}",
            )
        )
    return found
