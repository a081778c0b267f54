"""One site served on a loopback port by threads."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Protocol
from urllib.parse import unquote, urlsplit

from tests.mirror.faults import FaultPlan
from tests.mirror.posted import Answer, Asked
from tests.mirror.request_log import Logged, RequestLog
from tests.mirror.transmission import Transmission, transmission

_BITS = 16


class Site(Protocol):
    """What is served."""

    name: str

    def answer(self, asked: Asked) -> Answer: ...


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, site: Site, log: RequestLog, faults: FaultPlan) -> None:
        self.site, self.log, self.faults = site, log, faults
        super().__init__(("127.0.0.1", port), _Handler)

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self._serve()

    def _serve(self) -> None:
        parts = urlsplit(self.path.replace("//", "/", 1) if self.path.startswith("//") else self.path)
        headers = {name.lower(): text for name, text in self.headers.items()}
        asked = Asked(self.command, unquote(parts.path), parts.query, headers)
        entry = self.server.log.begin(self.server.site.name, asked.method, asked.path, asked.query, headers)
        answer = self.server.site.answer(asked)
        fault = self.server.faults.strike(entry.number, asked.path, answer)
        sent = transmission(answer, headers, fault)
        if fault is not None:
            entry.fault = fault.kind.value
        try:
            self._send(sent, entry)
        except (ConnectionError, TimeoutError):
            self.close_connection = True
        if fault is not None and fault.then is not None:
            fault.then()
        if sent.silence:
            self._stay_silent(sent.silence)
        self.server.log.end(entry)

    def _send(self, sent: Transmission, entry: Logged) -> None:
        if sent.reset:
            entry.ended = time.monotonic()
            return self._reset()
        entry.status = sent.answer.status
        body = b"" if self.command == "HEAD" else sent.answer.body
        if sent.cut_after is not None:
            body = body[: sent.cut_after]
        # The log is complete before the client can have read the answer and asked for something else.
        entry.sent, entry.ended = len(body), time.monotonic()
        self.send_response(sent.answer.status)
        if sent.answer.status != 304:
            self.send_header("Content-Type", sent.answer.type)
            self.send_header("Content-Length", str(len(sent.answer.body) if sent.length is None else sent.length))
        for name, text in sent.answer.headers.items():
            self.send_header(name, text)
        self.end_headers()
        if sent.pause:
            self._trickle(body, sent.pause)
        else:
            self.wfile.write(body)
        if sent.cut_after is not None:
            self.close_connection = True
        return None

    def _trickle(self, body: bytes, pause: float) -> None:
        step = max(1, len(body) // _BITS)
        for start in range(0, len(body), step):
            self.wfile.write(body[start : start + step])
            self.wfile.flush()
            time.sleep(pause)

    def _stay_silent(self, seconds: float) -> None:
        """Keep the connection open until the client hangs up."""
        self.connection.settimeout(seconds)
        with contextlib.suppress(OSError):
            self.connection.recv(1)

    def _reset(self) -> None:
        """Close so that the other side sees a reset instead of an end."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RD)
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """The mirror keeps a log of its own."""


class Served:
    """A site that is being served until `stop`."""

    def __init__(self, site: Site, log: RequestLog, faults: FaultPlan, port: int = 0) -> None:
        self._server = _Server(port, site, log, faults)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
