"""The release that the names of a file, its archive and its folders tell, or why they do not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from codeset_pipeline.errors import SourceError
from codeset_pipeline.labels import fiscal_year_of, fiscal_year_start, label_of
from codeset_pipeline.sources.hints import Hint, folder_hint, hint
from codeset_pipeline.sources.member import Member
from codeset_pipeline.sources.quarters import quarter_hint, version_hint


def _one(values: set[int], what: str, where: str, name: str) -> int | None:
    if len(values) > 1:
        shown = " and ".join(str(value) for value in sorted(values))
        raise SourceError(
            f"{name}: {where} name {what} {shown} at once; sort the files into one folder per release and run it again."
        )
    return next(iter(values), None)


def _own_release(hints: Sequence[Hint], name: str) -> tuple[int | None, int | None]:
    year = _one({h.fiscal_year for h in hints if h.fiscal_year}, "fiscal year", "the file names", name)
    month = _one({h.month for h in hints if h.month}, "month", "the file names", name)
    return year, month


def told_fiscal_year(
    code_set: str,
    names: Sequence[str],
    folders: Sequence[str],
    members: Sequence[Member],
    name: str,
    release: date | None,
) -> tuple[date | None, str]:
    """The effective date of an ICD-10 file, or None and the reason why only the user can tell.

    Args:
        names: names of the release files and of their archive.
        members: files of the archive with their dates; none for a bare file.
        name: what to call the file in messages.
        release: the release that the user named.

    Raises:
        SourceError: the names contradict each other or the user.
    """
    hints = [hint(each) for each in names]
    if release is None:
        return _told_october_or_update(hints, folders, members, name)
    year, month = _own_release(hints, name)
    if (year and year != fiscal_year_of(release)) or (month and month != release.month):
        raise SourceError(
            f"{name} holds files named for {f'FY{year}' if year else 'another release'}, not for "
            f"{label_of(code_set, release)}; check which file belongs to which release."
        )
    return release, ""


def told_quarter(
    code_set: str, names: Sequence[str], folders: Sequence[str], name: str, release: date | None
) -> tuple[date | None, str]:
    """The effective date of a quarterly file, or None and the reason; arguments and errors as `told_fiscal_year`."""
    # A version that contradicts the quarter beside it in the same name is no release's.
    hints = [read(each) for each in names for read in (quarter_hint, version_hint)]
    year = _one({h.year for h in hints if h.year}, "year", "the file names", name)
    quarter = _one({(h.month + 2) // 3 for h in hints if h.month}, "quarter", "the file names", name)
    month = 3 * quarter - 2 if quarter else None
    if release is not None:
        if (year and year != release.year) or (month and month != release.month):
            raise SourceError(
                f"{name} holds files named for another quarter than {label_of(code_set, release)}; check which file "
                "belongs to which release."
            )
        return release, ""
    around = (read(each) for each in reversed(folders) for read in (quarter_hint, version_hint))
    folder = next((found for found in around if found.year and found.month), None)
    if folder is not None:
        if (year and year != folder.year) or (month and month != folder.month):
            raise SourceError(
                f"{name}: its names and its folder name different quarters; move it to the right folder or name its "
                "release with --release."
            )
        year, month = folder.year, folder.month
    if year is None:
        return None, "no name in it tells a year"
    if month is None and code_set.startswith("ncci-"):
        return None, "no name in it tells a quarter"
    return date(year, month or 1, 1), ""


def _told_october_or_update(
    hints: Sequence[Hint], folders: Sequence[str], members: Sequence[Member], name: str
) -> tuple[date | None, str]:
    """The effective date that the names tell, or None and the reason why they do not."""
    year, month = _own_release(hints, name)
    folder = next((found for found in map(folder_hint, reversed(folders)) if found), None)
    if folder and folder.fiscal_year:
        if year and year != folder.fiscal_year:
            raise SourceError(
                f"{name} holds files of fiscal year {year} but lies in a folder for {folder.fiscal_year}; "
                "move it to the right folder or name its release with --release."
            )
        if month and folder.month and month != folder.month:
            raise SourceError(
                f"{name}: its name and its folder name different months of {folder.fiscal_year}; "
                "name its release with --release."
            )
        year, month = folder.fiscal_year, month or folder.month
        named_by_label = folder.month is None and not folder.updated
    else:
        named_by_label = False
    if year is None:
        return None, "no name in it tells a year"
    if month:
        return (date(year, month, 1) if month < 10 else fiscal_year_start(year)), ""
    october = fiscal_year_start(year)
    if folder and folder.updated:
        return None, "it is a mid-year update, and its names do not tell of which month"
    late = [h.posted for h in hints if h.posted and h.posted >= october]
    if late:
        return None, f"it was posted on {late[0]}, after the October release, and reuses that release's names"
    # A mid-year update is written within its fiscal year; a later date only says that somebody packed it again.
    written = [m.written for m in members if m.written and october <= m.written < fiscal_year_start(year + 1)]
    if written and not named_by_label:
        return None, f"its members were written on {max(written)}, after the October release took effect"
    if any(h.updated and not h.posted for h in hints) and not named_by_label:
        return None, "its name says that it was updated, and not when"
    return october, ""
