"""An asset of any form, read: the form is told by the ending of its name, and for texts by what they hold."""

from __future__ import annotations

import re
from pathlib import Path

from codeset_pipeline.errors import AssetError
from codeset_pipeline.impact.cells import CellReader
from codeset_pipeline.impact.column_roles import CODE_ROLES, role_of
from codeset_pipeline.impact.columns_file import ColumnsFile
from codeset_pipeline.impact.mentions import Reading
from codeset_pipeline.impact.read_fhir import read_value_sets, value_sets_in
from codeset_pipeline.impact.read_structure import read_structure
from codeset_pipeline.impact.read_table import read_table
from codeset_pipeline.impact.read_text import read_text
from codeset_pipeline.impact.standard_charges import is_standard_charges
from codeset_pipeline.impact.structure_nodes import fhir_xml_nodes
from codeset_pipeline.impact.table_rows import CSV_ENDINGS, EXCEL_ENDINGS, text_of

_STRUCTURES = frozenset({".yaml", ".yml", ".json", ".ndjson", ".jsonl"})
#: What holds no text that could be read as it is.
_REFUSED = frozenset(
    (
        *(
            ".doc",
            ".docx",
            ".docm",
            ".rtf",
            ".odt",
            ".pdf",
            ".ppt",
            ".pptx",
            ".msg",
            ".zip",
            ".gz",
            ".7z",
            ".tar",
            ".rar",
        ),
        *(".png", ".jpg", ".jpeg", ".gif", ".tif", ".tiff", ".bmp", ".ico", ".mdb", ".accdb", ".sas7bdat", ".parquet"),
        *(".sqlite", ".db", ".exe", ".dll", ".so", ".class", ".jar", ".pyc", ".mp3", ".mp4"),
    )
)


def read_asset(data: bytes, path: Path, columns: ColumnsFile, reader: CellReader) -> Reading:
    """The references of an asset.

    Raises:
        AssetError: the file is empty, broken or of a form that is not read; the message says what to do.
    """
    ending = path.suffix.lower()
    if ending in _REFUSED:
        raise AssetError(
            f"{path.name} has an ending that is not read; give CSV, xlsx, xls, YAML, JSON, FHIR or text such as SQL."
        )
    if ending in CSV_ENDINGS | EXCEL_ENDINGS:
        return read_table(data, path, columns.choice_for(path), reader)
    if ending == ".json" and is_standard_charges(data):
        return read_table(data, path, columns.choice_for(path), reader)
    if ending in _STRUCTURES:
        return read_structure(data, path, reader)
    value_sets = value_sets_in(fhir_xml_nodes(data) or []) if ending in (".xml", "") else []
    if value_sets:
        return read_value_sets(value_sets, reader.vocabulary)
    text = decoded(data, path.name)
    if not text.strip():
        raise AssetError(f"{path.name} is empty; give a file that holds at least one rule.")
    if _is_table(text):
        return read_table(text.encode("utf-8"), path.with_suffix(".csv"), columns.choice_for(path), reader)
    return read_text(text, path, reader.vocabulary)


def _is_table(text: str) -> bool:
    """Does a text begin with names of columns, one of them of codes, and go on in as many parts?"""
    lines = [line for line in text[:20_000].splitlines() if line.strip()][:20]
    if len(lines) < 3:
        return False
    for mark in "\t|;,":
        names = [name.strip(" \"'") for name in lines[0].split(mark)]
        alike = sum(line.count(mark) == len(names) - 1 for line in lines[1:])
        named = any(role_of(name) in CODE_ROLES for name in names) and all(len(name) < 40 for name in names)
        if len(names) > 1 and named and alike * 3 >= 2 * len(lines[1:]):
            return not any(re.search(r"\d", name) and len(name) > 2 and "." in name for name in names)
    return False


def decoded(data: bytes, name: str) -> str:
    """A text file's content: as `text_of`, and UTF-16 without its mark, as some exports write it.

    Raises:
        AssetError: the bytes are no text.
    """
    sample = data[:4096]
    if len(sample) > 3 and sample.count(0) * 3 > len(sample) and sample[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[::2])):
            if zeros.count(0) * 10 > len(zeros) * 8:
                try:
                    return data.decode(encoding)
                except UnicodeDecodeError:
                    break
    return text_of(data, name)
