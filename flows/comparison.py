"""Two releases that a run compares and the user's files beside them; computed when a task first needs the values."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from codeset_pipeline import __version__, pipeline
from codeset_pipeline.crosswalk.curated import read_curated
from codeset_pipeline.impact.review import ReviewLog
from codeset_pipeline.model import Impact, ReleasePair
from codeset_pipeline.settings import Workspace
from codeset_pipeline.sources.definition import source
from flows.keys import hash_of, hash_of_file, place


class Comparison:
    """What the tasks that compare, assess and report are given.

    It is no dataclass on purpose: Prefect walks through the fields of those, and these lead to 200,000 codes.
    """

    def __init__(
        self,
        workspace: Workspace,
        code_set: str,
        names: tuple[str, str],
        assets: Sequence[Path] = (),
        usage: Path | None = None,
    ) -> None:
        self.workspace, self.code_set, self.names = workspace, code_set, names
        self.assets, self.usage = assets, usage

    @property
    def key(self) -> str:
        """Everything loaded counts, because proof and crosswalk may rest on releases beside the two."""
        chosen = pipeline.choose(self.workspace, self.code_set, *self.names)
        releases = [
            (item.label, item.revision, item.snapshot_hash) for item in (chosen.old, chosen.new, *chosen.releases)
        ]
        decisions = read_curated(self.workspace.curated, self.code_set)
        return hash_of([*place(self.workspace), __version__, *releases, *map(repr, decisions)])

    @property
    def key_with_assets(self) -> str:
        """The same with the user's files, their usage figures and the decisions taken on findings."""
        files = [f"{path.name} {hash_of_file(path)}" for path in self.assets]
        usage = hash_of_file(self.usage) if self.usage else "-"
        return hash_of([self.key, *files, usage, *sorted(ReviewLog(self.workspace.reviews).states().items())])

    @property
    def title(self) -> str:
        return f"{source(self.code_set).title} {self.names[0]} to {self.names[1]}"

    @cached_property
    def pair(self) -> ReleasePair:
        """Changes, proof and crosswalk."""
        return pipeline.compare(self.workspace, self.code_set, *self.names, ever=bool(self.assets))

    @cached_property
    def impact(self) -> Impact | None:
        """Findings in the user's files; None when none were given."""
        if not self.assets:
            return None
        return pipeline.assess_impact(self.workspace, self.assets, [self.pair], usage=self.usage)
