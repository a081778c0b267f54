"""Our changes held against the publisher's own list, code by code and text by text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from codeset_pipeline.codes import printed
from codeset_pipeline.diff.codes import ACCENTS_RULE, CodeState, changed_states, from_tabular
from codeset_pipeline.diff.known import Observed, explanation
from codeset_pipeline.diff.publisher_list import (
    Entries,
    PublisherList,
    along,
    count_of,
    path_between,
    publisher_list,
)
from codeset_pipeline.diff.text import text_change
from codeset_pipeline.labels import fiscal_year_of
from codeset_pipeline.model import Difference, Reconciliation
from codeset_pipeline.snapshots.store import Snapshot
from codeset_pipeline.snapshots.tables import CODES

_Pair = tuple[CodeState | None, CodeState | None]


@dataclass(frozen=True)
class _Disagreement:
    """A difference before an explanation was sought; `fits` says that the list leads to the newer release's row."""

    code: str
    side: str
    ours: _Pair
    theirs: _Pair
    texts: Mapping[str, str]
    fits: bool


def _kind(pair: _Pair) -> str:
    before, after = pair
    if before is None:
        return "added"
    if after is None:
        return "deleted"
    if before.billable != after.billable:
        return "became_billable" if after.billable else "became_header"
    return "unchanged" if before == after else "revised"


def _text_differences(first: CodeState | None, second: CodeState | None) -> dict[str, str]:
    """Fields in which two states of one code differ, with the sort of difference; existence and flag included."""
    if first is None or second is None:
        return {} if first is second else {"existence": "wording"}
    found = {}
    if first.billable != second.billable:
        found["billable"] = "wording"
    for name in ("long_title", "short_title"):
        a, b = getattr(first, name), getattr(second, name)
        if a is not None and b is not None and a != b:
            found[name] = text_change(a, b)
    return found


def _disagreements(ours: Mapping[str, _Pair], theirs: Entries, new: Snapshot) -> tuple[int, list[_Disagreement]]:
    matched = 0
    found: list[_Disagreement] = []
    only_theirs = theirs.keys() - ours.keys()
    standing: dict[str, CodeState] = {}
    if only_theirs:
        for code, *state in new.read(CODES, ["code", "billable", "short_title", "long_title"]):
            if code in only_theirs:
                standing[code] = CodeState(*state)
    for code in sorted(ours.keys() | theirs.keys()):
        if code not in theirs:
            texts = _text_differences(*ours[code])
            found.append(_Disagreement(code, "ours", ours[code], (None, None), texts, True))
        elif code not in ours:
            now = standing.get(code)
            fits = not _text_differences(now, theirs[code][1])
            found.append(_Disagreement(code, "publisher", (now, now), theirs[code], {}, fits))
        else:
            after = _text_differences(ours[code][1], theirs[code][1])
            texts = {**_text_differences(ours[code][0], theirs[code][0]), **after}
            if texts:
                found.append(_Disagreement(code, "both", ours[code], theirs[code], texts, not after))
            else:
                matched += 1
    return matched, found


def _billable(state: CodeState | None) -> tuple[int, int]:
    """(headers, codes) that a state counts for."""
    return (0, 0) if state is None else ((0, 1) if state.billable else (1, 0))


def _mid_year_base(found: Iterable[_Disagreement], old: Snapshot, base: PublisherList) -> bool:
    """Do the differences make up exactly the distance between the older release and the list's stated base?"""
    headers = codes = 0
    for item in found:
        was = item.ours[0]
        # What the mid-year update made of the code: our final state if the list is silent, else the list's beginning.
        became = item.ours[1] if item.side == "ours" else item.theirs[0]
        headers += _billable(became)[0] - _billable(was)[0]
        codes += _billable(became)[1] - _billable(was)[1]
    start = count_of(old)
    return base.base is not None and (start.headers + headers, start.codes + codes) == (
        base.base.headers,
        base.base.codes,
    )


def _sentence(item: _Disagreement, code_set: str) -> tuple[str, str | None, str | None]:
    """What is different, with the two texts where there are two."""
    code = printed(code_set, item.code)
    if item.side == "ours":
        before, after = item.ours
        what = f"{code}: we find {_kind(item.ours)}, and the publisher's list does not have it"
        return what, before.long_title if before else None, after.long_title if after else None
    before, after = item.theirs
    if item.side == "publisher":
        what = f"{code}: the publisher lists {_kind(item.theirs)}, and the files do not differ there"
        return what, before.long_title if before else None, after.long_title if after else None
    names = ", ".join(sorted(item.texts))
    ours = item.ours[1] or item.ours[0]
    theirs = after or before
    what = f"{code}: our row and the publisher's differ in {names}"
    return what, ours.long_title if ours else None, theirs.long_title if theirs else None


def _explained(item: _Disagreement, code_set: str, mid_year: bool, tabular: bool) -> Difference:
    what, old, new = _sentence(item, code_set)
    states = [state for state in (*item.ours, *item.theirs) if state is not None]
    kind = _kind(item.ours) if item.side == "ours" else _kind(item.theirs)
    seen = Observed(code_set, item.side, kind, item.code, item.texts, mid_year=mid_year and item.fits, tabular=tabular)
    known = explanation(seen)
    return Difference(
        item.code,
        "code" if any(state.billable for state in states) else "header",
        kind,
        item.side,
        what,
        old,
        new,
        known.cause if known else None,
        known.rule if known else None,
    )


def _chosen_list(
    lists: Sequence[PublisherList], old: Snapshot, new: Snapshot
) -> tuple[list[tuple[PublisherList, bool]] | None, PublisherList | None]:
    """The lists that lead from old to new, and the list whose base is a mid-year update that is not loaded."""
    own = publisher_list(new)
    start = count_of(old)
    if own and own.base == start:
        return [(own, False)], None
    path = path_between(lists, start, count_of(new))
    if path is not None:
        return path, None
    years = fiscal_year_of(new.effective_from) - fiscal_year_of(old.effective_from)
    if own and own.base is None and old.effective_from < new.effective_from and years <= 1:
        # A list without a trailer can only be meant against the release before.
        return [(own, False)], None
    if (
        own
        and own.base
        and own.base.fiscal_year == fiscal_year_of(old.effective_from)
        and old.effective_from < new.effective_from
    ):
        return [(own, False)], own
    return None, None


def _uncovered_note(old: Snapshot, new: Snapshot, unproven: int) -> str:
    label = f"{old.manifest['label']} to {new.manifest['label']}"
    if not unproven:
        return (
            f"No change list of the publisher's leads from {label}, and none is needed: codes, flags and titles are "
            "the same, but for what two layouts write differently."
        )
    own = publisher_list(new)
    if own is None or own.base is None:
        return (
            f"No change list of the publisher's is loaded that leads from {label}, so nothing proves these changes; "
            "load the archives with the addenda."
        )
    return (
        f"No change list of the publisher's leads from {label}: the one in {new.manifest['label']} starts from "
        f"{own.base_name} with {own.base.codes:,} codes; load the releases between."
    )


def reconcile(old: Snapshot, new: Snapshot, loaded: Iterable[Snapshot]) -> Reconciliation:
    """Hold the changes from one release to another against the publisher's lists, for headers and codes, with titles.

    Args:
        loaded: all loaded releases of the code set; their lists are followed where no single list leads from the
            older release to the newer one.
    """
    code_set = new.code_set
    ours = {code: (before, after) for code, before, after in changed_states(old, new)}
    lists = [found for found in map(publisher_list, loaded) if found is not None]
    path, mid_year_list = _chosen_list(lists, old, new)
    tabular = from_tabular(old) or from_tabular(new)
    matched, found = _disagreements(ours, along(path) if path is not None else {}, new)
    mid_year = mid_year_list is not None and _mid_year_base(found, old, mid_year_list)
    differences = [_explained(item, code_set, mid_year, tabular) for item in found]
    explained = tuple(item for item in differences if item.rule)
    unexplained = tuple(item for item in differences if not item.rule)
    if path is None:
        # Without a list there is nothing to disagree with; only what two layouts write differently is explained.
        layout = tuple(item for item in explained if item.rule == ACCENTS_RULE)
        return Reconciliation(False, (), 0, layout, (), {}, _uncovered_note(old, new, len(found) - len(layout)))
    direct = path[0][0] if len(path) == 1 and not path[0][1] else None
    note = "" if direct else "Several lists of the publisher's were followed one after the other."
    if mid_year_list is not None and mid_year_list.base is not None:
        note = (
            f"The list starts from {mid_year_list.base_name} with {mid_year_list.base.codes:,} codes, a mid-year "
            "update of the older release that is not loaded."
        )
    return Reconciliation(
        True,
        tuple(item.file for item, _ in path),
        matched,
        explained,
        unexplained,
        direct.totals if direct else {},
        note,
    )
