"""The consumer that the documentation prints, run as it stands there."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from codeset_pipeline.feed.store import open_feed
from tests.unit.feed.stranger import follow, table_hash
from tests.unit.history.loading import workspace

PAGE = Path(__file__).resolve().parents[3] / "docs" / "feed-another-system.md"


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    (code,) = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert "codeset_pipeline" not in code
    path = tmp_path_factory.mktemp("documented") / "follow.py"
    path.write_text(code, "utf-8")
    return path


def run(program: Path, file: Path, lines: list[bytes]) -> subprocess.CompletedProcess[bytes]:
    content = b"".join(line + b"\n" for line in lines)
    return subprocess.run([sys.executable, str(program), str(file)], input=content, capture_output=True, check=False)


def kept(file: Path) -> list[tuple[str, str, str]]:
    connection = sqlite3.connect(file)
    found = connection.execute("SELECT name, key, row FROM kept ORDER BY name, key").fetchall()
    connection.close()
    return found


def test_it_keeps_a_copy_right_and_goes_on_where_it_was(program: Path, feeding_home: Path, tmp_path: Path) -> None:
    feed, file = open_feed(workspace(feeding_home), "icd10cm"), tmp_path / "codes.sqlite"
    first = run(program, file, [])
    assert (first.returncode, first.stdout.strip()) == (0, b"")
    cursor = ""
    for limit in (50, 60, None):
        done = run(program, file, list(feed.lines(cursor, limit)))
        assert (done.returncode, done.stderr) == (0, b"")
        cursor = done.stdout.decode().strip()
    assert cursor == feed.cursor
    for name, said in feed.tables.items():
        rows = [json.loads(row) for table, _, row in kept(file) if table == name]
        assert {"hash": table_hash(rows), "rows": len(rows)} == said
    assert len(kept(file)) == sum(len(rows) for rows in follow(feed.lines())[0].values())


@pytest.mark.parametrize("what", ["changed", "left out", "moved", "twice", "row changed"])
def test_it_refuses_what_is_not_the_feed_and_keeps_what_it_had(
    program: Path, feeding_home: Path, tmp_path: Path, what: str
) -> None:
    lines, file = list(open_feed(workspace(feeding_home), "icd10cm").lines()), tmp_path / "codes.sqlite"
    updated = next(n for n, line in enumerate(lines) if json.loads(line)["kind"] == "update")
    assert run(program, file, lines[: updated - 2]).returncode == 0
    rest = lines[updated - 2 : updated + 3]
    if what == "changed":
        rest[2] = rest[2].replace(b"isorder", b"isarray", 1)
    elif what == "left out":
        del rest[2]
    elif what == "moved":
        rest[1], rest[2] = rest[2], rest[1]
    elif what == "twice":
        rest.insert(2, rest[1])
    else:
        connection = sqlite3.connect(file)
        connection.execute("UPDATE kept SET row = replace(row, 'isorder', 'isarray')")
        connection.commit()
        connection.close()
    before = kept(file)
    done = run(program, file, rest)
    assert done.returncode == 1
    assert re.search(rb"^(refused: |somebody else changed ).*\d+-[0-9a-f]{64}$", done.stderr.strip())
    assert kept(file) == before
