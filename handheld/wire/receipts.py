"""Several acks in one frame: what those who carry mail tell each other of what has arrived."""

from collections.abc import Iterator, Sequence

from handheld.errors import WireError
from handheld.wire.air import one_hop
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind, ExtensionType
from handheld.wire.records import Extension

PREIMAGE = 8

RECEIPTS_MAX = 29
"""Receipts in one frame: an extension's content has at most 235 bytes."""


def receipts_frames(preimages: Sequence[bytes]) -> Iterator[bytes]:
    """Frames for those near that say these preimages of acks, as few as there can be."""
    for begin in range(0, len(preimages), RECEIPTS_MAX):
        content = b"".join(preimages[begin : begin + RECEIPTS_MAX])
        yield one_hop(AirKind.EXTENSION, encode(Extension(ExtensionType.RECEIPTS, content)))


def preimages_of(said: Extension) -> list[bytes]:
    """The preimages in an extension of type RECEIPTS; WireError where one is cut."""
    if len(said.content) % PREIMAGE:
        raise WireError("size", f"receipts of {len(said.content)} bytes")
    return [said.content[at : at + PREIMAGE] for at in range(0, len(said.content), PREIMAGE)]
