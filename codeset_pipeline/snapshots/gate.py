"""The gate: named checks that a parsed release must pass before it is accepted. Limits are data, in one place."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from codeset_pipeline.errors import GateError
from codeset_pipeline.labels import label_of
from codeset_pipeline.snapshots.build import BuiltSnapshot
from codeset_pipeline.snapshots.ncci_ptp_expected import ExpectedPart, unlike

# The largest genuine step from one yearly release to the next is 2.4 % (FY2016 to FY2017).
MAX_ROW_DRIFT = 0.10
# In genuine releases the XML and the order file agree on every code; a few strays are shown, many mean a wrong file.
MAX_DISAGREEMENT = 0.001
MAX_DISAGREEMENT_CODES_FILE = 0.001
# Codes that only the text or only the workbook of a HCPCS release has; genuine ones differ in none.
MAX_DISAGREEMENT_ANWEB = 0.001
# Codes that the text and the workbook of an MUE table state differently.
MAX_DISAGREEMENT_MUE = 0.001
# Edits that only the text or only the workbook of an add-on code release has. The text's layout is known from reports
# only, so that nothing but a file of another release fails here; fewer are oddities.
MAX_DISAGREEMENT_ADD_ON = 0.5
# Edits that one table states twice with different values; a few strays are shown.
MAX_CONTRADICTIONS = 0.001
# Rows of the release before that a PTP release lacks. Genuine quarters lack none: deleted edits stay, with their date.
# A few are an anomaly that the report shows; many mean that a part is missing or of something else.
MAX_VANISHED = 0.01
MAX_VANISHED_ROWS = 20


@dataclass(frozen=True)
class GateContext:
    """What a release is held against.

    Attributes:
        known_counts: {"rows", "billable"} as this release is known to have, where it is known.
        neighbours: label → rows of the nearest loaded releases, older and newer, and how many years lie between.
        twins: labels of releases of other years whose codes and titles are exactly these.
        vanished: of a bulk table, the release before, how many of its rows this one lacks, and how many it has.
        parts_before: of a release in parts, the nearest loaded release and the number of its parts.
        expected: the parts as the download page describes them, where the user gave its texts.
    """

    known_counts: Mapping[str, int] | None = None
    neighbours: Mapping[str, tuple[int, float]] | None = None
    twins: tuple[str, ...] = ()
    vanished: tuple[str, int, int] | None = None
    parts_before: tuple[str, int] | None = None
    expected: Sequence[ExpectedPart] = ()


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: its name, what it found, and whether the release passes."""

    name: str
    passed: bool
    message: str


def _known_counts(built: BuiltSnapshot, context: GateContext) -> CheckResult:
    known = context.known_counts
    # A corrected file may well hold another number of rows; it is held against its neighbours instead.
    if not known or built.plan.revision:
        return CheckResult("known_counts", True, "no count of this release is known beforehand")
    counted = {"rows": built.rows, "billable": built.billable_rows}
    found = {name: counted[name] for name in known}
    have = ", ".join(f"{count:,} {name}" for name, count in found.items())
    should = ", ".join(f"{count:,} {name}" for name, count in known.items())
    message = f"{have}, where this release is known to have {should}"
    return CheckResult("known_counts", found == dict(known), message)


def _publisher_counts(built: BuiltSnapshot, _: GateContext) -> CheckResult:
    """The trailer of the publisher's own change list states how many headers and codes the release has."""
    stated = {}
    for row in built.tables.get("addenda_totals", []):
        if row[0] == "order":
            stated[str(row[1])] = int(str(row[5]))
    if not stated:
        return CheckResult("publisher_counts", True, "no addenda with counts came with the release")
    billable = built.billable_rows or 0
    found = {"codes": billable, "headers": built.rows - billable}
    wrong = {level: count for level, count in stated.items() if found.get(level) != count}
    message = "; ".join(f"{found.get(level)} {level} where the addenda state {count}" for level, count in wrong.items())
    return CheckResult("publisher_counts", not wrong, message or "as many headers and codes as the addenda state")


def _row_drift(built: BuiltSnapshot, context: GateContext) -> CheckResult:
    for label, (rows, years) in (context.neighbours or {}).items():
        limit = MAX_ROW_DRIFT * max(1.0, years)
        if abs(built.rows - rows) > limit * rows:
            message = f"{built.rows:,} rows where {label} has {rows:,}: more than {limit:.0%} apart"
            return CheckResult("row_drift", False, message)
    return CheckResult("row_drift", True, "within the usual drift of its neighbours")


def _another_year(built: BuiltSnapshot, context: GateContext) -> CheckResult:
    if context.twins:
        message = f"its codes and titles are exactly those of {', '.join(context.twins)}: a file of another year"
        return CheckResult("another_year", False, message)
    return CheckResult("another_year", True, "not the content of another year")


def _second_files(built: BuiltSnapshot, _: GateContext) -> CheckResult:
    limits = {
        "tabular": MAX_DISAGREEMENT,
        "codes": MAX_DISAGREEMENT_CODES_FILE,
        "anweb_excel": MAX_DISAGREEMENT_ANWEB,
        "mue_excel": MAX_DISAGREEMENT_MUE,
        "aoc_text": MAX_DISAGREEMENT_ADD_ON,
    }
    for role, apart in built.agreement.items():
        if role in limits and apart > limits[role] * built.rows:
            message = f"the {role} file disagrees with the main file on {apart:,} codes: a file of another release"
            return CheckResult("files_agree", False, message)
    return CheckResult("files_agree", True, "all files describe the same codes")


def _rows_once(built: BuiltSnapshot, _: GateContext) -> CheckResult:
    """A table that states one edit twice, with different values, has been damaged or edited by somebody."""
    count = built.agreement.get("rows_once", 0)
    if count <= MAX_CONTRADICTIONS * built.rows:
        return CheckResult("rows_once", True, f"{count} edits are stated twice with different values")
    twice = [oddity for oddity in built.oddities if " stands twice " in oddity.what]
    shown = "; ".join(f"{odd.file}, line {odd.line}: {odd.what} Found {odd.text}" for odd in twice[:3])
    return CheckResult("rows_once", False, f"{count:,} edits are stated twice with different values ({shown})")


def _rows_vanished(built: BuiltSnapshot, context: GateContext) -> CheckResult:
    if context.vanished is None:
        return CheckResult("rows_vanished", True, "no release before it to compare with")
    label, vanished, rows = context.vanished
    message = f"{vanished:,} of the {rows:,} edits of {label} are not in it"
    return CheckResult("rows_vanished", vanished <= max(MAX_VANISHED * rows, MAX_VANISHED_ROWS), message)


def _parts(built: BuiltSnapshot, context: GateContext) -> CheckResult:
    if context.expected and built.parts:
        different = unlike(context.expected, built.parts)
        return CheckResult("expected_parts", not different, different or "every part is as the download page says")
    if built.parts and context.parts_before and context.parts_before[1] > len(built.parts):
        label, count = context.parts_before
        message = f"it has {len(built.parts)} parts where {label} has {count}: f{len(built.parts) + 1} may be missing"
        return CheckResult("parts_complete", False, message)
    return CheckResult("parts_complete", True, "no part is known to be missing")


def _hierarchy(built: BuiltSnapshot, _: GateContext) -> CheckResult:
    """Every code stands below its category, headers have something below them, and billable codes have not."""
    if "codes" not in built.tables:
        return CheckResult("hierarchy", True, "the code set has no hierarchy")
    codes = {str(row[0]): bool(row[2]) for row in built.tables["codes"]}
    orphans = [code for code in codes if len(code) > 3 and code[:3] not in codes]
    if orphans:
        message = f"{len(orphans)} codes without their category, such as {sorted(orphans)[0]}: rows are missing"
        return CheckResult("hierarchy", False, message)
    ordered = sorted(codes)
    for code, following in zip(ordered, [*ordered[1:], ""], strict=True):
        if codes[code] == following.startswith(code):
            state = "is billable but has codes below it" if codes[code] else "is a header with nothing below it"
            return CheckResult("hierarchy", False, f"{code} {state}: rows are missing or wrong")
    return CheckResult("hierarchy", True, "every header has codes below it, no billable code has")


CHECKS: tuple[Callable[[BuiltSnapshot, GateContext], CheckResult], ...] = (
    _known_counts,
    _publisher_counts,
    _row_drift,
    _another_year,
    _second_files,
    _rows_once,
    _rows_vanished,
    _parts,
    _hierarchy,
)


def pass_gate(built: BuiltSnapshot, context: GateContext, accept: frozenset[str] = frozenset()) -> list[CheckResult]:
    """Run all checks.

    Args:
        accept: names of checks whose failure a person has looked at and accepted.

    Raises:
        GateError: a check failed and was not accepted; names every failed check.
    """
    results = [check(built, context) for check in CHECKS]
    results += [CheckResult(name, False, message) for name, message in built.doubts.items()]
    failed = [result for result in results if not result.passed and result.name not in accept]
    if failed:
        label = f"{built.plan.code_set} {label_of(built.plan.code_set, built.plan.effective_from)}"
        reasons = "; ".join(f"{result.message} [{result.name}]" for result in failed)
        names = " ".join(dict.fromkeys(f"--accept {result.name}" for result in failed))
        raise GateError(
            f"{label} was not accepted: {reasons}. Check that the right file was given; if it is right, repeat with "
            f"{names}.",
            tuple(result.name for result in failed),
        )
    return results
