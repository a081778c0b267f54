"""Tables that were exported say what the releases said, in every format."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codeset_pipeline.demo.ncci_layouts import PtpEdit
from codeset_pipeline.demo.sample_ncci.edits import sample_edits
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.published_tables import Kind, published_tables, rows
from codeset_pipeline.history.table_fields import Field
from codeset_pipeline.serve.export.text_lines import csv_header, csv_lines, ndjson_lines
from tests.generated_releases import Codes
from tests.hcpcs_releases import supplies
from tests.unit.history.loading import workspace
from tests.unit.serve.export.conftest import EDITS, Export
from tests.unit.serve.export.reading import csv_cells, described, read_table, tables_in, typed
from tests.unit.serve.world import FY2018, FY2020, FY2021

FORMATS = ("csv", "ndjson", "parquet")
all_formats = pytest.mark.parametrize("format", FORMATS)


@all_formats
@pytest.mark.parametrize(
    ("day", "codes"), [("2017-10-01", FY2018), ("2019-10-01", FY2020), ("2020-09-30", FY2020), ("2020-10-01", FY2021)]
)
def test_the_codes_of_a_day_are_those_of_its_release(exported: Export, format: str, day: str, codes: Codes) -> None:
    found = tables_in(exported("icd10cm", format, on=day))["icd10_codes"]
    said = {row["code_without_dot"]: (row["billable"], row["short_title"], row["long_title"]) for row in found}
    assert said == {code: (entry.billable, entry.short, entry.long) for code, entry in codes.items()}
    assert len(found) == len(codes)
    assert all(row["code"] == row["code_without_dot"][:3] + "." * (len(row["code"]) > 3) + row["code_without_dot"][3:]
               for row in found)  # fmt: skip


@all_formats
def test_what_was_said_by_an_earlier_day_knows_nothing_of_later_releases(exported: Export, format: str) -> None:
    found = tables_in(exported("icd10cm", format, published="2019-09-30"))
    assert [table for table in found if table == "crosswalks"] == []
    assert {row["code_without_dot"] for row in found["icd10_codes"]} == set(FY2018)
    assert all(row["effective_to"] is None for row in found["icd10_codes"])


@all_formats
def test_hcpcs_codes_of_a_day(exported: Export, format: str) -> None:
    everything = tables_in(exported("hcpcs", format))["hcpcs_codes"]
    assert {row["code"] for row in everything} == set(supplies()) | {"A1010"}
    assert {row["code"] for row in everything if row["effective_to"]} == {"A1010"}
    after = tables_in(exported("hcpcs", format, on="2020-04-01"))["hcpcs_codes"]
    assert {row["code"] for row in after} == set(supplies()) - {"A1010"}
    row = after[0]
    assert row["statute"] == "" and row["asc_effective_date"] is None and isinstance(row["types_of_service"], list)


@all_formats
def test_edits_of_a_day(exported: Export, format: str) -> None:
    _, after, _ = sample_edits()
    day = date(2020, 7, 1)

    def key(edit: PtpEdit) -> tuple[Any, ...]:
        last = edit.deleted_on and edit.deleted_on.isoformat()
        return edit.column_1, edit.column_2, int(edit.modifier_indicator), edit.effective_from.isoformat(), last

    in_force = {
        key(edit)
        for edit in after
        if edit.modifier_indicator != "9"
        and edit.effective_from <= day
        and (edit.deleted_on is None or edit.deleted_on >= day)
    }
    found = tables_in(exported("ncci-ptp-practitioner", format, on="2020-07-01"))["ncci_ptp_edits"]
    columns = ("column_1", "column_2", "modifier_indicator", "effective_from", "effective_to")
    assert {tuple(row[name] for name in columns) for row in found} == in_force
    assert len(found) == len(in_force) > 20


@all_formats
@pytest.mark.parametrize("code_set", ["icd10cm", "hcpcs", *EDITS])
def test_a_whole_export_reads_back_as_the_rows(
    exported: Export, home_of: Callable[[str], Path], code_set: str, format: str
) -> None:
    found = tables_in(exported(code_set, format))
    database = HistoryDatabase(workspace(home_of(code_set)).database_url)
    with database.reading() as connection:
        for table in published_tables(code_set):
            lists = {column.name for column in table.columns if column.kind == "list"}
            expected = [
                {n: json.loads(str(v)) if n in lists else v for n, v in zip(table.column_names, row, strict=True)}
                for row in rows(connection, table, code_set)
            ]
            assert found[table.name] == expected
    database.dispose()
    hashes = {each["name"]: each["content_hash"] for each in described(exported(code_set, format))["resources"]}
    assert hashes == {
        each["name"]: each["hash"].removeprefix("sha256:")
        for each in described(exported(code_set, "ndjson"))["resources"]
    }


@all_formats
def test_the_crosswalks_are_those_of_the_command(exported: Export, history: Any, format: str) -> None:
    releases = ["2017-10-01", "2019-10-01", "2020-10-01"]
    expected = []
    for old, new in pairwise(releases):
        for row in history.crosswalk("icd10cm", old, new):
            hops = row.pop("hops")
            expected.append({"code_set": "icd10cm", "from_release": old, "to_release": new, **row})
            assert len(hops) == 1
    found = tables_in(exported("icd10cm", format))["crosswalks"]
    steps = [row.pop("hops") for row in found]
    assert found == expected
    assert all(len(each) == 1 and row["source"] in each[0] for row, each in zip(found, steps, strict=True))
    assert {(row["source"], row["target"]) for row in found} >= {("A07.1", "A07.2"), ("A00.9", "A03.3")}
    until = tables_in(exported("icd10cm", format, on="2019-10-01"))["crosswalks"]
    assert {row["to_release"] for row in until} == {"2019-10-01"}


def test_a_published_crosswalk_that_was_edited_is_not_believed(
    own_home: Path, tmp_path: Path, exported: Export
) -> None:
    from codeset_pipeline.serve.export.content import Request
    from codeset_pipeline.serve.export.write import export

    (table,) = (own_home / "crosswalks" / "icd10cm").glob("FY2018_to_*.csv")
    table.write_text(table.read_text().replace("A07.2", "A07.3"))
    export(Request(workspace(own_home), "icd10cm"), "csv", tmp_path / "out")
    expected = (exported("icd10cm", "csv") / "crosswalks.csv").read_bytes()
    assert (tmp_path / "out" / "crosswalks.csv").read_bytes() == expected


_KINDS: dict[Kind, st.SearchStrategy[Any]] = {
    "string": st.text(st.characters(codec="utf-8", exclude_characters="\x00")),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "boolean": st.booleans(),
    "date": st.dates().map(date.isoformat),
    "list": st.lists(st.text(st.characters(codec="utf-8")), max_size=3).map(json.dumps),
}
_FIELDS = tuple(Field(kind, kind, "", True) for kind in _KINDS)
_TYPES = {"string": "string", "integer": "integer", "boolean": "boolean", "date": "date", "list": "array"}


@given(st.lists(st.tuples(*(st.none() | each for each in _KINDS.values())), max_size=5))
def test_any_text_survives_as_text(rows_given: list[tuple[Any, ...]]) -> None:
    plain = [
        {n: json.loads(v) if n == "list" and v else v for n, v in zip(_KINDS, row, strict=True)} for row in rows_given
    ]
    header, *records = csv_cells((csv_header(_FIELDS) + csv_lines(_FIELDS, rows_given)).decode())
    assert [
        {name: typed(cell, _TYPES[name]) for name, cell in zip(_KINDS, record, strict=True)} for record in records
    ] == plain
    assert header == list(_KINDS)
    assert [json.loads(line) for line in ndjson_lines(_FIELDS, rows_given).decode().split("\n")[:-1]] == plain


@pytest.mark.parametrize(("ending", "format"), [(".csv", "csv"), (".parquet", "parquet"), (".jsonl", "ndjson")])
def test_a_file_holds_the_table_that_was_chosen(
    served_home: Path, exported: Export, tmp_path: Path, ending: str, format: str
) -> None:
    from codeset_pipeline.errors import UsageError
    from codeset_pipeline.serve.export.content import Request
    from codeset_pipeline.serve.export.write import chosen_format, export

    out = tmp_path / f"one{ending}"
    assert chosen_format(None, out) == format
    request = Request(workspace(served_home), "icd10cm")
    assert export(request, format, out) == [out]
    assert out.read_bytes() == (exported("icd10cm", format) / f"icd10_codes.{format}").read_bytes()
    export(request, format, out, table="crosswalks")
    assert out.read_bytes() == (exported("icd10cm", format) / f"crosswalks.{format}").read_bytes()
    with pytest.raises(UsageError, match="has no table 'codes' here; it has icd10_codes, icd10_notes"):
        export(request, format, out, table="codes")
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


def test_history_table_is_the_exported_table(history: Any, exported: Export) -> None:
    for code_set, table in (("icd10cm", "icd10_codes"), ("hcpcs", "hcpcs_codes")):
        found = history.table(code_set)
        assert found == tables_in(exported(code_set, "ndjson"))[table]
        import pyarrow.parquet as pq

        written = pq.ParquetFile(exported(code_set, "parquet") / f"{table}.parquet").read()
        arrow = found.to_arrow()
        assert arrow.to_pylist() == written.to_pylist()
        assert [(f.name, f.type, f.nullable) for f in arrow.schema] == [
            (f.name, f.type, f.nullable) for f in written.schema
        ]
    codes = {row["code_without_dot"] for row in history.table("icd10cm", on="2019-10-01")}
    assert codes == set(FY2020)
    assert history.table("icd10cm", table="icd10_notes") == []


def test_reading_back_can_fail(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('a,b\n1,"x"y\n')
    with pytest.raises(ValueError):
        read_table(path, {"a": "integer", "b": "string"})
