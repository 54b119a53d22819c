"""Whether a database file is whole, as far as SQLite can tell; also beside a running node."""

import sqlite3
from contextlib import closing
from pathlib import Path


def fault(database: Path) -> str:
    """What SQLite says is wrong with the file; "": nothing. Nothing is written or unsealed."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as reader:
            said = str(reader.execute("PRAGMA integrity_check(1)").fetchone()[0])
    except sqlite3.Error as error:
        return str(error)
    return "" if said == "ok" else said
