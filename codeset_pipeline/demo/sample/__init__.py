"""A small sample release pair in the publisher's layouts, made at run time for machines without any release files.

The codes are a hand-picked selection of a few categories of ICD-10-CM FY2025 and FY2026 (a work of the US government,
free to use), reduced to what shows every kind of change. It is no release: it must never be used for coding.
"""

from codeset_pipeline.demo.sample.archives import SAMPLE_RELEASES, write_sample_releases

__all__ = ["SAMPLE_RELEASES", "write_sample_releases"]
