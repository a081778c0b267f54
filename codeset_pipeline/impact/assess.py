"""The user's files against release pairs: which lines a change touches, and what to do about each."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.cells import CellReader
from codeset_pipeline.impact.columns_file import ColumnsFile
from codeset_pipeline.impact.coverage import charge_notes, forms_of
from codeset_pipeline.impact.identity import Identified, with_ids
from codeset_pipeline.impact.judge_asset import judge_asset
from codeset_pipeline.impact.mentions import Reading
from codeset_pipeline.impact.rank import ranked
from codeset_pipeline.impact.read_structure import read_structure
from codeset_pipeline.impact.read_table import read_table
from codeset_pipeline.impact.review import ReviewLog
from codeset_pipeline.impact.table_rows import CSV_ENDINGS, EXCEL_ENDINGS
from codeset_pipeline.impact.usage import Usage, read_usage
from codeset_pipeline.impact.vocabulary import Vocabulary
from codeset_pipeline.model import Asset, ExpressionEffect, Impact, ReleasePair

_STRUCTURE_ENDINGS = frozenset({".yaml", ".yml", ".json"})
_ENDINGS = CSV_ENDINGS | EXCEL_ENDINGS | _STRUCTURE_ENDINGS


def assess(
    assets: Sequence[Path],
    pairs: Sequence[ReleasePair],
    *,
    usage: Path | None = None,
    columns: Path | None = None,
    reviews: ReviewLog | None = None,
) -> Impact:
    """What release pairs do to the user's assets.

    Args:
        assets: charge masters, order sets (CSV, xlsx, xls, …) and rules (CSV, YAML, JSON).
        pairs: what changed, of one or more code sets.
        usage: a CSV or xlsx file with the columns code, count, amount.
        columns: a YAML file that says what the assets' columns are for (`columns_file`).
        reviews: decisions of earlier runs, which the findings then carry. Nothing is written to it.

    Returns:
        Findings in the order of the worklist. A file without any reference is a warning, not an error.

    Raises:
        AssetError: a file is missing, empty, broken or of an unknown kind, or a named column is not there.
    """
    used = Usage() if usage is None else read_usage(usage, _bytes(usage))
    chosen = ColumnsFile(columns)
    vocabulary = Vocabulary(pairs)
    reader = CellReader(vocabulary)
    told: list[Asset] = []
    found: list[Identified] = []
    effects: list[ExpressionEffect] = []
    warnings: list[str] = []
    if used.unread:
        warnings.append(f"{used.name}: {len(used.unread)} lines have no code ({used.unread[0]} is the first).")
    for path in dict.fromkeys(assets):
        data = _bytes(path)
        ending = path.suffix.lower()
        if ending not in _ENDINGS:
            raise AssetError(
                f"{path.name} has an ending that is not read; give CSV, xlsx, xls, YAML or JSON "
                f"({', '.join(sorted(_ENDINGS))})."
            )
        if ending in _STRUCTURE_ENDINGS:
            reading = read_structure(data, path, reader)
        else:
            reading = read_table(data, path, chosen.choice_for(path), reader)
        told.append(
            Asset(
                str(path),
                reading.kind,
                reading.lines,
                reading.lines_with_codes,
                reading.columns,
                hashlib.sha256(data).hexdigest(),
                dict(reading.unrecognised.most_common()),
                tuple(reading.tables),
                forms_of(reading.unrecognised),
                dict(reading.code_sets.most_common()),
                reading.blank,
            )
        )
        warnings += _warnings(path.name, reading, vocabulary)
        judged = judge_asset(path, reading, vocabulary, used)
        found += judged.found
        effects += judged.effects
        if judged.unjudged:
            warnings.append(
                f"{path.name}: {judged.unjudged} references are to a code set without a release pair and were not "
                "judged; name one more --code-set."
            )
    findings = with_ids(found)
    if reviews is not None:
        findings = reviews.decided(findings)
    return Impact(told, ranked(findings), effects, warnings)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise AssetError(f"There is no file {path}; check the name.") from None
    except IsADirectoryError:
        raise AssetError(f"{path} is a folder; name the files in it.") from None
    except OSError as error:
        raise AssetError(f"{path} cannot be read ({error.strerror}); check its permissions.") from None


def _warnings(name: str, reading: Reading, vocabulary: Vocabulary) -> Iterator[str]:
    for note in reading.notes:
        yield f"{name}: {note}"
    if reading.code_sets:
        yield from charge_notes(name, reading, vocabulary.code_sets)
    elif not reading.mentions:
        columns = ", ".join(f"{names} as {role}" for role, names in reading.columns.items()) or "no known column"
        yield (
            f"{name} holds no reference to {' or '.join(vocabulary.code_sets)} that could be recognised (read: "
            f"{columns}); name its code columns in a columns file (--columns) if it should."
        )
    if reading.unrecognised:
        shown = ", ".join(repr(text[:40]) for text, _ in reading.unrecognised.most_common(3))
        total = reading.unrecognised.total()
        yield f"{name}: {total} texts stand where a code was expected but are none, such as {shown}; check them."
