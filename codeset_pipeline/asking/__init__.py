"""Asking the history from Python: what `codeset_pipeline.open` gives."""
