"""Pictures as phones and liars make them. Without Pillow a test that wants one is skipped."""

import io
import struct
from typing import Any

import pytest


def flag(width: int = 320, height: int = 200) -> Any:
    """A PIL.Image: red above, blue below."""
    image = pytest.importorskip("PIL.Image")
    made = image.new("RGB", (width, height), (255, 0, 0))
    made.paste((0, 0, 255), (0, height // 2, width, height))
    return made


def saved(image: Any, kind: str = "JPEG", **how: Any) -> bytes:
    """The bytes of a file of this kind."""
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def jpeg(width: int = 320, height: int = 200, **how: Any) -> bytes:
    """The flag as a JPEG."""
    return saved(flag(width, height), **how)


def turned(orientation: int) -> bytes:
    """The flag from a phone that was held another way."""
    exif = pytest.importorskip("PIL.Image").Exif()
    exif[0x0112] = orientation
    return jpeg(exif=exif)


def claiming(data: bytes, width: int, height: int) -> bytes:
    """The same JPEG, whose frame header says another size."""
    at = data.index(b"\xff\xc0")
    return data[: at + 5] + struct.pack(">HH", height, width) + data[at + 9 :]
