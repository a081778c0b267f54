"""The way of the data, step by step (DESIGN section 3): discover, accept, load, compare, assess, report.

Every step is a function of a workspace that can be called by itself and has a module of its own; `update` calls them
in turn. Nothing here knows of Prefect or of the command line.
"""

from codeset_pipeline.pipeline.accepting import accept, unparsed
from codeset_pipeline.pipeline.access import asking, writing
from codeset_pipeline.pipeline.assessing import assess_impact
from codeset_pipeline.pipeline.choosing import LoadedReleases, choose
from codeset_pipeline.pipeline.comparing import Differences, compare, crosswalk, differences, differences_between
from codeset_pipeline.pipeline.discovering import SITES, discover, medicare_ncci_code_sets, ncci_code_sets_at
from codeset_pipeline.pipeline.loading import load, load_into
from codeset_pipeline.pipeline.progress import Progress, silent
from codeset_pipeline.pipeline.reporting import write_report
from codeset_pipeline.pipeline.reviewing import export_decisions, import_decisions
from codeset_pipeline.pipeline.updating import ReportedPair, UpdateResult, corrected_pairs, pairs_to_report, update

__all__ = [
    "SITES",
    "Differences",
    "LoadedReleases",
    "Progress",
    "ReportedPair",
    "UpdateResult",
    "accept",
    "asking",
    "assess_impact",
    "choose",
    "compare",
    "corrected_pairs",
    "crosswalk",
    "differences",
    "differences_between",
    "discover",
    "export_decisions",
    "import_decisions",
    "load",
    "load_into",
    "medicare_ncci_code_sets",
    "ncci_code_sets_at",
    "pairs_to_report",
    "silent",
    "unparsed",
    "update",
    "write_report",
    "writing",
]
