"""The effective-dated tables: schema, fold from snapshots, and questions about any date."""
