"""The demonstration: a whole October update on what any machine can have, with sample rules and order sets."""

from codeset_pipeline.demo.asset_files import DemoAssets, write_assets
from codeset_pipeline.demo.run import DemoResult, run_demo
from codeset_pipeline.demo.supply import DemoSupply, supply

__all__ = ["DemoAssets", "DemoResult", "DemoSupply", "run_demo", "supply", "write_assets"]
