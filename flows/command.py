"""The flows' command lines: settle Prefect for the workspace, run a flow, and say where the report is."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codeset_pipeline.errors import CodesetError
from codeset_pipeline.settings import Workspace
from flows import words
from flows.local_prefect import settle


@dataclass(frozen=True)
class _Update:
    """What the command line of an update flow says of it; `named` has the origins that are no path."""

    update: str
    demo: str
    release: str
    folder: str
    assets: str
    named: tuple[str, ...]


_UPDATES: Mapping[str, _Update] = {
    "annual_icd10cm": _Update(
        "annual ICD-10-CM update",
        "genuine releases from the package index, sample rules and order sets",
        "FY2026, 2025-10-01",
        "icd10cm",
        "rules.csv order-sets.yaml",
        ("cms", "cdc", "pypi"),
    ),
    "quarterly_hcpcs": _Update(
        "quarterly HCPCS Level II update",
        "a small sample of two quarters",
        "2020Q3, 2020-07-01",
        "hcpcs",
        "rules.csv",
        ("cms",),
    ),
    "quarterly_ncci": _Update(
        "quarterly update of NCCI edits (PTP, MUE, add-on codes)",
        "a small sample of two quarters",
        "2026Q3, v322, 2026-07-01",
        "ncci",
        "charges.csv",
        ("cms",),
    ),
}


def _arguments(name: str, arguments: Sequence[str] | None) -> argparse.Namespace:
    about = _UPDATES[name]
    parser = argparse.ArgumentParser(
        prog=f"python -m flows.{name}",
        description=f"The {about.update} as a Prefect flow; needs no server and no account.",
        epilog=(
            f"examples:\n  python -m flows.{name} --home demo --demo\n"
            f"  python -m flows.{name} --home work --from ~/Downloads/{about.folder} --assets {about.assets}"
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    origins = ["a zip", "a file", "a folder searched recursively", *about.named]
    _add_home(parser)
    add("--demo", action="store_true", help=about.demo)
    add(
        "--from",
        dest="origin",
        metavar="|".join(["PATH", *about.named]),
        help=f"{', '.join(origins[:-1])} or {origins[-1]}",
    )
    add("--release", help=f"only this release: {about.release}")
    add("--newest", action="store_true", help="only the newest release found, not every one")
    add("--assets", nargs="+", default=[], metavar="FILE", help="your rule files, order sets, charge masters")
    add("--usage", metavar="FILE", help="CSV of code, count, amount, to rank the findings")
    add("--accept", action="append", default=[], metavar="CHECK", help="a gate check whose failure you looked at")
    given = parser.parse_args(arguments)
    if given.demo == bool(given.origin):
        parser.error("give either --demo or --from PATH")
    if given.demo and (given.release or given.newest or given.assets or given.usage or given.accept):
        parser.error("--demo brings its own releases and files; give --home only")
    return given


def _add_home(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--home", type=Path, help="the workspace directory (else CODESET_HOME, else the current one)")


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def main(name: str, arguments: Sequence[str] | None = None) -> int:
    """Run an update flow; returns the exit code: 0 success, 1 a failed run, 2 misuse.

    Args:
        name: the flow, which has the name of its module.
    """
    given = _arguments(name, arguments)

    def start(run: Callable[..., Any], home: str) -> None:
        _summary(
            run(
                home=home,
                origin=given.origin or "",
                release=given.release,
                everything=not given.newest,
                assets=[str(Path(path).expanduser()) for path in given.assets],
                usage=given.usage,
                accept=given.accept,
                demo=given.demo,
            )
        )

    return _run(name, given.home, start)


def demonstrate(arguments: Sequence[str] | None = None) -> int:
    """Run the whole demonstration; returns the exit code as `main` does."""
    parser = argparse.ArgumentParser(
        prog="python -m flows.demo",
        description="The demonstration as a Prefect flow: ICD-10-CM in October; samples of HCPCS and NCCI.",
    )
    _add_home(parser)
    given = parser.parse_args(arguments)

    def start(run: Callable[..., Any], home: str) -> None:
        annual, quarterly, edits = run(home=home)
        _summary(annual)
        _summary(quarterly, "HCPCS sample workbook", "HCPCS sample page")
        _summary(edits, "NCCI sample workbook", "NCCI sample page")

    return _run("demo", given.home, start)


def _run(name: str, place: Path | None, start: Callable[[Callable[..., Any], str], None]) -> int:
    try:
        home = Workspace.at(place).home
        settle(home)
        _say("Starting Prefect with a temporary server of its own; this takes up to half a minute")
        start(getattr(importlib.import_module(f"flows.{name}"), name), str(home))
    except CodesetError as error:
        _say(f"{name}: {error}")
        return error.exit_code
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "prefect":
            raise
        _say(f"{name}: Prefect is not installed; run pip install 'codeset-pipeline[flows]' and repeat.")
        return 1
    except KeyboardInterrupt:
        _say(f"{name}: stopped; nothing was left half done.")
        return 130
    except Exception as error:
        _say(f"{name}: an unexpected error ({type(error).__name__}: {error}); repeat it and report it.")
        return 1
    return 0


def _summary(result: dict[str, Any], workbook: str = "Workbook", page: str = "Page") -> None:
    """The totals, and at the very end the paths of workbook and page."""
    if result["data"]:
        _say(result["data"])
    width = len(workbook) + 1
    for answers in result["comparisons"]:
        _say(words.totals(answers))
        _say(words.proof(answers["compared"]))
        for text in (words.findings(answers["assessed"]), *answers["assessed"]["warnings"]):
            if text:
                _say(text)
        print(f"{workbook + ':':{width}} {answers['report']['workbook']}")
        print(f"{page + ':':{width}} {answers['report']['page']}")
    if not result["comparisons"]:
        _say("Only one release is loaded, so there is nothing to compare it with yet; load the one before it.")
