-- Version 1. Numbers of peers are unsigned 32-bit; *_at is wall time in seconds since 1970, a label that
-- nothing is ordered by, NULL when it was not known.

CREATE TABLE people (
    key BLOB PRIMARY KEY CHECK (length(key) = 32),
    level TEXT NOT NULL,            -- as in events.Person: self, met, introduced, unknown
    epoch INTEGER NOT NULL,
    profile BLOB NOT NULL,          -- byte 0 and body, exactly as heard
    heard_order INTEGER NOT NULL,   -- rises with every hearing
    heard_at INTEGER,
    first_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX people_heard ON people (heard_order, level);

CREATE TABLE posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author BLOB NOT NULL CHECK (length(author) = 32),
    seq INTEGER NOT NULL,
    lamport INTEGER NOT NULL,
    board TEXT NOT NULL,
    text BLOB NOT NULL,             -- exact bytes: cleaned when shown
    raw BLOB NOT NULL,              -- byte 0 and body, what the signature covers
    own INTEGER NOT NULL,
    hops INTEGER,
    rssi INTEGER,
    at INTEGER,
    aired INTEGER NOT NULL,         -- 0: an own post that has not been on the air yet
    UNIQUE (author, seq)
) STRICT;

CREATE INDEX posts_board ON posts (board, id);
CREATE INDEX posts_others ON posts (id) WHERE own = 0;
CREATE INDEX posts_unaired ON posts (id) WHERE aired = 0;

CREATE TABLE boards (
    name TEXT PRIMARY KEY
) STRICT;

CREATE TABLE meta (
    key TEXT PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
