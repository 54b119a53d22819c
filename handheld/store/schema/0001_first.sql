-- Version 1. Keys, names, boards and contents are boxes: see sealed.py, a name has 40 bytes more than it says
-- here, and 0 where there is none. Numbers of peers are unsigned 32-bit; *_at is wall time in seconds since 1970, a label that
-- nothing is ordered by, NULL when it was not known.

CREATE TABLE people (
    key BLOB PRIMARY KEY CHECK (length(key) = 32 + 40),
    level TEXT NOT NULL,            -- as in events.Person: self, met, introduced, unknown
    epoch INTEGER NOT NULL,
    profile BLOB NOT NULL,          -- byte 0 and body, exactly as heard
    heard_order INTEGER NOT NULL,   -- rises with every hearing
    heard_at INTEGER,
    first_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX people_heard ON people (heard_order, level);

-- A public post has an empty peer; a post in a room has the room's number, 8 bytes; a private message is to
-- or from the person with that key.
CREATE TABLE messages (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    peer BLOB NOT NULL CHECK (length(peer) IN (0, 8 + 40, 32 + 40)),
    author BLOB NOT NULL CHECK (length(author) = 32 + 40),
    seq INTEGER NOT NULL,           -- of the author: in public, in the room, or of the pair
    lamport INTEGER NOT NULL,
    board BLOB NOT NULL,            -- of a post
    text BLOB NOT NULL,             -- exact bytes: cleaned when shown
    raw BLOB NOT NULL,              -- of a post: byte 0 and body, what the signature covers
    own INTEGER NOT NULL,
    hops INTEGER,
    rssi INTEGER,
    at INTEGER,
    state TEXT NOT NULL,            -- own: as in node/outbox.py State; others': received, old key, dismissed
    kind INTEGER NOT NULL,          -- as in wire.LetterKind, wire.PostType, wire.RoomType; 1 is text in all
    powered INTEGER,                -- seconds of the odometer when it was stored; not of a post in a room
    age INTEGER NOT NULL,           -- seconds when it came: 0 of what was heard live or written here
    expires INTEGER,                -- of a public post: the age in seconds at which it goes
    rank INTEGER NOT NULL,          -- of the author, of a letter of its peer: 0 the best, 4 anybody, 5 blocked
    UNIQUE (author, peer, seq)
) STRICT;

CREATE INDEX messages_board ON messages (board, id) WHERE peer = x'';
CREATE INDEX messages_peer ON messages (peer, id) WHERE peer != x'';
CREATE INDEX messages_others ON messages (rank DESC, id) WHERE own = 0 AND peer = x'';
CREATE INDEX messages_unaired ON messages (id) WHERE length(peer) < 72 AND state = 'queued' AND own = 1;
CREATE INDEX messages_open ON messages (id)
    WHERE own = 1 AND length(peer) = 72 AND state NOT IN ('delivered', 'read', 'failed');

-- The words of 512 messages together, by number: what a search looks at before it opens any of them. Made
-- again when one of the messages loses its text, so that no word outlives it.
CREATE TABLE words (
    block INTEGER PRIMARY KEY,      -- of messages.id, divided by 512
    words BLOB NOT NULL
) STRICT;

CREATE TRIGGER words_come AFTER INSERT ON messages BEGIN DELETE FROM words WHERE block = new.id / 512; END;
CREATE TRIGGER words_change AFTER UPDATE OF text ON messages BEGIN DELETE FROM words WHERE block = new.id / 512; END;
CREATE TRIGGER words_go AFTER DELETE ON messages BEGIN DELETE FROM words WHERE block = old.id / 512; END;

-- What an ack must hash to, for each sealing of an own private message that is not delivered yet, and what it
-- hashes: that takes copies back that others carry. In short form, which nobody carries, it is not kept.
CREATE TABLE sealings (
    commitment BLOB PRIMARY KEY CHECK (length(commitment) = 8 + 40),
    message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    preimage BLOB NOT NULL
) STRICT;

CREATE INDEX sealings_message ON sealings (message);

CREATE TABLE petnames (
    key BLOB PRIMARY KEY CHECK (length(key) = 32 + 40),
    petname BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE met (
    key BLOB PRIMARY KEY CHECK (length(key) = 32 + 40),
    sign BLOB NOT NULL              -- that we wrote the row: a key alone could be put here from elsewhere
) STRICT, WITHOUT ROWID;

-- What a contact calls somebody whom he introduced.
CREATE TABLE introductions (
    id INTEGER PRIMARY KEY,
    key BLOB NOT NULL CHECK (length(key) = 32 + 40),
    introducer BLOB NOT NULL CHECK (length(introducer) = 32 + 40),
    name BLOB NOT NULL,
    UNIQUE (key, introducer)
) STRICT;

CREATE TABLE boards (
    name BLOB PRIMARY KEY,
    followed INTEGER NOT NULL       -- 0: hidden, and carried all the same
) STRICT;

-- Second posts under a number of somebody who writes on two devices.
CREATE TABLE twins (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    author BLOB NOT NULL CHECK (length(author) = 32 + 40),
    seq INTEGER NOT NULL,
    raw BLOB NOT NULL,
    UNIQUE (author, seq)
) STRICT;

-- Names of boards that are not followed: of those whose posts are carried.
CREATE TABLE boards_heard (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE rooms (
    id BLOB PRIMARY KEY CHECK (length(id) = 8 + 40),
    name BLOB NOT NULL,             -- the owner's
    content BLOB NOT NULL           -- keys and members: see node/room.py
) STRICT;

CREATE TABLE meta (
    key TEXT NOT NULL,
    who BLOB NOT NULL,              -- a person, a room or a board that the number is about, or empty
    value INTEGER NOT NULL,
    PRIMARY KEY (key, who)
) STRICT, WITHOUT ROWID;

-- Sealings of others that were acknowledged: how often, and when first, in seconds of the odometer.
CREATE TABLE answered (
    commitment BLOB PRIMARY KEY CHECK (length(commitment) = 8 + 40),
    count INTEGER NOT NULL,
    powered INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX answered_powered ON answered (powered);

-- Sealed mail and posts in rooms that we carry, for anybody; an id is that of a frame.
CREATE TABLE carried (
    place INTEGER PRIMARY KEY,      -- in the order of storing
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 8 + 40),
    raw BLOB NOT NULL,              -- byte 0 and body
    age INTEGER NOT NULL,           -- seconds when it came
    powered INTEGER NOT NULL,       -- seconds of the odometer then
    rank INTEGER NOT NULL,          -- as in sync/mailbag.py
    message INTEGER NOT NULL        -- of an own private message: its id, else 0
) STRICT;

-- Acks of mail that was carried here, for those who carry it still.
CREATE TABLE receipts (
    commitment BLOB PRIMARY KEY CHECK (length(commitment) = 8 + 40),
    preimage BLOB NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 8 + 40),
    powered INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Mail that had to go for want of space: asking for it again would never end.
CREATE TABLE dropped (
    place INTEGER PRIMARY KEY,
    id BLOB NOT NULL UNIQUE CHECK (length(id) = 8 + 40),
    powered INTEGER NOT NULL
) STRICT;
-- Whom the owner follows, mutes or blocks.
CREATE TABLE relations (
    key BLOB PRIMARY KEY CHECK (length(key) = 32 + 40),
    relation BLOB NOT NULL          -- one byte of bits: see node/standing.py
) STRICT, WITHOUT ROWID;

CREATE INDEX messages_lists ON messages (author) WHERE kind = 10 AND peer = x'';
-- Files that were heard of or shared here; a name of 6 bytes each. peer as in messages. content: a post (byte 0
-- and body), or a key and a manifest.
CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    tag BLOB NOT NULL UNIQUE CHECK (length(tag) = 6 + 40),
    author BLOB NOT NULL CHECK (length(author) = 32 + 40),
    peer BLOB NOT NULL CHECK (length(peer) IN (0, 8 + 40, 32 + 40)),
    board BLOB NOT NULL,
    content BLOB NOT NULL,
    own INTEGER NOT NULL,
    wanted INTEGER NOT NULL,        -- to be asked for
    pinned INTEGER NOT NULL,        -- never dropped for space
    whole INTEGER NOT NULL,
    size INTEGER NOT NULL,          -- bytes as it travels
    born INTEGER NOT NULL,          -- seconds of the odometer when its age was 0
    agreed INTEGER NOT NULL         -- may take slow air, however large
) STRICT;

-- What came of each: symbols by number; -1 is the whole of it.
CREATE TABLE symbols (
    tag BLOB NOT NULL CHECK (length(tag) = 6 + 40),
    number INTEGER NOT NULL,
    data BLOB NOT NULL,
    PRIMARY KEY (tag, number)
) STRICT;
