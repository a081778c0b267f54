"""The report as one HTML file that needs no network and no server.

The rows stand in the file as plain tables: it can be read and printed with scripts switched off. The script filters,
and leafs through tables of more than 5,000 rows, of which only the first stand in the file as rows (`page_rows`). The
content security policy allows nothing but the file's own style and script, by their hashes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from string import Template

from codeset_pipeline.impact.review_book import STATES
from codeset_pipeline.model import Severity
from codeset_pipeline.report.markup import escaped, table_or_none, table_section
from codeset_pipeline.report.method import facts, method_of
from codeset_pipeline.report.model import Report
from codeset_pipeline.report.page_summary import summary_section
from codeset_pipeline.report.phrases import code_set_name, kind_name, long_date, number, severity_name
from codeset_pipeline.report.proof_tables import release_rows
from codeset_pipeline.report.summary import SAMPLE, proof
from codeset_pipeline.report.table import Table
from codeset_pipeline.report.tables import tables_of

_SECTIONS = (
    "Worklist", "Departments", "Retroactive", "Edits added", "Edits deleted", "Indicator changes",
    "Other edit changes", "MUE", "Add-on codes", "Deleted", "Added", "Revised", "Notes", "Crosswalk", "POA", "Impact",
    "Rules", "Expressions", "Not recognised", "Warnings", "Reconciliation",
)  # fmt: skip

# Facet of a row → label, choice of everything, and how its values are shown.
_FILTERS: dict[str, tuple[str, str, Callable[[str], str]]] = {
    "state": ("State", "All states", str),
    "severity": ("Severity", "All severities", severity_name),
    "department": ("Department", "All departments", str),
    "asset": ("Your file", "All files", str),
    "code_set": ("Code set", "All code sets", code_set_name),
    "kind": ("Kind of change", "All kinds", kind_name),
}


def write_page(report: Report, path: Path) -> None:
    """Write the page in UTF-8; equal reports give equal bytes."""
    partial = path.with_name(f"{path.name}.partial")
    partial.write_text(page_html(report), encoding="utf-8", newline="\n")
    partial.replace(path)


def page_html(report: Report) -> str:
    """The whole page."""
    tables = tables_of(report)
    shown = [tables[name] for name in _SECTIONS if name in tables]
    style, script = asset("page.css"), asset("page.js")
    content = [summary_section(report), *(table_section(table) for table in shown), _provenance(report, tables)]
    return Template(asset("page.html")).substitute(
        policy=(
            f"default-src 'none'; style-src '{hashed(style)}'; script-src '{hashed(script)}'; base-uri 'none'; "
            "form-action 'none'"
        ),
        generator=escaped(f"codeset-pipeline {report.provenance.program_version}"),
        title=escaped(report.title),
        style=style,
        script=script,
        banner=f'<p class="sample" role="note">{escaped(SAMPLE)}</p>' if report.sample else "",
        when=escaped(_when(report)),
        navigation=_navigation(shown),
        selects=_selects(shown),
        content="\n".join(content),
        foot=escaped(
            f"Unexplained differences: {proof(report).figure}. Written {report.provenance.written_at} by "
            f"codeset-pipeline {report.provenance.program_version}."
        ),
    )


def asset(name: str) -> str:
    """A template, style sheet or script that comes with the program."""
    return (files("codeset_pipeline.report") / "assets" / name).read_text(encoding="utf-8")


def hashed(text: str) -> str:
    """The hash by which a content security policy allows a style sheet or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")


def _when(report: Report) -> str:
    starts = [
        f"{code_set_name(pair.code_set)} {pair.to_release.label} is in force from "
        f"{long_date(pair.to_release.effective_from)}"
        for pair in report.pairs
    ]
    return "; ".join(starts) + ("." if starts else "The report covers no releases.")


def _navigation(tables: list[Table]) -> str:
    items = ['<li><a href="#summary">Summary</a></li>']
    items += [
        f'<li><a href="#{escaped(table.anchor)}"><span>{escaped(table.name)}</span> '
        f'<span class="n">{number(len(table.rows))}</span></a></li>'
        for table in tables
    ]
    items.append('<li><a href="#provenance">Provenance</a></li>')
    return "\n".join(items)


def _selects(tables: list[Table]) -> str:
    """A select for each facet that any row has."""
    parts = []
    for facet, (name, everything, shown) in _FILTERS.items():
        values = {value for table in tables for row in table.rows if (value := getattr(row, facet))}
        if not values and facet not in ("kind", "asset"):
            continue
        if facet in ("severity", "state"):
            order = [str(each) for each in (Severity if facet == "severity" else STATES)]
            listed = [value for value in order if value in values]
        else:
            listed = sorted(values)
        options = "".join(f'<option value="{escaped(each)}">{escaped(shown(each))}</option>' for each in listed)
        parts.append(
            f'<label for="{facet}">{name}</label><select id="{facet}" data-facet="{facet}">'
            f'<option value="">{everything}</option>{options}</select>'
        )
    return "\n".join(parts)


def _provenance(report: Report, tables: dict[str, Table]) -> str:
    rows = [*facts(report), *(row for pair in report.pairs for row in release_rows(pair))]
    pairs = "".join(f"<dt>{escaped(label)}</dt><dd>{escaped(text)}</dd>" for label, text in rows)
    steps = "".join(f"<li>{escaped(sentence)}</li>" for sentence in method_of(report))
    known = f"{number(len(report.known_differences))} explained with their cause under Reconciliation."
    parts = [
        '<section id="provenance" aria-labelledby="provenance-heading">'
        f'<h2 id="provenance-heading">Method and provenance</h2><dl>{pairs}</dl>'
        f'<h3>How it was computed</h3><ol class="method">{steps}</ol>'
    ]
    for name in ("Inputs", "Oddities"):
        table = tables[name]
        parts.append(
            f'<h3>{escaped(table.title)}</h3><p class="intro">{escaped(table.intro)}</p>{table_or_none(table)}'
        )
    parts.append(f"<h3>Known differences</h3><p>{escaped(known)}</p></section>")
    return "".join(parts)
