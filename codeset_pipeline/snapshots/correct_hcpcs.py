"""Apply a release's corrections files to its codes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from codeset_pipeline.model import Oddity
from codeset_pipeline.parse.anweb_rows import Anweb, AnwebRow
from codeset_pipeline.parse.hcpcs_correction_actions import CorrectionKind
from codeset_pipeline.parse.hcpcs_corrections import Correction, Corrections
from codeset_pipeline.snapshots.build import Row

_DAY = timedelta(days=1)
_DESCRIPTIONS = {"long_description", "short_description"}
_BLANK = AnwebRow(
    code="",
    is_modifier=False,
    long_description="",
    short_description="",
    pricing_indicators=(),
    multiple_pricing_indicator="",
    cim_references=(),
    mcm_references=(),
    statute="",
    lab_certifications=(),
    cross_references=(),
    coverage="",
    asc_group="",
    asc_effective_date=None,
    mog="",
    mog_policy="",
    mog_effective_date=None,
    processing_note="",
    betos="",
    types_of_service=(),
    anesthesia_units=None,
    added_date=None,
    action_effective_date=None,
    termination_date=None,
    action_code="",
    lines=(),
)


def _revised(row: AnwebRow, correction: Correction) -> AnwebRow:
    values = dict(correction.values)
    for name, more in correction.additions.items():
        have = getattr(row, name)
        values[name] = (*have, *(item for item in more if item not in have))
    if correction.effective_from is not None and _DESCRIPTIONS & values.keys():
        # The annual file of the next year shows that a corrected description takes effect on the correction's date.
        values["action_effective_date"] = correction.effective_from
    return row._replace(**values)  # type: ignore[arg-type]


def _added(correction: Correction) -> AnwebRow:
    dated = {
        "code": correction.code,
        "is_modifier": correction.is_modifier,
        "added_date": correction.effective_from,
        "action_effective_date": correction.effective_from,
        "action_code": "A",
    }
    return _BLANK._replace(**{**correction.values, **dated})  # type: ignore[arg-type]


def _discontinued(row: AnwebRow, correction: Correction) -> AnwebRow:
    if correction.effective_from is None:
        return row
    ended = {
        "termination_date": correction.effective_from - _DAY,
        "action_effective_date": correction.effective_from,
        "action_code": "D",
    }
    return _revised(row, correction)._replace(**ended)  # type: ignore[arg-type]


def _outcome(row: AnwebRow | None, released: AnwebRow | None, correction: Correction) -> tuple[AnwebRow | None, str]:
    """The row after a correction, and why it could not be applied (blank when it was).

    Args:
        released: the row as the release had it before all corrections.
    """
    kind = correction.kind
    if kind is CorrectionKind.RESTORE and row is None:
        row = released
    if kind is CorrectionKind.ADD:
        return (_added(correction), "") if row is None else (_revised(row, correction), "")
    if kind in {CorrectionKind.DELETE, CorrectionKind.WITHDRAW}:
        return None, ""
    if kind is CorrectionKind.UNCLEAR:
        return row, "its action is not understood; a person has to read it"
    if row is None:
        return None, "the release has no such code"
    if kind is CorrectionKind.REVISE:
        return _revised(row, correction), ""
    if kind is CorrectionKind.DISCONTINUE:
        if correction.effective_from is None:
            return row, "it gives no date"
        return _discontinued(row, correction), ""
    if kind is CorrectionKind.REVERT:
        return row, f"it goes back to the release of {correction.revert_to_year}, which is not at hand"
    return row, ""


def apply_corrections(
    anweb: Anweb, corrections: Sequence[Corrections]
) -> tuple[list[AnwebRow], list[Row], list[Oddity]]:
    """The codes of a release after its corrections.

    Args:
        corrections: in the order in which they were posted.

    Returns:
        The rows, what became of each correction (rows of `hcpcs_corrections`), and an oddity for each that could not be
        applied.
    """
    released = {row.code: row for row in anweb.rows}
    rows = dict(released)
    applied: list[Row] = []
    oddities: list[Oddity] = []
    for file in corrections:
        for correction in file.rows:
            row, reason = _outcome(rows.get(correction.code), released.get(correction.code), correction)
            if row is None:
                rows.pop(correction.code, None)
            else:
                rows[correction.code] = row
            if reason:
                what = f"The correction of {correction.code} was not applied: {reason}."
                oddities.append(Oddity(file.file, correction.row, what, correction.action, "The release's row stands."))
            applied.append(
                (
                    file.file.rsplit("/", 1)[-1],
                    correction.row,
                    correction.code,
                    str(correction.kind),
                    correction.action,
                    correction.effective_from,
                    not reason,
                )
            )
    return list(rows.values()), applied, oddities
