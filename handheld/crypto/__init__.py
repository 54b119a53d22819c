"""Keys, signatures and seals: the only importer of nacl."""
