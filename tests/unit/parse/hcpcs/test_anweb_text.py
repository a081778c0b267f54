"""ANWEB text: records, continuation lines, and what happens to damaged ones."""

from __future__ import annotations

from datetime import date

import pytest

from codeset_pipeline.errors import ParseError
from codeset_pipeline.parse.anweb_text import parse_anweb_text
from tests.unit.parse.hcpcs.anweb_lines import first, more, text_file

FULL = first(
    "G0499",
    "Hepatitis b screening",
    c92="Hepb screen high risk indiv",
    c120="13210000",
    c128="A",
    c129="60-9  65-10 70-1",
    c147="2049.5  2130 A  5249",
    c171="1833(t)(2)",
    c181="140220310",
    c205="J109599406QM",
    c230="D",
    c231="YY20190101",
    c241="302120180101",
    c253="0088",
    c257="T1H",
    c261="159",
    c266="  7",
    c269="20160928",
    c277="20180401",
    c285="20181231",
    c293="D",
)


def test_every_field_of_the_record_layout_is_typed() -> None:
    (row,) = parse_anweb_text(text_file(FULL), "a.txt").rows
    assert row._asdict() == {
        "code": "G0499",
        "is_modifier": False,
        "long_description": "Hepatitis b screening",
        "short_description": "Hepb screen high risk indiv",
        "pricing_indicators": ("13", "21", "00", "00"),
        "multiple_pricing_indicator": "A",
        "cim_references": ("60-9", "65-10", "70-1"),
        "mcm_references": ("2049.5", "2130 A", "5249"),
        "statute": "1833(t)(2)",
        "lab_certifications": ("140", "220", "310"),
        "cross_references": ("J1095", "99406", "QM"),
        "coverage": "D",
        "asc_group": "YY",
        "asc_effective_date": date(2019, 1, 1),
        "mog": "302",
        "mog_policy": "1",
        "mog_effective_date": date(2018, 1, 1),
        "processing_note": "0088",
        "betos": "T1H",
        "types_of_service": ("1", "5", "9"),
        "anesthesia_units": 7,
        "added_date": date(2016, 9, 28),
        "action_effective_date": date(2018, 4, 1),
        "termination_date": date(2018, 12, 31),
        "action_code": "D",
        "lines": (1,),
    }


def test_a_modifier_is_known_by_its_record_id() -> None:
    data = text_file(first("A1", "Dressing for one wound", record="7"), more("A1", "of two", record="8", length=91))
    (row,) = parse_anweb_text(data, "a.txt").rows
    assert (row.code, row.is_modifier, row.long_description, row.lines) == (
        "A1",
        True,
        "Dressing for one wound of two",
        (1, 2),
    )


def test_a_description_goes_on_after_one_blank_and_keeps_its_own_double_blanks() -> None:
    data = text_file(
        first("G0501", "for an evaluation and management "),
        more("G0501", " visit;  list separately"),
        more("G0501", "in addition", sequence=300, length=91),
    )
    parsed = parse_anweb_text(data, "a.txt")
    assert parsed.rows[0].long_description == ("for an evaluation and management  visit;  list separately in addition")
    assert parsed.oddities == []


def test_the_disclaimer_above_the_records_is_counted_not_reported() -> None:
    data = text_file("***Disclaimers\t\t", "", "-- CMS’ codes", FULL)
    parsed = parse_anweb_text(data, "a.txt")
    assert (parsed.preamble_lines, len(parsed.rows), parsed.oddities) == (3, 1, [])


def test_a_continuation_line_of_316_characters_lacks_only_blanks() -> None:
    data = text_file(FULL, more("G0499", "in a patient", length=316))
    parsed = parse_anweb_text(data, "a.txt")
    assert parsed.rows[0].long_description == "Hepatitis b screening in a patient"
    (oddity,) = parsed.oddities
    assert (oddity.line, oddity.what) == (2, "1 continuation line of 316 characters.")


def test_a_first_line_that_is_cut_names_file_line_and_text() -> None:
    with pytest.raises(ParseError, match=r"2020\.txt, line 2.*not 285 \(the line is cut\).*J1095") as error:
        parse_anweb_text(text_file(FULL, first("J1095", "Injection")[:285]), "2020.txt")
    assert (error.value.line, error.value.column) == (2, "286-293")


def test_a_first_line_without_its_filler_is_whole() -> None:
    parsed = parse_anweb_text(text_file(FULL[:293], first("J1095", "Injection")), "a.txt")
    assert parsed.rows[0].action_code == "D"
    assert [oddity.line for oddity in parsed.oddities] == [1]


def test_a_continuation_line_that_is_cut_may_have_lost_words() -> None:
    with pytest.raises(ParseError, match=r"line 2.*not 20 \(the line is cut\)"):
        parse_anweb_text(text_file(FULL, more("G0499", "in a pati", length=20)), "a.txt")


def test_a_file_without_blanks_at_line_ends_is_whole() -> None:
    data = text_file(FULL[:293], more("G0499", "in a patient", length=1))
    assert parse_anweb_text(data, "a.txt").rows[0].long_description == "Hepatitis b screening in a patient"


def test_an_impossible_date_is_left_blank_and_named() -> None:
    parsed = parse_anweb_text(text_file(FULL, first("J1095", "Injection", c285="20201331")), "a.txt")
    row = parsed.rows[1]
    assert (row.termination_date, row.added_date) == (None, date(2020, 1, 1))
    (oddity,) = parsed.oddities
    assert (oddity.file, oddity.line, oddity.text) == ("a.txt", 2, "20201331")
    assert oddity.what == "J1095: termination date (columns 285-292) is no date YYYYMMDD."
    assert parsed.damaged == {("J1095", "termination_date")}


def test_an_asc_date_that_stands_in_the_group_is_kept_as_published() -> None:
    parsed = parse_anweb_text(text_file(first("C9488", "Injection", c231="20170401")), "a.txt")
    row = parsed.rows[0]
    assert (row.asc_group, row.asc_effective_date) == ("20", None)
    (oddity,) = parsed.oddities
    assert "shifted to the left" in oddity.what
    assert oddity.text == "20170401"


def test_a_missing_continuation_line_is_noticed_by_its_sequence_number() -> None:
    parsed = parse_anweb_text(text_file(FULL, more("G0499", "in a patient", sequence=300)), "a.txt")
    assert parsed.damaged == {("G0499", "long_description")}
    assert [oddity.what for oddity in parsed.oddities] == ["G0499: the line with the sequence number 00200 is missing."]


def test_an_unknown_coverage_code_is_kept_and_named() -> None:
    parsed = parse_anweb_text(text_file(first("J1095", "Injection", c230="X")), "a.txt")
    assert parsed.rows[0].coverage == "X"
    assert [oddity.text for oddity in parsed.oddities] == ["X"]


def test_text_in_filler_is_reported() -> None:
    parsed = parse_anweb_text(text_file(first("J1095", "Injection", c300="NEW")), "a.txt")
    assert [oddity.text for oddity in parsed.oddities] == [" | NEW"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ((FULL, more("J1095", "drug")), "line 2.*a first line"),
        ((more("J1095", "drug"),), "line 1.*a first line"),
        ((FULL, "of any particular brand"), "line 2.*expected a record"),
        ((FULL.replace("G0499", "0499G"),), "line 1.*expected a record"),
        ((FULL, first("G0499", "Other")), "line 2.*each code once"),
        ((FULL, more("G0499", "x"), more("G0499", "y")), "line 3.*above 00200"),
        ((first("J1095", "Injection", record="7"),), "line 1.*record id 3 or 4"),
        (("***Disclaimers",), "at least one record"),
    ],
)
def test_what_cannot_be_read_safely_stops_the_file(lines: tuple[str, ...], message: str) -> None:
    with pytest.raises(ParseError, match=message):
        parse_anweb_text(text_file(*lines), "a.txt")


def test_the_modifier_and_the_bytes_outside_ascii_keep_their_columns() -> None:
    data = text_file(first("J2787", "Riboflavin 5’-phosphate", c92="Riboflavin 5’phos"))
    row = parse_anweb_text(data, "a.txt").rows[0]
    assert (row.long_description, row.short_description) == ("Riboflavin 5’-phosphate", "Riboflavin 5’phos")
