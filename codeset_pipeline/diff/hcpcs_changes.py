"""Changes of HCPCS Level II codes and modifiers between two releases.

A code gives one change, with every field that differs. Each change carries the publisher's action code of the newer row
as the field `action_code` (old: what the older row had; None where there is no row), and its date as
`action_effective_date` where that differs; `ACTION` names the two.

Kinds (DESIGN section 5), judged by the dates in the rows:
- `added`: the code has no row in the older release. Where it had ended again by the newer one (issued and ended between
  two releases), the field `termination_date` says so and it is not valid after.
- `deleted`: a termination date was filled in, be it in the past or still to come; the change takes effect on the day
  after the last valid one.
- `reactivated`, `reused`: the code came back, with the same or with another meaning.
- `aged_out`, `withdrawn`: the row is gone, and the code had ended or had not.
- `revised`: anything else; a termination date that was moved and an added date that was corrected are among its fields.
`billable` means valid on the effective date of the release.
"""

from __future__ import annotations

from collections.abc import Mapping

from codeset_pipeline.diff.hcpcs_groups import group_of
from codeset_pipeline.diff.hcpcs_kinds import Period, Verdict, appeared, disappeared, stayed
from codeset_pipeline.diff.hcpcs_rows import HcpcsRow, differing_rows, field_changes, same_layout, shown
from codeset_pipeline.model import Change, ChangeKind, FieldChange
from codeset_pipeline.snapshots.store import Snapshot


def diff_hcpcs(old: Snapshot, new: Snapshot, ended_titles: Mapping[str, str] | None = None) -> list[Change]:
    """The changes from one release to another, in code order.

    Args:
        ended_titles: for codes that ended before the older release, the long description they had; such a code is
            reactivated or reused where it would otherwise be added.

    Between two revisions of one release every change is `corrected`; a row that came or went shows in the field
    `status`.
    """
    period = Period(old.effective_from, new.effective_from)
    one_layout = same_layout(old, new)
    correction = period.old == period.new
    changes = []
    for code, (before, after) in differing_rows(old, new).items():
        fields = _fields(before, after, one_layout=one_layout)
        verdict = _verdict(before, after, fields, period, (ended_titles or {}).get(code))
        if verdict is None:
            continue
        kind = verdict.kind
        if correction:
            kind = ChangeKind.CORRECTED
            if before is None or after is None:
                fields = {"status": FieldChange(_status(before), _status(after)), **fields}
        changes.append(
            Change(
                new.code_set,
                code,
                kind,
                verdict.effective_from,
                before.valid_on(period.old) if before else None,
                after.valid_on(period.new) if after else None,
                before.long_description if before else None,
                after.long_description if after else None,
                {**fields, **_action(before, after)},
                group_of(code),
            )
        )
    return changes


def _verdict(
    before: HcpcsRow | None,
    after: HcpcsRow | None,
    fields: Mapping[str, FieldChange],
    period: Period,
    ended_title: str | None,
) -> Verdict | None:
    if after is None:
        return disappeared(before, period) if before else None
    return appeared(after, period, ended_title) if before is None else stayed(before, after, fields, period)


def _fields(before: HcpcsRow | None, after: HcpcsRow | None, *, one_layout: bool) -> dict[str, FieldChange]:
    if before is not None and after is not None:
        return field_changes(before, after, one_layout=one_layout)
    if after is not None and after.termination_date is not None:
        return {"termination_date": FieldChange(None, shown(after, "termination_date"))}
    return {}


def _action(before: HcpcsRow | None, after: HcpcsRow | None) -> dict[str, FieldChange]:
    code = FieldChange(before.action_code if before else None, after.action_code if after else None)
    if before is None or after is None or before.action_effective_date == after.action_effective_date:
        return {"action_code": code}
    name = "action_effective_date"
    return {"action_code": code, name: FieldChange(shown(before, name), shown(after, name))}


def _status(row: HcpcsRow | None) -> str | None:
    return None if row is None else ("ended" if row.termination_date else "open")
