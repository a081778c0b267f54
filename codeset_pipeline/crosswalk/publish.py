"""A crosswalk as a table that others can load: `crosswalks/*.csv`."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from codeset_pipeline.acquire.blobs import write_durably
from codeset_pipeline.codes import printed
from codeset_pipeline.labels import label_of
from codeset_pipeline.model import Hop, Mapping

COLUMNS = (
    "source",
    "source_title",
    "target",
    "target_title",
    "relation",
    "equivalence",
    "evidence",
    "automatic_forward",
    "automatic_backward",
    "ambiguous",
    "together_with",
    "hops",
    "note",
)


def write_crosswalk(path: Path, mappings: Sequence[Mapping]) -> None:
    """Write a crosswalk as CSV (UTF-8, LF), in the order given, codes as their code set prints them.

    Only while the workspace is held for writing: what a killed run left half written in the folder is swept away.
    The same mappings give the same bytes. The file appears complete or not at all: it is written beside its place
    and then moved there. An empty `target` means that there is none; `together_with` is a list with blanks between;
    `hops` are `date source > target (relation, evidence: reference)` with ` | ` between.
    """
    _sweep(path.parent)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(_row(mapping) for mapping in mappings)
    try:
        write_durably(path, text.getvalue().encode("utf-8"))
    except BaseException:
        _sweep(path.parent)
        raise


def _sweep(folder: Path) -> None:
    for abandoned in folder.glob(".*.csv.*.tmp"):
        abandoned.unlink(missing_ok=True)


def _row(mapping: Mapping) -> tuple[str, ...]:
    code_set = mapping.code_set
    return (
        printed(code_set, mapping.source),
        mapping.source_title or "",
        printed(code_set, mapping.target or ""),
        mapping.target_title or "",
        mapping.relation,
        mapping.equivalence,
        mapping.evidence,
        _yes(mapping.automatic_forward),
        _yes(mapping.automatic_backward),
        _yes(mapping.ambiguous),
        " ".join(printed(code_set, code) for code in mapping.together_with),
        " | ".join(_hop(code_set, hop) for hop in mapping.hops),
        mapping.note,
    )


def _hop(code_set: str, hop: Hop) -> str:
    target = printed(code_set, hop.target) if hop.target else "none"
    return (
        f"{hop.effective_from} {printed(code_set, hop.source)} > {target} "
        f"({hop.relation}, {hop.evidence}: {hop.reference})"
    )


def _yes(value: bool) -> str:
    return "true" if value else "false"


def crosswalk_file(folder: Path, code_set: str, pair: tuple[date, date]) -> Path:
    """Where the crosswalk of a pair of neighbouring releases is published, in a workspace's folder of crosswalks."""
    return folder / code_set / f"{label_of(code_set, pair[0])}_to_{label_of(code_set, pair[1])}.csv"


def published_row(mapping: Mapping) -> dict[str, str]:
    """A mapping as `write_crosswalk` writes it."""
    return dict(zip(COLUMNS, _row(mapping), strict=True))


def read_crosswalk(path: Path) -> list[dict[str, str]] | None:
    """The rows of a published crosswalk by column; None when the file is not there or is none."""
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.reader(file)
            if tuple(next(reader, ())) != COLUMNS:
                return None
            return [dict(zip(COLUMNS, row, strict=True)) for row in reader]
    except (OSError, ValueError, csv.Error):
        return None
