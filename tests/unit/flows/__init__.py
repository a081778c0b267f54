"""The parts of the flows that need no Prefect server."""
