"""Every genuine release by way of the publishers' sites, against the same files in a folder.

    python benchmarks/acquire_all.py [--data FOLDER]

A loopback mirror serves the files of ../shared/data as the two sites do. For each code set and site, from an empty
workspace: the releases must equal those of `--from PATH` in number, revision and snapshot hash; a second run must make
only conditional requests (apart from the pages of the CDC's folders, which are made anew for everybody) and change
nothing; and a file posted again with one title mended must appear as a revision whose change is `corrected`.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from measured import DATA

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.mirror import Mirror, genuine

COURSES: list[tuple[str, str, Callable[[Mirror, Path], None]]] = [
    ("icd10cm", "cms", genuine.post_icd10_at_cms),
    ("icd10cm", "cdc", genuine.post_icd10cm_at_cdc),
    ("icd10pcs", "cms", genuine.post_icd10_at_cms),
    ("hcpcs", "cms", genuine.post_hcpcs),
]
FY2026 = "/files/zip/2026-code-descriptions-tabular-order.zip"
TITLE, MENDED = (
    b"Cholera due to Vibrio cholerae 01, biovar cholerae",
    b"Cholera due to Vibrio cholerae O1, biovar cholerae",
)


def codeset(mirror: Mirror, *arguments: object) -> Any:
    command = [sys.executable, "-m", "codeset_pipeline", *map(str, arguments), "--format", "json"]
    done = subprocess.run(
        command, env={**os.environ, **mirror.environment()}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} left with {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout)


def update(mirror: Mirror, code_set: str, origin: object, home: Path) -> Any:
    return codeset(mirror, "update", code_set, "--from", origin, "--all", "--no-report", "--home", home)[0]


def releases(mirror: Mirror, code_set: str, home: Path) -> list[tuple[str, int, str]]:
    listed = codeset(mirror, "releases", code_set, "--home", home)
    return [(item["label"], item["revision"], item["snapshot_hash"]) for item in listed]


def _nowhere(_: str) -> str:
    """The CDC's own folders tell the releases."""
    return ""


def check(mirror: Mirror, data: Path, folder: Path, course: tuple[str, str, Callable[[Mirror, Path], None]]) -> bool:
    code_set, site, post = course
    mirror.reset()
    post(mirror, data)
    begun = time.monotonic()
    update(mirror, code_set, site, folder / "mirrored")
    seconds, asked = time.monotonic() - begun, len(mirror.requests.all)
    sorted_into = genuine.release_at_cms if site == "cms" else _nowhere
    update(mirror, code_set, mirror.save(folder / "saved", site, sorted_into), folder / "local")
    got, wanted = (releases(mirror, code_set, folder / name) for name in ("mirrored", "local"))
    again = update(mirror, code_set, site, folder / "mirrored")
    plain = [
        entry
        for entry in mirror.requests.all[asked:]
        if not (entry.is_conditional and entry.status == 304) and not entry.path.endswith("/")
    ]
    passed = got == wanted and not again["loaded"] and not plain and mirror.requests.most_at_once(site) == 1
    print(f"{code_set} at {site}: {len(got)} revisions in {seconds:.0f} s, {asked} requests")
    for item in sorted({*got, *wanted}):
        where = "equal" if item in got and item in wanted else ("mirror only" if item in got else "folder only")
        print(f"  {item[0]:<12} r{item[1]} {item[2][:16]} {where}")
    print(f"  second run: {len(mirror.requests.all) - asked} requests, {len(plain)} of them without condition")
    return passed


def check_repost(mirror: Mirror, home: Path) -> bool:
    """Post FY2026 again with one title mended."""
    posted = mirror.cms.files[FY2026].content
    mended = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(posted)) as old, zipfile.ZipFile(mended, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info, old.read(info).replace(TITLE, MENDED))
    mirror.cms.repost(FY2026, mended.getvalue(), datetime(2025, 7, 15, 12, tzinfo=UTC))
    loaded = update(mirror, "icd10cm", "cms", home)["loaded"]
    changes = codeset(mirror, "diff", "icd10cm", "FY2026@r0", "FY2026", "--home", home)["changes"]
    found = [(item["code"], item["kind"]) for item in changes]
    print(f"re-post: {[(item['label'], item['revision'], item['published']) for item in loaded]}, {found}")
    return [(item["label"], item["revision"]) for item in loaded] == [("FY2026", 1)] and found == [
        ("A00.0", "corrected")
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    given = parser.parse_args()
    passed = True
    with Mirror() as mirror, tempfile.TemporaryDirectory() as folder:
        for number, course in enumerate(COURSES):
            passed &= check(mirror, given.data, Path(folder) / str(number), course)
            if number == 0:
                passed &= check_repost(mirror, Path(folder) / "0" / "mirrored")
    print("passed" if passed else "MISSED")
    sys.exit(0 if passed else 1)


if __name__ == "__main__":
    main()
