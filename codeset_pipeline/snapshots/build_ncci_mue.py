"""Parse the MUE table of one release revision.

The csv (for Medicaid: tab text) and the workbook hold the same rows; the text is used, and the two are compared. A
workbook that cannot be read beside a good text is left out and named.
"""

from __future__ import annotations

from functools import lru_cache

from codeset_pipeline.errors import GateError, ParseError
from codeset_pipeline.labels import label_of
from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.ncci_mue_table import MueTable, parse_mue_table
from codeset_pipeline.snapshots.build import BuiltSnapshot, ReadMember
from codeset_pipeline.snapshots.ncci_tables import NCCI_MUE_VALUES
from codeset_pipeline.snapshots.plan import ReleaseInput, RevisionPlan

_NOT_READ = "Left out; the release is loaded from its other file."

# The revisions of a release may share a file.
_parsed = lru_cache(maxsize=4)(parse_mue_table)


def setting_of(code_set: str) -> str:
    """`practitioner`, `outpatient` or `dme`: the last word of an MUE code set."""
    return code_set.rsplit("-", 1)[-1]


def name_of(item: ReleaseInput) -> str:
    """A release file with its archive, for messages."""
    return item.member if item.member == item.archive else f"{item.archive}/{item.member}"


def build_ncci_mue(plan: RevisionPlan, read: ReadMember) -> BuiltSnapshot:
    """Parse the files of a revision; see `snapshots.build.build_snapshot`."""
    built = BuiltSnapshot(plan)
    inputs = {item.role: item for item in plan.inputs}
    text = _table(plan, inputs.get("mue_csv"), read)
    excel = None
    try:
        excel = _table(plan, inputs.get("mue_excel"), read)
    except ParseError as error:
        if text is None:
            raise
        what = f"The file departs from its layout (expected {error.expected}) and was not read."
        built.oddities.append(Oddity(error.file, error.line, what, (error.text or "")[:200], _NOT_READ))
    table = text or excel
    if table is None:
        label = label_of(plan.code_set, plan.effective_from)
        raise GateError(f"{label}: no MUE table; supply the release's zip.", ("codes_present",))
    built.oddities += table.oddities
    if text and excel:
        _compare(built, text, excel, name_of(inputs["mue_excel"]))
    built.tables[NCCI_MUE_VALUES.name] = sorted((r.code, r.value, r.mai, r.rationale) for r in table.rows)
    return built


def _table(plan: RevisionPlan, item: ReleaseInput | None, read: ReadMember) -> MueTable | None:
    if item is None:
        return None
    with_mai = not plan.code_set.startswith("ncci-medicaid-")
    return _parsed(read(item), name_of(item), setting=setting_of(plan.code_set), with_mai=with_mai)


def _compare(built: BuiltSnapshot, text: MueTable, excel: MueTable, file: str) -> None:
    ours, theirs = ({row.code: row[1:4] for row in table.rows} for table in (text, excel))
    apart = sorted(code for code in ours.keys() | theirs.keys() if ours.get(code) != theirs.get(code))
    built.agreement["mue_excel"] = len(apart)
    if not apart:
        return
    shown = "; ".join(f"{code}: {_shown(ours.get(code))} and {_shown(theirs.get(code))}" for code in apart[:5])
    what = f"{len(apart)} codes are not the same in the text and in the workbook."
    built.oddities.append(Oddity(file, None, what, shown + (" …" if len(apart) > 5 else ""), "The text is used."))


def _shown(values: tuple[object, ...] | None) -> str:
    return "missing" if values is None else f"{values[0]} (MAI {values[1] or '-'})"
