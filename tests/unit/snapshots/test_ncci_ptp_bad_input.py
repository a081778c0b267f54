"""PTP releases that are not whole or not what their names say: named, refused, and nothing of them kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline import pipeline
from codeset_pipeline.demo.ncci_layouts import PtpEdit, ptp_text
from codeset_pipeline.errors import CodesetError, GateError, ParseError, SourceError, UsageError
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.accept import Acceptor
from codeset_pipeline.snapshots.ncci_tables import NCCI_PTP_EDITS
from codeset_pipeline.snapshots.store import Snapshot
from codeset_pipeline.sources.definition import source
from tests.ncci_ptp_files import edit, part_name, stem_of, write_part, write_release, zip_of

SET = "ncci-ptp-practitioner"
QUARTER = "2026Q2"
PARTS: list[list[PtpEdit]] = [
    [edit("02001/A4216"), edit("02001/J7050", "2021-04-01", "2023-12-31", "0"), edit("03000/A4216")],
    [edit("04000/A4216"), edit("04000/J7050", "2019-01-01", "2020-12-31"), edit("04000/J7050", "2024-01-01")],
    [edit("09000/A4216"), edit("09001/J7050", "2020-01-01", "2020-01-01", "9")],
    [edit("A4216/J7050"), edit("U0003/U0004", before_1996=True)],
]


def workspace(tmp_path: Path) -> Workspace:
    return Workspace.at(tmp_path / "home", f"sqlite:///{tmp_path / 'home' / 'codeset.sqlite'}")


def accept(tmp_path: Path, origin: Path, **options: object) -> list[Snapshot]:
    place = workspace(tmp_path)
    intake = pipeline.discover(SET, origin)
    pipeline.accept(place, intake, everything=True, **options)  # type: ignore[arg-type]
    return [item.snapshot for item in Acceptor(place, source(SET)).revisions()]


def refused(tmp_path: Path, origin: Path, kind: type[CodesetError], **options: object) -> str:
    """The message with which the files were refused; nothing of them may be kept."""
    with pytest.raises(kind) as caught:
        accept(tmp_path, origin, **options)
    kept = [path for path in (tmp_path / "home").rglob("*") if path.is_file() and path.name != ".codeset.lock"]
    assert kept == []
    assert list((tmp_path / "home").rglob(".scratch*")) == []
    return str(caught.value)


def text_with(line: bytes, at: int = 8) -> bytes:
    """The third part with one line of it replaced."""
    lines = ptp_text(PARTS[2], 2026).split(b"\r\n")
    lines[at - 1] = line
    return b"\r\n".join(lines)


def test_the_release_as_it_should_be(tmp_path: Path) -> None:
    (snapshot,) = accept(tmp_path, write_release(tmp_path / "in", QUARTER, PARTS))
    stated = [tuple(row) for row in snapshot.read(NCCI_PTP_EDITS)]
    expected = [
        (e.column_1, e.column_2, e.effective_from, e.deleted_on, e.modifier_indicator, e.prior_to_1996, e.rationale)
        for part in PARTS
        for e in part
    ]
    assert stated == sorted(expected, key=lambda row: row[:3])
    assert snapshot.oddities == []
    assert [part["rows"] for part in snapshot.manifest["parts"]] == [3, 3, 2, 2]


@pytest.mark.parametrize(("missing", "named"), [(3, "part f3 is missing"), (1, "part f1 is missing")])
def test_a_missing_part_is_named(tmp_path: Path, missing: int, named: str) -> None:
    folder = write_release(tmp_path / "in", QUARTER, PARTS)
    (folder / part_name(QUARTER, missing)).unlink()
    message = refused(tmp_path, folder, GateError)
    assert named in message
    assert "Supply all parts" in message


def test_a_missing_last_part_shows_in_the_codes_that_are_not_there(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "in", QUARTER, PARTS)
    (folder / part_name(QUARTER, 4)).unlink()
    message = refused(tmp_path, folder, GateError)
    assert "f4 of v321 seems to be missing" in message
    assert "--accept parts_complete" in message
    (snapshot,) = accept(tmp_path, folder, checks_to_accept=frozenset({"parts_complete"}))
    assert snapshot.rows == 8


def test_a_part_of_another_version_is_named(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "in", QUARTER, PARTS)
    (folder / part_name(QUARTER, 3)).unlink()
    stranger = write_part(folder, "2026Q3", 3, ptp_text(PARTS[2], 2026))
    with pytest.raises(GateError, match="f3 is missing") as caught:
        pipeline.accept(workspace(tmp_path), pipeline.discover(SET, folder), release=QUARTER)
    assert f"Of another version, so not counted: {stranger.name}" in str(caught.value)


def test_a_zip_of_one_version_with_a_member_of_another_is_refused(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "in", QUARTER, PARTS[:3])
    member = f"{stem_of('2026Q3', 4)}.TXT"
    zip_of(folder, part_name(QUARTER, 4), {member: ptp_text(PARTS[3], 2026)})
    assert "name quarter 2 and 3 at once" in refused(tmp_path, folder, SourceError)


def test_a_part_that_came_twice_with_other_content_is_refused(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "in", QUARTER, PARTS)
    write_part(folder / "again", QUARTER, 2, ptp_text(PARTS[1][:1], 2026))
    message = refused(tmp_path, folder, GateError)
    assert "ccipra-v321r0-f2.TXT, with different content" in message


def test_a_part_that_came_twice_with_the_same_content_does_no_harm(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "in", QUARTER, PARTS)
    write_part(folder / "again", QUARTER, 2, ptp_text(PARTS[1], 2026), written=date(2026, 4, 4))
    (snapshot,) = accept(tmp_path, folder)
    assert snapshot.rows == 10


def test_parts_in_the_wrong_order_are_refused(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "in", QUARTER, [PARTS[1], PARTS[0], PARTS[2], PARTS[3]])
    message = refused(tmp_path, folder, GateError)
    assert "f1" in message
    assert "overlap or are mixed up" in message


@pytest.mark.parametrize(
    ("page", "told"),
    [
        (b"<!DOCTYPE html><html><title>Page not found</title></html>", "is an HTML page"),
        (
            b"<!DOCTYPE html><html><h1>License Agreement</h1><p>American Medical Association CPT</p></html>",
            "accept the agreement",
        ),
    ],
)
def test_a_web_page_saved_as_a_zip(tmp_path: Path, page: bytes, told: str) -> None:
    folder = write_release(tmp_path / "in", QUARTER, PARTS)
    (folder / part_name(QUARTER, 2)).write_bytes(page)
    message = refused(tmp_path, folder, SourceError)
    assert told in message
    assert "--from PATH" in message


def test_a_web_page_within_a_zip(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "in", QUARTER, PARTS)
    write_part(folder, QUARTER, 2, b"<html><body>moved</body></html>")
    assert "the file is a web page" in refused(tmp_path, folder, ParseError)


ROW = b"09001\tJ7050\t\t20200101\t20200101\t9\tMisuse of Column Two code with Column One code"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"09001\tJ7050\t20200101\t*\t1\tMisuse of Column Two code with Column One code", "6 columns: 09001"),
        (ROW + b"\tmore", "8 columns: 09001"),
        (
            ROW.replace(b"\t20200101", b"\t20200230", 1),
            "column Effective Date: expected a date as YYYYMMDD. Found '20200230'",
        ),
        (
            ROW.replace(b"\t20200101\t9", b"\t2020013\t9"),
            "column Deletion Date: expected a date as YYYYMMDD, or * for none",
        ),
        (ROW.replace(b"\t9\t", b"\t2\t"), "column Modifier: expected modifier indicator 0, 1 or 9. Found '2'"),
        (ROW.replace(b"\t9\t", b"\t\t"), "column Modifier: expected modifier indicator 0, 1 or 9. Found ''"),
        (ROW.replace(b"09001", b""), "column Column 1: expected a code of five letters and digits. Found ''"),
        (ROW.replace(b"J7050", b"J705"), "column Column 2: expected a code of five letters and digits. Found 'J705'"),
        (ROW.replace(b"J7050\t", b"J7050\tx"), "column *=in existence prior to 1996: expected * or nothing. Found 'x'"),
    ],
)
def test_a_bad_row_is_named_with_file_line_and_value(tmp_path: Path, line: bytes, told: str) -> None:
    folder = write_release(tmp_path / "in", QUARTER, PARTS)
    write_part(folder, QUARTER, 3, text_with(line))
    message = refused(tmp_path, folder, ParseError)
    assert "ccipra-v321r0-f3.TXT, line 8" in message
    assert told in message


def test_all_bad_rows_are_counted_and_the_first_twenty_named(tmp_path: Path) -> None:
    rows = [edit(f"A{number:04}/J7050") for number in range(1, 60)]
    text = ptp_text(rows, 2026)
    for number in range(10, 40):
        text = text.replace(
            f"A{number:04}\tJ7050\t\t20200101".encode(), f"A{number:04}\tJ7050\t\t2020{number}01".encode()
        )
    write_part(tmp_path / "in", QUARTER, 1, text)
    with pytest.raises(ParseError) as caught:
        accept(tmp_path, tmp_path / "in")
    # 10, 11 and 12 are months.
    assert caught.value.total == 27
    assert caught.value.line == 6 + 13
    assert len(caught.value.further) == 19
    assert "line 20, column Effective Date: expected a date as YYYYMMDD, found '20201401'" in caught.value.further[0]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (ROW.replace(b"\t20200101\t9", b"\t20191231\t1"), "a deletion date that is not before the effective date"),
        (ROW.replace(b"\t20200101\t9", b"\t*\t9"), "indicator 9 only where the deletion date is the effective date"),
    ],
)
def test_a_row_that_contradicts_itself_waits_for_a_person(tmp_path: Path, line: bytes, told: str) -> None:
    folder = write_release(tmp_path / "in", QUARTER, PARTS)
    write_part(folder, QUARTER, 3, text_with(line))
    message = refused(tmp_path, folder, GateError)
    assert "ccipra-v321r0-f3.TXT, line 8" in message
    assert told in message
    (snapshot,) = accept(tmp_path, folder, checks_to_accept=frozenset({"rows_consistent"}))
    assert snapshot.rows == 10
    assert any(told in oddity.what for oddity in snapshot.oddities)


def test_an_unknown_rationale_is_counted_and_kept(tmp_path: Path) -> None:
    parts = [
        [
            *PARTS[0],
            edit("03001/A4216", rationale="New kind of reason"),
            edit("03001/J7050", rationale="New kind of reason"),
        ],
        *PARTS[1:],
    ]
    (snapshot,) = accept(tmp_path, write_release(tmp_path / "in", QUARTER, parts))
    (oddity,) = snapshot.oddities
    assert oddity.what.startswith("2 rows give a rationale")
    assert oddity.text == "New kind of reason"
    assert [row[6] for row in snapshot.read(NCCI_PTP_EDITS) if row[0] == "03001"] == ["New kind of reason"] * 2


def test_the_same_edit_twice_is_counted_once_and_two_versions_of_it_are_refused(tmp_path: Path) -> None:
    again = [[*PARTS[0], PARTS[0][0]], *PARTS[1:]]
    (snapshot,) = accept(tmp_path, write_release(tmp_path / "in", QUARTER, again))
    (oddity,) = snapshot.oddities
    assert (snapshot.rows, oddity.decision) == (10, "Counted once.")
    assert "02001/A4216 effective 2020-01-01 (2 times" in oddity.text
    other = [[*PARTS[0], edit("02001/A4216", indicator="0")], *PARTS[1:]]
    write_release(tmp_path / "other", QUARTER, other)
    message = refused(tmp_path / "b", tmp_path / "other", GateError)
    assert "1 edits stand twice with different values: 02001/A4216 effective 2020-01-01" in message


def latin(change: Callable[[bytes], bytes]) -> bytes:
    return change(ptp_text(PARTS[1], 2026))


def test_latin_1_bytes_and_plain_line_ends_read_as_they_should(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "in", QUARTER, PARTS)
    # A copyright sign in the notice, a no-break space after one rationale and an accent in another one.
    text = latin(lambda data: data.replace(b"copyright", b"copyright \xa9").replace(b"One code", b"One code\xa0", 1))
    text = text.replace(b"Misuse of Column Two code with Column One code\r\n", b"Proc\xe9dure \xa7 1\r\n", 1)
    write_part(folder, QUARTER, 2, text)
    (snapshot,) = accept(tmp_path, folder)
    rationales = [row[6] for row in snapshot.read(NCCI_PTP_EDITS) if row[0] == "04000"]
    assert sorted(set(rationales)) == sorted({"Misuse of Column Two code with Column One code", "Procédure § 1"})
    plain = write_release(tmp_path / "lf", QUARTER, PARTS)
    for number, part in enumerate(PARTS, 1):
        write_part(plain, QUARTER, number, ptp_text(part, 2026).replace(b"\r\n", b"\n").rstrip(b"\n"))
    (lf,) = accept(tmp_path / "c", plain)
    (crlf,) = accept(tmp_path / "d", write_release(tmp_path / "crlf", QUARTER, PARTS))
    assert lf.content_hash == crlf.content_hash


LINKS = """# copied from the download page
Practitioner PTP Edits v321r0 (3 Records) 02001/A4216 -- 03000/A4216
Practitioner PTP Edits v321r0 (3 Records) 04000/A4216 -- 04000/J7050
Practitioner PTP Edits v321r0 (2 Records) 09000/A4216 -- 09001/J7050
Practitioner PTP Edits v321r0 (2 Records) A4216/J7050-- U0003/U0004
Practitioner PTP Edits v320r0 (1,234 Records) A4216/J7050 -- U0003/U0004
"""


def test_link_texts_are_held_against_the_parts(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "in", QUARTER, PARTS)
    links = tmp_path / "links.txt"
    links.write_text(LINKS.replace("(2 Records) 09000", "(5 Records) 09000"))
    message = refused(tmp_path, folder, GateError, expect=links)
    assert "f3" in message
    assert "holds 2 records, 09000/A4216 -- 09001/J7050, where the download page says 5 records" in message
    links.write_text(LINKS)
    (snapshot,) = accept(tmp_path, folder, expect=links)
    assert snapshot.rows == 10
    # Once loaded it is still held against them.
    links.write_text(LINKS.replace("U0003/U0004\n", "U0004/U0003\n", 1))
    with pytest.raises(GateError, match="is not as --expect says"):
        accept(tmp_path, folder, expect=links)


def test_link_texts_tell_of_a_last_part_that_is_missing(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "in", QUARTER, [*PARTS[:2], [*PARTS[2], PARTS[3][0]]])
    links = tmp_path / "links.txt"
    links.write_text(LINKS)
    message = refused(tmp_path, folder, GateError, expect=links)
    assert "3 parts where the download page lists 4; f4 (2 records, A4216/J7050 -- U0003/U0004) missing" in message


def test_what_is_no_link_text_is_said(tmp_path: Path) -> None:
    folder = write_release(tmp_path / "in", QUARTER, PARTS)
    links = tmp_path / "links.txt"
    links.write_text("Practitioner PTP Edits\n")
    assert "line 1: 'Practitioner PTP Edits' is no link text" in refused(tmp_path, folder, UsageError, expect=links)


def test_edits_that_vanish_in_numbers_stop_a_release_and_a_few_do_not(tmp_path: Path) -> None:
    many = [edit(f"0{number}/J7050") for number in range(2100, 2400)]
    accept(tmp_path, write_release(tmp_path / "in", QUARTER, [[*PARTS[0][:2], *many], *PARTS[1:]]))
    fewer = write_release(tmp_path / "next", "2026Q3", [[*PARTS[0][:2], *many[25:]], *PARTS[1:]])
    with pytest.raises(GateError, match="25 of the 309 edits of 2026Q2 are not in it") as caught:
        accept(tmp_path, fewer)
    assert caught.value.failed == ("rows_vanished",)
    accept(tmp_path, write_release(tmp_path / "few", "2026Q3", [[*PARTS[0][:2], *many[3:]], *PARTS[1:]]))


def test_the_content_of_another_quarter_is_told(tmp_path: Path) -> None:
    accept(tmp_path, write_release(tmp_path / "in", QUARTER, PARTS))
    with pytest.raises(GateError, match="exactly those of 2026Q2"):
        accept(tmp_path, write_release(tmp_path / "same", "2026Q3", PARTS))


def test_fewer_parts_than_the_release_before_are_told(tmp_path: Path) -> None:
    accept(tmp_path, write_release(tmp_path / "in", QUARTER, PARTS))
    three = write_release(tmp_path / "three", "2026Q3", [PARTS[0], PARTS[1], [*PARTS[2], *PARTS[3][1:]]])
    with pytest.raises(GateError, match="it has 3 parts where 2026Q2 has 4: f4 may be missing"):
        accept(tmp_path, three)


def test_a_workbook_alone_says_what_the_text_says(tmp_path: Path) -> None:
    from codeset_pipeline.demo.ncci_layouts import ptp_workbook

    for number, part in enumerate(PARTS, 1):
        stem = stem_of(QUARTER, number)
        zip_of(tmp_path / "xlsx", part_name(QUARTER, number), {f"{stem}.xlsx": ptp_workbook(part, 2026)})
    (from_workbooks,) = accept(tmp_path / "a", tmp_path / "xlsx")
    (from_texts,) = accept(tmp_path / "b", write_release(tmp_path / "txt", QUARTER, PARTS))
    assert from_workbooks.content_hash == from_texts.content_hash


def test_packing_and_order_do_not_show_in_the_content(tmp_path: Path) -> None:
    (zipped,) = accept(tmp_path / "a", write_release(tmp_path / "zips", QUARTER, PARTS))
    bare = tmp_path / "bare"
    bare.mkdir()
    for number, part in enumerate(PARTS, 1):
        (bare / f"{stem_of(QUARTER, number)}.txt").write_bytes(ptp_text(list(reversed(part)), 2026))
    (loose,) = accept(tmp_path / "b", bare)
    assert loose.content_hash == zipped.content_hash
