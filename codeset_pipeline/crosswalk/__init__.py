"""What replaces what, between any two releases."""
