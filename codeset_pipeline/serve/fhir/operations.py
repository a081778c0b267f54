"""The terminology operations, each from arguments to a resource."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from codeset_pipeline.asking.sessions import Session
from codeset_pipeline.codes import normalise, printed
from codeset_pipeline.history.answer import full_answer
from codeset_pipeline.history.code_tables import code_table
from codeset_pipeline.history.replacements import last_billable_day
from codeset_pipeline.serve.fhir.arguments import Arguments
from codeset_pipeline.serve.fhir.concepts import R4_EQUIVALENCE, URIS, properties_of
from codeset_pipeline.serve.fhir.expansion import expand, selection_of
from codeset_pipeline.serve.fhir.systems import Moment, code_set_of, moment_of, versions_of
from codeset_pipeline.serve.long_lists import LongLists
from codeset_pipeline.serve.parameters import code_in
from codeset_pipeline.serve.problems import Problem
from codeset_pipeline.serve.v1 import V1

Resource = dict[str, Any]

# Without `count`, more than this is too costly to send at once; with it, this is the largest page.
MOST = 10_000


def _parameters(*named: tuple[str, str, Any]) -> Resource:
    """A Parameters resource of (name, type of value, value), those without a value left out."""
    return {
        "resourceType": "Parameters",
        "parameter": [{"name": name, kind: value} for name, kind, value in named if value not in (None, "", [])],
    }


class Operations:
    """Operations over one state of the history."""

    def __init__(self, v1: V1) -> None:
        self._v1 = v1
        # Whole code systems in force on a day; few, as each has up to 100,000 codes.
        self._lists = LongLists(keep=3)

    def lookup(self, session: Session, given: Arguments, release: str) -> Resource:
        """CodeSystem/$lookup."""
        coded = given.coded(("code",), ("coding",), ("codeableConcept",))
        code_set, moment = self._meant(session, given, coded)
        answer = full_answer(
            session.lookup, code_set, code_in(coded["code"] or ""), moment.on, moment.published, facts=False
        )
        if answer["status"] in {"unknown", "not_yet_valid"}:
            raise Problem(404, f"{answer['code']} is not in {URIS[code_set]} on {moment.on} ({answer['status']}).")
        found = _parameters(
            ("name", "valueString", code_set),
            ("version", "valueString", moment.version.effective_from),
            ("display", "valueString", answer["long_title"]),
            ("designation", "part", _designation(answer["short_title"])),
        )
        for name, kind, value in properties_of(answer):
            part = [{"name": "code", "valueCode": name}, {"name": "value", kind: value}]
            found["parameter"].append({"name": "property", "part": part})
        return found

    def validate_code(self, session: Session, given: Arguments, release: str) -> Resource:
        """CodeSystem/$validate-code."""
        coded = given.coded(("code",), ("coding",), ("codeableConcept",))
        coded["system"] = given.text("url") or coded["system"]
        code_set, moment = self._meant(session, given, coded)
        answer = session.lookup.lookup(code_set, coded["code"] or "", moment.on, moment.published)
        known = answer.status in {"valid", "header"}
        titles = (answer.version.long_title, answer.version.short_title) if answer.version else ()
        display = titles[0] if titles else None
        message = None if known else f"The code is not in the code system on {moment.on}: {answer.status}."
        if known and coded["display"] and coded["display"].casefold() not in {(t or "").casefold() for t in titles}:
            known, message = False, f"The display is not that of the code, which is {display!r}."
        return _parameters(
            ("result", "valueBoolean", known),
            ("message", "valueString", message),
            ("display", "valueString", display if known or message else None),
            ("code", "valueCode", printed(code_set, answer.code) if answer.code else None),
            ("system", "valueUri", URIS[code_set]),
            ("version", "valueString", moment.version.effective_from),
        )

    def subsumes(self, session: Session, given: Arguments, release: str) -> Resource:
        """CodeSystem/$subsumes: in ICD-10, a code holds those that begin with it."""
        one = given.coded(("codeA",), ("codingA",), ("codingA",))
        other = given.coded(("codeB",), ("codingB",), ("codingB",))
        code_set, moment = self._meant(session, given, one)
        if other["system"] and code_set_of(other["system"])[0] != code_set:
            raise Problem(400, "Both codes must be of one code system.")
        codes = []
        for each in (one, other):
            answer = session.lookup.lookup(code_set, each["code"] or "", moment.on, moment.published)
            if answer.status not in {"valid", "header"}:
                raise Problem(404, f"{printed(code_set, answer.code)} is not in {URIS[code_set]} on {moment.on}.")
            codes.append(answer.code)
        a, b = codes
        outcome = "equivalent" if a == b else "not-subsumed"
        if a != b and code_table(code_set).hierarchy:
            outcome = "subsumes" if b.startswith(a) else "subsumed-by" if a.startswith(b) else outcome
        return _parameters(("outcome", "valueCode", outcome))

    def translate(self, session: Session, given: Arguments, release: str) -> Resource:
        """ConceptMap/$translate: from the release `version`, else the last that had the code, to the date asked of."""
        coded = given.coded(
            ("code", "sourceCode"), ("coding", "sourceCoding"), ("codeableConcept", "sourceCodeableConcept")
        )
        code_set, named = code_set_of(coded["system"])
        target = given.text("targetsystem", "targetSystem")
        if target and code_set_of(target)[0] != code_set:
            raise Problem(404, "This server maps from one version of a code system to another, not between systems.")
        code = normalise(code_in(coded["code"] or ""))
        moment = moment_of(session, code_set, None, given.day())
        version = coded["version"] or given.text("version") or named
        start = self._start(session, code_set, code, version, moment)
        end = moment.version.effective_from
        names = (end, start) if given.flag("reverse") else (start, end)
        rows: Iterable[dict[str, Any]]
        if start == end:
            rows = [{"target": printed(code_set, code), "equivalence": "equivalent", "target_title": None}]
        else:
            rows = self._v1.mappings(session, code_set, names, [code])[1]
        # What nobody has accepted is no answer for a program that will act on it.
        found_rows = [row for row in rows if row["target"]]
        matches = [_match(code_set, row, names[1], release) for row in found_rows if row.get("evidence") != "suggested"]
        message = None
        if not matches:
            message = f"Nothing replaces {printed(code_set, code)} between {names[0]} and {names[1]}."
            if found_rows:
                message += f" Suggestions that nobody has accepted are in /v1/{code_set}/crosswalk."
        found = _parameters(("result", "valueBoolean", bool(matches)), ("message", "valueString", message))
        found["parameter"] += [{"name": "match", "part": match} for match in matches]
        return found

    @staticmethod
    def _start(session: Session, code_set: str, code: str, version: str | None, moment: Moment) -> str:
        """The release to map from: the one named, else the last in which the code could be reported."""
        if version is not None:
            return moment_of(session, code_set, version, None).version.effective_from
        answer = session.lookup.lookup(code_set, code, moment.on)
        if answer.status in {"unknown", "not_yet_valid"}:
            raise Problem(404, f"{printed(code_set, code)} is not in {URIS[code_set]} on {moment.on}.")
        if answer.status == "valid":
            return moment.version.effective_from
        last = last_billable_day(session.lookup, code_set, code, moment.on, None)
        if last is None:
            return moment.version.effective_from
        return [each for each in versions_of(session, code_set) if each.effective_from <= last][-1].effective_from

    def expand(self, session: Session, given: Arguments, release: str) -> Resource:
        """ValueSet/$expand."""
        url, value_set = given.text("url"), given.complex("valueSet")
        include, exclude = selection_of(url, value_set)
        on = given.day()
        found = expand(session, self._lists, include, exclude, _version(given), on)
        members = found.members
        words = [word.casefold() for word in (given.text("filter") or "").split()]
        if words:
            members = [
                m for m in members if all(w in f"{printed(m.code_set, m.code)} {m.title}".casefold() for w in words)
            ]
        count, offset = given.number("count", None), given.number("offset", 0) or 0
        if count is None and len(members) - offset > MOST:
            raise Problem(
                422, f"{len(members):,} codes are too many at once; send count (at most {MOST:,}) and offset."
            )
        page = members[offset : offset + min(MOST if count is None else count, MOST)]
        used = [
            {"name": "version", "valueUri": f"{URIS[code_set]}|{version}"}
            for code_set, version in found.versions.items()
        ]
        if on is not None:
            used.append({"name": "date", "valueDateTime": on.isoformat()})
        expansion: Resource = {
            "timestamp": f"{date.today().isoformat()}T00:00:00Z",
            "total": len(members),
            "offset": offset,
            "parameter": used,
        }
        if page:
            expansion["contains"] = [member.contains(found.versions[member.code_set]) for member in page]
        return {
            "resourceType": "ValueSet",
            **({"url": url} if url and value_set is None else {}),
            "status": "active",
            "expansion": expansion,
        }

    def validate_in_value_set(self, session: Session, given: Arguments, release: str) -> Resource:
        """ValueSet/$validate-code."""
        include, exclude = selection_of(given.text("url"), given.complex("valueSet"))
        coded = given.coded(("code",), ("coding",), ("codeableConcept",))
        code_set = code_set_of(coded["system"])[0] if coded["system"] else include[0].code_set
        version = given.text("systemVersion") or coded["version"] or _version(given)
        found = expand(session, self._lists, include, exclude, version, given.day())
        code = normalise(coded["code"] or "")
        member = next((each for each in found.members if (each.code_set, each.code) == (code_set, code)), None)
        known, message = member is not None, None if member else "The code is not in the value set on that date."
        if member and coded["display"] and coded["display"].casefold() != member.title.casefold():
            known, message = False, f"The display is not that of the code, which is {member.title!r}."
        return _parameters(
            ("result", "valueBoolean", known),
            ("message", "valueString", message),
            ("display", "valueString", member.title if member else None),
        )

    @staticmethod
    def _meant(session: Session, given: Arguments, coded: dict[str, str | None]) -> tuple[str, Moment]:
        code_set, named = code_set_of(coded["system"])
        return code_set, moment_of(session, code_set, coded["version"] or given.text("version") or named, given.day())


def _version(given: Arguments) -> str | None:
    """The version to use where a value set names none: `version`, or the one in `system-version`."""
    system = given.text("system-version", "force-system-version")
    return given.text("version") or (system.partition("|")[2] or None if system else None)


def _designation(short_title: str | None) -> list[Resource] | None:
    return [{"name": "value", "valueString": short_title}] if short_title else None


def _match(code_set: str, row: dict[str, Any], version: str, release: str) -> list[Resource]:
    concept = {"system": URIS[code_set], "version": version, "code": row["target"]}
    if row["target_title"]:
        concept["display"] = row["target_title"]
    kind = row["equivalence"]
    how = {"name": "relationship", "valueCode": kind}
    if release == "r4":
        how = {"name": "equivalence", "valueCode": R4_EQUIVALENCE[kind]}
    return [how, {"name": "concept", "valueCoding": concept}]
