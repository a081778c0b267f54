"""May these codes be billed together on this date? The NCCI edits among a handful of codes."""
