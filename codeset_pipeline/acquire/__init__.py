"""From a transport to bytes at rest: archives, content-addressed blobs and their acquisition records."""
