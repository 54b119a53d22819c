"""What one frame costs the host, in instructions: the steps between the cable and the screen, each alone."""

import sys
from pathlib import Path
from typing import NamedTuple

from tests.support.cost import instructions


class Step(NamedTuple):
    """Code that makes what the step needs, the step, and how often to repeat it for a steady figure."""

    setup: str
    step: str
    times: int


_FRAMING = """
from handheld.link.framing import CRC, Deframer, Framer, Loops
payload = bytearray(range(1, 251)) + bytearray(CRC)
framer, deframer = Framer(Loops, 264), Deframer(Loops, 264)
size = framer.close(payload, 250)
def take():
    deframer.feed(framer.frame, size)
    while deframer.next():
        pass
"""

_RECORDS = """
from handheld.clock import SeededEntropy
from handheld.crypto import signing
from handheld.crypto.identity import Identity
from handheld.wire.air import decode_air, first_byte, flood
from handheld.wire.codec import decode, encode
from handheld.wire.constants import AirKind
from handheld.wire.records import Post
identity = Identity.create(SeededEntropy(1))
post = signing.sign_post(identity, "here", 1, 1, b"the bridge is open again")
first = first_byte(AirKind.POST)
body = encode(post)
air = flood(AirKind.POST, 8, body)
"""

_TEXT = "from handheld.text import clean_message; raw = ('the bridge is open again ' * 6).encode()"

STEPS = {
    "frame 250 bytes for the cable": Step(_FRAMING, "framer.close(payload, 250)", 1000),
    "find 250 bytes on the cable": Step(_FRAMING, "take()", 1000),
    "decode an air frame": Step(_RECORDS, "decode_air(air)", 1000),
    "decode a post": Step(_RECORDS, "decode(Post, body)", 1000),
    "verify a post (Ed25519)": Step(_RECORDS, "signing.verify_post(first, post, identity.key, 'here')", 100),
    "sign a post (Ed25519)": Step(_RECORDS, "signing.sign_post(identity, 'here', 1, 1, b'x')", 100),
    "encode a post into an air frame": Step(_RECORDS, "flood(AirKind.POST, 8, encode(post))", 500),
    "clean 150 characters": Step(_TEXT, "clean_message(raw)", 500),
}


def cost(step: Step, folder: Path) -> int:
    """Instructions of the step, once."""
    program = f"{step.setup}\nimport sys\nfor _ in range(int(sys.argv[1])):\n    {step.step}\n"
    with_it, without = (
        instructions([sys.executable, "-c", program, str(times)], folder) for times in (step.times, 0)
    )
    return (with_it - without) // step.times
