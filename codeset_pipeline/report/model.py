"""The one report model: what every renderer (workbook, page, data files) is given.

A report covers one or more release pairs and, where the user named files of their own, what the pairs do to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from codeset_pipeline.errors import UsageError
from codeset_pipeline.impact.draft_sources import DraftSource
from codeset_pipeline.model import Difference, Impact, ReleasePair
from codeset_pipeline.report.specialties import Specialty


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file that the report rests on.

    Attributes:
        release_label: release it belongs to (`FY2026`), or empty for a file of the user's.
        role: what it was read as, such as `order file`, `order addenda`, `tabular XML` or `rules`.
        name: file name, with its archive where it came from one.
        url_or_path_name: the URL it was fetched from, or the name of the local file; no directories of the machine.
        sha256: hash of its bytes, in hexadecimal.
        bytes: its size.
        published: the day on which the publisher posted it, None when unknown.
    """

    release_label: str
    role: str
    name: str
    url_or_path_name: str
    sha256: str
    bytes: int
    published: date | None = None


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the report was made from, and by which program.

    Attributes:
        written_at: time of writing in ISO 8601, given by the caller so that equal inputs give equal files.
    """

    inputs: tuple[InputFile, ...]
    parser_version: str
    program_version: str
    written_at: str

    @property
    def moment(self) -> datetime:
        """`written_at` in UTC without a time zone, as the workbook's properties want it.

        Raises:
            UsageError: the text is no ISO 8601 time.
        """
        try:
            found = datetime.fromisoformat(self.written_at)
        except ValueError:
            raise UsageError(
                f"{self.written_at!r} is no time of writing; give one in ISO 8601 such as 2026-07-01T09:30:00Z."
            ) from None
        return found.astimezone(UTC).replace(tzinfo=None) if found.tzinfo else found


@dataclass(frozen=True)
class Report:
    """Everything that the renderers print.

    Attributes:
        title: heading, such as `ICD-10-CM FY2025 to FY2026`.
        impact: None when the user named no charge masters or rule files.
        drafts: touched lines of the user's charge masters, for drafts of new lines.
        specialties: whom the education lists are for; without any, there are no lists by specialty.
        sample: the releases are made-up sample data; every renderer says so where nobody can miss it.
    """

    title: str
    pairs: tuple[ReleasePair, ...]
    impact: Impact | None
    provenance: Provenance
    sample: bool = False
    drafts: tuple[DraftSource, ...] = ()
    specialties: tuple[Specialty, ...] = ()

    @property
    def unexplained(self) -> int:
        """Differences from the publishers' lists that nothing accounts for, over all pairs."""
        return sum(len(pair.reconciliation.unexplained) for pair in self.pairs)

    @property
    def covered(self) -> bool:
        """Was every pair held against a list of its publisher's?"""
        return bool(self.pairs) and all(pair.reconciliation.covered for pair in self.pairs)

    @property
    def known_differences(self) -> tuple[Difference, ...]:
        """Differences from the publishers' lists whose cause is on record."""
        return tuple(each for pair in self.pairs for each in pair.reconciliation.explained)
