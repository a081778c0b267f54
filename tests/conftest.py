"""Fixtures that all tests share."""

from __future__ import annotations

from pathlib import Path

import pytest

_PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def published_files() -> Path:
    """The folder of the publishers' own files beside the project; tests that ask for it are marked `genuine`."""
    if not _PUBLISHED.is_dir():
        pytest.skip(f"the publishers' files are not here; put them into {_PUBLISHED} to run this test")
    return _PUBLISHED
