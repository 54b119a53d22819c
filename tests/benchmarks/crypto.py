"""Cryptography by libsodium against the same in plain Python, in one run; and what a message asks of it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace

from handheld.clock import SeededEntropy
from handheld.crypto import chain
from handheld.crypto.curve import KeyPair, key_pair, shared_secret
from handheld.crypto.identity import Identity
from handheld.crypto.sealing import first_static, open_first, open_known, probe, seal_first, seal_known
from handheld.crypto.signing import sign_post, verify_post
from handheld.node.chains import OFFERED, SEEDS_MAX
from handheld.wire.air import first_byte
from handheld.wire.codec import decode
from handheld.wire.constants import AirKind, LetterKind
from handheld.wire.records import Letter, Private, Session
from tests.support import plain25519
from tests.support.libsodium import calls_of

ANA, BO = (Identity.create(SeededEntropy(name)) for name in ("ana", "bo"))
FIRST = first_byte(AirKind.PRIVATE)
SHORT = first_byte(AirKind.SESSION)
POST = first_byte(AirKind.POST)
LETTER = Letter(LetterKind.TEXT, 1, 1, b"Meet me at the bridge")
PREKEY = KeyPair(BO.prekey_secret, BO.prekey)
EPHEMERAL = SeededEntropy("ephemeral").take(32)
STATE = SeededEntropy("chain").take(32)
STEP = chain.advance(STATE)[1]
SIGNED = sign_post(ANA, "here", 1, 1, b"Water at the school")

FOR_SECONDS = 0.3


def seal() -> bytes:
    """Send: a Noise K."""
    made = seal_known(ANA, LETTER, first=FIRST, reader=BO.key, prekey=BO.prekey, ephemeral=EPHEMERAL)
    return made.body


def seal_to_a_stranger() -> bytes:
    """Send: a Noise X."""
    made = seal_first(ANA, LETTER, first=FIRST, reader=BO.key, prekey=BO.prekey, ephemeral=EPHEMERAL)
    return made.body


KNOWN = decode(Private, seal())
FOREIGN = replace(KNOWN, ephemeral=key_pair(b"x" * 32).public)
STRANGE = decode(Private, seal_to_a_stranger())


def receive() -> object:
    """Receive a Noise K, from the first look to the open letter."""
    probed = probe(KNOWN, PREKEY)
    return open_known(KNOWN, probed, first=FIRST, author=ANA.key, static=ANA.static, reader=BO.key)


def receive_from_a_stranger() -> object:
    """Receive a Noise X."""
    probed = probe(STRANGE, PREKEY)
    static = first_static(STRANGE, probed, first=FIRST, reader=BO.key)
    return open_first(STRANGE, probed, first=FIRST, author=ANA.key, static=static, reader=BO.key)


def send_short() -> bytes:
    """Send in short form: the next step of a chain, and one frame."""
    _, step = chain.advance(STATE)
    return chain.seal(step, LETTER, first=SHORT)


SHORTENED = decode(Session, send_short())


def receive_short() -> object:
    """Receive in short form: the label is looked up, and the next one made."""
    chain.advance(STATE)
    return chain.open_with(STEP, SHORTENED, first=SHORT)


def offer() -> None:
    """What a sealed message costs beside: the chains that it may begin."""
    for said in range(SEEDS_MAX):
        state = chain.begin(EPHEMERAL, bytes([said]) * 32, ANA.key, BO.key)
        for _ in range(OFFERED):
            state, _ = chain.advance(state)


def reject() -> object:
    """Receive what is for somebody else: one prekey tried."""
    return probe(FOREIGN, PREKEY)


def sign() -> object:
    """A post."""
    return sign_post(ANA, "here", 1, 1, b"Water at the school")


def verify() -> None:
    """A post."""
    verify_post(POST, SIGNED, ANA.key, "here")


MESSAGES: dict[str, Callable[[], object]] = {
    "send, sealed (Noise K)": seal,
    "send, first contact (Noise X)": seal_to_a_stranger,
    "receive, sealed": receive,
    "receive, first contact": receive_from_a_stranger,
    "send, short form": send_short,
    "receive, short form": receive_short,
    "expect chains, at each sealing heard": offer,
    "not for us, one prekey": reject,
    "sign a post": sign,
    "verify a post": verify,
}


def per_second(action: Callable[[], object]) -> float:
    """How often `action` runs in a second of this machine."""
    action()
    rounds, start = 0, time.perf_counter()
    while (passed := time.perf_counter() - start) < FOR_SECONDS:
        action()
        rounds += 1
    return rounds / passed


def table() -> Iterator[tuple[str, str, str]]:
    """Rates, the calls of libsodium that make them up, and C against plain Python."""
    for name, action in MESSAGES.items():
        calls = calls_of(action)
        listed = ", ".join(f"{count} {short(call)}" for call, count in sorted(calls.items()))
        yield f"{name}, a second", f"{per_second(action):,.0f}", f"{calls.total()} calls: {listed}"
    message = b"m" * 160
    signature = plain25519.ed25519_sign(ANA.sign_seed, message)
    plain: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "X25519": (
            lambda: shared_secret(ANA.static_secret, BO.prekey),
            lambda: plain25519.x25519(ANA.static_secret, BO.prekey),
        ),
        "Ed25519 sign": (sign, lambda: plain25519.ed25519_sign(ANA.sign_seed, message)),
        "Ed25519 verify": (verify, lambda: plain25519.ed25519_verify(ANA.key, message, signature)),
    }
    for name, (fast, slow) in plain.items():
        quick, python = per_second(fast), per_second(slow)
        yield (
            f"{name}, libsodium : plain Python",
            f"{quick / python:.0f} times",
            f"{python:,.0f} a second in Python",
        )


def short(call: str) -> str:
    """A C function's name without what all of them begin with."""
    return call.removeprefix("crypto_").replace("aead_chacha20poly1305_ietf_", "aead_")
