"""The search page: three files of its own, and a policy that lets nothing else in."""

from __future__ import annotations

import hashlib
from importlib.resources import files

from starlette.requests import Request
from starlette.responses import Response

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'"
)
_FILES = {
    "/": ("page.html", "text/html"),
    "/page.css": ("page.css", "text/css"),
    "/page.js": ("page.js", "text/javascript"),
}


class Page:
    """Serves the page from memory."""

    def __init__(self) -> None:
        folder = files("codeset_pipeline.serve").joinpath("assets")
        self._contents = {path: folder.joinpath(name).read_bytes() for path, (name, _) in _FILES.items()}

    @property
    def paths(self) -> tuple[str, ...]:
        return tuple(_FILES)

    async def __call__(self, request: Request) -> Response:
        content = self._contents[request.url.path]
        tag = f'"{hashlib.sha256(content).hexdigest()[:16]}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache", "Content-Security-Policy": _POLICY}
        if tag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return Response(content, 200, headers, f"{_FILES[request.url.path][1]}; charset=utf-8")
