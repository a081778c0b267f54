"""The user's files against release pairs: which lines a change touches, and what to do about each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.ambiguous import settled
from codeset_pipeline.impact.asset_files import AssetFile, asset_files
from codeset_pipeline.impact.cells import CellReader
from codeset_pipeline.impact.columns_file import ColumnsFile
from codeset_pipeline.impact.coverage import charge_notes, forms_of, forms_text
from codeset_pipeline.impact.identity import Identified, with_ids
from codeset_pipeline.impact.judge_asset import judge_asset
from codeset_pipeline.impact.judge_ncci import judge_ncci
from codeset_pipeline.impact.judge_rules import judge_rules
from codeset_pipeline.impact.mentions import Reading
from codeset_pipeline.impact.ncci_news import NcciNews
from codeset_pipeline.impact.rank import ranked
from codeset_pipeline.impact.read_asset import read_asset
from codeset_pipeline.impact.review import ReviewLog
from codeset_pipeline.impact.usage import Usage, read_usage
from codeset_pipeline.impact.usage_query import UsageQuery, query_of_file, read_usage_query
from codeset_pipeline.impact.vocabulary import Vocabulary
from codeset_pipeline.model import Asset, ExpressionEffect, Impact, ReleasePair, RuleVerdict

#: Kind of a file of a folder that could not be read.
UNREAD = "unread"
#: Texts that could not be read which a file's warnings name with their lines.
_MOST_NAMED = 5


def assess(
    assets: Sequence[Path],
    pairs: Sequence[ReleasePair],
    *,
    usage: Path | UsageQuery | None = None,
    columns: Path | None = None,
    reviews: ReviewLog | None = None,
    ncci: Callable[[frozenset[str]], Iterable[NcciNews]] | None = None,
) -> Impact:
    """What release pairs do to the user's assets.

    Args:
        assets: charge masters, order sets (CSV, xlsx, xls, …), rules (CSV, YAML, JSON, FHIR, text such as SQL), and
            folders of them. A file of a folder that cannot be read is a warning and an asset of the kind `unread`.
        pairs: what changed, of one or more code sets.
        usage: a CSV or xlsx file with the columns code, count, amount, a YAML file with a query, or the query itself.
        columns: a YAML file that says what the assets' columns are for (`columns_file`).
        ncci: what NCCI releases say about the codes of a charge master; asked once for each.
        reviews: decisions of earlier runs, which the findings then carry. Nothing is written to it.

    Returns:
        Findings in the order of the worklist. A file without any reference is a warning, not an error.

    Raises:
        AssetError: a file is missing, empty, broken or of an unknown kind, or a named column is not there.
    """
    used = _used(usage)
    chosen = ColumnsFile(columns)
    vocabulary = Vocabulary(pairs)
    reader = CellReader(vocabulary)
    told: list[Asset] = []
    found: list[Identified] = []
    effects: list[ExpressionEffect] = []
    verdicts: list[RuleVerdict] = []
    warnings: list[str] = []
    if used.unread:
        warnings.append(f"{used.name}: {len(used.unread)} lines have no code ({used.unread[0]} is the first).")
    silent: dict[Path, list[str]] = {}
    for asset in asset_files(assets):
        path, data = asset.path, b""
        try:
            data = asset.data()
            reading = read_asset(data, path, chosen, reader)
        except AssetError as error:
            if asset.folder is None:
                raise
            warnings.append(f"Not read: {error}")
            reading = Reading(UNREAD)
        reading.mentions = settled(reading.mentions, vocabulary)
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
        if asset.folder is None or reading.mentions or reading.code_sets or reading.kind != "rules":
            warnings += _warnings(path.name, reading, vocabulary)
        else:
            silent.setdefault(asset.folder, []).append(path.name)
        judged = judge_asset(path, reading, vocabulary, used)
        found += judged.found
        if ncci is not None and reading.charges.codes:
            for news in ncci(reading.charges.codes):
                found += judge_ncci(path, reading.charges, news, used)
        verdicts += judge_rules(path, reading, reader)
        effects += judged.effects
        if judged.unjudged:
            warnings.append(
                f"{path.name}: {judged.unjudged} references are to a code set without a release pair and were not "
                "judged; name one more --code-set."
            )
    for folder, names in silent.items():
        warnings.append(_silent(folder.name, names))
    findings = with_ids(found)
    if reviews is not None:
        findings = reviews.decided(findings)
    return Impact(told, ranked(findings), effects, warnings, verdicts)


def _silent(folder: str, names: Sequence[str]) -> str:
    shown = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    verb = "holds" if len(names) == 1 else "hold"
    return f"{folder}: {shown} {verb} no reference to codes that could be recognised."


def _used(usage: Path | UsageQuery | None) -> Usage:
    if usage is None:
        return Usage()
    if isinstance(usage, Path):
        data = AssetFile(usage).data()
        if usage.suffix.lower() not in {".yaml", ".yml"}:
            return read_usage(usage, data)
        usage = query_of_file(usage, data)
    return read_usage_query(usage)


def _warnings(name: str, reading: Reading, vocabulary: Vocabulary) -> Iterator[str]:
    for note in reading.notes:
        yield f"{name}: {note}"
    if reading.code_sets:
        yield from charge_notes(name, reading, vocabulary.code_sets)
    elif not reading.mentions and reading.kind != UNREAD:
        columns = ", ".join(f"{names} as {role}" for role, names in reading.columns.items()) or "no known column"
        yield (
            f"{name} holds no reference to {' or '.join(vocabulary.code_sets)} that could be recognised (read: "
            f"{columns}); name its code columns in a columns file (--columns) if it should."
        )
    if reading.unrecognised:
        shown = ", ".join(repr(text[:40]) for text, _ in reading.unrecognised.most_common(3))
        total = reading.unrecognised.total()
        yield (
            f"{name}: {total} texts stand where a code was expected but are none, such as {shown}"
            f"{forms_text(reading.unrecognised)}; check them."
        )
    if reading.kind == "rules":
        for line, text, why in reading.unread[:_MOST_NAMED]:
            yield f"{name}, line {line}: {text[:60]!r} could not be read ({why})."
        if len(reading.unread) > _MOST_NAMED:
            yield f"{name}: {len(reading.unread) - _MOST_NAMED} more texts could not be read."
