"""People's decisions on what replaces what, from the workspace's `crosswalks/curated/`."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from codeset_pipeline import codes, labels
from codeset_pipeline.crosswalk.inputs import CuratedDecision
from codeset_pipeline.errors import AssetError, UsageError
from codeset_pipeline.model import Relation

COLUMNS = ("source", "target", "effective_from", "relation", "note", "by", "decided_on")

_STATED = tuple(str(relation) for relation in Relation if relation is not Relation.UNCHANGED)


_CPT = re.compile(r"[0-9]{4}[0-9A-Z]")


def read_curated(folder: Path, code_set: str) -> list[CuratedDecision]:
    """The decisions on one code set: `<code_set>.csv` and `<code_set>-*.csv`, UTF-8, in order of name and line.

    An empty target is the decision that there is none. An empty relation leaves it to be worked out.
    `effective_from` is a date or a release label such as FY2026.

    Raises:
        AssetError: a file is not such a table, a field cannot be read, or two lines contradict each other; the message
            names file and line.
    """
    decisions: list[CuratedDecision] = []
    for path in sorted({*folder.glob(f"{code_set}.csv"), *folder.glob(f"{code_set}-*.csv")}):
        decisions.extend(_read(path, code_set))
    _refuse_contradictions(decisions)
    return decisions


def _read(path: Path, code_set: str) -> Iterator[CuratedDecision]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise AssetError(f"{path.name} is not UTF-8; save it as 'CSV UTF-8' and try again.") from None
    reader = csv.reader(text.splitlines(keepends=True), strict=True)
    try:
        header = tuple(name.strip().lower() for name in next(reader, []))
        if sorted(header) != sorted(COLUMNS):
            raise AssetError(
                f"{path.name}, line 1: expected the columns {', '.join(COLUMNS)}, found "
                f"{', '.join(header) or 'nothing'}; correct the first line."
            )
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield _decision(f"{path.name} line {reader.line_num}", header, cells, code_set)
    except csv.Error as problem:
        raise AssetError(f"{path.name}, line {reader.line_num}: {problem}; correct the quoting of this line.") from None


def _decision(where: str, header: tuple[str, ...], cells: list[str], code_set: str) -> CuratedDecision:
    if len(cells) != len(header):
        raise AssetError(f"{where}: expected {len(header)} fields, found {len(cells)}; quote fields that hold commas.")
    row = {name: cell.strip() for name, cell in zip(header, cells, strict=True)}
    target = _code(where, "target", row["target"], code_set) if row["target"] else None
    stated = row["relation"].lower()
    if stated and stated not in _STATED:
        raise AssetError(
            f"{where}: {row['relation']!r} is no relation; use one of {', '.join(_STATED)} or leave it empty."
        )
    if stated and (stated == Relation.NONE) != (target is None):
        raise AssetError(
            f"{where}: relation {stated} and target {row['target']!r} do not go together; correct one of them."
        )
    if not row["by"]:
        raise AssetError(f"{where}: 'by' is empty; name the person who decided.")
    return CuratedDecision(
        source=_code(where, "source", row["source"], code_set),
        target=target,
        effective_from=_effective(where, row["effective_from"]),
        relation=Relation(stated) if stated else None,
        note=row["note"],
        by=row["by"],
        decided_on=_day(where, row["decided_on"]),
        reference=where,
    )


def _code(where: str, column: str, text: str, code_set: str) -> str:
    code = codes.normalise(text)
    # What replaces a HCPCS code may be a CPT code, which is in no release of HCPCS.
    cpt = code_set == "hcpcs" and column == "target" and _CPT.fullmatch(code)
    if not cpt and not codes.has_shape(code_set, code):
        raise AssetError(f"{where}: {text!r} in {column} is no {code_set} code; correct it.")
    return code


def _effective(where: str, text: str) -> date:
    try:
        return labels.effective_date(text)
    except UsageError:
        raise AssetError(
            f"{where}: {text!r} in effective_from is no date; write YYYY-MM-DD or a label such as FY2026."
        ) from None


def _day(where: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise AssetError(f"{where}: {text!r} in decided_on is no date; write YYYY-MM-DD.") from None


def _refuse_contradictions(decisions: list[CuratedDecision]) -> None:
    seen: dict[tuple[str, date], dict[str | None, str]] = {}
    for decision in decisions:
        others = seen.setdefault((decision.source, decision.effective_from), {})
        if decision.target in others:
            raise AssetError(f"{decision.reference} repeats {others[decision.target]}; delete one of them.")
        if others and (decision.target is None or None in others):
            first = next(iter(others.values()))
            raise AssetError(
                f"{decision.reference} contradicts {first}: {decision.source} cannot have a target and none from the "
                "same date; delete one of them."
            )
        others[decision.target] = decision.reference
