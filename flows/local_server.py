"""A Prefect server for one machine, running for as long as the deployments are served."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version

from codeset_pipeline.errors import SourceError

_START_SECONDS = 180
_STOP_SECONDS = 20


def schedules_work() -> bool:
    """Can a server of this installation schedule runs? With SQLAlchemy 2.1 the one of Prefect 3.8 cannot, silently."""
    return tuple(int(part) for part in version("SQLAlchemy").split(".")[:2]) < (2, 1)


@contextmanager
def prefect_server(port: int) -> Iterator[str]:
    """Start a server on a port of this machine and yield the URL of its API; it ends with the block.

    Raises:
        SourceError: it did not start, or it would not schedule anything.
    """
    if not schedules_work():
        raise SourceError(
            f"Prefect schedules nothing with SQLAlchemy {version('SQLAlchemy')}; run pip install "
            "'codeset-pipeline[flows]' again, which brings a SQLAlchemy below 2.1."
        )
    url = f"http://127.0.0.1:{port}/api"
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(
        command, env={**os.environ, "PREFECT_API_URL": url}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            _wait(server, url, port)
            yield url
        finally:
            server.terminate()
            try:
                server.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                server.kill()


def _wait(server: subprocess.Popen[bytes], url: str, port: int) -> None:
    import requests

    began = time.monotonic()
    while time.monotonic() - began < _START_SECONDS and server.poll() is None:
        try:
            if requests.get(f"{url}/health", timeout=5).ok and server.poll() is None:
                return
        except requests.RequestException:
            pass
        time.sleep(0.25)
    raise SourceError(
        f"The Prefect server on port {port} did not start; see whether something else uses the port, and name another "
        "with --port."
    )
