"""Writing an export: a folder of tables or FHIR resources with its descriptor, or one table as a file of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from sqlalchemy import Connection

from codeset_pipeline.acquire.blobs import write_durably
from codeset_pipeline.errors import UsageError
from codeset_pipeline.history.code_tables import has_codes, sets_of_codes
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.model import Release
from codeset_pipeline.serve.export.content import ExportTable, Request, releases_behind, tables_of
from codeset_pipeline.serve.export.crosswalk_table import crosswalk_rows
from codeset_pipeline.serve.export.descriptor import Described, descriptor, descriptor_bytes
from codeset_pipeline.serve.export.fhir_code_system import code_system_pieces, version_of
from codeset_pipeline.serve.export.fhir_concept_map import concept_maps
from codeset_pipeline.serve.export.folder import DESCRIPTOR, replaced_file, replaced_folder
from codeset_pipeline.serve.export.table_files import write_table
from codeset_pipeline.sources.definition import has_crosswalk

Progress = Callable[[str], None]

FORMATS = ("parquet", "csv", "ndjson", "fhir")
_ENDINGS = {".parquet": "parquet", ".csv": "csv", ".ndjson": "ndjson", ".jsonl": "ndjson", ".json": "fhir"}


def chosen_format(format: str | None, out: Path) -> str:
    """The format that was named, or that the ending of a file tells.

    Raises:
        UsageError: neither tells it, or they disagree.
    """
    told = _ENDINGS.get(out.suffix.lower())
    if format is None and told is None:
        raise UsageError(f"Say what to write with --as {'|'.join(FORMATS)}, or give a file that ends in .csv or so.")
    if format is not None and told is not None and format != told:
        raise UsageError(f"{out.name} does not end like a file of {format}; give a folder, or another ending.")
    return format or str(told)


def export(
    request: Request,
    format: str,
    out: Path,
    *,
    table: str | None = None,
    fhir_version: str = "r4",
    progress: Progress = lambda _: None,
) -> list[Path]:
    """Write an export and return its files, the descriptor last. The same history gives the same bytes.

    Args:
        format: one of `FORMATS`.
        out: a folder; with an ending such as .csv, one table (or with .json the FHIR code system) as that file alone.
        table: which table is written as a file; the one of the codes or edits where None.
        fhir_version: `r4` or `r5`.

    Raises:
        UsageError: the place or the table cannot be used, or the code set has no FHIR resources.
        HistoryError: nothing that was asked for is loaded.
    """
    if format == "fhir" and not has_codes(request.code_set):
        raise UsageError(
            f"{request.code_set} has edits and no codes of its own, so there is no FHIR code system of it; export it "
            f"as parquet, csv or ndjson (FHIR is for {', '.join(sets_of_codes())})."
        )
    single = out.suffix.lower() in _ENDINGS and not out.is_dir()
    if table is not None and (format == "fhir" or not single):
        raise UsageError("--table chooses what is written to a single file, such as notes.csv; a folder has all.")
    out = out.resolve()
    database = HistoryDatabase(request.workspace.database_url)
    try:
        with database.reading() as connection:
            releases = releases_behind(connection, request)
            if single:
                return [_file(connection, request, releases, format, out, table, fhir_version)]
            with replaced_folder(out) as folder:
                if format == "fhir":
                    files = _fhir_files(connection, request, releases, fhir_version, folder, progress)
                else:
                    files = _table_files(tables_of(connection, request), format, folder, progress)
                whole = descriptor(request, format, releases, files, folder)
                write_durably(folder / DESCRIPTOR, descriptor_bytes(whole))
                names = [each.path for each in files]
            return [out / name for name in (*names, DESCRIPTOR)]
    finally:
        database.dispose()


def _file(
    connection: Connection,
    request: Request,
    releases: list[Release],
    format: str,
    out: Path,
    name: str | None,
    fhir_version: str,
) -> Path:
    if format == "fhir":
        with replaced_file(out) as path:
            _write_text(path, code_system_pieces(connection, request, releases, fhir_version))
        return out
    tables = {each.name: each for each in tables_of(connection, request)}
    chosen = tables.get(name or next(iter(tables)))
    if chosen is None:
        raise UsageError(f"{request.code_set} has no table {name!r} here; it has {', '.join(tables)}.")
    with replaced_file(out) as path:
        write_table(chosen, format, path)
    return out


def _table_files(tables: list[ExportTable], format: str, folder: Path, progress: Progress) -> list[Described]:
    files = []
    for table in tables:
        progress(f"Writing {table.name}.{format}")
        written = write_table(table, format, folder / f"{table.name}.{format}")
        files.append(Described(f"{table.name}.{format}", table.title, table, written))
    return files


def _fhir_files(
    connection: Connection,
    request: Request,
    releases: list[Release],
    fhir_version: str,
    folder: Path,
    progress: Progress,
) -> list[Described]:
    version = version_of(releases, request)
    name = f"CodeSystem-{request.code_set}-{version.effective_from}.json"
    progress(f"Writing {name}")
    _write_text(folder / name, code_system_pieces(connection, request, releases, fhir_version))
    extra = {"fhirVersion": {"r4": "4.0.1", "r5": "5.0.0"}[fhir_version]}
    files = [Described(name, f"Code system, version {version.effective_from}", extra=extra)]
    # Crosswalks are as known now.
    if has_crosswalk(request.code_set) and request.published is None:
        rows = crosswalk_rows(request.workspace, connection, request.code_set, request.on)
        for each in concept_maps(request.code_set, rows, fhir_version):
            name = f"ConceptMap-{request.code_set}-{each.from_release}-to-{each.to_release}.json"
            progress(f"Writing {name}")
            _write_text(folder / name, [each.text])
            files.append(Described(name, f"Crosswalk from {each.from_release} to {each.to_release}", extra=extra))
    return files


def _write_text(path: Path, pieces: Iterable[str]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(pieces)
        file.flush()
        os.fsync(file.fileno())
