"""The `datapackage.json` of an export: a Data Package (version 2) that says what every file is, and its hash."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codeset_pipeline.history.table_fields import Field
from codeset_pipeline.model import Release
from codeset_pipeline.serve.export.content import ExportTable, Request
from codeset_pipeline.serve.export.folder import OURS
from codeset_pipeline.serve.export.release_files import sources_of
from codeset_pipeline.serve.export.table_files import Written
from codeset_pipeline.sources.definition import Source, source

_PROFILES = "https://datapackage.org/profiles/2.0"
_SELF_HASH = "descriptor_hash"
_LAYOUT = 1

_MEDIA_TYPES = {
    "csv": "text/csv",
    "ndjson": "application/x-ndjson",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/fhir+json",
}
_TYPES = {"string": "string", "integer": "integer", "boolean": "boolean", "date": "date", "list": "array"}
_DIALECT = {
    "header": True,
    "delimiter": ",",
    "lineTerminator": "\n",
    "quoteChar": '"',
    "doubleQuote": True,
    "skipInitialSpace": False,
}


@dataclass
class Described:
    """One file of an export, and what is in it."""

    path: str
    title: str
    table: ExportTable | None = None
    written: Written | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def descriptor(
    request: Request, format: str, releases: Sequence[Release], files: Iterable[Described], folder: Path
) -> dict[str, Any]:
    """The descriptor of an export whose files are in `folder`. Nothing in it depends on when or where it was made."""
    origin = source(request.code_set)
    files = list(files)
    content = {each.path.partition(".")[0]: each.written.content_hash for each in files if each.written}
    ours: dict[str, Any] = {
        "layout": _LAYOUT,
        "code_set": request.code_set,
        "format": format,
        "on": request.on and request.on.isoformat(),
        "published": request.published and request.published.isoformat(),
        "releases": [_release(each) for each in releases],
        **({"content_hash": content_hash(content)} if content else {}),
    }
    said = "as known now" if request.published is None else f"as published by {request.published}"
    which = "all rows" if request.on is None else f"rows in force on {request.on}"
    return {
        "$schema": f"{_PROFILES}/datapackage.json",
        "name": request.code_set,
        "title": origin.title,
        "description": f"Effective-dated tables of {origin.title}: {which}, {said}.",
        "version": max(each.effective_from for each in releases).isoformat(),
        "homepage": next(iter(origin.landing_pages.values())),
        "licenses": [_licence(origin)],
        "contributors": [{"title": origin.publisher, "roles": ["publisher"]}],
        "sources": sources_of(request, releases),
        "resources": [_resource(each, folder) for each in files],
        OURS: ours,
    }


def content_hash(tables: dict[str, str]) -> str:
    """sha256 over the hashes of the tables by name; the same for every format."""
    return hashlib.sha256("".join(f"{name} {tables[name]}\n" for name in sorted(tables)).encode()).hexdigest()


def descriptor_bytes(described: dict[str, Any]) -> bytes:
    """The file's bytes: the one way to write it down, with a hash over all the rest of it."""
    rest = {name: value for name, value in described.items() if name != OURS}
    ours = {name: value for name, value in described[OURS].items() if name != _SELF_HASH}
    whole = {**rest, OURS: ours}
    digest = hashlib.sha256(_text(whole).encode()).hexdigest()
    return _text({**rest, OURS: {**ours, _SELF_HASH: digest}}).encode()


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def _licence(origin: Source) -> dict[str, str]:
    free = origin.licence.startswith("US government work")
    # Of the Open Definition's list of licence names; what else binds the user stands in the title.
    named = {"name": "other-pd"} if free else {"name": "other-closed"}
    return {**named, "title": origin.licence}


def _release(release: Release) -> dict[str, Any]:
    return {
        "effective_from": release.effective_from.isoformat(),
        "label": release.label,
        "revision": release.revision,
        "published": release.published.isoformat(),
        "rows": release.rows,
        "snapshot_hash": release.snapshot_hash,
    }


def _resource(file: Described, folder: Path) -> dict[str, Any]:
    path = folder / file.path
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    name, _, format = file.path.rpartition(".")
    described: dict[str, Any] = {
        "name": name.lower(),
        "path": file.path,
        "title": file.title,
        "format": format,
        "mediatype": _MEDIA_TYPES[format],
        "encoding": "utf-8",
        "bytes": path.stat().st_size,
        "hash": f"sha256:{digest}",
        **file.extra,
    }
    if format == "parquet":
        del described["encoding"]
    if file.table is None or file.written is None:
        return described
    described |= {"rows": file.written.rows, "content_hash": file.written.content_hash, "type": "table"}
    if format == "csv":
        described["dialect"] = _DIALECT
    return {**described, "schema": _schema(file.table, format)}


def _schema(table: ExportTable, format: str) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "$schema": f"{_PROFILES}/tableschema.json",
        "fields": [_field(each, format) for each in table.fields],
        "missingValues": [""] if format == "csv" else [],
    }
    if table.key:
        schema["primaryKey"] = list(table.key)
    if table.unique:
        schema["uniqueKeys"] = [list(table.unique)]
    return schema


def _field(each: Field, format: str) -> dict[str, Any]:
    described: dict[str, Any] = {"name": each.name, "type": _TYPES[each.kind], "description": each.description}
    if format == "csv" and each.kind == "boolean":
        described |= {"trueValues": ["true"], "falseValues": ["false"]}
    if format == "csv" and each.kind == "string" and not each.nullable:
        # An empty cell is an empty text here, and never a null.
        described["missingValues"] = []
    if not each.nullable:
        described["constraints"] = {"required": True}
    return described
