"""Settings of the server, from `CODESET_…` environment variables."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr

from codeset_pipeline.settings import FromEnvironment


class ServeSettings(FromEnvironment):
    """What whoever runs the server decides.

    Attributes:
        home, database_url: the workspace, as for every other command.
        api_keys: keys that clients must send, separated by commas; everybody may ask when there is none.
        rate_limit: requests a second that one key (one address, without keys) may send in the long run; 0 for no limit.
            Each worker process counts for itself, so that a client on several connections may reach it in each.
        rate_burst: requests that it may send at once, to each worker.
        metrics_folder: where the worker processes of one server keep their counts; each counts for itself without.
        max_body_bytes: largest body of a request.
    """

    home: Path | None = None
    database_url: str | None = None
    api_keys: SecretStr = SecretStr("")
    rate_limit: float = Field(default=0.0, ge=0)
    rate_burst: int = Field(default=100, gt=0)
    metrics_folder: Path | None = None
    max_body_bytes: int = Field(default=8_000_000, gt=0)

    def keys(self) -> tuple[str, ...]:
        return tuple(key for key in (part.strip() for part in self.api_keys.get_secret_value().split(",")) if key)
