"""What survives: the data folder, the identity file, and the only importer of sqlite3."""
