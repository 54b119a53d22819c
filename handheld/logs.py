"""The log: one logger for each part, debug lines that name what was dropped and never what was said."""

import logging
import sys
from typing import TextIO

FORMAT = "%(asctime)s %(levelname).1s %(name)s: %(message)s"


def logger(part: str) -> logging.Logger:
    """The logger of one part, such as "node" or "port"."""
    return logging.getLogger(f"pocketmesh.{part}")


def to_stream(stream: TextIO = sys.stderr, *, debug: bool = False) -> None:
    """Send the log to a stream; called once by a command that runs for long."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter(FORMAT))
    root = logging.getLogger("pocketmesh")
    root.handlers[:] = [handler]
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    root.propagate = False


def brief(data: bytes, limit: int = 12) -> str:
    """The first bytes in hex: enough to find a frame in a capture, too little to read a message."""
    return data[:limit].hex() + ("..." if len(data) > limit else "")
