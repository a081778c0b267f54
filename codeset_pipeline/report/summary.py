"""The sentences and figures that a director reads first."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from codeset_pipeline.impact.review_book import PROPOSED, STATES
from codeset_pipeline.impact.risk import amount_at_risk, by_department
from codeset_pipeline.model import ChangeKind, Impact, ReleasePair, Severity
from codeset_pipeline.report.counts import overall
from codeset_pipeline.report.model import Report
from codeset_pipeline.report.ncci_summary import ncci_sentences
from codeset_pipeline.report.ncci_tables import is_ncci
from codeset_pipeline.report.phrases import code_noun, code_set_name, counted, long_date, number, were

_MOST_DEPARTMENTS = 3

SAMPLE = "SAMPLE DATA. These releases are made up to show the program; nothing here may be used for coding or billing."


@dataclass(frozen=True, slots=True)
class Proof:
    """How far the report is proven, for a badge and a sentence.

    Attributes:
        proven: every pair was held against its publisher's list and nothing is left unexplained.
        figure: the number of unexplained differences, or a dash when nothing could be compared.
    """

    proven: bool
    figure: str
    sentence: str


def proof(report: Report) -> Proof:
    """The state of the reconciliation over all pairs; where a list is missing, nothing counts as proven."""
    if not report.pairs:
        return Proof(False, "–", "Nothing is proven: the report covers no releases.")
    missing = [pair for pair in report.pairs if not pair.reconciliation.covered]
    count = report.unexplained
    if missing:
        why = " ".join(_uncovered(pair) for pair in missing)
        figure = "–" if len(missing) == len(report.pairs) else number(count)
        return Proof(False, figure, why)
    known = counted(len(report.known_differences), "known difference")
    sentence = f"{counted(count, 'unexplained difference')} from the publisher's own list of changes"
    sentence += f"; {known} explained with {'its' if len(report.known_differences) == 1 else 'their'} cause."
    return Proof(count == 0, number(count), sentence)


def _uncovered(pair: ReleasePair) -> str:
    note = pair.reconciliation.note.strip() or "no list of the publisher's for this pair of releases is loaded."
    return f"Nothing is proven for {code_set_name(pair.code_set)} {pair.to_release.label}: {note}"


def sentences(pair: ReleasePair) -> list[str]:
    """What changed in one pair, in full sentences."""
    if is_ncci(pair):
        return ncci_sentences(pair)
    noun, totals, counts = code_noun(pair.to_release), pair.published_totals, overall(pair)
    billable = pair.to_release.billable_rows
    size = "" if billable is None else f", {number(billable)} of them billable"
    lines = [
        f"{code_set_name(pair.code_set)} {pair.to_release.label} is in force from "
        f"{long_date(pair.to_release.effective_from)}; it has {counted(pair.to_release.rows, 'code')}{size}.",
        f"{counted(totals.added, noun)} {were(totals.added)} added.",
        _deleted(totals.deleted, counts.became_headers, noun),
        f"{counted(totals.revised, noun)} {were(totals.revised)} revised.",
    ]
    if pair.code_set.startswith("icd10"):
        lines.insert(
            1, "There is no grace period: the date of discharge, or of service, decides which release applies."
        )
    if counts.apart:
        lines.append(
            f"{counted(counts.apart, 'more change')} {'is' if counts.apart == 1 else 'are'} not on the publisher's "
            "list; the cause is on record and shown with each."
        )
    if counts.notes:
        lines.append(f"{counted(counts.notes, 'instruction note')} {were(counts.notes)} added, deleted or revised.")
    lines.extend(_crosswalk(pair, noun))
    return lines


def _deleted(deleted: int, headers: int, noun: str) -> str:
    text = f"{counted(deleted, noun)} {were(deleted)} deleted"
    if not headers:
        return f"{text}."
    who = "it" if deleted == 1 else number(headers) + " of them"
    return f"{text}; {who} became {'a header' if headers == 1 else 'headers'}."


def _crosswalk(pair: ReleasePair, noun: str) -> list[str]:
    ended = {
        change.code
        for change in pair.changes
        if change.billable_before is not False
        and change.kind in (ChangeKind.DELETED, ChangeKind.BECAME_HEADER, ChangeKind.AGED_OUT, ChangeKind.WITHDRAWN)
    }
    if not ended:
        return []
    rows = {code: pair.mappings_of.get(code, []) for code in ended}
    automatic = sum(len(found) == 1 and found[0].automatic_forward for found in rows.values())
    nothing = sum(not any(mapping.target for mapping in found) for found in rows.values())
    choose = len(ended) - automatic - nothing
    return [
        f"Of the {counted(len(ended), 'deleted ' + noun)}, {number(automatic)} can be replaced without a person "
        f"looking, {number(choose)} {'needs' if choose == 1 else 'need'} a person to choose, and {number(nothing)} "
        f"{'has' if nothing == 1 else 'have'} no replacement on record."
    ]


def impact_sentences(report: Report) -> list[str]:
    """What the changes do to the user's files, what money is at risk and where, and how far the work is done."""
    impact = report.impact
    if impact is None:
        return ["No charge masters or rule files were given to this run, so nothing is said about yours."]
    counts = Counter(finding.severity for finding in impact.findings)
    files = counted(len(impact.assets), "file")
    if not impact.findings:
        lines = [f"{files} of yours {were(len(impact.assets))} checked; no line is touched."]
    else:
        lines = [
            f"{files} of yours {were(len(impact.assets))} checked; there "
            f"{'is' if len(impact.findings) == 1 else 'are'} {counted(len(impact.findings), 'finding')}: "
            f"{number(counts[Severity.WILL_DENY])} will deny, {number(counts[Severity.MAY_DENY])} may deny, "
            f"{number(counts[Severity.TEXT_ONLY])} text only, {number(counts[Severity.INFORMATION])} for information."
        ]
        lines += [*_at_risk(impact), *_decided(impact)]
    if impact.effects:
        lines.append(
            f"{counted(len(impact.effects), 'range or wildcard', 'ranges and wildcards')} silently gain or lose codes."
            if len(impact.effects) != 1
            else "1 range or wildcard silently gains or loses codes."
        )
    if impact.warnings:
        lines.append(f"{counted(len(impact.warnings), 'warning')} on your files: see Impact.")
    return lines


def _at_risk(impact: Impact) -> list[str]:
    """Amounts count as `amount_at_risk` says; the departments need not add up to the whole."""
    total = amount_at_risk(impact.findings)
    if total is None:
        return []
    named = [each for each in by_department(impact.findings) if each.department and each.amount_at_risk]
    most = ", ".join(f"{each.department} ({each.amount_at_risk:,.2f})" for each in named[:_MOST_DEPARTMENTS])
    more = len(named) - _MOST_DEPARTMENTS
    rest = f" and {counted(more, 'more department')}" if more > 0 else ""
    line = f"{total:,.2f} stands behind the lines that deny or may deny"
    return [f"{line}, most of it in {most}{rest}." if most else f"{line}."]


def _decided(impact: Impact) -> list[str]:
    counts = Counter(finding.state for finding in impact.findings)
    told = [f"{number(counts[state])} {state}" for state in STATES if state != PROPOSED and counts[state]]
    if not told:
        return []
    return [f"{', '.join(told)}; {number(counts[PROPOSED])} {'is' if counts[PROPOSED] == 1 else 'are'} undecided."]
