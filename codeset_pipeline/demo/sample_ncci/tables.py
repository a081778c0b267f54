"""The sample's MUE values and add-on code edits as each of its two quarters has them."""

from __future__ import annotations

from datetime import date

from codeset_pipeline.demo.ncci_layouts import AddOnEdit, MueValue
from codeset_pipeline.demo.sample_ncci.edits import SECOND, level_ii_codes

_RATIONALES = ("Nature of Service/Procedure", "Clinical: Data", "Code Descriptor / CPT Instruction", "CMS Policy")
_LAST_DAY = date(2020, 6, 30)
_BEGAN = date(2013, 4, 1)


def sample_mue(quarter: date) -> list[MueValue]:
    """Code, value, adjudication indicator and rationale, in code order."""
    values = {
        code: MueValue(code, (1, 2, 4, 10, 0, 3)[number % 6], "123"[number % 3], _RATIONALES[number % 4])
        for number, code in enumerate(level_ii_codes()[::2])
    }
    if quarter == SECOND:
        codes = list(values)
        for code in codes[5:35:10]:
            # No longer published: the value may have become confidential.
            del values[code]
        for place in (40, 47, 55, 61):
            values[codes[place]] = values[codes[place]]._replace(value=values[codes[place]].value + 2)
        for place in (50, 66):
            values[codes[place]] = values[codes[place]]._replace(mai="3" if values[codes[place]].mai != "3" else "2")
        for code in level_ii_codes()[1:80:20]:
            values[code] = MueValue(code, 2, "3", _RATIONALES[1])
    return sorted(values.values())


def sample_add_ons(quarter: date) -> list[AddOnEdit]:
    """Add-on codes of all three types, in order of add-on and primary code."""
    codes = [code for code in level_ii_codes() if code[0] in "CGJ"]
    add_ons, primaries = codes[:12], codes[12:]
    rows = []
    for number, add_on in enumerate(add_ons):
        kind = "2" if number == 4 else "3" if number in {7, 8} else "1"
        if kind != "2":
            own = [primaries[(number * 5 + step * 3) % len(primaries)] for step in range(3 + number % 3)]
            rows += [AddOnEdit(kind, add_on, None, primary, None, _BEGAN, None, "") for primary in own]
        if kind != "1":
            note = "Contractors determine the primary codes."
            rows.append(AddOnEdit(kind, add_on, None, "CCCCC", None, _BEGAN, None, note))
    if quarter == SECOND:
        rows[0] = rows[0]._replace(deleted_on=_LAST_DAY)
        rows[6] = rows[6]._replace(deleted_on=date(2020, 3, 31))
        rows.append(AddOnEdit("1", add_ons[1], None, primaries[-1], None, SECOND, None, ""))
        rows.append(AddOnEdit("1", add_ons[2], None, primaries[-2], None, date(2020, 1, 1), None, ""))
        rows += [AddOnEdit("1", primaries[-3], None, each, None, SECOND, None, "") for each in primaries[:2]]
        ended = add_ons[-1]
        rows = [each._replace(add_on_deleted_on=_LAST_DAY) if each.add_on_code == ended else each for each in rows]
    return sorted(rows, key=lambda row: (row.add_on_code, row.primary_code, row.effective_from))
