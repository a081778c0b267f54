"""How often the suggested successors of ended HCPCS codes are right, on ended codes whose successor is known.

    python benchmarks/hcpcs_suggestions.py [--misses]

Cases: every ended code of the genuine releases beside the project (2018 to 2020Q3, rows as the newest release states
them) whose cross-reference names at least one HCPCS code that was valid on the day after the end. CPT targets are
left out, since no CPT code can be suggested. All cross-references, those of living codes too, are hidden from the
ranker. A hit is any true target among the first n, once of all candidates and once of those above
the floor that the crosswalk applies. The baseline ranks the same candidates by `rapidfuzz.fuzz.ratio` of the long
descriptions. Cases are split in
two by a hash of the code: the weights were set on the misses of the development half only, though the kinds of evidence
were chosen by someone who had seen all pairs. Most cases are drugs whose description hardly changes, which flatters the
baseline; of codes without any successor (where the floor matters) nothing is measured.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

from measured import DATA
from rapidfuzz import fuzz, process

from codeset_pipeline.crosswalk.hcpcs_inputs import HcpcsCode
from codeset_pipeline.crosswalk.hcpcs_rank import FLOOR, SuccessorRanker
from codeset_pipeline.parse.anweb_excel import parse_anweb_excel
from codeset_pipeline.parse.anweb_rows import AnwebRow
from codeset_pipeline.parse.anweb_text import parse_anweb_text
from codeset_pipeline.parse.hcpcs_compare import settle_anweb

FOLDER = DATA / "hcpcs"
ARCHIVES = ("2018-annual/2018", "2019-annual/2019", "2020-q1/2020")
WORKBOOKS = ("2020-q2/anweb.xlsx", "2020-q3/anweb.xlsx")
FIRST = (1, 3, 5)
Case = tuple[HcpcsCode, frozenset[str]]
Ranking = Callable[[HcpcsCode], list[str]]


def rows() -> list[AnwebRow]:
    """The rows of all releases, the newest statement of each code."""
    newest: dict[str, AnwebRow] = {}
    for name in ARCHIVES:
        with zipfile.ZipFile(io.BytesIO((FOLDER / f"{name}-Alpha-Numeric-HCPCS-File.zip").read_bytes())) as archive:
            members = [m for m in archive.namelist() if "ANWEB" in m and not m.endswith("/")]
            (text,) = (m for m in members if m.endswith(".txt"))
            (excel,) = (m for m in members if m.endswith((".xlsx", ".xls")))
            settled = settle_anweb(
                parse_anweb_text(archive.read(text), text), parse_anweb_excel(archive.read(excel), excel)
            )
        newest |= {row.code: row for row in settled.rows}
    for name in WORKBOOKS:
        newest |= {row.code: row for row in parse_anweb_excel((FOLDER / name).read_bytes(), name).rows}
    return list(newest.values())


def as_code(row: AnwebRow) -> HcpcsCode:
    return HcpcsCode(
        code=row.code,
        is_modifier=row.is_modifier,
        long_description=row.long_description,
        short_description=row.short_description,
        betos=row.betos,
        types_of_service=row.types_of_service,
        pricing_indicators=row.pricing_indicators,
        coverage=row.coverage,
        cross_references=row.cross_references,
        added=row.added_date,
        terminated=row.termination_date,
    )


def day_after(code: HcpcsCode) -> date:
    assert code.terminated is not None
    return code.terminated + timedelta(days=1)


def cases_of(codes: dict[str, HcpcsCode]) -> list[Case]:
    cases = []
    for code in codes.values():
        if code.terminated is not None:
            named = (codes[target] for target in code.cross_references if target in codes)
            true = frozenset(target.code for target in named if target.valid_on(day_after(code)))
            if true:
                cases.append((code, true))
    return cases


def is_held_out(code: str) -> bool:
    return hashlib.sha256(code.encode()).digest()[0] % 2 == 1


def hit_rates(cases: list[Case], ranking: Ranking) -> tuple[list[float], float, list[str]]:
    """Share of cases with a true target among the first 1, 3, 5; seconds; the cases that miss the first place."""
    begun = time.perf_counter()
    answers = [(code, true, ranking(code)) for code, true in cases]
    seconds = time.perf_counter() - begun
    rates = [sum(not true.isdisjoint(found[:n]) for _, true, found in answers) / len(cases) for n in FIRST]
    missed = [
        f"{code.code} -> {', '.join(sorted(true))}; first {found[:3]}"
        for code, true, found in answers
        if not true & {*found[:1]}
    ]
    return rates, seconds, missed


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description="Hit rates of suggested successors against a text baseline.")
    parser.add_argument("--misses", action="store_true", help="list the development cases that miss the first place")
    wanted = parser.parse_args(arguments)
    if not FOLDER.is_dir():
        print(f"The genuine releases are not beside the project; put them into {FOLDER} and run again.")
        return 1
    codes = {row.code: as_code(row) for row in rows()}
    cases = cases_of(codes)
    hidden = {code: replace(row, cross_references=()) for code, row in codes.items()}

    begun = time.perf_counter()
    ranker = SuccessorRanker(hidden.values())
    built = time.perf_counter() - begun

    def ranked(code: HcpcsCode) -> list[str]:
        return [found.code for found in ranker.successors(hidden[code.code], floor=0.0)]

    def above_floor(code: HcpcsCode) -> list[str]:
        return [found.code for found in ranker.successors(hidden[code.code])]

    def by_text(code: HcpcsCode) -> list[str]:
        pool = {
            other.code: other.long_description
            for other in codes.values()
            if other.code != code.code and other.is_modifier == code.is_modifier and other.valid_on(day_after(code))
        }
        return [name for _, _, name in process.extract(code.long_description, pool, scorer=fuzz.ratio, limit=5)]

    halves = {
        "development": [case for case in cases if not is_held_out(case[0].code)],
        "held out": [case for case in cases if is_held_out(case[0].code)],
        "all": cases,
    }
    print(f"{len(cases)} ended codes with a known successor; index of {len(codes)} codes built in {built:.2f} s\n")
    print(f"{'half':<12} {'cases':>5}  {'ranking':<22} {'top 1':>7} {'top 3':>7} {'top 5':>7} {'seconds':>8}")
    rankings: list[tuple[str, Ranking]] = [
        ("text ratio (baseline)", by_text),
        ("suggestions", ranked),
        (f"suggestions >= {FLOOR:.2f}", above_floor),
    ]
    for half, chosen in halves.items():
        for name, ranking in rankings:
            rates, seconds, missed = hit_rates(chosen, ranking)
            shares = " ".join(f"{100 * rate:6.1f}%" for rate in rates)
            print(f"{half:<12} {len(chosen):>5}  {name:<22} {shares} {seconds:8.2f}")
            if wanted.misses and half == "development":
                print(*(f"    {line}" for line in missed), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
