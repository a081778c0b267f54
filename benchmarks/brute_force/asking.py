"""Putting questions to the program and to the oracle, and counting where they disagree."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from time import perf_counter, process_time
from typing import Any

from brute_force.oracle import Oracle
from brute_force.questions import Question
from codeset_pipeline.asking.history import History
from codeset_pipeline.errors import UsageError

_AT_ONCE = 2_000
_NOTES_EVERY = 100


_LISTED = ("code_set", "effective_from", "revision", "published", "snapshot_key", "snapshot_hash")


def listed(history: History) -> list[tuple[Any, ...]]:
    """The loaded revisions as the oracle wants them told."""
    return [tuple(row[name] for name in _LISTED) for row in history.releases()]


@dataclass
class Outcome:
    """What became of the questions.

    Attributes:
        counts: (code set, status) → questions.
        disagreements: question, the program's answer, the oracle's.
        asking, thinking: seconds of the clock that the program and the oracle took.
        processor: seconds of this process's processor time for both.
    """

    counts: Counter[tuple[str, str]] = field(default_factory=Counter)
    disagreements: list[tuple[Question, Any, Any]] = field(default_factory=list)
    asking: float = 0
    thinking: float = 0
    processor: float = 0

    @property
    def questions(self) -> int:
        return sum(self.counts.values())


def like(answer: Any, expected: Any) -> Any:
    """The parts of an answer that the oracle speaks of; a note of a PTP edit is told by its last words."""
    if isinstance(expected, dict) and isinstance(answer, dict):
        return {
            name: _last_words(answer.get(name)) if name == "note" else like(answer.get(name), value)
            for name, value in expected.items()
        }
    if isinstance(expected, list) and isinstance(answer, list) and len(expected) == len(answer):
        return [like(*pair) for pair in zip(answer, expected, strict=True)]
    return answer


def _last_words(note: str | None) -> str | None:
    return note and note.rpartition(": ")[2]


def _with_notes(number: int, question: Question) -> bool:
    """Is this one of the questions whose notes are compared too? They take the oracle long."""
    return question.code_set == "icd10cm" and number % _NOTES_EVERY == 0


def _program(history: History, question: Question, notes: bool) -> Any:
    try:
        found = history.lookup(question.code_set, question.asked, question.on, question.published, notes=notes)
    except UsageError as error:
        return str(error)
    if notes and "notes" in found:
        # Which chapter a code is in is no business of the oracle.
        found["notes"] = [note for note in found["notes"] if not note["owner"].startswith("chapter")]
    return found


def put(history: History, oracle: Oracle, questions: Iterable[Question]) -> Outcome:
    """Ask the program one question after the other, some thousands on one state of the history, and the oracle."""
    outcome = Outcome()
    every = iter(questions)
    while some := list(islice(every, _AT_ONCE)):
        begun, processor = perf_counter(), process_time()
        with history.sessions.reading():
            answers = [_program(history, q, _with_notes(number, q)) for number, q in enumerate(some)]
        outcome.asking += perf_counter() - begun
        begun = perf_counter()
        for number, (question, answer) in enumerate(zip(some, answers, strict=True)):
            expected = oracle.answer(question, beside=_with_notes(number, question))
            outcome.counts[question.code_set, expected["status"]] += 1
            if like(answer, expected) != expected:
                outcome.disagreements.append((question, answer, expected))
        outcome.thinking += perf_counter() - begun
        outcome.processor += process_time() - processor
    return outcome


def put_at_once(history: History, oracle: Oracle, code_set: str, days: Sequence[tuple[date, date | None]]) -> Outcome:
    """Validate every code of a code set on each of some (day, published), and hold each row against the oracle's."""
    outcome = Outcome()
    codes = sorted(oracle.codes(code_set))
    random.Random(len(codes)).shuffle(codes)
    for on, published in days:
        begun = perf_counter()
        rows = history.validate(code_set, codes, on, published)
        outcome.asking += perf_counter() - begun
        begun = perf_counter()
        for code, row in zip(codes, rows, strict=True):
            question = Question(code_set, code, code, on, published)
            expected = oracle.answer(question)
            wanted = {name: expected[name] for name in ("code", "status", "effective_from", "effective_to")}
            outcome.counts[code_set, wanted["status"]] += 1
            if like(row, wanted) != wanted:
                outcome.disagreements.append((question, row, wanted))
        outcome.thinking += perf_counter() - begun
    return outcome
