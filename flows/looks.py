"""Which code sets are looked for, where, and when: `deployments.yaml` read into typed values. Knows no Prefect."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from codeset_pipeline.errors import UsageError
from codeset_pipeline.sources.definition import source

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Look:
    """A code set that is looked for on a schedule.

    Attributes:
        origin: the site, `cms` or `cdc`.
        daily_in: months with a look every day; in the others there is one on Mondays.
        hour, minute, timezone: time of the look.
    """

    code_set: str
    origin: str
    daily_in: frozenset[int]
    hour: int
    minute: int
    timezone: str

    @property
    def name(self) -> str:
        return f"{self.code_set}-{self.origin}"

    @property
    def title(self) -> str:
        return source(self.code_set).title

    @property
    def crons(self) -> tuple[str, ...]:
        """Cron lines of the daily and of the weekly looks; no day is in both."""
        others = set(range(1, 13)) - self.daily_in
        lines = [f"{self.minute} {self.hour} * {_list(self.daily_in)} *"] if self.daily_in else []
        return (*lines, f"{self.minute} {self.hour} * {_list(others)} 1") if others else tuple(lines)

    def in_words(self) -> str:
        """`daily in Mar, Jun, Sep, Dec, Mondays otherwise, at 07:25 America/New_York`."""
        months = ", ".join(_MONTHS[month - 1] for month in sorted(self.daily_in))
        return f"daily in {months}, Mondays otherwise, at {self.hour:02d}:{self.minute:02d} {self.timezone}"


def _list(months: Iterable[int]) -> str:
    return ",".join(str(month) for month in sorted(months))


def _look(raw: dict[str, Any], document: dict[str, Any]) -> Look:
    source(raw["code_set"])
    months = frozenset(document["calendars"][raw["calendar"]]["daily_in"])
    return Look(raw["code_set"], raw["from"], months, document["hour"], raw["minute"], document["timezone"])


@cache
def looks() -> tuple[Look, ...]:
    """All looks that are set up, in order of the file."""
    document = yaml.safe_load(resources.files("flows").joinpath("deployments.yaml").read_text("utf-8"))
    return tuple(_look(raw, document) for raw in document["deployments"])


def looks_named(names: Iterable[str]) -> tuple[Look, ...]:
    """The looks for these code sets or of these names (`hcpcs`, `hcpcs-cms`); all where none is named.

    Raises:
        UsageError: a name is neither.
    """
    wanted = tuple(names)
    known = {name for look in looks() for name in (look.name, look.code_set)}
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise UsageError(f"{unknown[0]!r} is not looked for; use {', '.join(look.name for look in looks())}.")
    return tuple(look for look in looks() if not wanted or look.name in wanted or look.code_set in wanted)
