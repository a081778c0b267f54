"""The HTTP API, FHIR terminology operations and the search page: read-only, over one workspace."""
