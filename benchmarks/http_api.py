"""Lookups over HTTP: 8 clients on kept-alive connections against `codeset serve --workers 2` on the same machine.

    python benchmarks/http_api.py [--home WORKSPACE] [--requests 20000] [--clients 8] [--workers 2]

Without a workspace the ICD-10-CM releases in ../shared/data are loaded first. Each request asks for another random
code on another random date, half of them as published by a date; answers are whole (attributes, notes, replacements),
and the client checks each status and code. The client shares the machine's cores with the server, so the requests a
second are what both together manage; latencies are seen by the client, queueing included. The processor time of the
server alone is printed too. Targets: 5 ms or less at the median, 1,500 requests a second or more on two cores.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from measured import report, with_icd10cm

from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.known_codes import codes_before
from codeset_pipeline.settings import Workspace

MILLISECONDS, REQUESTS_A_SECOND = 5.0, 1_500


def paths(home: Path, count: int) -> list[str]:
    database = HistoryDatabase(Workspace.at(home).database_url)
    with database.reading() as connection:
        known = sorted(codes_before(connection, "icd10cm", date.max))
    database.dispose()
    chance = random.Random(20251001)
    first = date(2016, 10, 1)
    found = []
    for number in range(count):
        on = first + timedelta(days=chance.randrange(3_600))
        published = f"&published={first + timedelta(days=chance.randrange(3_600))}" if number % 2 else ""
        found.append(f"/v1/icd10cm/codes/{chance.choice(known)}?on={on}{published}")
    return found


async def client(port: int, asked: list[str], times: list[float]) -> None:
    """Ask one question after the other on one connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for path in asked:
        begun = time.perf_counter()
        writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head)
        if not head.startswith(b"HTTP/1.1 200") or length is None:
            sys.exit(f"{path} was answered with {head!r}")
        body = await reader.readexactly(int(length[1]))
        times.append(time.perf_counter() - begun)
        if json.loads(body)["code"].replace(".", "") != path.split("/")[4].partition("?")[0]:
            sys.exit(f"{path} was answered for another code")
    writer.close()


async def all_clients(port: int, asked: list[str], clients: int) -> tuple[list[float], float]:
    times: list[float] = []
    begun = time.perf_counter()
    await asyncio.gather(*(client(port, asked[number::clients], times) for number in range(clients)))
    return times, time.perf_counter() - begun


def children(pid: int) -> list[int]:
    try:
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [int(child) for child in found] + [grand for child in found for grand in children(int(child))]


def processor_seconds(pid: int) -> float:
    """User and system time of a process and those below it (Linux; 0 elsewhere)."""
    total = 0.0
    for each in (pid, *children(pid)):
        try:
            words = Path(f"/proc/{each}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        total += (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
    return total


def run(home: Path, count: int, clients: int, workers: int) -> tuple[list[float], float, float]:
    words = ["serve", "--home", str(home), "--port", "0", "--workers", str(workers)]
    server = subprocess.Popen([sys.executable, "-m", "codeset_pipeline", *words], stderr=subprocess.PIPE, text=True)
    assert server.stderr is not None
    try:
        line = server.stderr.readline()
        found = re.search(r":(\d+) ", line)
        if found is None:
            sys.exit(f"the server did not start: {line}")
        port = int(found[1])
        asked = paths(home, count)
        # Warm connections, caches and the search index's reading.
        asyncio.run(all_clients(port, asked[:2_000], clients))
        time.sleep(15)
        before = processor_seconds(server.pid)
        times, seconds = asyncio.run(all_clients(port, asked, clients))
        return times, seconds, processor_seconds(server.pid) - before
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("--requests", type=int, default=20_000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home or with_icd10cm(Path(folder))
        times, seconds, processor = run(home, given.requests, given.clients, given.workers)
    times.sort()
    middle, slow = statistics.median(times) * 1_000, times[int(len(times) * 0.99)] * 1_000
    rate = len(times) / seconds
    report(
        f"GET /v1/icd10cm/codes/…, {len(times):,} random questions, {given.clients} clients, {given.workers} workers",
        f"median {middle:.2f} ms, 99 % within {slow:.1f} ms, {rate:,.0f} requests a second, "
        f"{processor / len(times) * 1e6:.0f} µs of the server's processor time a request",
        f"{MILLISECONDS:g} ms or less at the median, {REQUESTS_A_SECOND:,} requests a second or more",
        middle <= MILLISECONDS and rate >= REQUESTS_A_SECOND,
    )


if __name__ == "__main__":
    main()
