"""Signatures: what the author signed passes, and nothing else does."""

from dataclasses import fields, replace

import pytest

from handheld.clock import SeededEntropy
from handheld.crypto.identity import Identity
from handheld.crypto.signing import (
    board_id,
    sign_handover,
    sign_post,
    sign_profile,
    verify_handover,
    verify_post,
    verify_profile,
)
from handheld.errors import CryptoError
from handheld.wire.air import first_byte
from handheld.wire.constants import AirFlag, AirKind

ANA = Identity.create(SeededEntropy("ana"))
EVE = Identity.create(SeededEntropy("eve"))
PROFILE = first_byte(AirKind.PROFILE)
POST = first_byte(AirKind.POST)


def flipped(value: object) -> object:
    """The same value with one bit changed."""
    if isinstance(value, int):
        return value ^ 4
    assert isinstance(value, bytes)
    return bytes([value[0] ^ 1]) + value[1:]


def test_a_profile_passes_as_it_was_signed() -> None:
    profile = sign_profile(ANA, 0, b"Ana")
    verify_profile(PROFILE, profile)
    assert (profile.author, profile.static, profile.nickname) == (ANA.key, ANA.static, b"Ana")


@pytest.mark.parametrize("name", ["author", "epoch", "static", "prekey", "flags", "nickname", "signature"])
def test_a_profile_changed_in_any_field_fails(name: str) -> None:
    profile = sign_profile(ANA, 0, b"Ana")
    forged = replace(profile, **{name: flipped(getattr(profile, name))})
    with pytest.raises(CryptoError) as refused:
        verify_profile(PROFILE, forged)
    assert refused.value.reason == "signature"


def test_a_profile_under_another_first_byte_fails() -> None:
    with pytest.raises(CryptoError):
        verify_profile(first_byte(AirKind.PROFILE, AirFlag.URGENT), sign_profile(ANA, 0, b"Ana"))


def test_a_post_passes_as_it_was_signed() -> None:
    post = sign_post(ANA, "here", 1, 2, b"Water at the school")
    verify_post(POST, post, ANA.key, "here")
    assert post.channel == board_id("here")[:3]
    assert post.author == ANA.key[:8]


def test_every_field_of_a_post_is_covered() -> None:
    post = sign_post(ANA, "here", 1, 2, b"Water at the school")
    for field in fields(post):
        forged = replace(post, **{field.name: flipped(getattr(post, field.name))})
        with pytest.raises(CryptoError):
            verify_post(POST, forged, ANA.key, "here")


def test_a_post_passes_for_no_other_board_author_or_kind() -> None:
    post = sign_post(ANA, "here", 1, 2, b"Water at the school")
    for first, author, board in (
        (POST, ANA.key, "market"),
        (POST, EVE.key, "here"),
        (first_byte(AirKind.POST, AirFlag.URGENT), ANA.key, "here"),
    ):
        with pytest.raises(CryptoError):
            verify_post(first, post, author, board)


def test_a_key_that_is_no_point_is_a_bad_signature_and_no_crash() -> None:
    post = sign_post(ANA, "here", 1, 2, b"Water")
    for key in (bytes(32), b"\xff" * 32, b"\x01" + bytes(31)):
        with pytest.raises(CryptoError):
            verify_post(POST, post, key, "here")


def test_a_stick_is_signed_by_its_owner_alone_and_no_post_passes_for_it() -> None:
    signature = sign_handover(ANA, b"manifest")
    verify_handover(ANA.key, b"manifest", signature)
    for key, text in ((EVE.key, b"manifest"), (ANA.key, b"Manifest")):
        with pytest.raises(CryptoError):
            verify_handover(key, text, signature)
