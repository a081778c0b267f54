"""Text assets of any kind (SQL, CQL, edits, settings, exports, notes): the references in them with line and column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from codeset_pipeline.impact.code_set_words import HCPCS, ICD, OTHER, said_by
from codeset_pipeline.impact.column_roles import Role, speaks_of_orders
from codeset_pipeline.impact.expressions import Expression, Form, compared
from codeset_pipeline.impact.marked_text import marked_runs
from codeset_pipeline.impact.mentions import Clause, Mention, Reading, Syntax
from codeset_pipeline.impact.text_evidence import Believed, Evidence
from codeset_pipeline.impact.text_runs import Literal, Run, RunReader, literals_in_prose
from codeset_pipeline.impact.text_tokens import Lines, Token, family_of
from codeset_pipeline.impact.vocabulary import Vocabulary

#: Lines that begin with a code: a list of codes with or without their descriptions.
_LISTED = re.compile(r"(?m)^[ \t]*[\"']?([A-Za-z]\d[0-9A-Za-z](?:\.?[0-9A-Za-z]{1,4})?)(?![0-9A-Za-z.-])")
#: A text without any of these holds no code: a letter with two digits after it, a PCS code, a name of modifiers.
_ANY = re.compile(r"[A-Za-z][0-9A-Z][0-9A-Za-z%*_?]|[0-9][0-9A-Z]{6}|(?i:mod)")
_DOTTED = re.compile(r"(?<![\w.])[A-Z]\d[0-9A-Z]\.[0-9A-Z]{1,4}(?![\w.])")
#: Families in which a comparison can be written anew as `(… OR name = 'code')`.
_QUERIES = frozenset({"query"})
_COMPARISONS = frozenset({"=", "==", "in", "like", "ilike", "between", ">=", "<>", "!="})


def read_text(text: str, path: Path, vocabulary: Vocabulary) -> Reading:
    """The references of a text; `text_evidence` says what is taken for one.

    Lines of the reading are statements or lines that hold text. Codes in comments are counted in a note, not judged.
    """
    if "\n" not in text:
        text = text.replace("\r", "\n")  # HL7 ends its segments so
    reading = Reading(must_be_billable=speaks_of_orders(path.name))
    reading.lines = sum(1 for line in text.splitlines() if line.strip())
    if _ANY.search(text) is None:
        return reading
    family = family_of(path.name)
    lines = Lines(text)
    evidence = Evidence(vocabulary)
    reader = RunReader(text, family)
    marked = marked_runs(text)
    runs = marked if marked is not None else [*reader.runs(), *_quoted_runs(reader.quoted)]
    runs = runs if marked is not None else _merged(runs)
    listed = _listed_set(text, vocabulary)
    denied = _denied(runs, lines)
    places: dict[str, None] = {}
    touched: set[int] = set()
    for run in runs:
        if listed and not run.name and _begins_line(text, run.literals[0]):
            run.name = listed
        if denied and said_by(run.name) is None and (lines.place(run.start)[0], run.literals[0].text) in denied:
            continue
        believed, unread = evidence.of(run, text, lines.line_of(run.start))
        if run.compared is None and len(run.literals) == 1 and run.literals[0].operator in ("<", "<=", ">", ">="):
            for each in believed:
                reading.missed(
                    each.expression.text, lines.place(each.start)[0], "only one end of a comparison is given"
                )
        clause = _clause(run, text, family)
        name = " ".join(run.name.split()[-3:]) or "text"
        for found in believed:
            line, column = lines.place(found.start)
            touched.add(line)
            places[name] = None
            content = lines.line_of(found.start).strip()
            reading.mentions.append(_mention(found, run, name, line, column, content, clause))
        for missed in unread:
            reading.missed(missed.text, lines.place(missed.start)[0], missed.why)
    reading.lines_with_codes = len(touched)
    if places:
        found_names = list(places)[:12]
        reading.columns = {str(Role.CODE): found_names[0] if len(found_names) == 1 else found_names}
    commented = sum(len(_DOTTED.findall(token.text)) for token in reader.comments)
    if commented:
        reading.notes.append(f"{commented} codes stand in comments and were not judged.")
    return reading


def _mention(found: Believed, run: Run, name: str, line: int, column: int, content: str, clause: Clause) -> Mention:
    return Mention(
        found.expression,
        line,
        str(column),
        name,
        run.rule,
        content,
        run.scope,
        found.excluded,
        only=found.only,
        group=run.scope[0],
        clause=clause,
    )


def _denied(runs: Sequence[Run], lines: Lines) -> set[tuple[int, str]]:
    """Lines and texts that stand under a name of something else: `version != "V10.3": deny("not V10.3")` is one."""
    return {
        (lines.place(literal.start)[0], literal.text)
        for run in runs
        if said_by(run.name) == OTHER
        for literal in run.literals
    }


def _clause(run: Run, text: str, family: str) -> Clause:
    """The comparison of a query with its name; elsewhere the literals without theirs."""
    first, last = run.literals[0], run.literals[-1]
    if family in _QUERIES and run.name and first.quoted and first.operator in _COMPARISONS:
        written = text[run.start : run.end]
        subject = re.split(r"(?i)\s*(?:\b(?:not|in|like|ilike|between)\b|<>|[=<>!~])", written, maxsplit=1)[0]
        return Clause(written, Syntax.QUERY, subject.strip())
    if any(literal.quoted for literal in run.literals):
        return Clause(text[run.start : run.end], Syntax.TEXT, run.name)
    return Clause(text[first.start : last.end], Syntax.LIST, run.name)


def _quoted_runs(tokens: list[Token]) -> list[Run]:
    """What longer quoted texts hold, each read as prose."""
    return [
        Run("", literal.start, literal.end, (f"quoted {literal.start}",), "", [literal], prose=True)
        for token in tokens
        for literal in literals_in_prose(token.text, token.start)
    ]


def _merged(runs: list[Run]) -> list[Run]:
    """`dx >= 'E11' AND dx <= 'E119'` as one run under `dx` with a range."""
    found: list[Run] = []
    for run in runs:
        last = found[-1] if found else None
        if last is not None and last.name.lower() == run.name.lower() and last.scope == run.scope:
            low, high = last.literals[-1], run.literals[0]
            if low.operator == ">=" and high.operator in ("<=", "<") and len(run.literals) == len(last.literals) == 1:
                last.compared = compared(low.text, high.text, f"{low.text} to {high.text}", below=high.operator == "<")
                if last.compared is not None:
                    last.end = run.end
                    continue
        found.append(run)
    return found


def _listed_set(text: str, vocabulary: Vocabulary) -> str:
    """A name for the codes at the beginnings of lines, when most lines begin with a known code; else empty."""
    starts = _LISTED.findall(text)
    filled = sum(1 for line in text.splitlines() if line.strip())
    if len(starts) < 3 or len(starts) * 2 < filled:
        return ""
    sets: Counter[str] = Counter()
    for start in starts[:5000]:
        code = start.upper().replace(".", "")
        expression = Expression(Form.CODE, start, code, code, dotted="." in start)
        sets.update(found.code_set for found in vocabulary.pairs_of(expression))
    if not sets or sets.most_common(1)[0][1] * 2 < min(len(starts), 5000):
        return ""
    return {ICD: "diagnosis code", HCPCS: "hcpcs code"}.get(sets.most_common(1)[0][0], "")


def _begins_line(text: str, literal: Literal) -> bool:
    return not text[text.rfind("\n", 0, literal.start) + 1 : literal.start].strip(" \t\"'*-\u2022")
