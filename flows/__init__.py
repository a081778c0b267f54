"""Prefect flows: thin wrappers over `codeset_pipeline.pipeline`. The library itself knows nothing of Prefect."""
