"""What a person sees of a download."""

from __future__ import annotations

import pytest

from codeset_pipeline.acquire import progress_line
from codeset_pipeline.acquire.progress_line import ProgressLine


def test_a_slow_download_shows_bar_rate_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(progress_line.time, "monotonic", lambda: now[0])
    lines: list[str] = []
    line = ProgressLine("table.zip", lines.append)
    # 12 KB a second, the first 4 MB having arrived in an earlier run.
    for size in range(4_000_000, 20_000_000, 12_000):
        line.advance(size, 20_000_000)
        now[0] += 1
    line.end(20_000_000)
    # 22 minutes: every other second at first, every 15 seconds later.
    assert 1334 / 15 < len(lines) < 1334 / 15 + 40
    assert lines[0] == "table.zip: ████░░░░░░░░░░░░░░░░ 20 % of 20.0 MB at 12 KB/s, 22 min left"
    assert lines[-1] == "table.zip: 20.0 MB fetched"


def test_without_a_length_it_shows_what_has_arrived(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(progress_line.time, "monotonic", lambda: now[0])
    lines: list[str] = []
    line = ProgressLine("page", lines.append)
    line.advance(0, None)
    now[0] = 4.0
    line.advance(2_000_000, None)
    assert lines == ["page: 2.0 MB at 500 KB/s"]
