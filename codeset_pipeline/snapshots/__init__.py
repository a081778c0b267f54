"""One release revision at rest: sorted, typed Parquet tables with a manifest and a content hash."""
