"""The demonstration: a whole October update on what any machine can have, with sample rules and order sets, and a
quarterly HCPCS Level II update and an NCCI update on samples."""

from codeset_pipeline.demo.asset_files import DemoAssets, write_assets
from codeset_pipeline.demo.run import DemoResult, run_demo
from codeset_pipeline.demo.supply import DemoSupply, supply, supply_edits, supply_quarters
from codeset_pipeline.demo.update import DemoUpdate

__all__ = [
    "DemoAssets",
    "DemoResult",
    "DemoSupply",
    "DemoUpdate",
    "run_demo",
    "supply",
    "supply_edits",
    "supply_quarters",
    "write_assets",
]
