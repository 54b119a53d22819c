"""Every number of the wire that is not a field width, with one home each.

The exporter writes these into `firmware/lib/wire_tables.py` and PROTOCOL.md.
"""

from enum import IntEnum, unique

PROTOCOL_VERSION = 1
"""Of the cable; the air carries its own two version bits."""

AIR_VERSION = 1

AIR_FRAME_MAX = 250
"""Bytes: ESP-NOW version 1 carries no more; LoRa would take 255."""

PLAIN_HEADER = 6
PATH_NAMES = 7
PATH_HEADER = PLAIN_HEADER + 1 + PATH_NAMES
"""Modes collect and way: cursor and seven relay names, always all of them, so that length tells nothing."""

PATH_COUNT = 7
"""Mask of the cursor of a collecting frame: how many names there are. The quality stands above it."""

QUALITY_SHIFT = 3
QUALITY_MAX = 15
"""Of the weakest link so far: its margin in steps of 2 dB, or more; 0: one is not known to work both ways."""

LAN_VERSION = 1
"""First byte of a datagram on a local network."""

HERE_NAMES_MAX = 24
"""Names that a radio tells it has heard, in a `here`."""

MAC_OFFSET = 2
MAC_LENGTH = 4
ID_LENGTH = 8

PUBLIC_START_TTL = 12
"""Public frames start here, so that whoever hears one can tell the hops: 13 - ttl. A village of 100 is up to
12 hops wide (S1 of the benchmarks); a frame that is heard everywhere stops sooner by itself."""

PRIVATE_START_TTLS = (7, 8, 9)
"""Private frames start at one of these at random, so that ttl does not mark the author."""

DEFAULT_NETWORK_KEY = b"pocketmesh public network key 1\0"
"""Published, 32 bytes: on the default network the link MAC is an error check and nothing more."""

SEALED_SIZES = (56, 120, 176)
"""Padded plaintext of a private message; frames of 122, 186 and 242 bytes."""

FIRST_CONTACT_SIZES = (8, 72, 128)
"""The same with the sender's key sealed inside, so that the three frame lengths do not differ."""

ROOM_TEXT_SIZES = (36, 84, 140)
"""Padded texts of a post in a room; frames of 146, 194 and 250 bytes."""

SESSION_SIZES = (32, 88, 176)
"""Padded plaintext of a private message in short form; frames of 70, 126 and 214 bytes."""

NICKNAME_MAX = 24
POST_TEXT_MAX = 160

ALERT_TEXT_MAX = 130
"""So that the frame has room for the names of a path, and teaches the way to whoever needs help."""

PARTS_MAX = 4
"""Posts that one long text is spread over, at the most."""

POST_LIFE_S = 7 * 24 * 3600
"""The greatest age of a public post, and that of all which say none."""


@unique
class AirKind(IntEnum):
    """What an air frame carries; 4 bits. A relay forwards kinds it does not know, a host drops them."""

    PROFILE = 1
    POST = 2
    PRIVATE = 3
    ACK = 4
    HERE = 5
    ROOM = 6
    SESSION = 7
    MEET = 8
    BOARD = 9
    BEACON = 10
    VECTOR = 11
    OFFER = 12
    SYMBOL = 13
    NEED = 14
    EXTENSION = 15
    """Its first byte says what it is: an ExtensionType."""


@unique
class ExtensionType(IntEnum):
    """What a frame of kind EXTENSION carries. A host drops types that it does not know."""

    AROUND = 1
    """Entries: who hears whom around."""
    KNOWN = 2
    """Of whom the sender knows."""
    PROBE = 3
    """Of a test tone: whoever hands it on shows that he heard it. Its body means nothing."""
    RECEIPTS = 4
    """Acks of mail that was carried, told to those near."""
    LETTERS = 5
    """Two sealed messages of the shortest size, handed on by who carries them."""
    FURTHER = 8
    """By way to a radio that sends on what is in it, by more names."""


@unique
class AirMode(IntEnum):
    """How an air frame travels; 2 bits."""

    FLOOD = 0
    COLLECT = 1
    WAY = 2
    ONE_HOP = 3


@unique
class AirFlag(IntEnum):
    """Bits of the immutable first byte; the second bit is zero."""

    URGENT = 1


@unique
class PostType(IntEnum):
    """What a public post is; all but NOTE have fields of their own before the text."""

    NOTE = 1
    NEED = 2
    OFFER = 3
    EVENT = 4
    ALERT = 5
    DELETED = 6
    """Its author takes one of his posts back."""
    MORE = 7
    """A following part of a long post."""
    FILE = 8
    LEAP = 9
    FOLLOWS = 10


@unique
class AlertStep(IntEnum):
    """What a post of type ALERT says."""

    HELP = 1
    """Its author needs help."""
    SEEN = 2
    """Its author saw somebody's call for help."""
    OVER = 3
    """Its author needs no help any more."""


SHOWN_POSTS = (
    PostType.NOTE,
    PostType.NEED,
    PostType.OFFER,
    PostType.EVENT,
    PostType.ALERT,
    PostType.FILE,
)
"""Types that a board shows as posts of their own."""


@unique
class RoomType(IntEnum):
    """What a post in a room is; types to come carry fields of their own before the text."""

    NOTE = 1
    JOINED = 2
    """Its author came into the room; it has no text."""
    FILE = 3
    """A file for the room: its key and its manifest."""


@unique
class ProfileFlag(IntEnum):
    """Bits of a profile's flags byte; the upper six bits are a round counter.

    The counter makes each announcement a frame of its own: relays forward a frame id once in ten minutes.
    """

    SOLICIT = 1
    """Whoever hears this is asked to announce himself."""


PROFILE_ROUND_SHIFT = 2


@unique
class LetterKind(IntEnum):
    """What a private message holds once it is opened; kinds to come pass, to be acknowledged."""

    TEXT = 1
    INTRODUCTION = 2
    ROOM_KEY = 3
    AGAIN = 4
    """The sender lacks messages of the reader, and asks for them again."""
    READ = 5
    """The sender has seen messages of the reader."""
    FILE_KEY = 6


QUIET_LETTERS = frozenset({LetterKind.ROOM_KEY, LetterKind.AGAIN, LetterKind.READ})
"""Kinds that devices write to each other: no screen lists them, and nobody has to read them."""


@unique
class MeetStep(IntEnum):
    """What a device says in a meeting: that it has chosen, then what."""

    COMMIT = 1
    REVEAL = 2


@unique
class LinkKind(IntEnum):
    """Frames of the cable. Those from 16 on are numbered, acknowledged and sent again."""

    HELLO_HOST = 1
    HELLO_RADIO = 2
    ACK = 3
    PING = 4
    STATUS = 5
    BYE = 6
    SEND = 16
    HEARD = 17
    SENT = 18
    SERVICE = 19
    SET = 20
    SETTINGS = 21
    LINE = 22
    TEST = 23
    TESTED = 24


LINK_NUMBERED = 16
"""Kinds from this number on take a sequence number."""

LINK_HEADER = 4
"""Every cable frame begins with kind, session, seq, ack."""

LINK_FRAME_MAX = 264
"""Bytes of a cable frame before CRC and COBS: the header, the fields of HEARD or SEND, an air frame."""


LINE_MAX = 96
"""Bytes of a line that a person types to a radio."""

PROBES_MAX = 100
"""Probes of a test tone."""


@unique
class RadioKind(IntEnum):
    """What the radio transmits with."""

    ESPNOW = 1
    LORA = 2


@unique
class SentResult(IntEnum):
    """What became of a frame that the host gave to the radio."""

    ON_AIR = 1
    QUEUE_FULL = 2
    REFUSED = 3


@unique
class Setting(IntEnum):
    """What the radio keeps over a loss of power, and the host can change."""

    ASK = 1
    """No setting: it changes nothing, and is answered like the others."""
    REGION = 2
    CHANNEL = 3
    PRESET = 4
    POWER = 5
    LISTEN = 6


@unique
class Listen(IntEnum):
    """What a radio listens to while no host is on its cable."""

    ALWAYS = 1
    """The cable and the air."""
    AIR = 2
    """The air, and the cable for a moment every few seconds: its processor sleeps between frames."""


@unique
class SetResult(IntEnum):
    """What became of a wish to change a setting."""

    UNCHANGED = 1
    CHANGED = 2
    """It is kept; the radio starts anew with it."""
    UNKNOWN = 3
    """There is no such setting, or no such region or preset."""
    NO_REGION = 4
    """The law depends on the region, which must be chosen first."""
    NO_CHANNEL = 5
    """The region has no such channel."""
    TOO_STRONG = 6
    """More power than the law or the radio allows on this channel."""
    TOO_WEAK = 7
    """Less power than the radio can be set to."""
    NOT_KEPT = 8
    """What it writes to does not take it: full, or worn out."""


@unique
class Region(IntEnum):
    """Where the radio is, as far as the law on transmitting goes; the limits are in `firmware/regions.py`."""

    EU868 = 1
    EU433 = 2
    US915 = 3
    AU915 = 4
    IN865 = 5
    JP920 = 6
    KR920 = 7


@unique
class Preset(IntEnum):
    """How LoRa trades reach against air time; a step costs about 5 dB and saves two thirds of the time."""

    LONG = 1
    MEDIUM = 2
    FAST = 3
