"""Whatever happens to a file of a feed is found and named; what can be made again is made again."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from codeset_pipeline.errors import FeedError
from codeset_pipeline.feed import store
from codeset_pipeline.feed.steps_on_disk import Step, read_step
from codeset_pipeline.feed.store import open_feed
from codeset_pipeline.feed.verify import verify_feeds
from codeset_pipeline.settings import Workspace
from codeset_pipeline.snapshots.revision import AcceptedRevision
from tests.integration.command_line import codeset
from tests.unit.feed.arriving import Arrivals
from tests.unit.history.loading import workspace


@pytest.fixture(scope="module")
def small(revisions: dict[str, list[AcceptedRevision]], tmp_path_factory: pytest.TempPathFactory) -> Arrivals:
    """A feed of a few steps, one of them of a release that came late."""
    arrivals = Arrivals(tmp_path_factory.mktemp("small"), "hcpcs")
    first, *rest, last = revisions["hcpcs"]
    for revision in (first, last, *rest):
        arrivals.load(revision)
        arrivals.tell()
    return arrivals


@pytest.fixture
def place(small: Arrivals, tmp_path: Path) -> Workspace:
    shutil.copytree(small.place.home, tmp_path / "home")
    return workspace(tmp_path / "home")


def files(place: Workspace) -> list[Path]:
    return sorted(path for path in (place.home / "feed").rglob("*") if path.is_file())


def problems(place: Workspace) -> list[str]:
    return verify_feeds(place, lambda _: None)


def test_nothing_is_wrong_with_it(place: Workspace) -> None:
    assert problems(place) == []
    assert [path.relative_to(place.home / "feed/hcpcs").as_posix() for path in files(place)] == [
        *(f"{step:06d}.{ending}" for step in range(1, 5) for ending in ("json", "ndjson.gz")),
        "state/hcpcs_codes.parquet",
        "state/state.json",
    ]


def test_a_flipped_byte_anywhere_names_the_file(place: Workspace) -> None:
    for number, path in enumerate(files(place)):
        content = path.read_bytes()
        # Every byte that a program would read first, and others at distances that share no factor.
        step = max(1, len(content) // (19 + 2 * number))
        for at in {*range(min(len(content), 12)), *range(0, len(content), step), len(content) - 1}:
            for bit in (1, 0x20) if at % 3 == 0 else (0x80,):
                path.write_bytes(content[:at] + bytes([content[at] ^ bit]) + content[at + 1 :])
                found = problems(place)
                assert any(str(path) in problem for problem in found), (path, at, bit, found)
        path.write_bytes(content)
    assert problems(place) == []


def test_a_cut_longer_or_missing_file_is_named(place: Workspace) -> None:
    for path in files(place):
        content = path.read_bytes()
        for other in (b"", content[:-1], content[: len(content) // 2], content + b"\n", content * 2):
            path.write_bytes(other)
            assert any(str(path) in problem for problem in problems(place)), path
        path.unlink()
        assert any(str(path) in problem for problem in problems(place)), path
        path.write_bytes(content)
    assert problems(place) == []


def test_files_that_changed_places_are_named(place: Workspace) -> None:
    steps = [path for path in files(place) if path.parent.name == "hcpcs"]
    for one, other in zip(steps, steps[2:], strict=False):
        contents = one.read_bytes(), other.read_bytes()
        one.write_bytes(contents[1])
        other.write_bytes(contents[0])
        found = problems(place)
        assert any(str(one) in problem or str(other) in problem for problem in found), (one, other)
        one.write_bytes(contents[0])
        other.write_bytes(contents[1])


def test_a_feed_without_its_steps_is_not_begun_anew_in_silence(place: Workspace) -> None:
    """Neither the last step nor all of them can be taken away: the state tells that there were more."""
    steps = sorted((place.home / "feed" / "hcpcs").glob("[0-9]*"))
    for gone in (steps[-2:], steps):
        kept = {path: path.read_bytes() for path in gone}
        for path in gone:
            path.unlink()
        (problem,) = problems(place)
        assert f"{gone[0]} is missing" in problem
        assert "--begin-again" in problem
        refused = codeset("feed", "hcpcs", "--head", "--home", place.home)
        assert (refused.code, refused.out) == (1, "")
        assert f"{gone[0]} is missing" in refused.err.replace("\n", "")
        for path, content in kept.items():
            path.write_bytes(content)
    assert problems(place) == []


@pytest.mark.parametrize("name", ["state.json", "hcpcs_codes.parquet", None])
@pytest.mark.parametrize("damage", ["changed", "gone"])
def test_the_state_is_made_again_by_the_next_command(place: Workspace, name: str | None, damage: str) -> None:
    folder = place.home / "feed" / "hcpcs" / "state"
    before = {path: path.read_bytes() for path in files(place)}
    for path in [folder / name] if name else sorted(folder.iterdir()):
        if damage == "changed":
            path.write_bytes(path.read_bytes()[:-1] + b"?")
        else:
            path.unlink()
    if name is None and damage == "gone":
        folder.rmdir()
    assert any(str(folder) in problem and "codeset feed hcpcs --head" in problem for problem in problems(place))
    verified = codeset("verify", "--home", place.home)
    assert verified.code == 1
    assert str(folder) in verified.out
    assert codeset("feed", "hcpcs", "--head", "--home", place.home).code == 0
    assert {path: path.read_bytes() for path in files(place)} == before
    assert problems(place) == []


def test_a_late_release_is_told_right_although_the_state_is_damaged(
    revisions: dict[str, list[AcceptedRevision]], tmp_path: Path
) -> None:
    first, second, _, last = revisions["hcpcs"]
    contents = []
    for damaged in (False, True):
        arrivals = Arrivals(tmp_path / str(damaged), "hcpcs")
        arrivals.load(first, last)
        arrivals.tell()
        if damaged:
            path = arrivals.place.home / "feed" / "hcpcs" / "state" / "hcpcs_codes.parquet"
            path.write_bytes(path.read_bytes()[:-9])
        arrivals.load(second)
        assert arrivals.tell().steps[-1].said["cause"] == "arrived_late"
        contents.append(arrivals.content())
    assert contents[0] == contents[1]


def test_begun_again_it_is_a_feed_of_its_own_and_the_old_one_is_kept(place: Workspace) -> None:
    old = open_feed(place, "hcpcs")
    damaged = old.folder / "000002.json"
    damaged.write_bytes(b"{}")
    refused = codeset("feed", "hcpcs", "--home", place.home)
    assert refused.code == 1
    assert "--begin-again" in refused.err
    assert codeset("verify", "--home", place.home).code == 1
    assert codeset("feed", "hcpcs", "--begin-again", "--home", place.home).code == 0
    new = open_feed(place, "hcpcs")
    assert new.tables == old.tables
    assert {step.said["cause"] for step in new.steps} == {"published"}
    assert (place.home / "feed" / ".hcpcs.set-aside-1" / "000002.json").read_bytes() == b"{}"
    assert problems(place) == []
    # The old feed told of the late releases otherwise, so only the beginning is common to both.
    assert list(new.lines(old.steps[0].cursor)) != []
    gone = codeset("feed", "hcpcs", "--since", old.cursor, "--home", place.home)
    assert (gone.code, gone.out) == (2, "")
    assert old.cursor in gone.err


def test_a_reader_is_not_disturbed_by_steps_that_are_added_meanwhile(
    small: Arrivals, place: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The third and fourth step appear right after a reader has found that there is no third one."""
    folder = place.home / "feed" / "hcpcs"
    later = sorted(folder.glob("00000[34].*"))
    kept = {path: path.read_bytes() for path in later}
    for path in later:
        path.unlink()

    def read(folder: Path, number: int) -> Step | None:
        found = read_step(folder, number)
        if found is None:
            for path, content in kept.items():
                path.write_bytes(content)
        return found

    monkeypatch.setattr(store, "read_step", read)
    assert len(open_feed(place, "hcpcs").steps) == 2
    assert len(open_feed(place, "hcpcs").steps) == 4


def test_a_part_of_a_file_that_cannot_be_unpacked_is_an_error_that_names_it(place: Workspace) -> None:
    path = place.home / "feed" / "hcpcs" / "000002.ndjson.gz"
    content = path.read_bytes()
    for other in (None, b"", content[:-5], content[:20] + b"\xff\xff" + content[22:], b"\0" * len(content)):
        path.unlink(missing_ok=True)
        if other is not None:
            path.write_bytes(other)
        with pytest.raises(FeedError, match=path.name):
            list(open_feed(place, "hcpcs").lines())
