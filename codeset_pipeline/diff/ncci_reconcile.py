"""Changes of PTP edits held against the publisher's lists of additions, deletions and indicator changes.

The lists name pairs with an indicator and no dates, and lead from one quarter to the next. A change is matched when the
list of its kind has the pair, once for each edit, with the same indicator.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from codeset_pipeline.diff.ncci_known import NcciObserved, ncci_explanation
from codeset_pipeline.diff.ncci_listed import LISTS, files_of, lists_of, stated_indicator
from codeset_pipeline.diff.ncci_ptp import diff_ncci_ptp
from codeset_pipeline.diff.ncci_reach import first_release_after
from codeset_pipeline.model import Change, ChangeKind, Difference, PublishedTotals, Reconciliation
from codeset_pipeline.snapshots.store import Snapshot
from codeset_pipeline.sources.definition import source

_LIST_OF = {
    ChangeKind.EDIT_ADDED: "additions",
    ChangeKind.EDIT_DELETED: "deletions",
    ChangeKind.INDICATOR_CHANGED: "indicator_changes",
}
_COUNTED_AS = {"additions": "added", "deletions": "deleted", "indicator_changes": "revised"}


def reconcile_ncci(old: Snapshot, new: Snapshot, changes: Sequence[Change] | None = None) -> Reconciliation:
    """Hold the changes between two neighbouring quarters against the newer one's lists.

    Args:
        changes: those of `diff_ncci_ptp`, where the caller has them already.
    """
    if source(new.code_set).layout != "ncci_ptp":
        return Reconciliation(False, (), 0, (), (), {}, "No list of changes is published with these files.")
    note = _uncovered(old, new)
    if note:
        return Reconciliation(False, (), 0, (), (), {}, note)
    return _Comparison(new).of(diff_ncci_ptp(old, new) if changes is None else changes)


def ncci_published_totals(code_set: str, changes: Iterable[Change], proof: Reconciliation) -> PublishedTotals:
    """The changes as the publisher counts them.

    PTP: edits added, edits deleted, indicators changed; what the lists are known to state otherwise is counted as they
    do. MUE: codes added, no longer published, with another value or adjudication indicator. Add-on codes: edits (a code
    and one of its primaries) added, ended, revised.
    """
    counted = _COUNTED[source(code_set).layout]
    found: dict[str, list[str]] = {"added": [], "deleted": [], "revised": []}
    for change in changes:
        name = counted.get(change.kind)
        of_code = counted is _COUNTED["ncci_aoc"] and change.ncci and "primary_code" not in change.ncci.keys
        if name and not of_code:
            found[name].append(change.code)
    if ChangeKind.MUE_VALUE_CHANGED in counted:
        # A code whose value and indicator both changed is one code.
        found["revised"] = sorted(set(found["revised"]))
    totals = {name: len(codes) for name, codes in found.items()}
    for item in proof.explained:
        listed_as = {str(kind): name for kind, name in counted.items()}.get(item.kind)
        if item.side == "ours" and listed_as:
            totals[listed_as] -= 1
        elif item.side == "publisher":
            totals["deleted"] += 1
    return PublishedTotals(totals["added"], totals["deleted"], totals["revised"])


_COUNTED: dict[str, dict[ChangeKind, str]] = {
    "ncci_ptp": {
        ChangeKind.EDIT_ADDED: "added",
        ChangeKind.EDIT_DELETED: "deleted",
        ChangeKind.INDICATOR_CHANGED: "revised",
    },
    "ncci_mue": {
        ChangeKind.ADDED: "added",
        ChangeKind.DELETED: "deleted",
        ChangeKind.MUE_VALUE_CHANGED: "revised",
        ChangeKind.MAI_CHANGED: "revised",
    },
    "ncci_aoc": {
        ChangeKind.PRIMARY_ADDED: "added",
        ChangeKind.PRIMARY_DELETED: "deleted",
        ChangeKind.REVISED: "revised",
    },
}


def _uncovered(old: Snapshot, new: Snapshot) -> str:
    """Why nothing can be proven for a pair of releases; empty where it can."""
    if old.effective_from == new.effective_from:
        return "These are two revisions of one release, for which the publisher lists no changes."
    if old.effective_from > new.effective_from:
        return (
            "The publisher's lists lead from an older release to a newer one; compare the two the other way round to "
            "hold them against its lists."
        )
    if first_release_after(old.effective_from, new.effective_from) != new.effective_from:
        return (
            "The publisher's lists lead from one quarter to the next; compare neighbouring quarters to hold them "
            "against its lists."
        )
    missing = [words for name, words in LISTS.items() if name not in lists_of(new)]
    if len(missing) == len(LISTS):
        return (
            "No list of the publisher's is loaded for this quarter; get its zip of additions, deletions and revisions "
            "and load it with the parts."
        )
    return f"The publisher's list of {' and of '.join(missing)} is not loaded." if missing else ""


class _Comparison:
    """The lists of a release, struck off change by change."""

    def __init__(self, new: Snapshot) -> None:
        self._lists, self._files = lists_of(new), files_of(new)
        self._totals = {_COUNTED_AS[name]: sum(map(len, listed.pairs.values())) for name, listed in self._lists.items()}
        self._matched = 0
        self._found: list[Difference] = []

    def of(self, changes: Sequence[Change]) -> Reconciliation:
        successors = {
            change.code
            for change in changes
            if change.kind is ChangeKind.INDICATOR_CHANGED and change.ncci and "successor" in change.ncci.flags
        }
        on_indicator_list = set(self._lists["indicator_changes"].pairs)
        edits_listed = {
            pair
            for pair in successors
            if self._lists["additions"].pairs.get(pair) and self._lists["deletions"].pairs.get(pair)
        }
        ended = {change.code for change in changes if change.kind is ChangeKind.EDIT_ADDED and _last(change)}
        for change in changes:
            facts = set()
            if change.code in successors and change.code in on_indicator_list:
                facts.add("on_indicator_list")
            if change.code in edits_listed:
                facts.add("edits_listed")
            self._one(change, frozenset(facts))
        for name, listed in self._lists.items():
            for pair, text in listed.left():
                facts = {"ended"} if name == "deletions" and pair in ended else set()
                what = f"the publisher's list of {LISTS[name]} has the pair, and no such change was found"
                self._differ(pair, "unchanged", "publisher", what, frozenset(facts), new=text or None)
        order = sorted(self._found, key=lambda item: (item.code, item.kind, item.side))
        return Reconciliation(
            True,
            self._files,
            self._matched,
            tuple(item for item in order if item.rule),
            tuple(item for item in order if not item.rule),
            {"codes": self._totals},
        )

    def _one(self, change: Change, facts: frozenset[str]) -> None:
        kind = str(change.kind)
        name = _LIST_OF.get(change.kind)
        if name is None:
            self._differ(change.code, kind, "ours", "the publisher has no list for such a change", facts)
            return
        text = self._lists[name].take(change.code)
        if text is None:
            what = f"the publisher's list of {LISTS[name]} does not have the pair"
            self._differ(change.code, kind, "ours", what, facts, new=_indicators(change)[-1])
            return
        stated = stated_indicator(text)
        if stated is None or stated in _indicators(change):
            self._matched += 1
        else:
            what = f"the publisher's list of {LISTS[name]} gives another modifier indicator"
            self._differ(change.code, kind, "both", what, facts, old=stated, new=_indicators(change)[-1])

    def _differ(
        self,
        pair: str,
        kind: str,
        side: str,
        what: str,
        facts: frozenset[str],
        *,
        old: str | None = None,
        new: str | None = None,
    ) -> None:
        known = ncci_explanation(NcciObserved(side, kind, facts))
        cause, rule = (known.cause, known.rule) if known else (None, None)
        self._found.append(Difference(pair, "edit", kind, side, what, old, new, cause, rule))


def _indicators(change: Change) -> tuple[str, ...]:
    """The indicators that a list may give with a change: of a deleted edit that before or after, else the new one."""
    facts = change.ncci
    now = str(facts.attributes["modifier_indicator"]) if facts else ""
    field = change.fields.get("modifier_indicator")
    if change.kind is ChangeKind.EDIT_DELETED and field is not None:
        return str(field.old), now
    return (now,)


def _last(change: Change) -> bool:
    return change.ncci is not None and change.ncci.last_day is not None
