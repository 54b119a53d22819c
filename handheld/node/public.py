"""The frames that go to everybody: which of them flood, which teach the way to us, which go one hop."""

from handheld.node.presence import Announcement
from handheld.wire.air import PATH_BODY_MAX, collecting, decode_air, flood, one_hop
from handheld.wire.codec import encode
from handheld.wire.constants import PUBLIC_START_TTL, AirKind, AirMode
from handheld.wire.records import Extension, Here, Profile


def profile_frame(profile: Profile, announcement: Announcement) -> bytes:
    """Our profile, as far as its announcement goes."""
    body = encode(profile)
    if announcement.floods:
        return flood(AirKind.PROFILE, PUBLIC_START_TTL, body)
    return one_hop(AirKind.PROFILE, body)


def post_frame(raw: bytes, *, invisible: bool) -> bytes:
    """A post saved as byte 0 and body. If it fits it teaches the way to us, unless we are invisible."""
    collects = len(raw) - 1 <= PATH_BODY_MAX and not invisible
    make = collecting if collects else flood
    return make(AirKind.POST, PUBLIC_START_TTL, raw[1:], raw[0] & 3)


def here_frame(key: bytes, count: int) -> bytes:
    """A `here` of this key; the radio fills in whom it hears. `count` makes each a frame of its own."""
    return collecting(AirKind.HERE, PUBLIC_START_TTL, encode(Here(key[:8], count & 0xFFFF, b"")))


def extension_frame(said: Extension, name: int = 0) -> bytes:
    """For our neighbours; our radio writes its name into it, or takes this one."""
    return collecting(AirKind.EXTENSION, 1, encode(said), name=name)


def teaches_way(air: bytes) -> bool:
    """Whether whoever hears this post learns the way to us."""
    return (air[0] >> 2 & 15, air[1] >> 6) == (AirKind.POST, AirMode.COLLECT)


def flooded_profile(air: bytes) -> bytes:
    """Byte 0 and body of a profile that floods; empty for any other frame."""
    if (air[0] >> 2 & 15, air[1] >> 6) != (AirKind.PROFILE, AirMode.FLOOD):
        return b""
    return air[:1] + decode_air(air).body
