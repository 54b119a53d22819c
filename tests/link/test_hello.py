"""How the two ends recognise each other: nonces, our hello without Ctrl-C, and who is older."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld import __version__
from handheld.clock import SeededEntropy
from handheld.errors import WireError
from handheld.link import hello
from handheld.link.framing import CRC, FRAME, Deframer, Framer, Loops
from handheld.link.hello import CTRL_C, fresh_nonce, host_hello, misfit
from handheld.wire.codec import decode, encode
from handheld.wire.constants import LINK_FRAME_MAX, PROTOCOL_VERSION, LinkKind
from handheld.wire.link import Hello, HelloHost, HelloRadio
from handheld.wire.schema import schema

OURS = bytes(int(part) for part in __version__.split("."))
OLDER, NEWER = b"\0\0\1", b"\xff\0\0"


class Drawn:
    """Entropy that was drawn before."""

    def __init__(self, *draws: bytes) -> None:
        self._draws = list(draws)

    def take(self, count: int) -> bytes:
        assert count == 4
        return self._draws.pop(0)

    def below(self, limit: int) -> int:
        raise NotImplementedError


def radio_hello(**changes: object) -> bytes:
    fields = {
        "version": PROTOCOL_VERSION,
        "schema": schema(),
        "nonce": 1,
        "boot": 2,
        "window": 2048,
        "radio": 1,
        "channel": 6,
        "mtu": 250,
        "airtime": 2600,
        "firmware": OURS,
        "board": b"ESP32",
    }
    return encode(HelloRadio(**(fields | changes)))  # type: ignore[arg-type]


def test_a_nonce_holds_no_ctrl_c_and_no_zero_and_another_session_than_the_last() -> None:
    entropy = Drawn(bytes(4), b"\x03abc", b"abc\x03", b"ab\0c", b"abcd", b"\1\2\1\1")

    assert fresh_nonce(entropy, last=0xFFFF64) == 0x01020101


@given(st.integers(0, 1 << 32))
@settings(max_examples=200, deadline=None)
def test_our_hello_holds_no_ctrl_c_and_says_what_it_should(seed: int) -> None:
    nonce = fresh_nonce(SeededEntropy(seed))
    frame = host_hello(Framer(Loops, LINK_FRAME_MAX), nonce, schema(), 2048)
    deframer = Deframer(Loops, LINK_FRAME_MAX)
    deframer.feed(frame, len(frame))

    assert CTRL_C not in frame
    assert deframer.next() == FRAME
    payload = bytes(deframer.frame[: deframer.length])
    assert payload[:2] == bytes((LinkKind.HELLO_HOST, nonce & 255))
    assert decode(HelloHost, payload[4:]) == HelloHost(PROTOCOL_VERSION, schema(), nonce, 2048)


def test_a_schema_with_a_ctrl_c_is_said_all_the_same() -> None:
    frame = host_hello(Framer(Loops, LINK_FRAME_MAX), 1, b"\3\3\3\3", 2048)

    assert frame.count(0) == 2
    assert len(frame) > 15 + CRC


def test_the_present_schema_holds_no_ctrl_c() -> None:
    # Should this fail, change anything in the schema: a hello with a Ctrl-C would stop a radio that starts.
    assert CTRL_C not in schema()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, ""),
        ({"version": 0}, hello._RADIO_OLDER),
        ({"version": PROTOCOL_VERSION + 1}, hello._RADIO_NEWER),
        ({"schema": b"else", "firmware": OLDER}, hello._RADIO_OLDER),
        ({"schema": b"else", "firmware": NEWER}, hello._RADIO_NEWER),
        ({"schema": b"else"}, hello._SAME_AGE),
        ({"window": 271}, hello._SMALL_WINDOW),
        ({"window": 272}, ""),
    ],
)
def test_a_misfit_says_which_end_to_update(changes: dict[str, object], sentence: str) -> None:
    assert misfit(radio_hello(**changes), schema()) == sentence


def test_a_hello_that_has_changed_since_is_still_known_by_its_beginning() -> None:
    later = encode(Hello(PROTOCOL_VERSION + 1, b"else", 1, b"all new"))
    same = encode(Hello(PROTOCOL_VERSION, b"else", 1, b"all new"))

    assert misfit(later, schema()) == hello._RADIO_NEWER
    assert misfit(same, schema()) == hello._SAME_AGE


@pytest.mark.parametrize(
    "body", [b"", radio_hello()[:8], radio_hello()[:20], radio_hello(board=b"x" * 16) + b"x"]
)
def test_what_is_no_hello_is_refused(body: bytes) -> None:
    with pytest.raises(WireError):
        misfit(body, schema())
