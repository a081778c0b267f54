"""A small sample pair of HCPCS Level II quarters in the publisher's layouts, made at run time.

The rows are a hand-picked selection of codes and modifiers as published for the second and third quarter of 2020 (a
work of the US government, free to use; no CPT and no dental codes). A few changes that no code of the selection had in
that quarter are made up, and marked so in `changes.csv`. It is no release: it must never be used for coding.
"""

from codeset_pipeline.demo.sample_hcpcs.archives import SAMPLE_QUARTERS, write_sample_quarters

__all__ = ["SAMPLE_QUARTERS", "write_sample_quarters"]
