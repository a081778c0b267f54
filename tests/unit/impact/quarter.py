"""A HCPCS quarter in miniature, made up: codes that ended, were split, announced, reworded; a modifier that ended."""

from datetime import date

from codeset_pipeline.model import Change, ChangeKind, Evidence, FieldChange, Mapping, Relation, ReleasePair
from tests.unit.impact.pairs import pair

OLD, NEW = date(2020, 1, 1), date(2020, 4, 1)
BEFORE = "A4216 A9270 B4105 G0009 J1885 J7050 J9310 J9999 Q4100 C9001 E0781 E1165 G0101 JW GD TC LT"
AFTER = "A4216 A9270 B4105 G0009 J1885 J7050 J9312 J9999 Q4100 E0781 E1165 G0101 C9002 JW TC LT"


def made(code: str, kind: ChangeKind, day: date, before: str = "", after: str = "", **fields: FieldChange) -> Change:
    return Change("hcpcs", code, kind, day, title_before=before or None, title_after=after or None, fields=fields)


CHANGES = (
    made(
        "J9310",
        ChangeKind.DELETED,
        date(2020, 2, 1),
        "Injection, made-up drug, 100 mg",
        "Injection, made-up drug, 100 mg",
    ),
    made("GD", ChangeKind.DELETED, NEW, "Made-up modifier", "Made-up modifier"),
    made("C9001", ChangeKind.DELETED, NEW, "Made-up device", "Made-up device"),
    made("G0101", ChangeKind.DELETED, date(2020, 7, 1), "Made-up visit", "Made-up visit"),
    made("C9002", ChangeKind.ADDED, NEW, "", "Made-up new device"),
    made("Q4100", ChangeKind.REVISED, NEW, long_description=FieldChange("Skin", "Skin substitute", "wording")),
    made("B4105", ChangeKind.REVISED, NEW, coverage=FieldChange("C", "I")),
    made("J9999", ChangeKind.REVISED, NEW, betos=FieldChange("O1E", "O1D"), action_code=FieldChange("N", "P")),
)


def _row(
    source: str, target: str | None, evidence: Evidence, relation: Relation, note: str = "", title: str = ""
) -> Mapping:
    return Mapping("hcpcs", source, target, relation, "", evidence, target_title=title or None, note=note)


MAPPINGS = (
    _row("C9001", "C9002", Evidence.PUBLISHER, Relation.RENAMED),
    _row(
        "J9310",
        "J9312",
        Evidence.SUGGESTED,
        Relation.RENAMED,
        "Suggestion 1 of 1. The billing units differ: 100 mg of J9310, 10 mg of J9312; convert the units billed.",
        "Injection, made-up drug, 10 mg",
    ),
)


def quarter() -> ReleasePair:
    """2020Q1 to 2020Q2; G6056 ended in 2015, J1055 is in no release, U0001 is announced for May 2020."""
    days: dict[str, tuple[date | None, date | None]] = {
        "J9310": (date(2001, 1, 1), date(2020, 1, 31)),
        "G6056": (date(2015, 1, 1), date(2015, 12, 31)),
        "G0101": (date(1998, 1, 1), date(2020, 6, 30)),
        "U0001": (date(2020, 5, 1), None),
    }
    found = pair(
        dict.fromkeys(BEFORE.split(), True),
        dict.fromkeys(AFTER.split(), True),
        changes=CHANGES,
        mappings=MAPPINGS,
        ever=frozenset({"G6056", *BEFORE.split()}),
        code_set="hcpcs",
        labels=("2020Q1", "2020Q2"),
        days=(OLD, NEW),
    )
    found.__dict__["days"] = days
    return found
