"""Which files the user's assets are: those named, and all under the folders named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from codeset_pipeline.errors import AssetError

#: A text or structure above this is no rule that people wrote; reading it would take gigabytes.
MOST_BYTES = 256 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class AssetFile:
    """A file to read.

    Attributes:
        folder: the folder that the user named, None for a file named itself. A file of a folder that cannot be read is
            named in a warning, so that the others go on; one that was named itself is an error.
    """

    path: Path
    folder: Path | None = None

    def data(self) -> bytes:
        """The content.

        Raises:
            AssetError: there is no such file, or it cannot be read or is too large.
        """
        try:
            size = self.path.stat().st_size
            if size > MOST_BYTES:
                raise AssetError(
                    f"{self.path.name} has {size / 2**20:,.0f} MB, more than the {MOST_BYTES >> 20} MB that are read; "
                    "split it and retry."
                )
            return self.path.read_bytes()
        except FileNotFoundError:
            raise AssetError(f"There is no file {self.path}; check the name.") from None
        except OSError as error:
            raise AssetError(f"{self.path} cannot be read ({error.strerror}); check its permissions.") from None


def asset_files(assets: Sequence[Path]) -> Iterator[AssetFile]:
    """Every file once, folders searched through, in the order of names; hidden files and links out of it left out.

    Raises:
        AssetError: a folder holds no file.
    """
    seen: set[Path] = set()
    for asset in assets:
        if not asset.is_dir():
            found = [AssetFile(asset)]
        else:
            found = [AssetFile(path, asset) for path in _under(asset)]
            if not found:
                raise AssetError(f"{asset} is a folder without files; name one that holds rules or charge masters.")
        for item in found:
            if item.path not in seen:
                seen.add(item.path)
                yield item


def _under(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir(), key=lambda path: path.name):
        if path.name.startswith((".", "~$")):
            continue
        if path.is_symlink() and path.is_dir():
            continue
        if path.is_dir():
            yield from _under(path)
        elif path.is_file() or path.is_symlink():
            yield path
