"""What the publisher's download page says of each part: its number of records, its first and its last pair.

The user keeps the texts of the links in a file, one a line, just as they stand on the page:

    Practitioner PTP Edits v322r0 (675,037 Records) 0001A/0591T -- 25441/G0471
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from codeset_pipeline.errors import UsageError
from codeset_pipeline.labels import ncci_version_start
from codeset_pipeline.snapshots.ncci_ptp_parts import PartContent

_CODE = r"[0-9A-Z]{5}"
_LINK = re.compile(
    rf"(?:(?P<setting>practitioner|hospital)\b.*?)?\b(?P<version>v\d{{3}})r(?P<revision>\d+)\D*?\(?\s*"
    rf"(?P<rows>\d[\d,]*)\s+records?\)?\D*?"
    rf"(?P<first>{_CODE}\s*/\s*{_CODE})\s*(?:--?|–|—|to)\s*(?P<last>{_CODE}\s*/\s*{_CODE})",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class ExpectedPart:
    """One part as the download page describes it; `setting` is blank where the text does not say."""

    setting: str
    effective_from: date
    revision: int
    rows: int
    first: str
    last: str


def _pair(text: str) -> str:
    return re.sub(r"\s", "", text).upper()


def read_expected(path: Path) -> list[ExpectedPart]:
    """The parts that a file of link texts describes.

    Raises:
        UsageError: the file cannot be read, or a line of it is no link text.
    """
    try:
        lines = path.expanduser().read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--expect {path} cannot be read ({error}); give a text file of link texts.") from None
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINK.search(line)
        start = ncci_version_start(match["version"]) if match else None
        if match is None or start is None:
            raise UsageError(
                f"--expect {path}, line {number}: {line.strip()[:100]!r} is no link text; copy it from the download "
                "page, such as: Practitioner PTP Edits v322r0 (675,037 Records) 0001A/0591T -- 25441/G0471."
            )
        found.append(
            ExpectedPart(
                (match["setting"] or "").lower(),
                start,
                int(match["revision"]),
                int(match["rows"].replace(",", "")),
                _pair(match["first"]),
                _pair(match["last"]),
            )
        )
    if not found:
        raise UsageError(f"--expect {path} holds no link text; copy those of the parts from the download page.")
    return found


def of_revision(
    expected: Sequence[ExpectedPart], code_set: str, effective_from: date, revision: int
) -> list[ExpectedPart]:
    """The parts that are expected of one revision, in order of their pairs."""
    wanted = [
        part
        for part in expected
        if (part.effective_from, part.revision) == (effective_from, revision)
        and (not part.setting or code_set.endswith(part.setting))
    ]
    return sorted(wanted, key=lambda part: part.first)


def unlike(expected: Sequence[ExpectedPart], parts: Sequence[PartContent]) -> str:
    """What differs from the page's description, blank when nothing does."""
    if len(expected) != len(parts):
        missing = [f"f{n} ({p.rows:,} records, {p.first} -- {p.last})" for n, p in enumerate(expected, 1)][len(parts) :]
        lacks = f"; {' and '.join(missing)} missing" if missing else ""
        return f"{len(parts)} parts where the download page lists {len(expected)}{lacks}"
    for want, part in zip(expected, parts, strict=True):
        have = (part.rows, part.first, part.last)
        if have != (want.rows, want.first, want.last):
            return (
                f"f{part.number} ({part.name}) holds {part.rows:,} records, {part.first} -- {part.last}, where the "
                f"download page says {want.rows:,} records, {want.first} -- {want.last}"
            )
    return ""
