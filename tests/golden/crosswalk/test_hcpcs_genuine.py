"""Crosswalks of genuine HCPCS Level II releases, held against the ANWEB columns read by another road."""

from __future__ import annotations

import io
import re
from datetime import date
from functools import cache

import pytest

from codeset_pipeline.crosswalk.hcpcs import HcpcsCode, HcpcsRelease, build_hcpcs_crosswalk, map_hcpcs_codes
from codeset_pipeline.crosswalk.hcpcs_wording import read_wording
from codeset_pipeline.model import Mapping
from codeset_pipeline.parse.anweb_excel import parse_anweb_excel
from codeset_pipeline.parse.anweb_text import parse_anweb_text
from codeset_pipeline.parse.hcpcs_compare import settle_anweb
from tests.golden.parse.hcpcs.genuine import EXCEL, TEXT
from tests.golden.parse.published import published

pytestmark = pytest.mark.genuine

DATES = {
    "2018": date(2018, 1, 1),
    "2019": date(2019, 1, 1),
    "2020Q1": date(2020, 1, 1),
    "2020Q2": date(2020, 4, 1),
    "2020Q3": date(2020, 7, 1),
}
PAIRS = [("2018", "2019"), ("2019", "2020Q1"), ("2020Q1", "2020Q2"), ("2020Q2", "2020Q3")]
SPANS = [*PAIRS, ("2018", "2019", "2020Q1", "2020Q2", "2020Q3"), ("2018", "2020Q3")]
Plain = dict[str, tuple[str, str, tuple[str, ...]]]


@cache
def release(label: str) -> HcpcsRelease:
    parsed = parse_anweb_excel(published(*EXCEL[label]), label)
    if label in TEXT:
        parsed = settle_anweb(parse_anweb_text(published(*TEXT[label]), label), parsed)
    codes = {
        row.code: HcpcsCode(
            row.code,
            row.is_modifier,
            row.long_description,
            row.short_description,
            row.betos,
            row.types_of_service,
            row.pricing_indicators,
            row.coverage,
            row.cross_references,
            row.added_date,
            row.termination_date,
        )
        for row in parsed.rows
    }
    return HcpcsRelease(DATES[label], codes, f"HCPC {label}")


@cache
def crosswalk(*labels: str, suggest: bool = True) -> tuple[Mapping, ...]:
    return tuple(build_hcpcs_crosswalk([release(label) for label in labels], [], suggest=suggest))


@cache
def plain(label: str) -> Plain:
    """Code → added, terminated (YYYYMMDD, "" while open) and cross-references, straight from the workbook's cells."""
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(published(*EXCEL[label]))).get_sheet_by_index(0).to_python()
    (top,) = (number for number, cells in enumerate(sheet[:15]) if "HCPC" in [str(cell).strip() for cell in cells])
    names = [" ".join(str(cell).split()).upper() for cell in sheet[top]]
    found: Plain = {}

    def text(cell: object) -> str:
        if isinstance(cell, float):
            return str(int(cell))
        return cell.strftime("%Y%m%d") if isinstance(cell, date) else str(cell).strip()

    for cells in sheet[top + 1 :]:
        row = dict(zip(names, map(text, cells), strict=False))
        if row["RECID"] in ("3", "7"):
            code = row["HCPC"].zfill(2)
            references = tuple(row[f"XREF{n}"] for n in range(1, 6) if row[f"XREF{n}"])
            added, ended = row[added_name(names)], row[ended_name(names)]
            found[code] = (added, ended, references)
    return found


def added_name(names: list[str]) -> str:
    return next(name for name in names if name.startswith("ADD"))


def ended_name(names: list[str]) -> str:
    return next(name for name in names if name.startswith("TERM"))


def newest(labels: tuple[str, ...]) -> Plain:
    return {code: row for label in labels for code, row in plain(label).items()}


def ended(labels: tuple[str, ...]) -> set[str]:
    """Codes with a last valid day from the first release's effective date on and before the last one's; and those of
    which the first release did not know yet that they had ended (C9034 in 2019)."""
    first, last = (DATES[label].strftime("%Y%m%d") for label in (labels[0], labels[-1]))
    thought_valid = {code for code, (added, end, _) in plain(labels[0]).items() if added <= first and not end}
    rows = newest(labels).items()
    return {code for code, (_, end, _) in rows if end and end < last and (first <= end or code in thought_valid)}


def living(labels: tuple[str, ...]) -> set[str]:
    last = DATES[labels[-1]].strftime("%Y%m%d")
    return {code for code, (_, end, _) in plain(labels[-1]).items() if not end or end >= last}


def last_references(code: str, labels: tuple[str, ...]) -> tuple[str, ...]:
    """The cross-references that the newest workbook with any gives to the code's last life (the same added date)."""
    added = newest(labels).get(code, ("", "", ()))[0]
    for label in reversed(labels):
        row = plain(label).get(code)
        if row and row[0] == added and row[2]:
            return row[2]
    return ()


def slow_targets(code: str, labels: tuple[str, ...], seen: frozenset[str] = frozenset()) -> set[str]:
    """Living codes and CPT codes that the cross-references lead to, one reference at a time."""
    found: set[str] = set()
    for target in last_references(code, labels):
        if target in living(labels) or re.fullmatch(r"[0-9]{4}[0-9A-Z]", target):
            found.add(target)
        elif target not in seen:
            found |= slow_targets(target, labels, seen | {code})
    return found


def sources(labels: tuple[str, ...]) -> set[str]:
    return {row.source for row in crosswalk(*labels)}


# Counted in the workbooks with a filter on the column of the termination date; C9034 is one more in 2020Q1.
@pytest.mark.parametrize(("labels", "count"), list(zip(PAIRS, (49, 99 + 1, 1, 9), strict=True)))
def test_each_pair_ends_as_many_codes_as_the_workbook_says(labels: tuple[str, ...], count: int) -> None:
    assert len(ended(labels)) == count


@pytest.mark.parametrize("labels", SPANS)
def test_every_ended_code_has_a_row_and_other_rows_are_explained(labels: tuple[str, ...]) -> None:
    assert ended(labels) <= sources(labels)
    for row in crosswalk(*labels):
        if row.source not in ended(labels):
            assert row.target is None
            assert "gives it an end" in row.note or "has another meaning" in row.note


def test_codes_that_vanished_or_took_another_meaning_in_2019_are_named() -> None:
    assert sources(("2018", "2019")) - ended(("2018", "2019")) == {"DA", "G9976", "G9977", "G9890", "G9891"}
    # DA came back in 2020.
    assert "DA" not in sources(("2018", "2020Q3"))


@pytest.mark.parametrize("labels", SPANS)
def test_targets_are_those_of_the_cross_references_followed_to_living_codes(labels: tuple[str, ...]) -> None:
    found: dict[str, set[str]] = {code: set() for code in ended(labels)}
    for row in crosswalk(*labels, suggest=False):
        if row.target is not None:
            found[row.source].add(row.target)
    assert found == {code: slow_targets(code, labels) for code in ended(labels)}


@pytest.mark.parametrize("labels", SPANS)
def test_suggestions_do_not_touch_what_the_publisher_states(labels: tuple[str, ...]) -> None:
    stated = {code for code in ended(labels) if slow_targets(code, labels)}
    with_suggestions = [row for row in crosswalk(*labels) if row.source in stated]
    assert with_suggestions == [row for row in crosswalk(*labels, suggest=False) if row.source in stated]
    assert {str(row.evidence) for row in with_suggestions} == {"publisher"} or not stated


@pytest.mark.parametrize("labels", SPANS)
def test_suggestions_are_living_codes_of_the_same_sort_and_never_automatic(labels: tuple[str, ...]) -> None:
    suggested = [row for row in crosswalk(*labels) if row.evidence == "suggested"]
    assert suggested or labels == ("2020Q1", "2020Q2")
    for row in suggested:
        assert row.target in living(labels)
        assert len(row.source) == len(row.target or "")
        assert not row.automatic_forward
        assert not row.automatic_backward
        assert "score" in row.note
    counts = [sum(row.source == code for row in suggested) for code in {row.source for row in suggested}]
    assert not counts or max(counts) <= 5


@pytest.mark.parametrize("labels", SPANS)
def test_nothing_is_automatic_where_the_dose_of_the_description_changes(labels: tuple[str, ...]) -> None:
    dose = re.compile(r"([\d.]+) ?(mg|units|i\.u\.|iu|mcg|ml)(?!\w)")
    for row in crosswalk(*labels):
        if row.automatic_forward or row.automatic_backward:
            assert row.target in living(labels)
            before, after = (dose.findall(title or "") for title in (row.source_title, row.target_title))
            if [unit for _, unit in before] == [unit for _, unit in after]:
                assert [float(n) for n, _ in before] == [float(n) for n, _ in after]


@pytest.mark.parametrize(
    ("source", "target"),
    [
        ("C9036", "J0222"),  # patisiran, 0.1 mg
        ("J9310", "J9312"),  # rituximab, 100 mg and 10 mg
        ("Q4131", "Q4186"),  # Epifix or Epicord became a code each
        ("Q4131", "Q4187"),
        ("V5180", "V5181"),  # CROS hearing aid, behind the ear
        ("J9199", "J9198"),  # Infugem
        ("S1090", "J7401"),  # mometasone sinus implant
        ("C9755", "G2171"),  # arteriovenous fistula, magnetic-guided
        ("Q9994", "B4105"),  # named by the cross-reference of B4105
    ],
)
def test_well_known_successors_without_cross_reference_are_suggested(source: str, target: str) -> None:
    rows = crosswalk("2018", "2019", "2020Q1", "2020Q2", "2020Q3")
    assert target in [row.target for row in rows if row.source == source][:2]


def test_a_code_whose_end_the_first_release_did_not_know_is_mapped_and_says_so() -> None:
    (row,) = [row for row in crosswalk("2019", "2020Q1") if row.source == "C9034"]
    assert row.target == "J1095"
    assert "already ended on 2018-12-31" in row.note


def test_a_chain_of_references_is_followed_over_its_generations() -> None:
    rows = map_hcpcs_codes([release("2018"), release("2019")], [], ["C9469"])
    (row,) = rows
    assert (row.target, str(row.relation), row.automatic_forward) == ("J3304", "renamed", True)
    assert [(hop.source, hop.target, hop.effective_from) for hop in row.hops] == [
        ("C9469", "Q9993", date(2018, 7, 1)),
        ("Q9993", "J3304", date(2019, 1, 1)),
    ]


def test_a_misprinted_reference_is_named_and_its_correction_taken() -> None:
    """C9468 names J7023 in 2019, which never existed, and J7203 in 2020."""
    (first,) = map_hcpcs_codes([release("2018"), release("2019")], [], ["C9468"])[:1]
    assert (first.target, str(first.evidence)) == ("J7203", "suggested")
    assert "J7023 leads nowhere" in first.note
    (mended,) = map_hcpcs_codes([release("2018"), release("2019"), release("2020Q1")], [], ["C9468"])
    assert (mended.target, str(mended.evidence)) == ("J7203", "publisher")


def test_every_description_has_words_to_be_found_by() -> None:
    empty = [row.code for row in release("2020Q3").codes.values() if not read_wording(row.long_description).words]
    assert empty == []
