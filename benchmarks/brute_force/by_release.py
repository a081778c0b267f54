"""Code sets that are dated by release: ICD-10-CM, ICD-10-PCS, MUE. A release states the whole table as of its date."""

from __future__ import annotations

from datetime import date
from typing import Any

from brute_force.releases import Publication, known_at_each
from brute_force.rows import DAY, Row, said_since, said_until, state_by, status_on, text, unbroken

Stated = tuple[bool, tuple[Any, ...]]


class ByRelease:
    """The answers about one code set."""

    def __init__(self, code_set: str, said: list[Publication]) -> None:
        self.code_set, self._mue = code_set, "-mue-" in code_set
        self._days = [publication.published for publication in said]
        self._known = known_at_each(said)
        self._stated = {publication: self._content(publication) for publication in said}
        self._answers: dict[str, list[list[Row]]] = {}

    def _content(self, publication: Publication) -> dict[str, Stated]:
        if self._mue:
            rows = publication.rows("ncci_mue_values")
            return {r["code"]: (True, (r["mue_value"], r["mai"], r["rationale"])) for r in rows}
        rows = publication.rows("codes", ["code", "billable", "short_title", "long_title"])
        return {r["code"]: (r["billable"], (r["short_title"], r["long_title"])) for r in rows}

    def codes(self) -> dict[str, bool]:
        """Every code that was ever stated; true for those that were not always stated alike."""
        every: dict[str, set[Stated | None]] = {}
        for content in self._stated.values():
            for code in content:
                every.setdefault(code, set())
        for content in self._stated.values():
            for code, seen in every.items():
                seen.add(content.get(code))
        return {code: len(seen) > 1 for code, seen in every.items()}

    def _rows(self, code: str, known: dict[date, Publication]) -> list[Row]:
        """What is known of a code: release after release, until one says something else of it."""
        rows: list[Row] = []
        starts = list(known)
        for number, start in enumerate(starts):
            stated = self._stated[known[start]].get(code)
            if stated is None:
                continue
            last = starts[number + 1] - DAY if number + 1 < len(starts) else None
            before = rows[-1] if rows else None
            if before and before.last == start - DAY and before.billable == stated[0]:
                joined = self._joined(before.values, stated[1])
                if joined is not None:
                    rows[-1] = before._replace(last=last, values=joined)
                    continue
            rows.append(Row(start, last, *stated, number == 0))
        return rows

    def _joined(self, before: tuple[Any, ...], now: tuple[Any, ...]) -> tuple[Any, ...] | None:
        """The values where nothing that is stated differs; a short title that no file states differs from none."""
        if self._mue or before == now:
            return before if before == now else None
        short_before, short_now = before[0], now[0]
        if before[1:] != now[1:] or (short_before is not None and short_now is not None and short_before != short_now):
            return None
        return (short_now if short_before is None else short_before, *before[1:])

    def answer(self, code: str, on: date, published: date | None) -> dict[str, Any]:
        """What the program must answer, as far as it is compared."""
        states = self._answers.get(code)
        if states is None:
            states = self._answers[code] = [self._rows(code, known) for known in self._known]
        state = state_by(self._days, published)
        rows = states[state] if state >= 0 else []
        status, row = status_on(rows, on)
        shown = code if self.code_set != "icd10cm" or len(code) < 4 else f"{code[:3]}.{code[3:]}"
        found: dict[str, Any] = {"code": shown, "status": status}
        if row is None:
            return found | {"effective_from": None, "effective_to": None}
        valid_from, valid_to = unbroken(rows, row)
        found |= {
            "effective_from": text(row.first),
            "effective_to": text(row.last),
            "valid_from": text(valid_from),
            "valid_to": text(valid_to),
            "in_force_on_or_before": row.on_or_before,
            "published_from": text(said_since(row, states, self._days, state)),
            "published_to": text(said_until(row, states, self._days, state)),
        }
        if self._mue:
            return found | dict(zip(("mue_value", "mai", "rationale"), row.values, strict=True))
        return found | {"billable": row.billable, "short_title": row.values[0], "long_title": row.values[1]}
