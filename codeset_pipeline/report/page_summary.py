"""The first section of the page: headline figures, sentences, chart, top of the worklist."""

from __future__ import annotations

from dataclasses import replace

from codeset_pipeline.model import ReleasePair, Severity
from codeset_pipeline.report.chart import chapter_chart
from codeset_pipeline.report.counts import TotalsRow, totals_rows
from codeset_pipeline.report.impact_charts import impact_charts
from codeset_pipeline.report.markup import escaped, table_or_none
from codeset_pipeline.report.model import Report
from codeset_pipeline.report.ncci_summary import kinds_table
from codeset_pipeline.report.ncci_tables import is_ncci
from codeset_pipeline.report.phrases import code_noun, number, pair_name
from codeset_pipeline.report.proof_tables import chapter_table, totals_table
from codeset_pipeline.report.summary import impact_sentences, proof, sentences
from codeset_pipeline.report.worklist_table import worklist_table

_TOP = 10
_TOP_COLUMNS = ("Severity", "What to do", "File", "Line", "Code", "Amount", "Volume")


def summary_section(report: Report) -> str:
    """What a director reads in a minute."""
    found = proof(report)
    parts = ['<section id="summary" aria-labelledby="summary-heading"><h2 id="summary-heading">Summary</h2>']
    for index, pair in enumerate(report.pairs, 1):
        if len(report.pairs) > 1:
            parts.append(f"<h3>{escaped(pair_name(pair))}</h3>")
        parts.append(_figures(report, pair))
        parts.append(_list(sentences(pair)))
        if is_ncci(pair):
            parts.append(f"<h3>Changes by kind</h3>{table_or_none(kinds_table(pair))}")
        else:
            parts.append(f"<h3>Changes by chapter</h3>{chapter_chart(pair, index)}")
            parts.append(table_or_none(chapter_table(pair), sum_row=True))
        parts.append("<h3>Totals in the publisher&#x27;s terms</h3>")
        parts.append(table_or_none(totals_table(pair)))
    colour = "ok" if found.proven else "no"
    parts.append(f'<h3>How far this is proven</h3><p class="proof {colour}">{escaped(found.sentence)}</p>')
    parts.append(f"<h3>Your charge masters and rules</h3>{_list(impact_sentences(report))}")
    if report.impact is not None and report.impact.findings:
        parts.append(impact_charts(report.impact))
        parts.append(f"<h3>Top of the worklist</h3>{_top(report)}")
    parts.append("</section>")
    return "".join(parts)


def _figures(report: Report, pair: ReleasePair) -> str:
    noun = code_noun(pair.to_release)
    cards = [
        _card(number(row.ours), f"{noun}s {row.what}", _check(row), "")
        for row in totals_rows(pair)
        if row.level == "codes"
    ]
    if is_ncci(pair) and "-mue-" not in pair.code_set:
        back = sum(change.ncci is not None and change.ncci.retroactive for change in pair.changes)
        cards.append(
            _card(number(back), "retroactive changes", "reach earlier dates of service", "bad" if back else "")
        )
    covered, count = pair.reconciliation.covered, len(pair.reconciliation.unexplained)
    cards.append(
        _card(number(count), "unexplained differences", "from the publisher&#x27;s list", "bad" if count else "good")
        if covered
        else _card("–", "unexplained differences", "nothing is proven: no list to compare with", "bad")
    )
    if report.impact is not None and pair is report.pairs[0]:
        found = report.impact.findings
        deny = sum(each.severity is Severity.WILL_DENY for each in found)
        cards.append(_card(number(len(found)), "findings in your files", f"{number(deny)} will deny", ""))
    return f'<div class="figures">{"".join(cards)}</div>'


def _card(figure: str, what: str, check: str, tone: str) -> str:
    classes = f"figure {tone}".strip()
    return (
        f'<div class="{classes}"><span class="big">{figure}</span> <span class="what">{escaped(what)}</span> '
        f'<span class="check">{check}</span></div>'
    )


def _check(row: TotalsRow) -> str:
    if row.equal is None:
        return "publisher states no total"
    if row.equal:
        return '<span class="ok">✓</span> equal to the publisher&#x27;s total'
    return f'<span class="no">✗</span> publisher states {number(row.publisher or 0)}'


def _list(lines: list[str]) -> str:
    return f'<ul class="facts">{"".join(f"<li>{escaped(line)}</li>" for line in lines)}</ul>'


def _top(report: Report) -> str:
    if report.impact is None:
        return ""
    whole = worklist_table(report.impact)
    places = [index for index, column in enumerate(whole.columns) if column.header in _TOP_COLUMNS]
    rows = [replace(row, cells=tuple(row.cells[place] for place in places)) for row in whole.rows[:_TOP]]
    columns = tuple(whole.columns[place] for place in places)
    return table_or_none(replace(whole, title="Top of the worklist", columns=columns, rows=rows))
