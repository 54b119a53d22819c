"""What is on a stick, signed: lines for `b2sum -c`, so that a machine without pocketmesh can check, too."""

from __future__ import annotations

import hashlib
import os
import re
from binascii import unhexlify
from pathlib import Path

from handheld.crypto.signing import sign_handover, verify_handover
from handheld.errors import CryptoError, Refused
from handheld.text import clean, clean_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from handheld.crypto.identity import Identity

NAME, SIGNATURE = "MANIFEST", "MANIFEST.sig"
_LARGEST = 1 << 20
_SIGNED = re.compile(rb"([0-9a-f]{64})\n([0-9a-f]{128})\n")


def write(folder: Path, identity: Identity) -> int:
    """Sign everything below the folder; how many files that is."""
    text = "".join(f"{_hash(folder / name)}  {name}\n" for name in sorted(_files(folder)))
    (folder / NAME).write_text(text, encoding="utf-8")
    signature = sign_handover(identity, text.encode())
    (folder / SIGNATURE).write_text(f"{identity.key.hex()}\n{signature.hex()}\n", encoding="ascii")
    return text.count("\n")


def check(folder: Path) -> tuple[bytes, int]:
    """(whose key signed it, how many files); Refused with the first thing that is not as it was signed."""
    try:
        text = _small(folder / NAME)
        key, signature = _signed(_small(folder / SIGNATURE))
        verify_handover(key, text, signature)
    except (OSError, ValueError):
        raise Refused(f"{folder} is no whole handover: {NAME} or {SIGNATURE} cannot be read.") from None
    except CryptoError:
        raise Refused(f"The signature does not fit: {NAME} was changed. Install nothing of it.") from None
    listed = _listed(text)
    for name in sorted(_files(folder)):
        if name not in listed:
            raise Refused(
                f"{clean_line(os.fsencode(name))} is not in the manifest: it was added. "
                "Install nothing of it."
            )
    for name, digest in listed.items():
        if not _is_plain(folder, name) or _hash(folder / name) != digest:
            raise Refused(f"{name} is missing, damaged or changed. Have the stick written again.")
    return key, len(listed)


def _signed(text: bytes) -> tuple[bytes, bytes]:
    found = _SIGNED.fullmatch(text)
    if found is None:
        raise ValueError
    return unhexlify(found[1]), unhexlify(found[2])


def _listed(text: bytes) -> dict[str, str]:
    lines = (line.partition("  ") for line in clean(text, _LARGEST, lines=True).splitlines())
    return {name: digest for digest, _, name in lines}


def _is_plain(folder: Path, name: str) -> bool:
    """Whether it is a file in there: no way out of the folder, by no link."""
    path = folder / name
    return name in set(_files(folder)) and path.is_file()


def _files(folder: Path) -> list[str]:
    """Everything below that is no folder, and not the manifest itself; links are not followed."""
    found = []
    for place, _, names in os.walk(folder):
        found += [(Path(place) / name).relative_to(folder).as_posix() for name in names]
    return [name for name in found if name not in {NAME, SIGNATURE}]


def _hash(path: Path) -> str:
    digest = hashlib.blake2b()
    if path.is_symlink():
        return ""
    with open(path, "rb") as file:
        while block := file.read(1 << 16):
            digest.update(block)
    return digest.hexdigest()


def _small(path: Path) -> bytes:
    with open(path, "rb") as file:
        data = file.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise ValueError
    return data
