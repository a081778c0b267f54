"""One report model, one renderer per format."""
