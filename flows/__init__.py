"""Prefect flows: thin wrappers over `codeset_pipeline.pipeline`."""
