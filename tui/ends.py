"""How a screen ends, besides the exit codes that its owner's quitting and mistakes give."""

LOCKED, WIPED = -1, -2
"""The keys were dropped: ask for the passphrase. All is to be destroyed: see that it is."""
