"""PTP edits and add-on code edits: rows that state their whole life themselves (decision records 10 and 11)."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from brute_force.releases import Publication, known_at_each
from brute_force.rows import said_since, said_until, state_by, text


class Edit(NamedTuple):
    """One row; `last` is the last day, `stated` what else the row says."""

    key: tuple[str, str, date]
    last: date | None
    stated: tuple[Any, ...]

    @property
    def first(self) -> date:
        return self.key[2]

    @property
    def never_in_force(self) -> bool:
        return bool(self.stated[0] == "9") or (self.last is not None and self.last < self.first)

    def holds(self, day: date) -> bool:
        return not self.never_in_force and self.first <= day and (self.last is None or day <= self.last)


class Edits:
    """What the releases state, found by the codes of a row."""

    def __init__(self, code_set: str, said: list[Publication]) -> None:
        self.code_set = code_set
        self.days = [publication.published for publication in said]
        self._known = known_at_each(said)
        self._stated = {p: {e.key: e for e in self.read(p)} for p in said}
        self.first_column: dict[str, list[tuple[str, str, date]]] = {}
        self.second_column: dict[str, list[tuple[str, str, date]]] = {}
        for key in sorted({key for content in self._stated.values() for key in content}):
            self.first_column.setdefault(key[0], []).append(key)
            self.second_column.setdefault(key[1], []).append(key)
        self._of_key: dict[tuple[str, str, date], list[tuple[Edit, ...]]] = {}

    def read(self, publication: Publication) -> list[Edit]:
        raise NotImplementedError

    def stated(self) -> list[list[Edit]]:
        """The rows of each publication."""
        return [list(content.values()) for content in self._stated.values()]

    def changed_keys(self) -> set[tuple[str, str, date]]:
        """The rows that were not always stated alike, or not by all releases."""
        every = {key for content in self._stated.values() for key in content}
        return {key for key in every if len({content.get(key) for content in self._stated.values()}) > 1}

    def states(self, key: tuple[str, str, date]) -> list[tuple[Edit, ...]]:
        """After each publication: the row as the release states it that takes effect last of those which have it."""
        found = self._of_key.get(key)
        if found is None:
            found = []
            for known in self._known:
                stated = [self._stated[publication].get(key) for publication in known.values()]
                found.append(tuple([edit for edit in stated if edit][-1:]))
            self._of_key[key] = found
        return found

    def known(self, keys: list[tuple[str, str, date]], published: date | None) -> list[Edit]:
        """The rows of some keys as known by a day."""
        state = state_by(self.days, published)
        return [edit for key in keys for edit in self.states(key)[state]] if state >= 0 else []

    def missing_from(self, edit: Edit, published: date | None) -> date | None:
        """The first release without a row which it and all later ones known by then leave out."""
        known = list(self._known[state_by(self.days, published)].items())
        missing = None
        for effective_from, publication in reversed(known):
            if edit.key in self._stated[publication]:
                return missing
            missing = effective_from
        raise AssertionError(f"{edit} was never stated")

    def said(self, edit: Edit, published: date | None) -> tuple[date, date | None]:
        """Since when and until when a row was said as it was by a day."""
        states, state = self.states(edit.key), state_by(self.days, published)
        return said_since(edit, states, self.days, state), said_until(edit, states, self.days, state)


class Ptp(Edits):
    """Procedure-to-procedure edits."""

    def read(self, publication: Publication) -> list[Edit]:
        return [
            Edit(
                (row["column_1"], row["column_2"], row["effective_from"]),
                row["deleted_on"],
                (row["modifier_indicator"], row["rationale"], row["prior_to_1996"]),
            )
            for row in publication.rows("ncci_ptp_edits")
        ]

    def pairs(self) -> dict[str, bool]:
        """Every pair, and whether an edit of it was ever stated otherwise."""
        changed = {key[:2] for key in self.changed_keys()}
        return {"/".join(key[:2]): key[:2] in changed for keys in self.first_column.values() for key in keys}

    def _of_pair(self, first: str, second: str, published: date | None) -> list[Edit]:
        return self.known([key for key in self.first_column.get(first, []) if key[1] == second], published)

    def answer(self, pair: str, on: date, published: date | None) -> dict[str, Any]:
        """The answer about a pair `A4216/J7050`, or about one code."""
        if "/" not in pair:
            return self._of_code(pair, on, published)
        first, second = pair.split("/")
        edits = self._of_pair(first, second, published)
        status, meant = _status(edits, on)
        found = {"code": pair, "status": status, "effective_from": None, "effective_to": None}
        if meant:
            found |= self._shown(meant, published)
        other = self._of_pair(second, first, published)
        for name, listed in (("edits", edits), ("other_direction", other)):
            found[name] = [self._shown(edit, published) | {"in_force": edit.holds(on)} for edit in listed]
        return found

    def _shown(self, edit: Edit, published: date | None) -> dict[str, Any]:
        since, until = self.said(edit, published)
        missing = self.missing_from(edit, published)
        ended = edit.last is not None and missing is not None and edit.last < missing
        return {
            "column_1": edit.key[0],
            "column_2": edit.key[1],
            "effective_from": text(edit.first),
            "effective_to": text(edit.last),
            "modifier_indicator": edit.stated[0],
            "rationale": edit.stated[1],
            "prior_to_1996": edit.stated[2],
            "never_in_force": edit.stated[0] == "9",
            "published_from": text(since),
            "published_to": text(until),
            "note": "" if missing is None else "aged out" if ended else "withdrawn",
        }

    def _of_code(self, code: str, on: date, published: date | None) -> dict[str, Any]:
        columns = [self.known(side.get(code, []), published) for side in (self.first_column, self.second_column)]
        counts = [{"edits": len(edits), "in_force": sum(edit.holds(on) for edit in edits)} for edits in columns]
        status = _code_status([*columns[0], *columns[1]], on)
        return {"code": code, "status": status, "as_column_1": counts[0], "as_column_2": counts[1]}


def _status(edits: list[Edit], on: date) -> tuple[str, Edit | None]:
    """In force; else ended since it was; else yet to come. Edits that were never in force count where no other is."""
    if not edits:
        return "unknown", None
    edits = sorted(edits, key=lambda edit: edit.first)
    holding = [edit for edit in edits if edit.holds(on)]
    if holding:
        return "valid", holding[-1]
    counting = [edit for edit in edits if not edit.never_in_force] or edits
    begun = [edit for edit in counting if edit.first <= on]
    return ("ended", begun[-1]) if begun else ("not_yet_valid", counting[0])


def _code_status(edits: list[Edit], on: date) -> str:
    return _status(edits, on)[0]


class AddOn(Edits):
    """Add-on code edits; the earliest of three deletion dates is a row's last day."""

    def read(self, publication: Publication) -> list[Edit]:
        found = []
        for row in publication.rows("ncci_add_on_edits"):
            dates = [row["add_on_deleted_on"], row["primary_deleted_on"], row["deleted_on"]]
            ends = [day for day in dates if day is not None]
            key = (row["add_on_code"], row["primary_code"], row["effective_from"])
            found.append(Edit(key, min(ends) if ends else None, (row["edit_type"], row["notes"], tuple(dates))))
        return found

    def codes(self) -> dict[str, bool]:
        """Every code that a row names, and whether a row of it was ever stated otherwise."""
        changed = {code for key in self.changed_keys() for code in key[:2]}
        return {code: code in changed for code in {*self.first_column, *self.second_column}}

    def answer(self, code: str, on: date, published: date | None) -> dict[str, Any]:
        """What is said of a code as an add-on code and as a primary code."""
        as_add_on = self.known(self.first_column.get(code, []), published)
        as_primary = self.known(self.second_column.get(code, []), published)
        edits = as_add_on or as_primary
        status, meant = _add_on_status(edits, on)
        listed = _add_on_status(as_add_on, on)[1]
        beside = [edit for edit in as_primary if edit.holds(on)]
        role = ("both" if as_primary else "add_on") if as_add_on else "primary" if as_primary else None
        open_end = any(edit.last is None for edit in meant)
        return {
            "code": code,
            "status": status,
            "role": role,
            "effective_from": text(min((edit.first for edit in meant), default=None)),
            "effective_to": None if open_end else text(max((edit.last for edit in meant if edit.last), default=None)),
            "edit_type": ", ".join(sorted({edit.stated[0] for edit in listed})) or None,
            "primary_codes": sorted({edit.key[1] for edit in listed if edit.key[1] != "CCCCC"}),
            "contractor_defined": any(edit.key[1] == "CCCCC" or edit.stated[0] == "3" for edit in listed),
            "add_on_codes": sorted({edit.key[0] for edit in beside}),
            "primaries": [self._shown(edit, "primary_code", 1, published) for edit in listed],
            "add_ons": [self._shown(edit, "add_on_code", 0, published) for edit in beside],
        }

    def _shown(self, edit: Edit, name: str, place: int, published: date | None) -> dict[str, Any]:
        return {
            name: edit.key[place],
            "edit_type": edit.stated[0],
            "effective_from": text(edit.first),
            "effective_to": text(edit.last),
            "notes": edit.stated[1] or None,
            "published_from": text(self.said(edit, published)[0]),
            "missing_from": text(self.missing_from(edit, published)),
        }


def _add_on_status(edits: list[Edit], on: date) -> tuple[str, list[Edit]]:
    """The status of a code, and the edits that say so: those in force, else the next ones, else those that ended last.

    An edit that ends before it begins was never in force.
    """
    if not edits:
        return "unknown", []
    holding = [edit for edit in edits if edit.holds(on)]
    if holding:
        return "valid", holding
    real = [edit for edit in edits if not edit.never_in_force]
    begun = [edit for edit in real if edit.first <= on]
    if real and not begun:
        next_day = min(edit.first for edit in real)
        return "not_yet_valid", [edit for edit in real if edit.first == next_day]
    last = max((edit.last for edit in begun if edit.last), default=None)
    return "ended", [edit for edit in begun if edit.last == last]
