"""FHIR R4 and R5 terminology operations over the same history."""
