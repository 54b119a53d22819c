"""Contents grow no larger than was said; names stay where they belong; looks are only looked at."""

import os
import subprocess
import sys
import zlib
from pathlib import Path
from random import Random

import pytest
from hypothesis import given as drawn
from hypothesis import settings
from hypothesis import strategies as st

from handheld.crypto.filebox import TAG, open_file, seal_file
from handheld.errors import CryptoError, WireError
from handheld.files.content import grow, shrink
from handheld.files.look import Look, look_at
from handheld.files.names import described, given, saved_as, shown
from handheld.wire.files import FILE_MAX, FILE_NAME_MAX, Manifest

EVIL = (
    "../",
    "..\\",
    "/",
    "C:",
    "\0",
    "con",
    "NUL.",
    "\u202e",
    "-",
    ".",
    " ",
    "~",
    "\x1b[2J",
    "\n",
    "é",
    "a" * 40,
)


@drawn(st.binary(min_size=1, max_size=5_000))
@settings(max_examples=40, deadline=None)
def test_what_was_shrunk_grows_again(content: bytes) -> None:
    packed, small = shrink(content * 3)

    assert (grow(packed, 3 * len(content)) if small else packed) == content * 3


def test_what_zlib_does_not_help_travels_as_it_is() -> None:
    content = Random(1).randbytes(2_000)

    assert shrink(content) == (content, False)


@pytest.mark.parametrize("claimed", [299, 301])
def test_a_size_that_is_a_lie_is_refused(claimed: int) -> None:
    with pytest.raises(WireError, match="zlib"):
        grow(zlib.compress(b"x" * 300), claimed)


def test_what_is_no_zlib_or_has_more_behind_it_is_refused() -> None:
    for packed in (b"nonsense", zlib.compress(b"abc") + b"more", zlib.compress(b"abc")[:-1]):
        with pytest.raises(WireError, match="zlib"):
            grow(packed, 3)


BOMB = """
import resource, zlib
from handheld.errors import WireError
from handheld.files.content import grow

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

machine = zlib.compressobj(9)
bomb = b"".join(machine.compress(bytes(1 << 18)) for _ in range(400)) + machine.flush()
assert 90_000 < len(bomb) < 110_000
grow(zlib.compress(bytes(1_000)), 1_000)
before, refused = peak(), 0
for claimed in (1, 65_536, 500_000, 1 << 20):
    try:
        grow(bomb, claimed)
    except WireError as error:
        refused += "more than" in str(error)
print(peak() - before, refused)
"""


def test_a_bomb_takes_no_memory() -> None:
    # In a process of its own: what others took before would hide what this takes.
    done = subprocess.run([sys.executable, "-c", BOMB], capture_output=True, text=True, check=True)
    kib, refused = map(int, done.stdout.split())

    assert kib <= 700
    assert refused == 4
    assert FILE_MAX == 1 << 20  # more than that no manifest may claim


@drawn(
    st.one_of(
        st.binary(min_size=1, max_size=32),
        st.lists(st.sampled_from(EVIL), min_size=1).map(lambda parts: "".join(parts).encode()[:300]),
    )
)
@settings(max_examples=300, deadline=None)
def test_no_name_of_others_leads_out_of_the_folder(name: bytes) -> None:
    one = saved_as(name)

    assert one == Path(one).name
    assert one not in ("", ".", "..")
    assert one[0] not in "-.~ "
    assert one[-1] not in " ."
    assert one.isprintable()
    assert not set(one) & set('/\\:*?"<>|\0')
    assert len(os.fsencode(one)) <= 255
    assert one.split(".")[0].casefold() not in ("con", "nul", "aux", "prn", "com1", "lpt9")
    assert shown(name).isprintable()


@pytest.mark.parametrize(
    "name", ["CON", "com1.txt", "COM\u00b9.txt", "lpt\u00b3", "NUL .png", "conin$", "CONOUT$.x"]
)
def test_names_of_devices_are_no_names_of_files(name: str) -> None:
    assert saved_as(name.encode()) == f"file-{name}"


def test_a_file_is_described_by_what_fetches_it() -> None:
    manifest = Manifest(0, 0x40, 1_500, 1_500, bytes(16), bytes(16) + b"map\x1b.png")
    assert described(manifest) == f"File: map.png, 1 KB. To fetch it: pocketmesh get {manifest.tag.hex()}"


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/home/me/map.png", b"map.png"),
        ("C:\\maps\\map.png", b"map.png"),
        ("a" * 60 + ".jpeg", b"a" * 27 + b".jpeg"),
        ("é" * 40, "é".encode() * 16),
        ("/", b"file"),
        (".profile", b".profile"),
    ],
)
def test_own_names_are_cut_and_keep_their_ending(path: str, name: bytes) -> None:
    assert given(path) == name
    assert len(given(path)) <= FILE_NAME_MAX


def test_a_sealed_file_opens_with_its_key_only() -> None:
    key, sealed = seal_file(b"content", bytes(32))

    assert len(sealed) == len(b"content") + TAG
    assert open_file(key, sealed) == b"content"
    assert seal_file(b"contenu", bytes(32))[0] != key
    for wrong in (sealed[:-1], bytes(16), sealed[:-1] + bytes([sealed[-1] ^ 1])):
        with pytest.raises(CryptoError):
            open_file(key, wrong)


@pytest.mark.parametrize(
    ("head", "look"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\x40\0\0\0\xf0\x08\x02\0\0\0", Look("png", 320, 240)),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\xff\xff\xff\xff\0\0\0\xf0", Look("png")),
        (b"\x89PNG\r\n\x1a\n", Look("png")),
        (
            b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0\xff\xc0\0\x11\x08\0\xf0\1\x40\3",
            Look("jpeg", 320, 240),
        ),
        (b"\xff\xd8\xff\xe0\xff\xff", Look("jpeg")),
        (b"\xff\xd8\xff", Look("jpeg")),
        (b"Hello\n", Look("text")),
        ("ß".encode() * 3_000, Look("text")),
        (b"x" + "ß".encode() * 3_000, Look("text")),
        (b"\x7fELF\2\1\1\0", Look("other")),
        (b"caf\xe9 au lait", Look("other")),
    ],
)
def test_looks(head: bytes, look: Look) -> None:
    assert look_at(head) == look
