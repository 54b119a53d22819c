"""Two sealed letters in one frame, on their way from one who carries them to the next."""

from collections.abc import Sequence

from handheld.errors import WireError
from handheld.wire.air import first_byte, one_hop
from handheld.wire.codec import encode
from handheld.wire.constants import SEALED_SIZES, AirKind, ExtensionType
from handheld.wire.records import KEY, TAG, Extension
from handheld.wire.sync import one_hop_again

_FIRST = bytes([first_byte(AirKind.PRIVATE)])

SHORT_BODY = KEY + 4 + 8 + SEALED_SIZES[0] + TAG
"""Bytes of the shortest body of a sealed message; two of them leave three bytes of an extension's content."""


def is_short(raw: bytes) -> bool:
    """Whether this record, byte 0 and body, is a sealed message of the shortest size."""
    return raw[:1] == _FIRST and len(raw) == 1 + SHORT_BODY


def handed_on(raws: Sequence[bytes]) -> bytes:
    """The frame that hands on one record, byte 0 and body, or two short sealed messages."""
    if len(raws) == 1:
        return one_hop_again(raws[0])
    content = b"".join(raw[1:] for raw in raws)
    return one_hop(AirKind.EXTENSION, encode(Extension(ExtensionType.LETTERS, content)), ttl=1)


def letters_of(said: Extension) -> list[bytes]:
    """Both messages in an extension of type LETTERS, as byte 0 and body; WireError where it is not two."""
    if len(said.content) != 2 * SHORT_BODY:
        raise WireError("size", f"two letters of {len(said.content)} bytes")
    return [_FIRST + said.content[:SHORT_BODY], _FIRST + said.content[SHORT_BODY:]]
