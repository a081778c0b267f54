"""Every failure at every request of an update from a publisher's site.

Whatever happens, the workspace stays valid: files, snapshots and database agree, the last good release answers as
before, and the next run comes to the content that a run without any failure comes to. A state of the workspace that an
earlier failure has left already is not examined again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

from codeset_pipeline import pipeline, upkeep
from codeset_pipeline.errors import CodesetError
from codeset_pipeline.settings import Workspace
from tests.integration.command_line import codeset, database_hashes
from tests.mirror import Fault, Kind, Logged, Mirror, small
from tests.mirror.faults import fnmatch_literal

# What may pass when it is tried again; the settings of the tests allow one more attempt.
PASSING = (Kind.TOO_MANY, Kind.BROKEN, Kind.UNAVAILABLE, Kind.RESET, Kind.CUT, Kind.STALL, Kind.LENGTH_TOO_LONG)
# Harmless as they are.
HARMLESS = (Kind.SLOW, Kind.RANGE_IGNORED)
OF_FILES = (Kind.LICENCE_PAGE, Kind.TRUNCATED, Kind.NOT_A_ZIP, Kind.RANGE_IGNORED)


class Site(NamedTuple):
    """A publisher's site, what is posted there, and what of it a workspace has before the course."""

    name: str
    before: Callable[[Mirror], object]
    post: Callable[[Mirror], object]


def post_fy2030_at_cdc(mirror: Mirror) -> None:
    content = small.descriptions(2030, small.FY2030, small.FY2029)
    mirror.cdc.post("2030", "icd10cm-Code Descriptions-2030.zip", content, small.at(2029, 6, 12))


SITES = [
    # A release more on the page: what is there is asked for by condition, what is new is fetched.
    Site("cms", small.post_fy2029_at_cms, small.post_icd10cm_at_cms),
    # The first release of an empty workspace, found through two directory pages.
    Site("cdc", lambda _: None, post_fy2030_at_cdc),
]


def workspace(home: Path) -> Workspace:
    return Workspace.at(home, f"sqlite:///{home / 'codeset.sqlite'}")


def update(home: Path, site: str) -> list[str]:
    """The problems that an update met with; none where all went well."""
    try:
        result = pipeline.update(workspace(home), "icd10cm", site, everything=True, report=False)
    except CodesetError as error:
        return [str(error)]
    return list(result.problems)


def fingerprint(home: Path) -> dict[str, str]:
    """Every file of a workspace by its content, every table by its hash; not when a file was retrieved."""
    found: dict[str, str] = {}
    for path in home.rglob("*"):
        name = str(path.relative_to(home))
        if not path.is_file() or name.startswith((".codeset.lock", "codeset.sqlite")) or "/hosts/" in name:
            continue
        content = path.read_bytes()
        if "/acquisitions/" in name:
            content = json.dumps({**json.loads(content), "retrieved_at": ""}).encode()
        found[name] = hashlib.sha256(content).hexdigest()
    return found | database_hashes(home)


def names(found: dict[str, str], part: str) -> set[str]:
    return {name for name in found if part in name}


def counted(found: dict[str, str], stale: Iterable[str] = ()) -> dict[str, str]:
    """What a workspace is in the end: without the memory of pages, which is no content, and without what a
    killed run had half written of the downloads' own notes."""
    return {
        name: digest
        for name, digest in found.items()
        if "/pages/" not in name and name not in stale and not ("/downloads/" in name and name.endswith(".tmp"))
    }


class Course:
    """An update from a site, first without any failure.

    Attributes:
        base: the workspace before.
        final: what is in it in the end.
        requests: what was asked of the site.
    """

    def __init__(self, folder: Path, mirror: Mirror, site: Site) -> None:
        self.mirror, self.site, self.base, undisturbed = mirror, site, folder / "base", folder / "undisturbed"
        site.before(mirror)
        self.base.mkdir()
        if getattr(mirror, site.name).files:
            assert update(self.base, site.name) == []
        mirror.reset()
        site.post(mirror)
        shutil.copytree(self.base, undisturbed)
        assert update(undisturbed, site.name) == []
        self.requests: list[Logged] = mirror.requests.all
        self.final = fingerprint(undisturbed)
        assert counted(fingerprint(self.base)) != counted(self.final)
        self.examined: set[tuple[tuple[str, str], ...]] = set()

    def start(self, home: Path) -> None:
        shutil.copytree(self.base, home)
        self.mirror.heal()
        self.mirror.requests.forget()

    def examine(self, home: Path, what: str, *, verify: Callable[[Workspace], list[str]] = upkeep.verify) -> None:
        """The workspace is valid as it is, and the next run completes it."""
        found = fingerprint(home)
        key = tuple(sorted(found.items()))
        if key in self.examined:
            return
        self.examined.add(key)
        assert verify(workspace(home)) == [], what
        # Nothing counts as received that the undisturbed run did not receive.
        received = {name for name in names(found, "/blobs/") if not name.endswith(".tmp")}
        assert received <= names(self.final, "/blobs/"), what
        if self.site.name == "cms":
            # The last good release answers.
            answer = codeset("lookup", "icd10cm", "A00.9", "--on", "2028-10-01", "--home", home).json
            assert answer[0]["status"] == "valid", what
        self.mirror.heal()
        assert update(home, self.site.name) == [], what
        self.check_completed(fingerprint(home), what)

    def check_completed(self, found: dict[str, str], what: str) -> None:
        """The content of the undisturbed run, and no part of a download left.

        A release that was loaded without one of its files leaves the snapshot that it had then beside the newer one.
        """
        stale = names(found, "snapshots/icd10cm/") - names(self.final, "snapshots/icd10cm/")
        assert counted(found, stale) == counted(self.final), what


_MADE: dict[str, Course] = {}


@pytest.fixture(params=SITES, ids=lambda site: site.name)
def course(request: pytest.FixtureRequest, mirror: Mirror, tmp_path_factory: pytest.TempPathFactory) -> Course:
    """The course at a site, made once for all failures."""
    site: Site = request.param
    if site.name not in _MADE:
        _MADE[site.name] = Course(tmp_path_factory.mktemp(site.name), mirror, site)
    else:
        site.post(mirror)
    return _MADE[site.name]


def applies(kind: Kind, request: Logged) -> bool:
    """Can this request fail like that at all?"""
    is_file = request.path.endswith(".zip")
    if kind in OF_FILES:
        return is_file
    return kind is not Kind.WITHOUT_LINKS or not is_file


def test_it_is_the_course_that_was_meant(course: Course) -> None:
    paths = [request.path.rsplit("/", 1)[-1] for request in course.requests]
    if course.site.name == "cms":
        order, table = "code-descriptions-tabular-order.zip", "2030-conversion-table.zip"
        assert paths == ["robots.txt", "icd-10-codes", f"2029-{order}", f"2030-{order}", table]
    else:
        assert paths == ["robots.txt", "", "", "icd10cm-Code Descriptions-2030.zip"]


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind not in HARMLESS], ids=lambda kind: kind.name.lower())
def test_a_failure_that_stays_leaves_the_workspace_valid_and_the_next_run_completes_it(
    course: Course, kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for request in course.requests:
        what = f"{kind.value} at {request}"
        home = tmp_path / str(request.number)
        course.start(home)
        fault = course.mirror.fail(Fault(kind, number=request.number, times=None))
        if kind is Kind.STALL:
            monkeypatch.setenv("CODESET_READ_TIMEOUT_SECONDS", "0.1")
        update(home, course.site.name)
        monkeypatch.setenv("CODESET_READ_TIMEOUT_SECONDS", "5")
        assert bool(fault.struck) == applies(kind, request), what
        assert course.mirror.requests.most_at_once(course.site.name) == 1, what
        course.examine(home, what)


@pytest.mark.parametrize("kind", [*PASSING, *HARMLESS], ids=lambda kind: kind.name.lower())
def test_what_passes_when_it_is_tried_again_is_overcome_at_every_request_of_a_run(
    course: Course, kind: Kind, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    course.start(home)
    faults = [
        course.mirror.fail(Fault(kind, path=fnmatch_literal(request.path), seconds=0.001))
        for request in course.requests
        if applies(kind, request)
    ]
    if kind is Kind.STALL:
        monkeypatch.setenv("CODESET_READ_TIMEOUT_SECONDS", "0.3")
    assert update(home, course.site.name) == []
    assert [fault.struck for fault in faults] == [1] * len(faults)
    course.check_completed(fingerprint(home), kind.value)
