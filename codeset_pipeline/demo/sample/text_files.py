"""The sample as order file, codes file, addenda and conversion table, in the publisher's layouts (see `parse`)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from itertools import pairwise

from codeset_pipeline.demo.sample.tabular_list import OrderLine, TabularList

_SHORT = 60


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def _short(title: str) -> str:
    """The publisher abbreviates by hand; the sample cuts."""
    return title[:_SHORT].strip()


def _titles(line: OrderLine) -> str:
    return f"{_short(line.title):<{_SHORT}} {line.title}"


def order_file(tabular: TabularList) -> bytes:
    return _lines(
        f"{number:05d} {line.code:<7} {line.billable:d} {_titles(line)}"
        for number, line in enumerate(tabular.order_lines(), 1)
    )


def codes_file(tabular: TabularList) -> bytes:
    return _lines(f"{line.code:<7} {line.title}" for line in tabular.order_lines() if line.billable)


def _listed(old: TabularList, new: TabularList) -> list[tuple[str, OrderLine]]:
    """What the publisher lists: a code whose flag changed is a deletion and an addition."""
    before = {line.code: line for line in old.order_lines()}
    after = {line.code: line for line in new.order_lines()}
    listed = []
    for code in sorted(before.keys() | after.keys()):
        was, now = before.get(code), after.get(code)
        if was and now and was.billable == now.billable:
            if was.title != now.title:
                listed += [("Revise from:", was), ("Revise to:", now)]
        else:
            listed += [(label, line) for label, line in (("Delete:", was), ("Add:", now)) if line]
    return listed


def _trailer(old: TabularList, new: TabularList, listed: list[tuple[str, OrderLine]], levels: list[str]) -> list[str]:
    text = []
    for level in levels:
        billable = level == "Codes"
        of_level = [(label, line) for label, line in listed if line.billable == billable]
        labels = [label for label, _ in of_level]
        text += ["", level]
        for tabular in (old, new):
            count = sum(line.billable == billable for line in tabular.order_lines())
            text.append(f"{count:7} {level.lower()} in icd10cm_order_{tabular.fiscal_year}.txt")
        for label, name in (("Add:", "additions"), ("Delete:", "deletions"), ("Revise to:", "revisions")):
            text.append(f"{labels.count(label):7} {name}")
        if len(levels) == 2:
            pairs = [
                (_short(was.title) != _short(now.title))
                for (label, was), (_, now) in pairwise(of_level)
                if label == "Revise from:"
            ]
            text += ["of which", f"{sum(pairs):7} revisions to both long and short titles"]
            text += [f"{len(pairs) - sum(pairs):7} revisions to long title only"]
            text += ["      0 revisions to short title only"]
    return text


def order_addenda(old: TabularList, new: TabularList) -> bytes:
    """The list of changes between the two order files, with its counts."""
    listed = _listed(old, new)
    rows = [f"{label:<13}{line.billable:d} {line.code:<7} {_titles(line)}" for label, line in listed]
    return _lines(rows + _trailer(old, new, listed, ["Headers", "Codes"]))


def codes_addenda(old: TabularList, new: TabularList) -> bytes:
    """The same between the two codes files: billable codes and long titles only."""
    listed = [(label, line) for label, line in _listed(old, new) if line.billable]
    rows = [f"{label:<13}{line.code:<7} {line.title}" for label, line in listed]
    return _lines(rows + _trailer(old, new, listed, ["Codes"]))


def conversion_table(new: TabularList) -> bytes:
    """Each new code with the code that was used before; a year stands for 1 October of that year."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["SAMPLE conversion table: a small selection in the publisher's layout, not for coding"])
    writer.writerow(["Current code assignment", "Effective", "Previous Code(s) Assignment"])
    for code, previous in new.outline["previous"].items():
        writer.writerow([code, new.fiscal_year - 1, previous])
    return text.getvalue().encode("ascii")
