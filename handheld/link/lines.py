"""What a radio says outside of frames, as lines: boot messages, prints, tracebacks. Pure."""

from handheld.text import clean_line

LINE_MAX = 512
"""Bytes; a longer line is cut."""

QUOTE = 80
"""Characters of a stranger's text that a sentence quotes."""


WHAT_TO_DO = "Put our firmware on it, or name another port."
"""With somebody who speaks otherwise than a radio of ours."""


class Lines:
    """Puts pieces of text together to lines; `pending` while one has no end yet."""

    def __init__(self) -> None:
        self._rest = b""
        self._said = b""

    @property
    def pending(self) -> bool:
        """Whether a line waits for its end."""
        return bool(self._rest)

    def add(self, piece: bytes, *, ended: bool) -> list[bytes]:
        """The lines that this piece makes whole, without their ends; `ended`: nothing more belongs to it."""
        *lines, rest = (self._rest + piece).replace(b"\r", b"\n").split(b"\n")
        if ended or len(rest) > LINE_MAX:
            lines.append(rest)
            rest = b""
        self._rest = rest
        lines = [line for line in lines if line]
        self._said = b" ".join((self._said, *lines))[-4 * QUOTE :]
        return lines

    def quote(self) -> str:
        """The end of what was said, clean, for a sentence; "": nothing was."""
        return clean_line(self._said)[-QUOTE:].strip()
