"""Keeping the effective-dated tables of another database right from the feed."""
