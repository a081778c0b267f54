"""What is published and where: a YAML file per code set, and the recognition of release files from their names."""
