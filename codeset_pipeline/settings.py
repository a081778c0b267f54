"""Settings from the environment, and the layout of a workspace on disk."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Values read from `CODESET_…` environment variables.

    Attributes:
        home: the workspace directory; the current directory when unset.
        database_url: an SQLAlchemy URL that replaces the workspace's SQLite file.
        max_member_bytes: largest size one member of an archive may unpack to. The largest genuine member
            is under 20 MB, so the default leaves room for a decade of growth and stops a zip bomb.
        max_archive_bytes: largest size all members of an archive may unpack to together.
    """

    model_config = SettingsConfigDict(env_prefix="CODESET_", extra="ignore")

    home: Path | None = None
    database_url: str | None = None
    max_member_bytes: int = 1_000_000_000
    max_archive_bytes: int = 2_000_000_000


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
    def lock(self) -> Path:
        return self.home / ".codeset.lock"
