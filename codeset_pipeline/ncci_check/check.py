"""`check_codes`: every NCCI rule among a handful of codes on a date of service, as published by a date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import Connection

from codeset_pipeline.codes import has_shape, normalise
from codeset_pipeline.errors import UsageError
from codeset_pipeline.history.lookup import CodeLookup
from codeset_pipeline.ncci_check.add_ons import add_on_findings
from codeset_pipeline.ncci_check.asking import Asking, Loaded, loaded_releases
from codeset_pipeline.ncci_check.coverage import coverage_of
from codeset_pipeline.ncci_check.findings import AddOnFinding, Check, Coverage, PairFinding, UnitsFinding
from codeset_pipeline.ncci_check.pairs import pair_findings
from codeset_pipeline.ncci_check.ptp_rows import listed_codes
from codeset_pipeline.ncci_check.settings import Setting, settings_named
from codeset_pipeline.ncci_check.units import units_findings


def check_codes(
    connection: Connection | CodeLookup,
    codes: Sequence[str],
    on: date,
    *,
    setting: str = "ncci",
    published: date | None = None,
    units: Mapping[str, int] | None = None,
) -> Check:
    """The NCCI edits among codes that one patient gets on one day.

    Args:
        connection: to the history database, or a lookup over one.
        codes: CPT or HCPCS Level II codes, in any case; one that is given twice counts once.
        on: the date of service.
        setting: see `settings_named`.
        published: answer as published by this date; by now when None.
        units: code → units, for the codes whose units are to be held against the MUE.

    Raises:
        UsageError: no such setting, or a text that can be no code.
        HistoryError: nothing of the setting is loaded.
    """
    wanted = tuple(dict.fromkeys(_code(code) for code in codes))
    given = {_code(code): count for code, count in (units or {}).items()}
    wanted += tuple(code for code in given if code not in wanted)
    asking = Asking(connection)
    loaded = loaded_releases(asking)
    chosen = settings_named(setting, loaded)
    return _Question(asking, loaded, wanted, on, published, given).answer(chosen)


def _code(text: str) -> str:
    code = normalise(text)
    if not has_shape("ncci-aoc", code):
        raise UsageError(f"{text!r} is no code of five characters; give CPT or HCPCS Level II codes such as A4216.")
    return code


class _Question:
    """One question on one connection."""

    def __init__(
        self,
        asking: Asking,
        loaded: Mapping[str, list[Loaded]],
        codes: tuple[str, ...],
        on: date,
        published: date | None,
        units: Mapping[str, int],
    ) -> None:
        self._asking, self._loaded, self._codes = asking, loaded, codes
        self._on, self._published, self._units = on, published, units

    def answer(self, settings: Sequence[Setting]) -> Check:
        edits: list[PairFinding] = []
        mue: list[UnitsFinding] = []
        add_on: list[AddOnFinding] = []
        without: dict[str, tuple[str, ...]] = {}
        coverage: dict[str, Coverage] = {}
        for each in settings:
            for name in each.code_sets:
                coverage[name] = coverage_of(
                    name, self._loaded.get(name, []), self._on, self._published, by_row=name != each.mue
                )
            if each.ptp and coverage[each.ptp].known:
                releases = self._loaded[each.ptp]
                edits += pair_findings(
                    self._asking, each.name, each.ptp, self._codes, self._on, self._published, releases
                )
            if each.mue and coverage[each.mue].known:
                found = units_findings(
                    self._asking, each.name, each.mue, self._codes, self._on, self._published, self._units
                )
                mue += found
                have = {item.code for item in found}
                without[each.name] = tuple(code for code in self._codes if code not in have)
            if each.add_on and coverage[each.add_on].known and not add_on:
                # One table for all settings.
                name = each.name if len(settings) == 1 else "all"
                add_on += add_on_findings(self._asking, name, each.add_on, self._codes, self._on, self._published)
        seen = {code for item in edits for code in (item.column_1, item.column_2)}
        seen |= {item.code for item in mue} | {item.add_on_code for item in add_on}
        names = [name for each in settings for name in each.code_sets if name in self._loaded]
        unknown = self._unknown([code for code in self._codes if code not in seen], names)
        return Check(
            self._on.isoformat(),
            None if self._published is None else self._published.isoformat(),
            self._codes,
            tuple(each.name for each in settings),
            tuple(edits),
            tuple(mue),
            tuple(add_on),
            unknown,
            without,
            tuple(coverage.values()),
        )

    def _unknown(self, codes: Sequence[str], code_sets: Sequence[str]) -> tuple[str, ...]:
        """Codes that no table of the settings has, on any date. The small tables are asked first."""
        left = list(codes)
        for name in sorted(dict.fromkeys(code_sets), key=lambda name: "-ptp-" in name):
            if not left:
                break
            if "-mue-" in name:
                known = self._listed("ncci_mue_value", ("code",), name, left)
            elif "-ptp-" in name:
                known = listed_codes(self._asking, name, left)
            else:
                known = self._listed("ncci_add_on_edit", ("add_on_code", "primary_code"), name, left)
            left = [code for code in left if code not in known]
        return tuple(left)

    def _listed(self, table: str, columns: Sequence[str], code_set: str, codes: Sequence[str]) -> set[str]:
        places = self._asking.places(len(codes))
        return {
            row[0]
            for column in columns
            for row in self._asking.rows(
                f"SELECT DISTINCT {column} FROM {table} WHERE code_set = ? AND {column} IN ({places})",
                [code_set, *codes],
            )
        }
