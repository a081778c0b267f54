"""Settings from the environment, and the layout of a workspace on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from codeset_pipeline.errors import UsageError

_PREFIX = "CODESET_"


class FromEnvironment(BaseSettings):
    """Settings of which each is an environment variable, `CODESET_` and its name in capitals.

    Raises:
        UsageError: the value of a variable is none that the setting can have.
    """

    model_config = SettingsConfigDict(env_prefix=_PREFIX, extra="ignore")

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            wrong = error.errors(include_url=False)[0]
            name = str(wrong["loc"][0])
            wanted = wrong["msg"].removeprefix("Input should be ").split(",")[0]
            raise UsageError(
                f"{_PREFIX}{name.upper()} is {str(wrong['input'])!r}, but should be {wanted}; set it to such a value, "
                f"for example {type(self).model_fields[name].default}, or unset it."
            ) from error


class Settings(FromEnvironment):
    """Values read from `CODESET_…` environment variables.

    Attributes:
        home: the workspace directory; the current directory when unset.
        database_url: an SQLAlchemy URL that replaces the workspace's SQLite file.
        max_member_bytes: largest size one member of an archive may unpack to. The largest genuine member
            is under 20 MB, so the default leaves room for a decade of growth and stops a zip bomb.
        max_archive_bytes: largest size all members of an archive may unpack to together.
        cms_url, cdc_url: where the two publishers' sites are; other values name a mirror.
        contact: an e-mail address or URL of whoever runs the program, sent in the User-Agent so that a publisher can
            reach them.
        request_pause_seconds: pause between the end of one request to a host and the start of the next.
        connect_timeout_seconds, read_timeout_seconds: how long to wait for a connection, and for the next bytes.
        retries: how often a request that failed in passing (cut connection, 429, 5xx) is tried again.
        retry_backoff_seconds: pause before the first such attempt; it doubles with each further one.
        retry_wait_limit_seconds: longest pause that is kept, whatever a Retry-After header asks for; beyond it the
            run ends with a message instead.
        notify_url: gets a POST with what an unattended run did.
        notify_command: is run with it, as a shell would split it into words.
        max_download_bytes: largest file that is fetched. The largest genuine one is under 30 MB.
        api_key: sent to another installation whose feed is followed, where that asks for one.
    """

    home: Path | None = None
    database_url: str | None = None
    max_member_bytes: int = Field(default=1_000_000_000, gt=0)
    max_archive_bytes: int = Field(default=2_000_000_000, gt=0)
    cms_url: str = "https://www.cms.gov"
    cdc_url: str = "https://ftp.cdc.gov"
    contact: str = ""
    request_pause_seconds: float = Field(default=2.0, ge=0, allow_inf_nan=False)
    connect_timeout_seconds: float = Field(default=20.0, gt=0, allow_inf_nan=False)
    read_timeout_seconds: float = Field(default=60.0, gt=0, allow_inf_nan=False)
    retries: int = Field(default=4, ge=0)
    retry_backoff_seconds: float = Field(default=2.0, ge=0, allow_inf_nan=False)
    retry_wait_limit_seconds: float = Field(default=120.0, ge=0)
    max_download_bytes: int = Field(default=500_000_000, gt=0)
    notify_url: str = ""
    notify_command: str = ""
    api_key: SecretStr = SecretStr("")


@dataclass(frozen=True, slots=True)
class Workspace:
    """Where one user's releases, decisions and reports live (DESIGN section 9).

    Attributes:
        home: the directory itself.
        database_url: SQLAlchemy URL of the history; the SQLite file `codeset.sqlite` unless told otherwise.
    """

    home: Path
    database_url: str

    @classmethod
    def at(cls, home: Path | None = None, database_url: str | None = None) -> Workspace:
        """The workspace named by the arguments, else by the environment, else the current directory."""
        settings = Settings()
        chosen = (home or settings.home or Path.cwd()).expanduser().resolve()
        url = database_url or settings.database_url or f"sqlite:///{chosen / 'codeset.sqlite'}"
        return cls(home=chosen, database_url=url)

    @property
    def snapshots(self) -> Path:
        return self.home / "snapshots"

    @property
    def blobs(self) -> Path:
        return self.snapshots / "blobs"

    @property
    def acquisitions(self) -> Path:
        return self.snapshots / "acquisitions"

    @property
    def crosswalks(self) -> Path:
        return self.home / "crosswalks"

    @property
    def curated(self) -> Path:
        return self.crosswalks / "curated"

    @property
    def reports(self) -> Path:
        return self.home / "reports"

    @property
    def reviews(self) -> Path:
        """People's review decisions on findings: user data, kept apart from what can be rebuilt."""
        return self.home / "reviews"

    @property
    def downloads(self) -> Path:
        """Partial downloads, what was asked of which URL, the locks of the hosts: kept between runs, never needed."""
        return self.snapshots / "downloads"

    @property
    def licences(self) -> Path:
        """Which click-through terms were accepted by whom and when: user data, only ever added to."""
        return self.home / "licences.jsonl"

    @property
    def lock(self) -> Path:
        return self.home / ".codeset.lock"
