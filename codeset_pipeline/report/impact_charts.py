"""The charts of the user's own files as SVG: findings by department, and how far the worklist is worked off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from codeset_pipeline.impact.review_book import STATES
from codeset_pipeline.impact.risk import by_department
from codeset_pipeline.model import Impact, Severity
from codeset_pipeline.report.markup import escaped
from codeset_pipeline.report.phrases import counted, number, severity_name
from codeset_pipeline.report.worklist_table import NO_DEPARTMENT

_WIDTH, _LABELS, _BARS, _STEP, _TOP = 1040, 300, 460, 26, 34
_MOST_BARS, _LONGEST_LABEL = 15, 42


@dataclass(frozen=True, slots=True)
class _Bar:
    """A bar of several parts; `counts` in the order of the legend, `told` the words at its end."""

    label: str
    counts: tuple[int, ...]
    told: str


def impact_charts(impact: Impact) -> str:
    """Both charts; the first one only where the files name departments. Their figures also stand in the tables."""
    if not impact.findings:
        return ""
    departments = by_department(impact.findings)
    parts = []
    if any(each.department for each in departments):
        bars = [
            _Bar(
                each.department or NO_DEPARTMENT,
                tuple(each.by_severity.get(severity, 0) for severity in Severity),
                f"{counted(each.findings, 'finding')}"
                + ("" if each.amount_at_risk is None else f", {each.amount_at_risk:,.0f} at risk"),
            )
            for each in departments[:_MOST_BARS]
        ]
        rest = len(departments) - len(bars)
        text = f"One bar per department, most money at risk first. First is {bars[0].label}: {bars[0].told}."
        if rest:
            text += f" {counted(rest, 'more department')} with less at risk stand in the table Departments."
        names = [(severity_name(each), f"severity-{each.replace('_', '-')}") for each in Severity]
        parts.append(_chart("departments-chart", "Findings by department", text, names, bars))
    states = Counter(each.state for each in impact.findings)
    told = ", ".join(f"{number(states[state])} {state}" for state in STATES if states[state])
    bar = _Bar("Worklist", tuple(states[state] for state in STATES), "")
    text = f"How far the worklist is worked off: {told}."
    parts.append(_chart("states-chart", "State of the worklist", text, [(s, f"state-{s}") for s in STATES], [bar]))
    return "".join(parts)


def _chart(name: str, title: str, text: str, legend: Sequence[tuple[str, str]], bars: Sequence[_Bar]) -> str:
    height = _TOP + _STEP * len(bars) + 6
    most = max(sum(bar.counts) for bar in bars)
    return (
        f'<figure class="chart"><svg viewBox="0 0 {_WIDTH} {height}" role="img" aria-labelledby="{name}-title '
        f'{name}-text" xmlns="http://www.w3.org/2000/svg"><title id="{name}-title">{escaped(title)}</title>'
        f'<desc id="{name}-text">{escaped(text)}</desc>{_legend(legend)}'
        + "".join(_bar(bar, place, most, legend) for place, bar in enumerate(bars))
        + f"</svg><figcaption>{escaped(text)}</figcaption></figure>"
    )


def _legend(legend: Sequence[tuple[str, str]]) -> str:
    return "".join(
        f'<rect class="{style}" x="{_LABELS + place * 110}" y="6" width="12" height="12" rx="2"/>'
        f'<text x="{_LABELS + place * 110 + 17}" y="16">{escaped(label.capitalize())}</text>'
        for place, (label, style) in enumerate(legend)
    )


def _bar(bar: _Bar, place: int, most: int, legend: Sequence[tuple[str, str]]) -> str:
    top = _TOP + place * _STEP
    label = bar.label if len(bar.label) <= _LONGEST_LABEL else bar.label[: _LONGEST_LABEL - 1].rstrip() + "…"
    figures = ", ".join(f"{number(n)} {name}" for n, (name, _) in zip(bar.counts, legend, strict=True) if n)
    parts = [
        f"<g><title>{escaped(f'{bar.label}: {figures}')}</title>"
        f'<text x="{_LABELS - 10}" y="{top + 14}" text-anchor="end">{escaped(label)}</text>'
    ]
    left = float(_LABELS)
    for count, (_, style) in zip(bar.counts, legend, strict=True):
        if count:
            width = max(2.0, _BARS * count / most)
            parts.append(f'<rect class="{style}" x="{left:.1f}" y="{top}" width="{width:.1f}" height="18"/>')
            left += width
    parts.append(f'<text class="value" x="{left + 8:.1f}" y="{top + 14}">{escaped(bar.told or figures)}</text></g>')
    return "".join(parts)
