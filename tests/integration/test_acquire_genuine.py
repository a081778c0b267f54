"""The publishers' own files by way of their sites are what they are by way of a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.integration.command_line import codeset, state
from tests.mirror import Mirror, genuine

pytestmark = pytest.mark.genuine

# Some of what is there, because all takes minutes; `benchmarks/acquire_all.py` takes all.
QUARTER = "april-2020-alpha-numeric-hcpcs-file.zip"
OFFERS: dict[str, tuple[str, Callable[[Mirror, Path], None]]] = {
    "icd10cm": ("cms", lambda mirror, data: genuine.post_icd10_at_cms(mirror, data, {2024})),
    "hcpcs": (
        "cms",
        lambda mirror, data: genuine.post_hcpcs(mirror, data, {QUARTER}),
    ),
}


def update(code_set: str, origin: object, home: Path) -> Any:
    done = codeset("update", code_set, "--from", origin, "--all", "--no-report", "--home", home, "--format", "json")
    assert done.code == 0, done.err
    return done.json[0]


def releases(home: Path) -> list[tuple[str, int, str]]:
    listed = codeset("releases", "--home", home, "--format", "json").json
    return [(item["label"], item["revision"], item["snapshot_hash"]) for item in listed]


@pytest.mark.parametrize("code_set", OFFERS)
def test_what_a_site_offers_is_what_its_files_are_in_a_folder(
    mirror: Mirror, published_files: Path, tmp_path: Path, code_set: str
) -> None:
    site, post = OFFERS[code_set]
    post(mirror, published_files)
    mirrored, local = tmp_path / "mirrored", tmp_path / "local"
    assert update(code_set, site, mirrored)["loaded"]
    update(code_set, mirror.save(tmp_path / "saved", site), local)
    assert releases(mirrored) == releases(local)

    before, asked = state(mirrored), len(mirror.requests.all)
    again = update(code_set, site, mirrored)
    assert again["loaded"] == []
    assert {**state(mirrored), **volatile(before)} == before
    for entry in mirror.requests.all[asked:]:
        assert (entry.is_conditional, entry.status) == (True, 304), str(entry)
    assert mirror.requests.most_at_once(site) == 1
    agents = {entry.headers["user-agent"] for entry in mirror.requests.all}
    assert len(agents) == 1
    assert "tests@example.org" in agents.pop()


def volatile(found: dict[str, str]) -> dict[str, str]:
    """When the last request to a host ended is kept for the pause before the next."""
    return {name: digest for name, digest in found.items() if "/hosts/" in name}
