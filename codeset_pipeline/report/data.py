"""The report's content as data: one JSON file that holds everything, and CSV files of its tables for a spreadsheet."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from codeset_pipeline.report.counts import by_chapter, totals_rows
from codeset_pipeline.report.csv_files import write_csv_files
from codeset_pipeline.report.model import InputFile, Report
from codeset_pipeline.report.pretty_json import pretty_lines
from codeset_pipeline.report.shapes import (
    Shape,
    diff_object,
    impact_object,
    mapping_object,
    oddity_object,
    reconciliation_object,
    release_object,
)


def write_data(report: Report, folder: Path) -> list[Path]:
    """Write report.json and the CSV files into an existing folder; returns their paths.

    JSON has every text whole and exact; for the CSV files see `write_csv_files`.
    """
    path = folder / "report.json"
    with path.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as out:
        out.writelines(pretty_lines(report_object(report)))
        out.write("\n")
    return [path, *write_csv_files(report, folder)]


def report_object(report: Report) -> Shape:
    """The whole report as one JSON object."""
    return {
        "title": report.title,
        "sample": report.sample,
        "covered": report.covered,
        "unexplained": report.unexplained,
        "updates": [
            {
                **diff_object(pair),
                "from_release": release_object(pair.from_release),
                "to_release": release_object(pair.to_release),
                "publisher_states": {level: dict(each) for level, each in pair.reconciliation.publisher_totals.items()},
                "totals_by_level": [{**asdict(row), "equal": row.equal} for row in totals_rows(pair)],
                "by_chapter": [asdict(row) for row in by_chapter(pair)],
                "crosswalk": [mapping_object(mapping) for mapping in pair.mappings],
                "reconciliation": reconciliation_object(pair.code_set, pair.reconciliation),
                "oddities": [oddity_object(oddity) for oddity in pair.oddities],
            }
            for pair in report.pairs
        ],
        "impact": None if report.impact is None else impact_object(report.impact),
        "provenance": {
            "written_at": report.provenance.written_at,
            "program_version": report.provenance.program_version,
            "parser_version": report.provenance.parser_version,
            "inputs": [input_object(each) for each in report.provenance.inputs],
        },
    }


def input_object(each: InputFile) -> Shape:
    return {**asdict(each), "published": None if each.published is None else each.published.isoformat()}
