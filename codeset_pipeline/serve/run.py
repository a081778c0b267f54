"""Running the server: worker processes, the address, a clean end."""

from __future__ import annotations

import os
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from codeset_pipeline.errors import CodesetError, UsageError
from codeset_pipeline.feed.store import begun_feeds
from codeset_pipeline.history.code_tables import has_codes
from codeset_pipeline.history.database import HistoryDatabase
from codeset_pipeline.history.releases import loaded_releases
from codeset_pipeline.settings import Workspace
from codeset_pipeline.upkeep import current_feed


def serve(workspace: Workspace, host: str, port: int, workers: int, say: Callable[[str], None]) -> None:
    """Serve until interrupted.

    Args:
        port: 0 takes any free one.
        say: told where it listens, once it does.

    Raises:
        HistoryError: nothing is loaded.
        UsageError: the extra `serve` is not installed, the address is taken, or a variable of the environment has a
            value that it cannot have.
    """
    try:
        import fastapi  # noqa: F401
        import uvicorn
        import uvicorn.supervisors
    except ModuleNotFoundError as error:
        raise UsageError(
            f"The server needs {error.name}; install it with: pip install 'codeset-pipeline[serve]'."
        ) from error
    from codeset_pipeline.asking.sessions import Sessions
    from codeset_pipeline.serve.settings import ServeSettings

    # Each worker process reads them for itself; what is wrong with them is said once, before any starts.
    ServeSettings()
    sessions = Sessions(workspace.database_url)
    try:
        with sessions.database.reading() as connection:
            loaded = len(loaded_releases(connection))
    finally:
        sessions.close()
    _begin_feeds(workspace, say)
    told = {"CODESET_HOME": str(workspace.home), "CODESET_DATABASE_URL": workspace.database_url}
    with tempfile.TemporaryDirectory(prefix="codeset-metrics-") as folder:
        if workers > 1:
            told["CODESET_METRICS_FOLDER"] = folder
        config = uvicorn.Config(
            "codeset_pipeline.serve.app:create_app",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=10,
        )
        with _environment(told):
            listening = _listen(host, port)
            shown = f"[{host}]" if ":" in host else host
            say(f"Serving {loaded} releases at http://{shown}:{listening.getsockname()[1]} (stop with Ctrl-C)")
            try:
                if workers > 1:
                    uvicorn.supervisors.Multiprocess(config, sockets=[listening]).run()
                else:
                    uvicorn.Server(config).run(sockets=[listening])
            except KeyboardInterrupt:
                pass
            finally:
                listening.close()
    say("Stopped.")


def _begin_feeds(workspace: Workspace, say: Callable[[str], None]) -> None:
    """Tell what was loaded since somebody last asked; the server itself only reads.

    Feeds of codes begin here. Those of edits have millions of events, so that somebody has to ask for one first.
    """
    database = HistoryDatabase(workspace.database_url)
    try:
        with database.reading() as connection:
            code_sets = sorted({release.code_set for release in loaded_releases(connection)})
    finally:
        database.dispose()
    begun = begun_feeds(workspace)
    for code_set in code_sets:
        if code_set not in begun and not has_codes(code_set):
            continue
        try:
            current_feed(workspace, code_set)
        except (OSError, CodesetError) as error:
            # All else can be served.
            say(f"The feed of {code_set} is not brought up to date: {error}")


@contextmanager
def _environment(told: Mapping[str, str]) -> Iterator[None]:
    """Worker processes read their settings from the environment; afterwards it is as it was."""
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _listen(host: str, port: int) -> socket.socket:
    listening = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen(1024)
    except OSError as error:
        listening.close()
        raise UsageError(
            f"{host} port {port} cannot be listened at ({error.strerror or error}); choose another --port."
        ) from error
    listening.set_inheritable(True)
    return listening
