"""How long a test waits for what has to come: it only ends what would hang, for to be busy is no failure."""

PATIENCE_S = 120.0
