"""`kill -9` at any moment of an update: the last good release stands, and running it again finishes the work."""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from codeset_pipeline import upkeep
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.verify import verify_files
from tests.generated_releases import categories, retitled, split, write_release
from tests.integration.command_line import codeset, database_hashes, state

# CODESET_TEST_KILLS asks for more moments than a change has time for.
KILLS = int(os.environ.get("CODESET_TEST_KILLS", "8"))


def workspace(home: Path) -> Workspace:
    return Workspace.at(home, f"sqlite:///{home / 'codeset.sqlite'}")


def update(origin: Path, home: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "codeset_pipeline", "update", "icd10cm", "--from", str(origin), "--all"]
    return subprocess.Popen(
        [*command, "--no-report", "--home", str(home)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )


def history(home: Path) -> dict[str, str]:
    """What the history says, apart from the list of releases and the crosswalks, which are loaded after it."""
    return {name: digest for name, digest in database_hashes(home).items() if name.startswith("icd10_")}


def ready(home: Path) -> list[str]:
    done = codeset("releases", "icd10cm", "--home", home, "--format", "json")
    assert done.code == 0, done.err
    return [row["label"] for row in done.json if row["state"] == "ready"]


def test_an_update_that_is_killed_leaves_the_last_good_release_and_can_be_run_again(tmp_path: Path) -> None:
    old = categories(count=300)
    new = retitled(split(old, "A010"), "B020", "New words")
    base, good = tmp_path / "base", write_release(tmp_path / "1", 2029, old)
    assert codeset("update", "icd10cm", "--from", good, "--no-report", "--home", base).code == 0
    origin = tmp_path / "2"
    write_release(origin, 2030, new, old)

    undisturbed = tmp_path / "undisturbed"
    shutil.copytree(base, undisturbed)
    process = update(origin, undisturbed)
    assert process.stderr is not None
    process.stderr.readline()  # the first line of progress: from here on the update is at work
    begun = time.monotonic()
    assert process.wait() == 0
    work = time.monotonic() - begun
    process.stderr.close()
    before, after = history(base), history(undisturbed)
    final = database_hashes(undisturbed)
    assert before != after
    assert upkeep.verify(workspace(undisturbed)) == []

    moments = random.Random(2029)
    seen: set[str] = set()
    for number in range(KILLS):
        home = tmp_path / f"killed{number}"
        shutil.copytree(base, home)
        process = update(origin, home)
        assert process.stderr is not None
        process.stderr.readline()
        time.sleep(work * (number + moments.random()) / KILLS)
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stderr.close()

        labels, now = ready(home), history(home)
        assert (labels, now) in ((["FY2029"], before), (["FY2029", "FY2030"], after))
        assert codeset("lookup", "icd10cm", "A01.0", "--on", "2028-10-01", "--home", home).json[0]["status"] == "valid"
        assert verify_files(workspace(home), lambda _: None) == []
        seen.add(
            "after" if now == after else ("importing" if now == before and state(home) != state(base) else "before")
        )

        again = codeset("update", "icd10cm", "--from", origin, "--all", "--no-report", "--home", home)
        assert again.code == 0, again.err
        assert database_hashes(home) == final
        assert list((home / "snapshots").rglob("*.tmp")) == []
        shutil.rmtree(home)
    # The moments were spread over the work: some fell before anything was written, some in its midst.
    assert len(seen) > 1
