"""What holds beside an ICD-10-CM code: the POA-exempt list and the instruction notes (decision record 2).

Both are tables of their own. A release that brings one states all of it as of its effective date; one that does not
says nothing about it.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from brute_force.releases import Publication, known_at_each
from brute_force.rows import state_by


class Beside:
    """The lists of one code set."""

    def __init__(self, said: list[Publication]) -> None:
        self._exempt: dict[Publication, frozenset[str]] = {}
        self._notes: dict[Publication, dict[tuple[str, str], list[str]]] = {}
        for publication in said:
            codes = frozenset(row["code"] for row in publication.rows("poa_exempt", ["code"]))
            if codes:
                self._exempt[publication] = codes
            notes: dict[tuple[str, str], list[str]] = {}
            for row in sorted(publication.rows("notes"), key=lambda row: row["position"]):
                notes.setdefault((row["owner"], row["kind"]), []).append(row["text"])
            if notes:
                self._notes[publication] = notes
        self._lists = [sorted(self._exempt), sorted(self._notes)]

    def _in_force(self, said: list[Publication], on: date, published: date | None) -> Publication | None:
        """The list on a day: of the releases known by then that bring one, the last to have taken effect."""
        state = state_by([each.published for each in said], published)
        known = known_at_each(said)[state] if state >= 0 else {}
        begun = [publication for effective_from, publication in known.items() if effective_from <= on]
        return begun[-1] if begun else None

    def answer(self, code: str, on: date, published: date | None) -> dict[str, Any]:
        """Is the code exempt (None: no list), and which notes hold for it from its sections down to itself?"""
        exempt, noted = (self._in_force(said, on, published) for said in self._lists)
        found: list[tuple[int, str, str, list[str]]] = []
        for (owner, kind), texts in (self._notes[noted] if noted else {}).items():
            first, _, last = owner.partition("-")
            if last and first[:3] <= code[:3] <= last[:3]:
                found.append((0, owner, kind, texts))
            elif code.startswith(owner):
                found.append((len(owner), owner if len(owner) < 4 else f"{owner[:3]}.{owner[3:]}", kind, texts))
        return {
            "poa_exempt": code in self._exempt[exempt] if exempt else None,
            "notes": [{"owner": owner, "kind": kind, "texts": texts} for _, owner, kind, texts in sorted(found)],
        }
