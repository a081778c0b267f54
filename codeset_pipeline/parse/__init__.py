"""One module per published layout: bytes in, typed rows out. No network, no database, no clock."""
