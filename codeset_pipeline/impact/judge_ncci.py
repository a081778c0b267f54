"""NCCI edits that appear or change among the codes of one charge master, as findings on its lines.

- A PTP edit speaks of two codes. Its finding stands on the line of the column 2 code, the one that is not paid, and
  names the lines of the column 1 code. That both stand on one list does not mean that one claim has both: the claim may
  deny, unless usage says what is billed together. Then a pair that is, and that no modifier bypasses, will deny, and a
  pair that never is comes as information.
- A MUE is held against the units that a line charges. Where these are more, the line denies; a value that merely
  changed is information.
- An add-on code is paid only beside one of its primaries. If all are missing from the list, it is a finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from codeset_pipeline.impact.charge_list import ChargeLine, ChargeList
from codeset_pipeline.impact.identity import Identified
from codeset_pipeline.impact.ncci_news import (
    EDIT_DELETED,
    END_MOVED,
    INDICATOR_CHANGED,
    AddOn,
    NcciNews,
    PairChange,
    UnitLimit,
)
from codeset_pipeline.impact.usage import Usage
from codeset_pipeline.impact.wording import day, listed
from codeset_pipeline.model import Finding, Severity

#: Kinds of finding beside the kinds of change of DESIGN section 5.
EXCEEDS_MUE, NO_PRIMARY, MUE_VALUE_CHANGED = "exceeds_mue", "no_primary", "mue_value_changed"


def judge_ncci(path: Path, charges: ChargeList, news: NcciNews, used: Usage | None = None) -> list[Identified]:
    """The findings of a charge master, in the order of the news and of its lines; news of other codes is left out."""
    usage = used or Usage()
    found: list[Identified] = []
    for change in news.pairs:
        found += _pair(path, charges, news.code_set, change, usage)
    for limit in news.limits:
        found += _limit(path, charges, news.code_set, limit, usage)
    for add_on in news.add_ons:
        found += _add_on(path, charges, news.code_set, add_on, usage)
    return found


def _pair(path: Path, charges: ChargeList, code_set: str, change: PairChange, usage: Usage) -> Iterator[Identified]:
    firsts = list(charges.lines_of(change.column_1))
    if not firsts:
        return
    one, two, since = change.column_1, change.column_2, day(change.effective_from)
    together = usage.together.get((min(one, two), max(one, two)))
    severity = _pair_severity(change, usage, bool(together))
    if change.kind == END_MOVED:
        until = f"on {day(change.last_day)}" if change.last_day else "on no stated day"
        action = f"Look at claims with {two} beside {one} from {since} on; the edit on the two now ends {until}."
    elif change.kind == EDIT_DELETED:
        action = f"Nothing must change; {two} is paid beside {one} again from {since}."
    elif change.indicator == 1:
        action = f"Bill {two} beside {one} from {since} only with a modifier that says why both were done."
    else:
        action = f"Do not bill {two} beside {one} from {since}; no modifier makes both be paid."
    lines = ", ".join(str(line.line) for line in firsts[:5]) + (" and more" if len(firsts) > 5 else "")
    departments = ", ".join(filter(None, charges.departments_of(one)))
    detail = [f"{one} stands on line {lines}{f' ({departments})' if departments else ''}."]
    if change.kind == INDICATOR_CHANGED:
        detail.append(f"The modifier indicator was {change.indicator_before} and is {change.indicator}.")
    if change.rationale:
        detail.append(f"{change.rationale}.")
    if usage.together:
        detail.append(
            f"Billed together {together:g} times." if together else "Never billed together in the usage given."
        )
    for line in charges.lines_of(two):
        yield _identified(
            path,
            line,
            code_set,
            two,
            f"{one}/{two}",
            change.kind,
            change.effective_from,
            severity,
            action,
            detail,
            usage,
            together,
        )


def _pair_severity(change: PairChange, usage: Usage, together: bool) -> Severity:
    if change.kind == EDIT_DELETED or change.indicator == 9 or (usage.together and not together):
        return Severity.INFORMATION
    if change.indicator == 1 and change.kind == INDICATOR_CHANGED:
        return Severity.INFORMATION  # what was never paid together now may be
    return Severity.WILL_DENY if together and change.indicator == 0 else Severity.MAY_DENY


def _limit(path: Path, charges: ChargeList, code_set: str, limit: UnitLimit, usage: Usage) -> Iterator[Identified]:
    if limit.after is None:
        return
    for line in charges.lines_of(limit.code):
        over = line.quantity is not None and line.quantity > limit.after
        if not over and limit.before == limit.after:
            continue
        was = "none was published" if limit.before is None else f"it was {limit.before}"
        per = {1: "a line", 2: "a day", 3: "a day"}.get(limit.indicator or 0, "a day")
        detail = [f"The most units paid are {limit.after} {per} from {day(limit.effective_from)}; {was}."]
        if over:
            severity = Severity.MAY_DENY if limit.indicator == 1 else Severity.WILL_DENY
            action = (
                f"Charge {limit.code} with {limit.after} units at most; this line charges {line.quantity:g}, and "
                f"more than {limit.after} are not paid."
            )
            kind = EXCEEDS_MUE
        else:
            severity, kind = Severity.INFORMATION, MUE_VALUE_CHANGED
            action = f"Check how many units of {limit.code} are billed; {limit.after} {per} are paid at most."
        yield _identified(
            path, line, code_set, limit.code, limit.code, kind, limit.effective_from, severity, action, detail, usage
        )


def _add_on(path: Path, charges: ChargeList, code_set: str, add_on: AddOn, usage: Usage) -> Iterator[Identified]:
    if add_on.contractor_defined or not add_on.primaries or add_on.primaries & charges.codes:
        return
    lost = sorted(add_on.before & charges.codes)
    names = listed(sorted(add_on.primaries))
    action = f"Add a line for {names}, or remove {add_on.code}, an add-on code that is paid only beside a primary."
    detail = [f"Until then {listed(lost, 'and')} on this list was one of them."] if lost else []
    for line in charges.lines_of(add_on.code):
        yield _identified(
            path,
            line,
            code_set,
            add_on.code,
            add_on.code,
            NO_PRIMARY,
            add_on.effective_from,
            Severity.WILL_DENY if lost else Severity.MAY_DENY,
            action,
            detail,
            usage,
        )


def _identified(
    path: Path,
    line: ChargeLine,
    code_set: str,
    code: str,
    match: str,
    kind: str,
    since: date,
    severity: Severity,
    action: str,
    detail: Iterable[str],
    usage: Usage,
    together: float | None = None,
) -> Identified:
    volume, amount = usage.of((code,), line.department)
    finding = Finding(
        "",
        str(path),
        line.line,
        line.column,
        code_set,
        code,
        match,
        str(kind),
        since,
        severity,
        (),
        action,
        volume if together is None else together,
        line.price if amount is None else amount,
        line.rule,
        " ".join(detail),
        line.department,
    )
    place = (path.name, line.rule or line.content, line.column, "", match)
    return Identified(finding, (*place, code_set, str(kind), since.isoformat()), line.content, (*place, code_set))
