"""Ways in for other systems."""
