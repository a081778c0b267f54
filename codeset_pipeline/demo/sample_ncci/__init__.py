"""A small sample of NCCI releases: two quarters of practitioner PTP edits, MUE and add-on codes.

They are made up of HCPCS Level II codes in the layouts in which CMS publishes them; no edit of them was ever published.
"""

from codeset_pipeline.demo.sample_ncci.archives import SAMPLE_EDIT_QUARTERS, write_sample_edits

__all__ = ["SAMPLE_EDIT_QUARTERS", "write_sample_edits"]
