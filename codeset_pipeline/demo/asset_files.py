"""The sample rule file, order sets and yearly volumes that the demonstration checks against the releases."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from pathlib import Path

# No name begins with "sample": that beginning marks releases that are made up, and these files also stand beside
# genuine ones.
_ASSETS = ("demo-claim-rules.csv", "demo-order-sets.yaml")
_USAGE = "demo-usage.csv"


@dataclass(frozen=True, slots=True)
class DemoAssets:
    """Where the files were written.

    Attributes:
        usage: CSV of code, claims, charges.
    """

    assets: tuple[Path, ...]
    usage: Path


def write_assets(home: Path) -> DemoAssets:
    """Write the files into `demo-assets/` of a workspace, where a person may look at them and change them.

    A file that is there already is left as it is.
    """
    folder = home / "demo-assets"
    folder.mkdir(parents=True, exist_ok=True)
    for name in (*_ASSETS, _USAGE):
        path = folder / name
        if not path.exists():
            content = resources.files(__package__).joinpath("assets", name).read_bytes()
            partial = path.with_name(f".{name}.partial")
            partial.write_bytes(content)
            partial.replace(path)
    return DemoAssets(tuple(folder / name for name in _ASSETS), folder / _USAGE)
