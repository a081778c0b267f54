"""The publisher's lists of a quarter's PTP changes, as they came with a release."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from codeset_pipeline.snapshots.ncci_tables import NCCI_PTP_LISTED_CHANGES
from codeset_pipeline.snapshots.store import Snapshot

LISTS = {"additions": "additions", "deletions": "deletions", "indicator_changes": "indicator changes"}
"""Name in the snapshot → as people say it."""

_INDICATOR = re.compile(r"[019]")


@dataclass
class Listed:
    """One list: pair as `COLUMN 1/COLUMN 2` → the indicators given with it, once for each time that it is listed."""

    pairs: dict[str, list[str]] = field(default_factory=dict)

    def take(self, pair: str) -> str | None:
        """Strike one entry of the pair off the list; its indicator, None when the list does not have it."""
        entries = self.pairs.get(pair)
        return entries.pop(0) if entries else None

    def left(self) -> list[tuple[str, str]]:
        """What was not struck off."""
        return [(pair, text) for pair, texts in sorted(self.pairs.items()) for text in texts]


def lists_of(release: Snapshot) -> dict[str, Listed]:
    """The lists that came with a release, by the name in `LISTS`; a list that did not come is not there."""
    roles = {str(item["role"]) for item in release.inputs}
    found = {name: Listed() for name in LISTS if any(role.startswith(f"ptp_{name}") for role in roles)}
    rows = release.read(NCCI_PTP_LISTED_CHANGES, ["list", "column_1", "column_2", "modifier_indicator"])
    for name, column_1, column_2, indicator in rows:
        found.setdefault(name, Listed()).pairs.setdefault(f"{column_1}/{column_2}", []).append(indicator or "")
    return found


def files_of(release: Snapshot) -> tuple[str, ...]:
    """Names of the files that the lists were read from."""
    names = Counter(
        str(item["member"]).rsplit("/", 1)[-1]
        for item in release.inputs
        if any(str(item["role"]).startswith(f"ptp_{name}") for name in LISTS)
    )
    return tuple(sorted(names))


def stated_indicator(text: str) -> str | None:
    """The indicator that a list gives, the new one where it gives both (`0 to 1`); None where it gives none."""
    found = _INDICATOR.findall(text)
    return found[-1] if found else None
