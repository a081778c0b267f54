"""Each kind of unusable file has its own sentence."""

import json
from pathlib import Path

import pytest

from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.assess import assess
from tests.unit.impact.pairs import october

BAD: dict[str, tuple[str, bytes, str]] = {
    "empty CSV": ("r.csv", b"", "r.csv is empty"),
    "blank CSV": ("r.csv", b"\r\n , ,\r\n", "r.csv is empty"),
    "header only": ("r.csv", b"rule,icd10\r\n", "no lines under it"),
    "empty YAML": ("r.yaml", b"# nothing yet\n", "r.yaml is empty"),
    "empty YAML list": ("r.yaml", b"[]\n", "r.yaml is empty"),
    "empty JSON": ("r.json", b"{}", "r.json is empty"),
    "blank JSON": ("r.json", b" \n", "r.json is empty"),
    "broken YAML": ("r.yaml", b"rules:\n  - a: [1,\n  - b\n", "r.yaml, line 3, is no valid YAML"),
    "broken JSON": ("r.json", b'{"a": 1,\n "b": }', "r.json, line 2, is no valid JSON"),
    "deep JSON": ("r.json", b"[" * 200_000 + b"]" * 200_000, "nested too deeply"),
    "YAML that repeats itself": (
        "r.yaml",
        b"a0: &a0 [x, x]\n"
        + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 9)) for n in range(1, 12)),
        "repeats its anchors without end",
    ),
    "YAML in itself": ("r.yaml", b"&a [*a]\n", "refers to itself"),
    "binary rubbish": ("r.csv", bytes(range(256)) * 20, "holds binary data"),
    "binary YAML": ("r.yaml", b"\x00\x01\x02" * 100, "holds binary data"),
    "workbook named CSV": ("r.csv", b"PK\x03\x04....", "a workbook or an archive under another name"),
    "broken workbook": ("r.xlsx", b"PK\x03\x04 not really", "cannot be opened as a workbook"),
    "text named xlsx": ("r.xlsx", b"rule,icd10\n", "cannot be opened as a workbook"),
    "protected workbook": (
        "r.xlsx",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        "protected by a password",
    ),
    "unknown ending": ("r.docx", b"x", "an ending that is not read"),
}


@pytest.mark.parametrize("what", BAD)
def test_an_unusable_file_says_what_to_do(tmp_path: Path, what: str) -> None:
    name, data, says = BAD[what]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(AssetError, match=r"^[^\n]+$") as error:
        assess([tmp_path / name], [october()])
    assert says in str(error.value)
    assert len(str(error.value)) < 300


def test_a_missing_file_and_an_empty_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match="There is no file"):
        assess([tmp_path / "none.csv"], [october()])
    with pytest.raises(AssetError, match="is a folder without files"):
        assess([tmp_path], [october()])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,b\n1,2\n", "it needs a header with a code column"),
        ("code,count\nB88.0,many\n", "line 2: 'many' is no count"),
        ("", "its first line has none"),
    ],
)
def test_a_wrong_usage_file_says_what_is_wrong(tmp_path: Path, text: str, says: str) -> None:
    usage, rules = tmp_path / "usage.csv", tmp_path / "rules.json"
    usage.write_text(text, encoding="utf-8")
    rules.write_text(json.dumps({"codes": ["B88.0"]}), encoding="utf-8")
    with pytest.raises(AssetError) as error:
        assess([rules], [october()], usage=usage)
    assert says in str(error.value)


def test_a_workbook_cell_that_starts_like_a_formula_is_data(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text('rule,icd10\n"=HYPERLINK(""x"")",B88.0\n', encoding="utf-8")
    (found,) = assess([path], [october()]).findings
    assert found.rule == '=HYPERLINK("x")'
