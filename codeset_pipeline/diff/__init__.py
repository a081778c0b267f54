"""Changes between two releases, and their reconciliation with the publisher's own list."""
