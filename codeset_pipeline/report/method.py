"""How the report was computed, in sentences for the last page."""

from __future__ import annotations

from codeset_pipeline.report.model import Report
from codeset_pipeline.report.ncci_tables import is_ncci
from codeset_pipeline.report.summary import proof

METHOD = (
    "The publisher's files of both releases were read in full; a line that departs from its layout stops the program "
    "or is listed under the oddities.",
    "Every code of either release was compared with the other release: its existence, whether it may be billed, and "
    "its titles.",
    "Totals are in the publisher's terms: a billable code that became a header counts as deleted among the billable "
    "codes and as added among the headers.",
    "The changes found were held against the publisher's own list. What disagrees is either a known difference with "
    "its cause, or unexplained.",
    "Replacements come, strongest first, from decisions of people, the publisher's conversion table and the children "
    "of a code that became a header. Suggestions by likeness of titles are never applied on their own.",
    "Automatic means that the old code ended, has exactly one replacement and is wholly covered by it; anything else "
    "needs a person.",
    "In revised texts the alignment of old and new words that keeps the most text decides which words are marked.",
    "Amounts and volumes are those of your own files. They are not added up, because the usage of one code may stand "
    "behind several lines.",
    "A character that workbooks and web pages cannot hold is shown as a visible symbol in its place; a text longer "
    "than an Excel cell holds is cut, and says so. report.json has every text whole.",
    "In the CSV files a text that begins with =, +, -, @, a tab, a carriage return or an apostrophe has one apostrophe "
    "put before it, so that no spreadsheet runs it as a formula; take that apostrophe away to get the exact text.",
)


# Sentences on codes, which do not fit a report on edits alone, and what stands in their place.
_OF_CODES = METHOD[1:3]
_REPLACED = METHOD[4:7]
_OF_EDITS = (
    "Every edit of either release was compared with the other release: PTP edits by column 1, column 2 and effective "
    "date, MUE by code, add-on codes by add-on code, primary code and effective date.",
    "A change is retroactive when dates of service before the new release are treated otherwise than before; the dates "
    "are stated with it. An edit deleted as of its effective date with modifier indicator 9 was never in force.",
    "Where one edit of a pair ends and another begins the day after with another modifier indicator, the pair has one "
    "indicator change beside the deleted and the added edit.",
    "A row that is missing from a newer file is no deletion: it had ended before, or it is shown as an anomaly.",
    "Descriptions are those of HCPCS Level II, where it is loaded; CPT codes have none here.",
)


def method_of(report: Report) -> tuple[str, ...]:
    """How the report was computed, sentence by sentence."""
    if not report.pairs or not all(is_ncci(pair) for pair in report.pairs):
        return METHOD
    kept = [sentence for sentence in METHOD if sentence not in (*_OF_CODES, *_REPLACED)]
    return (kept[0], *_OF_EDITS, *kept[1:])


def facts(report: Report) -> list[tuple[str, str]]:
    """What wrote the report and when, and how far it is proven, as label and text."""
    return [
        ("Report", report.title),
        ("Written at", report.provenance.written_at),
        ("Program version", report.provenance.program_version),
        ("Parser version", report.provenance.parser_version),
        ("Unexplained differences", proof(report).figure),
        ("Proof", proof(report).sentence),
    ]
