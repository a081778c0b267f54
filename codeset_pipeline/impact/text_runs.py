"""Text as runs: the literals that stand together under one name, with the comparison between name and literals.

    dx_code NOT IN ('E11.9', 'E11.65')      a run of two literals under `dx_code`, taken out
    Diagnosis codes: A01, B20 and C50.9     a run of three under `Diagnosis codes`
    LEFT(proc_cd, 3) BETWEEN 'J01' AND 'J09'

The nearest words before a literal, up to the next comparison, bracket or line, are its name. A run ends with the next
word that is no code. What the runs hold is judged by `text_evidence`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from codeset_pipeline.impact.code_set_words import MODIFIER, is_filler, is_hard, said_by
from codeset_pipeline.impact.code_systems import code_set_of
from codeset_pipeline.impact.expressions import Expression
from codeset_pipeline.impact.text_tokens import Kind, Token, tokens_of


@dataclass(frozen=True, slots=True)
class Literal:
    """A text that may be a reference.

    Attributes:
        text: what is written, without quotes; start: its offset; quoted: it stood in quotes.
        operator: the comparison it stands after, in small letters: `=`, `in`, `like`, `between`, `>=`, `matches`, …
    """

    text: str
    start: int
    end: int
    quoted: bool
    operator: str
    excluded: bool


@dataclass
class Run:
    """Literals under one name.

    Attributes:
        name: the words before them; start, end: offsets of the whole, with its name and closing bracket.
        scope: statement and branches of `AND` and `OR` in which it stands, outermost first.
        system: the code set that a code system in the same place names.
        prose: it stood within a longer quoted text.
        joined: number of literals before a `to` or `-` between two of them.
        compared: what two comparisons of the same name, `>=` and `<=`, cover together.
    """

    name: str
    start: int
    end: int
    scope: tuple[str, ...]
    rule: str
    literals: list[Literal] = field(default_factory=list)
    system: str | None = None
    prose: bool = False
    joined: list[tuple[int, int]] = field(default_factory=list)
    compared: Expression | None = None


_OPERATORS = {
    **{word: word for word in ("in", "like", "ilike", "between", "rlike", "regexp", "similar", "matches")},
    "any": "in",
    "startswith": "startswith",
    "starts_with": "startswith",
    "beginswith": "startswith",
    "regexp_like": "matches",
    "regexp_contains": "matches",
    "match": "matches",
    "eq": "=",
    "ne": "<>",
}
#: Operators that are also functions: `startsWith(dx, 'E11')`.
_CALLS = frozenset({"startswith", "matches"})
#: Operators whose operand is a pattern, whatever it looks like.
_PATTERNS = frozenset({"matches", "rlike", "regexp"})
_NEGATED = frozenset({"<>", "!=", "!~", "ne"})
_NOT = frozenset({"not", "!"})
_REST = frozenset({"except", "excepting", "excluding", "excludes", "exclude", "minus"})
_TO = frozenset({"-", "\u2013", "\u2014", "..", "to", "thru", "through", "and"})
_JOINTS = frozenset({"and", "or", "&", "/", "+", "also", "plus", "-", "\u2013", "*", "\u2022", "&&", "||"})
_BREAKERS = frozenset(
    (
        *("then", "else", "as", "select", "set", "return", "returns", "into", "join", "on", "where", "limit", "create"),
        *("insert", "update", "delete", "define", "display", "when", "if", "end", "begin", "having", "union", "values"),
    )
)
#: A digit somewhere; no code is without.
_MAYBE = re.compile(r"[0-9]")
_NAME_LINE = re.compile(
    r"(?im)^[ \t]*(?:--|//|#|/\*)?[ \t]*(?:define(?:[ \t]+function)?|rule(?:[ _]?(?:id|name))?|edit|policy|"
    r"create[ \t]+(?:or[ \t]+replace[ \t]+)?(?:view|table|function|procedure))\b"
    r"(?:[ \t]*[:=][ \t]*\"?([^\"\n;]{1,80})|[ \t]*#?[ \t]*(\"[^\"\n]{1,80}\"|[\w./-]{1,60}))"
    r"|^[ \t]*\[([^\]\n]{1,60})\][ \t]*$"
)
_CUT = re.compile(r"(?i)\b(?:left|substr|substring)\s*\(\s*$")
_INSERT = re.compile(r"(?i)\bINSERT\s+INTO\s+[\w.\"`\[\]]+\s*\(([^()]*)\)\s*VALUES\b")


class RunReader:
    """One pass over the tokens of a text."""

    def __init__(self, text: str, family: str) -> None:
        self.text, self.family = text, family
        self.comments: list[Token] = []
        self.quoted: list[Token] = []
        self._runs: list[Run] = []
        self._run: Run | None = None
        self._phrase: list[str] = []
        self._phrase_start = 0
        self._adjacent = False
        self._operator = self._call = ""
        self._not = self._rest = False
        self._stack: list[list[int] | None] = [[0, 0]]
        self._opened = self._statement = 0
        self._rule = ""
        self._system: str | None = None
        self._phrase_scope: tuple[str, ...] = ()
        self._case: list[str] = []
        self._after_case = False
        self._aside: tuple[int, list[str], int, tuple[str, ...]] | None = None
        self._names = {
            match.start(): (match[1] or match[2] or match[3]).strip('" */\r') for match in _NAME_LINE.finditer(text)
        }
        self._columns = {match.end(): match[1].split(",") for match in _INSERT.finditer(text)}
        self._values: list[str] = []
        self._value = 0

    def runs(self) -> list[Run]:
        """The runs in their order."""
        tokens = list(tokens_of(self.text, self.family))
        self._start_line(0)
        for at, token in enumerate(tokens):
            following = tokens[at + 1] if at + 1 < len(tokens) else None
            if token.kind is Kind.WORD:
                self._word(token, following)
            elif token.kind is Kind.STRING:
                self._string(token, following)
            elif token.kind is Kind.LINE:
                self._line(token, tokens[at - 1] if at else None)
            elif token.kind is Kind.COMMENT:
                self.comments.append(token)
                self._adjacent = False
            elif token.kind is Kind.OPERATOR:
                self._compare(token)
            else:
                self._punctuation(token, tokens[at - 1] if at else None)
        self._flush()
        return self._runs

    # words

    def _word(self, token: Token, following: Token | None) -> None:
        word = token.text.rstrip(".:?\u2026").strip("*_") or token.text
        lower = word.lower()
        if token.end in self._columns:
            self._values, self._value = self._columns[token.end], -1
        method = lower.rsplit(".", 1)[-1] if "." in lower else lower
        if lower in _NOT:
            if following is None or not _looks_like_codes(following.text):
                self._flush()
            self._not = True
        elif lower in _REST:
            self._rest, self._adjacent = True, False
        elif method in _OPERATORS:
            if method != lower:  # dx.startswith('E11')
                self._begin(word.rsplit(".", 1)[0], token)
            self._operator, self._adjacent = _OPERATORS[method], False
            if following is not None and following.text == "(" and self._operator in _CALLS:
                self._call = self._operator
        elif lower == "with" and self._phrase and self._phrase[-1].lower() in ("starts", "begins", "starting"):
            self._phrase.pop()
            self._operator, self._adjacent = "startswith", False
        elif self._phrase and re.fullmatch("[0-9A-Z]{2}", word) and said_by(" ".join(self._phrase)) == MODIFIER:
            self._add(word, token.start, quoted=False)
            self._adjacent = False
        elif lower in _JOINTS or lower in _TO:
            self._joint(lower, token)
        elif lower in _BREAKERS:
            self._flush()
            self._phrase, self._operator, self._not, self._adjacent = [], "", False, False
            if lower == "when" and following is not None and following.kind is Kind.STRING:
                self._phrase, self._operator = list(self._case), "="  # CASE dx WHEN 'E11.9'
                self._phrase_start, self._phrase_scope = token.start, self._scope()
        elif lower == "case":
            self._flush()
            self._phrase, self._case, self._adjacent, self._after_case = [], [], False, True
        elif _MAYBE.search(word) and self._literals(token):
            self._adjacent = False
        elif not any(map(str.isalpha, word)):
            self._adjacent = self._adjacent and bool(self._phrase)
        else:
            self._name(token, following)

    def _joint(self, lower: str, token: Token) -> None:
        run = self._run
        if run is not None and run.literals and lower in _TO and run.literals[-1].end + 40 > token.start:
            run.joined.append((len(run.literals), 1 if lower != "and" else 2))
        if lower == "or" and self._stack[-1] is not None:
            self._stack[-1][1] += 1
        self._adjacent = False
        if lower in ("and", "or", "&&", "||"):
            self._not = False

    def _name(self, token: Token, following: Token | None) -> None:
        text = token.text
        if ":" in text and not text.endswith(":") and "//" not in text:
            label, rest = text.rsplit(":", 1)
            if _MAYBE.search(rest):
                self._begin(label, token)
                inner = Token(Kind.WORD, rest, token.start + len(label) + 1, token.end)
                if self._literals(inner):
                    self._adjacent = False
                    return
        self._begin(text, token)
        if text.endswith(".") and len(text) > 3 and not (following and following.kind is Kind.OPERATOR):
            self._adjacent, self._rest = False, False
            if not is_filler(text):
                self._phrase = []

    def _begin(self, word: str, token: Token) -> None:
        """A word that is no code: it continues the name, or starts another one and ends the run."""
        self._flush()
        if not self._adjacent:
            self._phrase, self._phrase_start, self._phrase_scope = [], token.start, self._scope()
            self._operator = self._call
        self._phrase.append(word)
        self._adjacent = True
        if self._after_case:
            self._case, self._after_case = [word], False

    # literals

    def _string(self, token: Token, following: Token | None) -> None:
        content = token.text.strip()
        named = code_set_of(content) if len(content) > 12 or self._after("from") else None
        if named is not None and not _LITERAL.fullmatch(content) and ("/" in content or self._after("from")):
            self._code_system(named)
            return
        parts = list(re.finditer(r"[^,;|\s]+", token.text))
        if len(parts) > 1 and all(_LITERAL.fullmatch(part[0]) for part in parts):
            for part in parts:
                self._add(part[0], token.start + part.start(), quoted=True)
            self._adjacent = False
            return
        within = self._operator in ("like", "ilike") and re.fullmatch(r"%[0-9A-Za-z._]+%?", content) is not None
        pattern = self._operator in _PATTERNS and not _identifier(content)
        if within or pattern or _looks_like_codes(content, quoted=True):
            self._add(content, token.start + len(token.text) - len(token.text.lstrip()), quoted=True)
            self._adjacent = False
            return
        compared = following is not None and (
            following.kind is Kind.OPERATOR or following.text.lower() in _OPERATORS or following.text == ":"
        )
        keyed = following is not None and following.text == "]" and self.text[token.start - 2 : token.start - 1] == "["
        if (
            compared
            or keyed
            or (self.family == "query" and self.text[token.start - 1] in '"`[' and _identifier(content))
        ):
            self._begin(content, token)
        elif _MAYBE.search(content):
            self.quoted.append(token)

    def _code_system(self, named: str) -> None:
        """A code system: of the code before it (`'E11.9' from "ICD10CM"`), or of the other values in its brackets."""
        if not (self._after("from") or self._after("system")):
            return
        last = self._run or (self._runs[-1] if self._runs else None)
        if last is not None and last.system is None and last.end + 200 > self._phrase_start:
            last.system = named
        if self._after("system"):
            self._system = named

    def _after(self, word: str) -> bool:
        return bool(self._phrase) and self._phrase[-1].lower().rstrip(":") == word

    def _literals(self, token: Token) -> bool:
        """A bare word as one or, with `/`, `&`, `+` between, several literals; False when it is none."""
        text = token.text.rstrip(".:\u2026")
        if text.endswith("?") and self.family == "prose" and not text.endswith((".?", "??")):
            text = text.rstrip("?.:")  # `Is it E11.9?`, but `E11.?`
        start = token.start
        while text[:1] in ("*", "\u2022") and len(text) > 3:
            text, start = text[1:], start + 1
        parts = re.split(r"[/&+]", text) if re.search(r"[/&+]", text) else [text]
        if not all(map(_looks_like_codes, parts)):
            return False
        for part in parts:
            self._add(part, start, quoted=False)
            start += len(part) + 1
        return True

    def _add(self, text: str, start: int, *, quoted: bool) -> None:
        name = " ".join(self._phrase[-6:])
        if self._values and 0 <= self._value < len(self._values):
            name = self._values[self._value].strip()
        if self._run is None or self._run.name != name:
            self._flush()
            begin = self._phrase_start if self._phrase and not self._values else start - quoted
            cut = _CUT.search(self.text, max(0, begin - 14), begin)
            begin = cut.start() if cut else begin
            scope = self._phrase_scope if self._phrase else self._scope()
            self._run = Run(name, begin, start, scope, self._rule, system=self._system)
        excluded = self._rest or self._not or self._operator in _NEGATED
        if self._operator in ("", "!") and self._not:
            self._not = False  # `!E11.9` and `NOT E11.9` take out one
        end = start + len(text)
        self._run.literals.append(Literal(text, start, end, quoted, self._operator, excluded))
        self._run.end = end + quoted

    # structure

    def _compare(self, token: Token) -> None:
        if token.text == "!":
            self._not = True
            return
        if token.text in ("=>", "->"):
            self._flush()
        self._operator, self._adjacent = token.text, False
        if token.text in ("~", "=~", "!~"):
            self._operator = "matches" if token.text != "!~" else "!~"

    def _punctuation(self, token: Token, before: Token | None) -> None:
        self._adjacent = False
        if token.text == "(" and self._run is not None and before is not None and before.end == self._run.end:
            # `B20 (HIV), A01`: what stands in brackets behind a code names nothing.
            self._aside = len(self._stack), self._phrase, self._phrase_start, self._phrase_scope
        if token.text in "([{":
            keyword = (
                before is not None and before.kind is Kind.WORD and before.text.lower() not in ("and", "or", "not")
            )
            called = keyword or (before is not None and before.kind is Kind.OPERATOR)
            if called:
                self._stack.append(None)
            else:
                self._opened += 1
                self._stack.append([self._opened, 0])
            if self._values:
                self._flush()
                self._value = 0
        elif token.text in ")]}":
            if len(self._stack) > 1:
                self._stack.pop()
            self._call = ""
            if self._aside is not None and len(self._stack) <= self._aside[0]:
                self._flush()
                _, self._phrase, self._phrase_start, self._phrase_scope = self._aside
                self._aside = None
            if token.text == "}":
                self._system = None
            if self._run is not None and self._run.literals and token.start - self._run.end < 200:
                opened = self.text.count("(", self._run.start, token.start)
                if opened > self.text.count(")", self._run.start, token.start):
                    self._run.end = token.end
        elif token.text == "," and self._values:
            self._flush()
            self._value += 1
        elif token.text == ";" and self.family != "prose":
            self._end_statement()

    def _line(self, token: Token, before: Token | None) -> None:
        end = token.end
        continued = (
            before is not None
            and before.end == token.start
            and (before.text in (",", "(", "\\", "|", "=", "+", "[", "{") or before.text.lower() in ("and", "or", "in"))
        )
        blank = self.text[end : end + 1] in ("\n", "\r", "")
        indented = self.text[end : end + 1] in (" ", "\t")
        deep = len(self._stack) > 1
        if self._adjacent and before is not None and not before.text.endswith((":", "-")):
            self._adjacent = False
        if not deep and blank:
            self._end_statement()
        elif not deep and not continued and not indented and self.family in ("prose", "rules", "settings"):
            keep = before is not None and before.text.endswith(":")
            phrase, at = self._phrase, self._phrase_start
            self._end_statement()
            if keep:
                self._phrase, self._phrase_start, self._phrase_scope = phrase, at, self._scope()
        self._start_line(end)

    def _start_line(self, offset: int) -> None:
        if offset in self._names:
            if self._rule or (self._runs and self._runs[-1].scope[:1] == self._scope()[:1]):
                self._end_statement()
            self._rule = self._names[offset]

    def _end_statement(self) -> None:
        self._flush()
        self._statement += 1
        self._stack = [[0, 0]]
        self._phrase, self._operator, self._call, self._system, self._values = [], "", "", None, []
        self._not = self._rest = self._adjacent = False
        self._aside, self._case = None, []
        self._rule = ""

    def _scope(self) -> tuple[str, ...]:
        return (f"statement {self._statement}", *(f"{part[0]}.{part[1]}" for part in self._stack if part is not None))

    def _flush(self) -> None:
        if self._run is not None:
            if self._run.literals:
                self._runs.append(self._run)
            self._run = None
            self._not = self._rest and self._not


_BODY = r"[A-Za-z](?:\d|[A-Z](?=\d))[0-9A-Za-z.*%?_]{0,10}-{0,4}"
_LITERAL = re.compile(
    rf"!?(?:{_BODY}(?:\s*(?:-|\u2013|\.\.|[tT][oO])\s*{_BODY}|(?:-[0-9A-Za-z]{{2}}){{1,4}})?"
    r"|\d[0-9A-Za-z]{6}|\d[0-9A-Za-z]{2,5}[*%?_]+|\d{2}|\d{4,5}[A-Za-z]?)"
)
#: What only quotes or a comparison let be a literal: `J%`, `E_1.9`, a modifier, a regular expression.
_QUOTED = re.compile(r"[A-Za-z0-9][%*_?0-9A-Za-z.]{1,11}|\(?\^?[A-Za-z(\[][0-9A-Za-z\[\](){}|\\.?*+^$,-]{1,120}")


def _looks_like_codes(text: str, quoted: bool = False) -> bool:
    """Could the text, as a whole, be one reference? Cheap; `text_evidence` has the last word."""
    if _LITERAL.fullmatch(text) is not None:
        return quoted or said_by(text) is None
    if not quoted or _QUOTED.fullmatch(text) is None:
        return False
    return _MAYBE.search(text) is not None or len(text) == 2 or re.fullmatch("[A-Za-z]%", text) is not None


def literals_in(text: str, start: int, *, excluded: bool = False) -> list[Literal]:
    """A value as the literals in it; empty when anything in it is none."""
    found = []
    for part in re.finditer(r"[^\s,;|]+(?:\s*(?:-|\u2013)\s+[^\s,;|]+)?", text):
        if not _looks_like_codes(part[0], quoted=True):
            return []
        found.append(Literal(part[0], start + part.start(), start + part.end(), True, "", excluded))
    return found


_DOTTED = re.compile(r"(?<![\w.-])[A-Za-z]\d[0-9A-Za-z]\.[0-9A-Za-z]{1,4}(?![\w-]|\.\w)")


def literals_in_prose(text: str, start: int, *, excluded: bool = False) -> list[Literal]:
    """What is written like a code with a dot in a sentence, unless it follows a word such as `section` or `version`."""
    found = []
    for match in _DOTTED.finditer(text):
        before = re.findall(r"[\w#.]+", text[max(0, match.start() - 30) : match.start()])[-1:]
        if not (before and is_hard(before[0])):
            place = start + match.start()
            found.append(Literal(match[0], place, place + len(match[0]), False, "", excluded))
    return found


def _identifier(text: str) -> bool:
    return re.fullmatch(r"[A-Za-z][\w .$-]{0,60}", text) is not None
