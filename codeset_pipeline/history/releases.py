"""The releases that the history holds, and how people name them."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import Connection, Row, select

from codeset_pipeline.errors import HistoryError
from codeset_pipeline.history import schema
from codeset_pipeline.labels import effective_date, label_of
from codeset_pipeline.model import Release

_WITH_REVISION = re.compile(r"(.+?)@?r(\d+)", re.IGNORECASE)


def _release(row: Row[tuple[object, ...]]) -> Release:
    fields = dict(row._mapping)
    fields.pop("stored_at")
    return Release(**fields)


def loaded_releases(connection: Connection, code_set: str | None = None) -> list[Release]:
    """All release revisions, by code set, effective date and revision, also those still importing."""
    table = schema.release
    query = select(table).order_by(table.c.code_set, table.c.effective_from, table.c.revision)
    if code_set is not None:
        query = query.where(table.c.code_set == code_set)
    return [_release(row) for row in connection.execute(query)]


def latest_revisions(connection: Connection, code_set: str) -> list[Release]:
    """The newest ready revision of each release of a code set, oldest release first."""
    newest: dict[date, Release] = {}
    for release in loaded_releases(connection, code_set):
        if release.state == "ready":
            newest[release.effective_from] = release
    return list(newest.values())


def find_release(connection: Connection, code_set: str, name: str) -> Release:
    """The release that a label, an effective date, `latest` or `previous` names; `FY2026@r0` names a revision.

    Raises:
        UsageError: the text names no release.
        HistoryError: the release is not loaded.
    """
    ready = latest_revisions(connection, code_set)
    word = name.strip().lower()
    if word in {"latest", "previous"}:
        position = -1 if word == "latest" else -2
        if len(ready) < -position:
            raise HistoryError(
                f"{len(ready)} release of {code_set} is loaded, so there is no {word} one; load more with "
                f"'codeset update {code_set} --from PATH'."
            )
        return ready[position]
    revised = _WITH_REVISION.fullmatch(name.strip()) if "@" in name else None
    wanted = effective_date(revised[1] if revised else name)
    if revised:
        found = [
            release
            for release in loaded_releases(connection, code_set)
            if release.effective_from == wanted and release.revision == int(revised[2]) and release.state == "ready"
        ]
    else:
        found = [release for release in ready if release.effective_from == wanted]
    if not found:
        labels = ", ".join(release.label for release in ready) or "none"
        raise HistoryError(
            f"{code_set} {name} ({wanted.isoformat()}) is not loaded (loaded: {labels}); load it with "
            f"'codeset update {code_set} --from PATH --release {label_of(code_set, wanted)}'."
        )
    return found[0]
