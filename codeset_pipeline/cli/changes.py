"""`codeset diff` and `codeset reconcile`: what changed, and the proof."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from codeset_pipeline.cli.options import (
    CodeSetArgument,
    DatabaseOption,
    FormatOption,
    FromArgument,
    HomeOption,
    OutputOption,
    ToArgument,
    code_set_named,
    workspace,
)
from codeset_pipeline.cli.output import emit, say
from codeset_pipeline.errors import UsageError


def _checked_kinds(kinds: list[str] | None) -> set[str]:
    from codeset_pipeline.model import ChangeKind

    known = {str(kind) for kind in ChangeKind}
    wanted = {word.strip().lower() for kind in kinds or () for word in kind.split(",")}
    if wanted - known:
        raise UsageError(f"{', '.join(sorted(wanted - known))} is no kind of change; use {', '.join(sorted(known))}.")
    return wanted


def diff(
    code_set: CodeSetArgument,
    from_release: FromArgument,
    to_release: ToArgument,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="Only changes of this kind; repeat for more.")
    ] = None,
    code: Annotated[
        str | None, typer.Option("--code", help="Only codes that begin with this.", metavar="PREFIX")
    ] = None,
    retroactive: Annotated[
        bool, typer.Option("--retroactive", help="NCCI: only changes that reach dates before the newer release.")
    ] = False,
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """The changes between any two loaded releases."""
    from codeset_pipeline import pipeline
    from codeset_pipeline.codes import normalise
    from codeset_pipeline.report.shapes import change_object

    wanted = _checked_kinds(kind)
    name = code_set_named(code_set)
    found = pipeline.differences(workspace(home, database), name, from_release, to_release)
    prefix = normalise(code or "")
    changes = [
        c
        for c in found.changes
        if (not wanted or c.kind in wanted)
        and any(each.startswith(prefix) for each in (c.code, *(c.ncci.keys.values() if c.ncci else ())))
        and (not retroactive or (c.ncci is not None and c.ncci.retroactive))
    ]
    totals: dict[str, int] = {}
    for change in changes:
        totals[str(change.kind)] = totals.get(str(change.kind), 0) + 1
    rows: list[dict[str, Any]] = []
    for change in changes:
        shape = change_object(change)
        shape["changed"] = [
            f"{field}: {f['old']} → {f['new']}" for field, f in shape["fields"].items() if change.kind not in _ALL_NEW
        ]
        shape["title"] = change.title_after or change.title_before
        rows.append(shape)
    published = found.published_totals
    document = {
        "code_set": name,
        "from": found.old.effective_from.isoformat(),
        "to": found.new.effective_from.isoformat(),
        "from_label": found.old.label,
        "to_label": found.new.label,
        "totals": totals,
        "published_totals": {
            "added": published.added,
            "deleted": published.deleted,
            "revised": published.revised,
        },
        "changes": [{key: row[key] for key in row if key not in {"changed", "title"}} for row in rows],
    }
    emit(
        document,
        rows,
        _columns(name),
        format=format,
        output=output,
        title=f"{name} {found.old.label} → {found.new.label}",
        footer=f"{', '.join(f'{count} {what}' for what, count in totals.items()) or 'No changes'}. "
        f"As the publisher counts: {published.added} added, {published.deleted} deleted, {published.revised} revised.",
    )


# Kinds whose fields are those of the new row.
_ALL_NEW = {"edit_added", "primary_added"}


def _columns(code_set: str) -> list[str]:
    reach = ["effective_from", "last_day", "reach_from", "reach_to", "flags", "changed"]
    if "-ptp-" in code_set:
        return ["column_1", "column_2", "kind", "modifier_indicator", *reach, "rationale"]
    if code_set == "ncci-aoc":
        return ["add_on_code", "primary_code", "kind", "edit_type", *reach]
    if code_set.startswith("ncci-"):
        return ["code", "kind", "mue_value", "mai", "effective_from", "changed"]
    return ["code", "kind", "effective_from", "title", "changed"]


def reconcile(
    code_set: CodeSetArgument,
    from_release: FromArgument,
    to_release: ToArgument,
    home: HomeOption = None,
    database: DatabaseOption = None,
    format: FormatOption = None,
    output: OutputOption = None,
) -> None:
    """Hold our changes against the publisher's own list; leaves with 1 when anything is unexplained."""
    from codeset_pipeline import pipeline
    from codeset_pipeline.report.shapes import reconciliation_object

    name = code_set_named(code_set)
    found = pipeline.differences(workspace(home, database), name, from_release, to_release)
    proof = found.reconciliation
    document = {
        "code_set": name,
        "from": found.old.effective_from.isoformat(),
        "to": found.new.effective_from.isoformat(),
        **reconciliation_object(name, proof),
        "unproven": found.unproven,
    }
    rows = [*document["unexplained"], *document["explained"]]
    columns = ["code", "level", "kind", "side", "what", "rule", "cause"]
    footer = (
        f"{proof.matched} matched, {len(proof.explained)} explained, {len(proof.unexplained)} unexplained. {proof.note}"
    )
    title = f"{name} {found.old.label} → {found.new.label}, held against {', '.join(proof.lists) or 'no list'}"
    emit(document, rows, columns, format=format, output=output, title=title, footer=footer)
    if proof.unexplained:
        say(f"codeset: {len(proof.unexplained)} differences are unexplained; look at them before relying on it.")
        raise typer.Exit(1)
    if found.unproven:
        say(f"codeset: {found.unproven} changes are not proven. {proof.note}")
        raise typer.Exit(1)


def register(app: typer.Typer) -> None:
    app.command(epilog="Example: codeset diff icd10cm FY2025 FY2026 --kind deleted --kind became_header")(diff)
    app.command(epilog="Example: codeset reconcile icd10cm FY2025 FY2026")(reconcile)
