"""Changes of HCPCS codes held against the publisher's own statements.

Two statements come with a release: the action code in each row of the release file, and the transaction report, which
names every code of the release with its action. The report counts; where no report is loaded the action codes stand in.
Both speak of the release against the one before it. A change is matched when the publisher's action is the one that
the change calls for, the file's action code agrees, and no field changed of which the action does not speak. The
descriptions that the report gives are held against the release as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from codeset_pipeline.diff.hcpcs_actions import APPEARED, counted, reported_letters
from codeset_pipeline.diff.hcpcs_case import Case, compared
from codeset_pipeline.diff.hcpcs_changes import diff_hcpcs
from codeset_pipeline.diff.hcpcs_report_texts import text_differences
from codeset_pipeline.diff.hcpcs_rows import differing_rows, rows_of
from codeset_pipeline.model import Change, ChangeKind, Difference, PublishedTotals, Reconciliation
from codeset_pipeline.snapshots.hcpcs_tables import HCPCS_CORRECTIONS
from codeset_pipeline.snapshots.store import Snapshot


def reconcile_hcpcs(old: Snapshot, new: Snapshot) -> Reconciliation:
    """Hold the changes from one release to a later one against the newer release's actions.

    The publisher's totals count codes: added (A, R), deleted (D), revised (B, C, F, P, S, T). Between two revisions of
    one release, and backwards in time, there is no such statement, and nothing is proven.
    """
    if old.effective_from >= new.effective_from:
        return Reconciliation(False, (), 0, (), (), {}, _uncovered_note(old, new))
    reported = reported_letters(new)
    after = rows_of(new)
    stated = reported
    if stated is None:
        stated = {code: frozenset(row.action_code or "N") for code, row in after.items()}
    corrected = _corrected(new)
    older = reported is not None and _report_is_older(new)
    changes = {change.code: change for change in diff_hcpcs(old, new)}
    differing = differing_rows(old, new)
    matched = 0
    found: list[Difference] = []
    for code in sorted(after.keys() | stated.keys() | changes.keys()):
        row = after.get(code)
        pair = differing.get(code, (row, row))
        letters = stated.get(code, frozenset())
        case = Case(code, changes.get(code), pair[0], pair[1], letters, code in corrected, older)
        agreed, difference = compared(case, old.effective_from, new.effective_from)
        matched += agreed
        if difference is not None:
            found.append(difference)
    found += text_differences(new, after, stated, corrected, older)
    return Reconciliation(
        True,
        _lists(new),
        matched,
        tuple(item for item in found if item.rule),
        tuple(item for item in found if not item.rule),
        {"codes": counted(stated.values())},
        "" if reported is not None else _NO_REPORT,
    )


_NO_REPORT = (
    "No transaction report came with the release; the action codes in the release file stand in for it, so the "
    "publisher's statement is not independent of the rows."
)


def _uncovered_note(old: Snapshot, new: Snapshot) -> str:
    if old.effective_from == new.effective_from:
        return "These are two revisions of one release, for which the publisher states no actions."
    return (
        "The publisher's actions lead from an older release to a newer one; compare the two the other way round to "
        "hold them against its report."
    )


def _corrected(new: Snapshot) -> set[str]:
    if not new.has(HCPCS_CORRECTIONS):
        return set()
    return {code for code, applied in new.read(HCPCS_CORRECTIONS, ["code", "applied"]) if applied}


def _posted(new: Snapshot, prefix: str) -> list[str]:
    return [
        str(item["published"]) for item in new.inputs if str(item["role"]).startswith(prefix) and item.get("published")
    ]


def _report_is_older(new: Snapshot) -> bool:
    report, files = _posted(new, "transaction_report"), _posted(new, "anweb")
    return bool(report and files) and max(report) < min(files)


def _lists(new: Snapshot) -> tuple[str, ...]:
    names = {
        role: str(item["member"]).rsplit("/", 1)[-1]
        for item in new.inputs
        for role in [str(item["role"])]
        if role == "transaction_report" or role.startswith("anweb")
    }
    report = names.get("transaction_report")
    release = names.get("anweb_text") or names.get("anweb_excel") or "the release file"
    return (*([report] if report else []), f"action codes of {release}")


def hcpcs_published_totals(changes: Iterable[Change], reconciliation: Reconciliation) -> PublishedTotals:
    """The changes as the publisher counts them: added (codes that came or came back), deleted, revised.

    What is explained in the reconciliation is counted as the publisher does: not at all where it states no change,
    under its action where that is another one. What is unexplained stays as we found it, so that the totals differ.
    """
    classes: dict[str, str] = {change.code: _class_of_change(change) for change in changes}
    unexplained = {item.code for item in reconciliation.unexplained}
    for item in reconciliation.explained:
        if item.code not in unexplained:
            classes[item.code] = "unchanged" if item.side == "ours" else item.kind
    counts: Mapping[str, int] = {name: list(classes.values()).count(name) for name in ("added", "deleted", "revised")}
    return PublishedTotals(counts["added"], counts["deleted"], counts["revised"])


def _class_of_change(change: Change) -> str:
    if change.kind in APPEARED:
        return "added"
    return str(change.kind) if change.kind in {ChangeKind.DELETED, ChangeKind.REVISED} else "unchanged"
