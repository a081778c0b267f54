"""Release pairs made by hand: codes before and after, and the changes and mappings a test names."""

from collections.abc import Mapping, Sequence
from datetime import date

from codeset_pipeline.model import (
    Change,
    ChangeKind,
    Evidence,
    PublishedTotals,
    Reconciliation,
    Relation,
    Release,
    ReleasePair,
)
from codeset_pipeline.model import Mapping as Row

OLD_DAY, NEW_DAY = date(2024, 10, 1), date(2025, 10, 1)


def release(code_set: str, effective_from: date, label: str) -> Release:
    return Release(code_set, effective_from, label, 0, effective_from, "ready", 0, 0, "hash", "key")


def row(source: str, target: str | None, relation: Relation, *, automatic: bool = False, **more: object) -> Row:
    evidence = more.pop("evidence", Evidence.PUBLISHER)
    code_set = str(more.pop("code_set", "icd10cm"))
    return Row(code_set, source, target, relation, "", evidence, automatic_forward=automatic, **more)  # type: ignore[arg-type]


def change(code: str, kind: ChangeKind, before: str | None = None, after: str | None = None, **more: object) -> Change:
    code_set = str(more.pop("code_set", "icd10cm"))
    return Change(code_set, code, kind, NEW_DAY, title_before=before, title_after=after, **more)  # type: ignore[arg-type]


def pair(
    before: Mapping[str, bool],
    after: Mapping[str, bool],
    *,
    changes: Sequence[Change] = (),
    mappings: Sequence[Row] = (),
    ever: frozenset[str] = frozenset(),
    code_set: str = "icd10cm",
    labels: tuple[str, str] = ("FY2025", "FY2026"),
    days: tuple[date, date] = (OLD_DAY, NEW_DAY),
) -> ReleasePair:
    return ReleasePair(
        code_set,
        release(code_set, days[0], labels[0]),
        release(code_set, days[1], labels[1]),
        before,
        after,
        changes,
        PublishedTotals(0, 0, 0),
        mappings,
        Reconciliation(False, (), 0, (), (), {}),
        ever,
    )


def codes(text: str) -> dict[str, bool]:
    """`E11- E119` → header E11, billable E119: codes marked with a dash are headers."""
    return {code.rstrip("-"): not code.endswith("-") for code in text.split()}


#: Lice (B88) as in the update of October 2025, and some neighbours made up to have every kind of change.
BEFORE = codes(
    "A00- A000 A001 A009 B88- B880 B881 B888 E11- E110- E1100 E1101 E119 H05- H058- H0583 I10 J13 L89- "
    "L890 L891 S72- S720- S72001A S72001D Z99- Z990 Z992- Z9921 T36- T360X1A T361X1A"
)
AFTER = codes(
    "A00- A000 A001 A009 B88- B880- B8801 B8809 B881 B888 E11- E110- E1100 E1101 E119 E11A H05- H058- H0583- H05831 "
    "H05832 I10 J13 L89- L890 S72- S720- S72001A S72001D S72009A Z99- Z990 Z992 T36- T362X1A"
)
CHANGES = (
    change("B880", ChangeKind.BECAME_HEADER, "Other acariasis", "Other acariasis"),
    change("B8801", ChangeKind.ADDED, after="Infestation by bird mites"),
    change("B8809", ChangeKind.ADDED, after="Other acariasis, elsewhere"),
    change("E11A", ChangeKind.ADDED, after="Type 2 diabetes in remission"),
    change("E119", ChangeKind.REVISED, "Type 2 diabetes", "Type 2 diabetes mellitus"),
    change("I10", ChangeKind.NOTE_REVISED),
    change("H0583", ChangeKind.BECAME_HEADER),
    change("L891", ChangeKind.DELETED, "Ulcer of back"),
    change("S72009A", ChangeKind.ADDED),
    change("Z992", ChangeKind.BECAME_BILLABLE, "Dependence", "Dependence"),
    change("Z9921", ChangeKind.DELETED),
    change("T360X1A", ChangeKind.DELETED),
    change("T361X1A", ChangeKind.DELETED),
    change("T362X1A", ChangeKind.ADDED),
)
MAPPINGS = (
    row("B880", "B8801", Relation.SPLIT, ambiguous=True),
    row("B880", "B8809", Relation.SPLIT, ambiguous=True),
    row("E119", "E11A", Relation.CARVED_OUT),
    row("L891", None, Relation.NONE),
    row("Z9921", "Z992", Relation.RENAMED, automatic=True),
    row("T360X1A", "T362X1A", Relation.COMBINATION, together_with=("T361X1A",)),
)


def october() -> ReleasePair:
    """FY2025 to FY2026 in miniature; Q99.8 is in another loaded release."""
    return pair(BEFORE, AFTER, changes=CHANGES, mappings=MAPPINGS, ever=frozenset({"Q99", "Q998", *BEFORE, *AFTER}))
