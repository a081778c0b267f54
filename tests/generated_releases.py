"""Tiny releases in the publisher's exact layouts, written for the tests: order file, addenda, codes file, tabular XML.

The codes and titles are made up. A release is a dict from code to its flag and titles, so that a test can say what a
release holds without reading it back through the parsers.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import NamedTuple


class Entry(NamedTuple):
    """A header or code as an order file has it."""

    billable: bool
    short: str
    long: str


Codes = dict[str, Entry]


def categories(first: int = 0, count: int = 40) -> Codes:
    """Categories with three billable codes each, `A00` with `A000`, `A001`, `A009`, and so on."""
    codes: Codes = {}
    for number in range(first, first + count):
        category = f"{chr(65 + number // 100)}{number % 100:02d}"
        codes[category] = Entry(False, f"Disorder {category}", f"Disorder of sort {category}")
        for character in "019":
            codes[category + character] = Entry(
                True, f"Disorder {category}, {character}", f"Disorder of sort {category}, variety {character}"
            )
    return codes


def split(codes: Codes, code: str) -> Codes:
    """The release in which a billable code became a header with two codes below it."""
    entry = codes[code]
    children = {code + c: Entry(True, f"{entry.short} {c}", f"{entry.long}, part {c}") for c in "AB"}
    return {**codes, code: entry._replace(billable=False), **children}


def without(codes: Codes, *gone: str) -> Codes:
    return {code: entry for code, entry in codes.items() if code not in gone}


def retitled(codes: Codes, code: str, long: str, short: str | None = None) -> Codes:
    entry = codes[code]
    return {**codes, code: Entry(entry.billable, short or entry.short, long)}


def _record(code: str, entry: Entry) -> str:
    return f"{code:<7} {int(entry.billable)} {entry.short:<60} {entry.long}"


def order_file(codes: Codes) -> bytes:
    """Columns: 1-5 number, 7-13 code, 15 flag, 17-76 short title, 78- long title."""
    lines = [f"{number:05d} {_record(code, codes[code])}\r\n" for number, code in enumerate(sorted(codes), 1)]
    return "".join(lines).encode()


def codes_file(codes: Codes) -> bytes:
    return "".join(f"{c:<7} {e.long}\r\n" for c, e in sorted(codes.items()) if e.billable).encode()


def order_addenda(old: Codes, new: Codes, old_name: str, new_name: str) -> bytes:
    """The publisher's list with its trailer; a changed flag is a deletion followed by an addition."""
    lines: list[str] = []
    counts = {level: [0, 0, 0, 0, 0, 0] for level in (False, True)}

    def put(label: str, code: str, entry: Entry) -> None:
        lines.append(f"{label:<13}{int(entry.billable)} {code:<7} {entry.short:<60} {entry.long}")

    for code in sorted(old.keys() | new.keys()):
        was, now = old.get(code), new.get(code)
        if was == now:
            continue
        if was and now and was.billable == now.billable:
            put("Revise from:", code, was)
            put("Revise to:", code, now)
            counted = counts[now.billable]
            counted[2] += 1
            counted[3 if was.short != now.short and was.long != now.long else (4 if was.long != now.long else 5)] += 1
            continue
        if was:
            put("Delete:", code, was)
            counts[was.billable][1] += 1
        if now:
            put("Add:", code, now)
            counts[now.billable][0] += 1
    for level, name in ((False, "headers"), (True, "codes")):
        added, deleted, revised, both, long, short = counts[level]
        before = sum(entry.billable is level for entry in old.values())
        after = sum(entry.billable is level for entry in new.values())
        lines += ["", name.capitalize(), f"{before:>7} {name} in {old_name}", f"{after:>7} {name} in {new_name}"]
        lines += [f"{added:>7} additions", f"{deleted:>7} deletions", f"{revised:>7} revisions", "of which"]
        lines += [
            f"{both:>7} revisions to both long and short titles",
            f"{long:>7} revisions to long title only",
            f"{short:>7} revisions to short title only",
        ]
    return ("\r\n".join(lines) + "\r\n").encode()


def archive(members: dict[str, bytes], written: tuple[int, int, int]) -> bytes:
    """A zip whose members carry the given date."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, data in members.items():
            opened.writestr(zipfile.ZipInfo(name, (*written, 12, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return content.getvalue()


def release_members(year: int, codes: Codes, before: Codes | None = None) -> dict[str, bytes]:
    members = {f"icd10cm_order_{year}.txt": order_file(codes)}
    if before is not None:
        names = (f"icd10cm_order_{year - 1}.txt", f"icd10cm_order_{year}.txt")
        members[f"icd10cm_order_addenda_{year}.txt"] = order_addenda(before, codes, *names)
    return members


def write_release(folder: Path, year: int, codes: Codes, before: Codes | None = None) -> Path:
    """The October archive of a fiscal year as the publisher names it, written in June before it takes effect."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{year}-code-descriptions-tabular-order.zip"
    path.write_bytes(archive(release_members(year, codes, before), (year - 1, 6, 10)))
    return path


def conversion_csv(rows: list[tuple[str, int, str]]) -> bytes:
    """A conversion table: code, fiscal or calendar year of 1 October, previous codes."""
    lines = ["ICD-10-CM Conversion Table", "Current code assignment,Effective October 1,Previous Code(s) Assignment"]
    lines += [f'{code},{year},"{previous}"' for code, year, previous in rows]
    return ("\r\n".join(lines) + "\r\n").encode()


def tabular_xml(codes: Codes, head: str = "") -> bytes:
    """The categories and codes of a release as a tabular list with one chapter; no 7th characters."""
    parts = ['<?xml version="1.0" encoding="utf-8"?>\n', head, "<ICD10CM.tabular><version>1</version>"]
    parts.append("<introduction></introduction><chapter><name>1</name><desc>All disorders (A00-A99)</desc>")
    first, last = min(codes)[:3], max(codes)[:3]
    parts.append(f'<sectionIndex><sectionRef first="{first}" last="{last}" id="{first}-{last}">All</sectionRef>')
    parts.append(f'</sectionIndex><section id="{first}-{last}"><desc>All ({first}-{last})</desc>')
    open_codes: list[str] = []
    for code in sorted(codes):
        while open_codes and not code.startswith(open_codes[-1]):
            open_codes.pop()
            parts.append("</diag>")
        dotted = code if len(code) == 3 else f"{code[:3]}.{code[3:]}"
        parts.append(f"<diag><name>{dotted}</name><desc>{codes[code].long}</desc>")
        open_codes.append(code)
    parts += ["</diag>"] * len(open_codes)
    parts.append("</section></chapter></ICD10CM.tabular>")
    return "".join(parts).encode()
