"""The landing pages of cms.gov, in the shape of the genuine ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from html import escape


@dataclass(frozen=True)
class Link:
    """A link to a file as a page has it: its text, where it leads, and what stands behind it."""

    label: str
    href: str
    note: str = ""


@dataclass
class FiscalYear:
    """The links of one fiscal year on the ICD-10 page."""

    cm: list[Link] = field(default_factory=list)
    pcs: list[Link] = field(default_factory=list)


def _page(title: str, body: str) -> str:
    """The frame that all pages share, with links that lead nowhere useful."""
    return f"""<!DOCTYPE html>
<html lang="en" dir="ltr" prefix="og: https://ogp.me/ns#">
  <head>
    <meta charset="utf-8" />
    <title>{escape(title)} | CMS</title>
  </head>
  <body class="path-node page-node-type-page">
    <a href="#main-content" class="visually-hidden focusable">Skip to main content</a>
    <nav role="navigation"><ul>
      <li><a href="/medicare">Medicare</a></li>
      <li><a href="/medicaid-chip">Medicaid/CHIP</a></li>
      <li><a href="/files/document/about-this-site.pdf">About CMS (PDF)</a></li>
    </ul></nav>
    <main id="main-content"><h1>{escape(title)}</h1>
{body}
    </main>
    <footer><a href="https://www.hhs.gov">HHS</a> <a href="/privacy">Privacy</a></footer>
  </body>
</html>
"""


def _items(links: Iterable[Link]) -> str:
    lines = []
    for link in links:
        note = f" - {escape(link.note)}" if link.note else ""
        lines.append(f'        <li><a href="{escape(link.href)}">{escape(link.label)}</a>{note}</li>')
    return "      <ul>\n" + "\n".join(lines) + "\n      </ul>" if lines else ""


def icd10_page(years: dict[int, FiscalYear]) -> str:
    """One page for all years, newest first: a part for each year, and in it ICD-10-CM and ICD-10-PCS."""
    parts = ["    <h2>What's New?</h2>", "    <p>The code update files are available below.</p>"]
    parts.append("    <h2>ICD-10 Files</h2>")
    for year in sorted(years, reverse=True):
        found = years[year]
        span = f"occurring from October 1, {year - 1} - September 30, {year}"
        parts.append(f'    <div class="accordion-item"><h3>{year} ICD-10 CM &amp; PCS files</h3><div>')
        if found.cm:
            parts.append(f"      <h4>{year} ICD-10-CM files</h4>")
            parts.append(f"      <p>These files include updates for FY {year}. Use these codes for discharges {span},")
            parts.append(f"      and for patient encounters {span}.</p>")
            parts.append(_items(found.cm))
        if found.pcs:
            parts.append(f"      <h4>{year} ICD-10-PCS files</h4>")
            parts.append(f"      <p>These files include updates for FY {year}. Use them for discharges {span}.</p>")
            parts.append(_items(found.pcs))
        parts.append("    </div></div>")
    return _page("ICD-10", "\n".join(parts))


def hcpcs_page(links: Sequence[Link]) -> str:
    """A zip for each quarter, newest first, in a table."""
    rows = []
    for link in links:
        note = f" - {escape(link.note)}" if link.note else ""
        rows.append(f'      <tr><td><a href="{escape(link.href)}">{escape(link.label)}</a>{note}</td></tr>')
    body = "    <p>The Alpha-Numeric HCPCS file is updated quarterly.</p>\n    <table><tbody>\n"
    return _page("HCPCS Quarterly Update", body + "\n".join(rows) + "\n    </tbody></table>")


def ncci_page(title: str, sections: dict[str, list[Link]]) -> str:
    """A page of the correct coding initiative: links under headings such as `Practitioner PTP Edits`."""
    parts = []
    for heading, links in sections.items():
        parts += [f"    <h2>{escape(heading)}</h2>", _items(links)]
    return _page(title, "\n".join(parts))


def licence_page(file: str) -> str:
    """The click-through before files with CPT codes: two forms of which the first leads to the file.

    The wording is not that of the terms, which belong to their owner.
    """
    body = f"""    <h2>License for Use of Current Procedural Terminology, Fourth Edition ("CPT&reg;")</h2>
    <p>This stands where the terms of the American Medical Association are.</p>
    <p>Should the foregoing terms and conditions be acceptable to you, please indicate your agreement below.</p>
    <form action="{escape(file)}" style="display: inline;">
      <input type="hidden" name="agree" value="yes">
      <input type="submit" data-license="ama" class="button" name="next" value="Accept">
    </form>
    <form action="" style="display: inline;">
      <input type="hidden" name="ReferURL" value="/">
      <input type="submit" class="button" name="Cancel" value="Don't Accept">
    </form>"""
    return _page("License Agreement", body)


def sorry_page() -> str:
    """What a site shows with status 200 when it would rather have sent an error."""
    return _page("Page Not Found", "    <p>We're sorry, we couldn't find that page. It may have been moved.</p>")


def denied_page(path: str) -> str:
    """What the site's guard answers to clients that do not say who they are."""
    return (
        "<HTML><HEAD>\n<TITLE>Access Denied</TITLE>\n</HEAD><BODY>\n<H1>Access Denied</H1>\n"
        f"You don't have permission to access &quot;{escape(path)}&quot; on this server.<P>\n</BODY>\n</HTML>\n"
    )
