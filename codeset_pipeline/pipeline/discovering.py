"""Discover: which release files of a code set are on a site, on the package index or at a path."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from codeset_pipeline.errors import NothingFound
from codeset_pipeline.labels import effective_date
from codeset_pipeline.pipeline.progress import Progress, silent
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.intake import Intake, intake_from_index, intake_from_path
from codeset_pipeline.snapshots.intake_site import intake_from_site
from codeset_pipeline.sources.definition import code_sets, has_crosswalk, source

# Origins that are a publisher's own site.
SITES = ("cms", "cdc")


def discover(
    code_set: str,
    origin: str | Path,
    release: str | None = None,
    *,
    workspace: Workspace | None = None,
    everything: bool = False,
    progress: Progress = silent,
) -> Intake:
    """Find the release files of a code set: on a publisher's site (`cms`, `cdc`), on the package index (`pypi`), or at
    a path.

    Args:
        workspace: where downloads are kept; needed for the publishers' sites.
        everything: of a site every release, not only the newest.

    Raises:
        SourceError: nothing is there, or something there cannot be what it says.
    """
    wanted = effective_date(release) if release else None
    if origin in SITES:
        place = workspace or Workspace.at()
        return intake_from_site(place, source(code_set), str(origin), wanted, everything, progress)
    if origin == "pypi":
        return intake_from_index(source(code_set), wanted)
    return intake_from_path(source(code_set), Path(origin), wanted)


def ncci_code_sets_at(path: Path, release: str | None = None) -> list[str]:
    """The NCCI code sets that a path holds files of.

    Raises:
        NothingFound: it holds none.
        SourceError: a file cannot be what it says.
    """
    found = []
    for code_set in code_sets():
        if not has_crosswalk(code_set):
            with suppress(NothingFound):
                discover(code_set, path, release)
                found.append(code_set)
    if not found:
        raise NothingFound(
            f"{path} holds no NCCI file; give the publisher's zips of PTP edits, MUE tables or add-on codes."
        )
    return found


def medicare_ncci_code_sets() -> list[str]:
    """The NCCI code sets of Medicare, which all are on the publisher's site."""
    return [code_set for code_set in code_sets() if not has_crosswalk(code_set) and "-medicaid-" not in code_set]
