"""The change feed: what consumers have been told of a code set's published tables, in order (decision record 21)."""
