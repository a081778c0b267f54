"""Small made-up reports for tests, and one built from the publisher's order files by a reader of its own."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest

from codeset_pipeline.model import (
    Asset,
    Change,
    ChangeKind,
    Evidence,
    ExpressionEffect,
    FieldChange,
    Finding,
    Hop,
    Impact,
    Mapping,
    Oddity,
    PublishedTotals,
    Reconciliation,
    Relation,
    Release,
    ReleasePair,
    Severity,
)
from codeset_pipeline.report.model import InputFile, Provenance, Report

OCTOBER = date(2025, 10, 1)
DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "icd10cm"
MATCHED = Reconciliation(True, ("addenda.txt",), 3, (), (), {"codes": {"added": 1, "deleted": 1, "revised": 1}})
UNCOVERED = Reconciliation(False, (), 0, (), (), {}, note="The addenda of FY2026 are not loaded.")


def release(label: str, effective_from: date, rows: int = 100, billable: int | None = 70) -> Release:
    return Release(
        "icd10cm", effective_from, label, 0, effective_from, "ready", rows, billable, "ab" * 32, f"icd10cm-{label}"
    )


def change(code: str, kind: ChangeKind, **more: object) -> Change:
    defaults: dict[str, object] = {
        "billable_before": None if kind is ChangeKind.ADDED else kind is not ChangeKind.BECAME_BILLABLE,
        "billable_after": None if kind is ChangeKind.DELETED else kind is not ChangeKind.BECAME_HEADER,
        "title_before": f"Old title of {code}",
        "title_after": f"New title of {code}",
        "chapter": "1 Certain infectious and parasitic diseases (A00-B99)",
    }
    return Change("icd10cm", code, kind, OCTOBER, **{**defaults, **more})  # type: ignore[arg-type]


def pair(
    changes: Sequence[Change] = (),
    mappings: Sequence[Mapping] = (),
    totals: PublishedTotals = PublishedTotals(0, 0, 0),  # noqa: B008 (a frozen value)
    reconciliation: Reconciliation = MATCHED,
    **more: object,
) -> ReleasePair:
    return ReleasePair(
        "icd10cm",
        release("FY2025", date(2024, 10, 1)),
        release("FY2026", OCTOBER),
        {},
        {},
        changes,
        totals,
        mappings,
        reconciliation,
        **more,  # type: ignore[arg-type]
    )


def provenance(inputs: tuple[InputFile, ...] = ()) -> Provenance:
    return Provenance(inputs, "order file 1", "0.1.0", "2026-07-01T09:30:00Z")


def report(*pairs: ReleasePair, impact: Impact | None = None, sample: bool = False, title: str = "A report") -> Report:
    return Report(title, tuple(pairs), impact, provenance(), sample)


def finding(number: int = 1, **more: object) -> Finding:
    defaults: dict[str, object] = {
        "id": f"{number:012x}",
        "asset": "edits.csv",
        "line": number,
        "column": "codes",
        "code_set": "icd10cm",
        "code": "B88.0",
        "match": "B88.0",
        "kind": "became_header",
        "effective_from": OCTOBER,
        "severity": Severity.WILL_DENY,
        "candidates": ("B88.01", "B88.09"),
        "action": "Replace B88.0 by B88.01 or B88.09 from 1 October 2025; a person must choose.",
    }
    return Finding(**{**defaults, **more})  # type: ignore[arg-type]


HOSTILE = "<script>alert('x')</script>\"&="


def hostile_report() -> Report:
    """Wherever the publisher's or the user's text is printed stands a formula, markup or a control character."""
    wicked = "=cmd|'/c calc'!A1 <script>document.title=\"taken\"</script> \x00\x0b</script><img src=x onerror=alert(1)>"
    changes = [
        change("A001", ChangeKind.ADDED, title_after=wicked, chapter=wicked),
        change("A002", ChangeKind.DELETED, title_before="+1+1", chapter=wicked),
        change("A003", ChangeKind.REVISED, fields={"long_title": FieldChange("=old " + wicked, wicked, "wording")}),
        change("A00", ChangeKind.NOTE_ADDED, fields={"excludes1": FieldChange(None, "-2+3 " + wicked)}),
    ]
    hop = Hop(OCTOBER, "A002", "A001", Relation.RENAMED, Evidence.PUBLISHER, "@table")
    mapping = Mapping(
        "icd10cm", "A002", "A001", Relation.RENAMED, "equivalent", Evidence.PUBLISHER, (hop,), True, True,
        source_title="+1+1", target_title=wicked, note=wicked,
    )  # fmt: skip
    impact = Impact(
        [Asset("=rules.csv", "rules", 3, 2, {"code": ["=c"]}, "00" * 32, {wicked: 2})],
        [
            finding(
                asset="=rules.csv", rule=wicked, match="=A00", action="@do", detail=wicked, state_note="-x", amount=-5.0
            )
        ],
        [ExpressionEffect("=rules.csv", 2, wicked, "@rule", "-A00*", "icd10cm", 1, 2, ("A00.1",), ())],
        [wicked],
    )
    odd = Oddity("=file", 3, wicked, "\x07", "@kept")
    whole = pair(changes, [mapping], PublishedTotals(1, 1, 1), oddities=[odd])
    inputs = (InputFile("FY2026", "=role", wicked, "@url", "cd" * 32, 12, date(2025, 7, 1)),)
    return Report(wicked, (whole,), impact, provenance(inputs), sample=True)


_CHAPTERS = (
    ("A00", "B99", "1 Certain infectious and parasitic diseases (A00-B99)"),
    ("C00", "D49", "2 Neoplasms (C00-D49)"),
    ("D50", "D89", "3 Diseases of the blood and blood-forming organs and some disorders of immunity (D50-D89)"),
    ("E00", "E89", "4 Endocrine, nutritional and metabolic diseases (E00-E89)"),
    ("F01", "F99", "5 Mental, behavioral and neurodevelopmental disorders (F01-F99)"),
    ("G00", "G99", "6 Diseases of the nervous system (G00-G99)"),
    ("H00", "H59", "7 Diseases of the eye and adnexa (H00-H59)"),
    ("H60", "H95", "8 Diseases of the ear and mastoid process (H60-H95)"),
    ("I00", "I99", "9 Diseases of the circulatory system (I00-I99)"),
    ("J00", "J99", "10 Diseases of the respiratory system (J00-J99)"),
    ("K00", "K95", "11 Diseases of the digestive system (K00-K95)"),
    ("L00", "L99", "12 Diseases of the skin and subcutaneous tissue (L00-L99)"),
    ("M00", "M99", "13 Diseases of the musculoskeletal system and connective tissue (M00-M99)"),
    ("N00", "N99", "14 Diseases of the genitourinary system (N00-N99)"),
    ("O00", "O9A", "15 Pregnancy, childbirth and the puerperium (O00-O9A)"),
    ("P00", "P96", "16 Certain conditions originating in the perinatal period (P00-P96)"),
    ("Q00", "QA0", "17 Congenital malformations, deformations and chromosomal abnormalities (Q00-QA0)"),
    ("R00", "R99", "18 Symptoms, signs and abnormal clinical and laboratory findings (R00-R99)"),
    ("S00", "T88", "19 Injury, poisoning and certain other consequences of external causes (S00-T88)"),
    ("V00", "Y99", "20 External causes of morbidity (V00-Y99)"),
    ("Z00", "Z99", "21 Factors influencing health status and contact with health services (Z00-Z99)"),
)  # fmt: skip


def _chapter(code: str) -> str:
    return next((name for first, last, name in _CHAPTERS if first <= code[:3] <= last), "22 Codes for special purposes")


def _order_rows(archive: Path, year: int) -> dict[str, tuple[bool, str, str]]:
    with zipfile.ZipFile(archive) as found:
        lines = found.read(f"icd10cm_order_{year}.txt").decode("utf-8").splitlines()
    return {line[6:13].strip(): (line[14] == "1", line[16:76].strip(), line[77:].strip()) for line in lines}


def _trailer(archive: Path, year: int) -> dict[str, dict[str, int]]:
    """The counts at the end of the order addenda."""
    with zipfile.ZipFile(archive) as found:
        lines = found.read(f"icd10cm_order_addenda_{year}.txt").decode("utf-8").splitlines()
    states: dict[str, dict[str, int]] = {}
    level = ""
    for line in lines:
        words = line.split()
        if words in (["Headers"], ["Codes"]):
            level = words[0].lower()
        elif level and len(words) == 2 and words[1] in ("additions", "deletions", "revisions"):
            name = {"additions": "added", "deletions": "deleted", "revisions": "revised"}[words[1]]
            states.setdefault(level, {})[name] = int(words[0])
    return states


def genuine_report() -> Report:
    """FY2025 to FY2026 from the order files of the two zips, with findings on made-up rules."""
    archives = {year: DATA / f"FY{year}" / f"{year}-code-descriptions-tabular-order.zip" for year in (2025, 2026)}
    if not all(path.exists() for path in archives.values()):
        pytest.skip(f"the publisher's order files are not in {DATA.parent.name}; put them there to run this test")
    old, new = (_order_rows(archives[year], year) for year in (2025, 2026))
    changes, mappings = [], []
    for code in sorted(old.keys() | new.keys()):
        before, after = old.get(code), new.get(code)
        if before == after:
            continue
        fields: dict[str, FieldChange] = {}
        if before is None:
            kind = ChangeKind.ADDED
        elif after is None:
            kind = ChangeKind.DELETED
        elif before[0] != after[0]:
            kind = ChangeKind.BECAME_BILLABLE if after[0] else ChangeKind.BECAME_HEADER
        else:
            kind = ChangeKind.REVISED
            for name, place in (("long_title", 2), ("short_title", 1)):
                if before[place] != after[place]:
                    same = str(before[place]).casefold() == str(after[place]).casefold()
                    fields[name] = FieldChange(before[place], after[place], "case" if same else "wording")
        changes.append(
            Change(
                "icd10cm", code, kind, OCTOBER, before and before[0], after and after[0], before and before[2],
                after and after[2], fields, _chapter(code),
            )
        )  # fmt: skip
        if before and before[0] and kind in (ChangeKind.DELETED, ChangeKind.BECAME_HEADER):
            children = [each for each in new if each.startswith(code) and new[each][0]]
            mappings.extend(_mapped(code, before[2], each, new[each][2], len(children)) for each in children)
            if not children:
                mappings.append(_mapped(code, before[2], None, None, 0))
    states = _trailer(archives[2026], 2026)
    totals = PublishedTotals(
        sum(each.kind is ChangeKind.ADDED and each.billable_after is True for each in changes),
        sum(
            each.kind is ChangeKind.BECAME_HEADER or (each.kind is ChangeKind.DELETED and each.billable_before is True)
            for each in changes
        ),
        sum(each.kind is ChangeKind.REVISED and each.billable_after is True for each in changes),
    )
    reconciliation = Reconciliation(True, ("icd10cm_order_addenda_2026.txt",), len(changes), (), (), states)
    whole = ReleasePair(
        "icd10cm",
        release("FY2025", date(2024, 10, 1), len(old), sum(each[0] for each in old.values())),
        release("FY2026", OCTOBER, len(new), sum(each[0] for each in new.values())),
        {code: each[0] for code, each in old.items()},
        {code: each[0] for code, each in new.items()},
        changes,
        totals,
        mappings,
        reconciliation,
        oddities=[
            Oddity("icd10cm_tabular_2026.xml", 120, "An empty tag stands under R11.16.", "<tag/>", "It was skipped.")
        ],
    )
    inputs = tuple(
        InputFile(f"FY{year}", "order file", f"{path.name}!icd10cm_order_{year}.txt", path.name, "ef" * 32, 14_000_000)
        for year, path in archives.items()
    )
    return Report("ICD-10-CM FY2025 to FY2026", (whole,), _impact(whole), provenance(inputs))


def _mapped(source: str, title: str, target: str | None, target_title: str | None, count: int) -> Mapping:
    relation = Relation.NONE if target is None else Relation.SPLIT if count > 1 else Relation.RENAMED
    hop = Hop(OCTOBER, source, target, relation, Evidence.HIERARCHY, "order file FY2026")
    equivalence = {Relation.NONE: "not-related-to", Relation.RENAMED: "equivalent"}
    return Mapping(
        "icd10cm", source, target, relation, equivalence.get(relation, "source-is-broader-than-target"),
        Evidence.HIERARCHY, (hop,) if target else (), count == 1, target is not None, (), count > 1, title,
        target_title,
    )  # fmt: skip


def _impact(whole: ReleasePair) -> Impact:
    findings = []
    for number, each in enumerate(whole.changes):
        if each.kind not in (ChangeKind.BECAME_HEADER, ChangeKind.DELETED, ChangeKind.REVISED):
            continue
        code = f"{each.code[:3]}.{each.code[3:]}".rstrip(".")
        ended = each.kind is not ChangeKind.REVISED
        targets = tuple(f"{m.target[:3]}.{m.target[3:]}" for m in whole.mappings_of.get(each.code, []) if m.target)
        findings.append(
            finding(
                number,
                asset=("claim-edits.csv", "order-sets.yaml", "charge-master.xlsx")[number % 3],
                line=number * 7 + 2,
                code=code,
                match=code if number % 4 else f"{code[:3]}.*",
                kind=each.kind,
                severity=Severity.WILL_DENY if ended else Severity.TEXT_ONLY,
                candidates=targets,
                action=f"Replace {code} by {' or '.join(targets) or 'a code of your choice'} from 1 October 2025."
                if ended
                else f"Check the printed text of {code} against its new title.",
                amount=12_345.67 * (number % 9) if ended else None,
                volume=float(number % 50) if ended else None,
                rule=f"EDIT-{number:04d}",
                detail=f"{each.title_before} → {each.title_after}",
            )
        )
    gained = tuple(f"{each.code[:3]}.{each.code[3:]}" for each in whole.changes if each.code.startswith("S3"))
    return Impact(
        [
            Asset(
                "claim-edits.csv",
                "rules",
                240,
                231,
                {"code": "dx_codes", "rule": "edit_id"},
                "12" * 32,
                {"see policy": 3},
            ),
            Asset("order-sets.yaml", "rules", 88, 88, {"code": ["orders[].dx"]}, "34" * 32),
            Asset("charge-master.xlsx", "charge_master", 5120, 977, {"code": "HCPCS", "price": "Charge"}, "56" * 32),
        ],
        findings,
        [
            ExpressionEffect(
                "claim-edits.csv", 12, "codes", "EDIT-TRAUMA", "S30-S39", "icd10cm", 900, 900 + len(gained), gained, ()
            )
        ],
    )
