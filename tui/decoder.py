"""Decodes one picture with Pillow, in a process of its own that can do little else: see `tui/photo.py`.

Bytes of a JPEG or PNG come on standard input; what goes out is width and height, two bytes each, then red,
green and blue of each pixel. A picture that somebody else made may make the decoder do anything at all, so
before the first byte is parsed this process gives up opening files and sockets, starting processes, and
most memory.
"""

import contextlib
import io
import resource
import struct
import sys

BYTES_MAX = 1 << 20
"""Longer ones are never shared."""

PIXELS_MAX = 16 << 20
"""Width times height. A phone's have 8 to 12 million; a PNG of so many takes 64 MB while it is read."""

SIDE = 256
"""Pixels of the longer side at the most: more than a terminal has cells."""

NO_PILLOW = 3
"""The exit code where Pillow is not installed; 1 says that the picture cannot be read."""

_MEMORY = 256 << 20
_CPU_S = 20


def _give_up(*limits: tuple[int, int]) -> None:
    for what, most in limits:
        _, hard = resource.getrlimit(what)
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))


def small(data: bytes) -> bytes:
    """The picture at SIDE at the most, as it goes out; any error at all for one that cannot be read."""
    from PIL import Image, ImageOps

    image: Image.Image = Image.open(io.BytesIO(data), formats=("JPEG", "PNG"))
    if image.width * image.height > PIXELS_MAX:
        raise ValueError(image.size)
    # libjpeg leaves out what nobody will see: a photo is decoded at an eighth of its size.
    image.thumbnail((SIDE, SIDE))
    with contextlib.suppress(Exception):  # A damaged tag: then it is drawn as it lies.
        image = ImageOps.exif_transpose(image) or image
    image = image.convert("RGB")
    return struct.pack(">HH", *image.size) + image.tobytes()


def main() -> int:
    """Read, decode, answer; the exit code."""
    _give_up(
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_CPU, _CPU_S),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
    )
    data = sys.stdin.buffer.read(BYTES_MAX)
    try:
        # All that Pillow would load later, when no file can be opened any more.
        from PIL import Image, ImageOps, MpoImagePlugin, TiffImagePlugin  # noqa: F401
    except ImportError:
        return NO_PILLOW
    Image.preinit()
    # No file, socket, pipe or copy of one: every new descriptor would have a number, and none is left.
    _give_up((resource.RLIMIT_NOFILE, 0))
    try:
        sys.stdout.buffer.write(small(data))
        sys.stdout.buffer.flush()
    except Exception:  # noqa: BLE001 - whatever a hostile file leads to, the answer is the same
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
