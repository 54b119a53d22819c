"""The Python prompt of a MicroPython board, over a port that is open: the raw REPL with flow control.

As docs.micropython.org describes it ("The MicroPython Interactive Interpreter Mode"). For the command line,
which waits: no loop, no thread. What comes is a stranger's: never more than `_HELD` bytes of it are kept.
"""

import os
import select

from handheld.clock import Clock
from handheld.errors import RadioForeign, RadioMissing, Refused
from handheld.text import clean, clean_line

GONE = "The radio was unplugged. Plug it in and say the same again: it goes on where it stopped."
_MUTE = "The board does not answer any more. Press its RESET, and say the same again."
_OLD = "The board's MicroPython is too old. Write a newer one: add --image FILE."
_NO_ROOM = "The board's flash is full. Delete files of your own from it, or write it anew: add --image FILE."

_BANNER = b"raw REPL; CTRL-B to exit\r\n>"
_INTERRUPT, _RAW, _END, _PASTE = b"\r\x03\x03", b"\r\x01", b"\x04", b"\x05A\x01"
_MORE = 1
_HELD = 65_536
_QUOTED = 80
_ENTER_EVERY = 300
_ANSWER = 5_000
_ENOSPC = b"OSError: 28"


class Prompt:
    """A board's prompt. `run` after `enter` said True.

    Everything raises RadioMissing if the port vanishes, and RadioForeign if no answer comes in time.
    """

    def __init__(self, fd: int, clock: Clock) -> None:
        self._fd = fd
        self._clock = clock
        self._in = bytearray()
        self._last = b""

    def enter(self, patience: int) -> bool:
        """Interrupt what runs and come to the raw prompt; whether it answered within so many milliseconds."""
        until = self._clock.now() + patience
        while self._clock.now() < until:
            self._in.clear()
            self._write(_INTERRUPT)
            self._drain(_ENTER_EVERY // 3)
            self._write(_RAW)
            soon = min(until, self._clock.now() + _ENTER_EVERY)
            while _BANNER not in self._in and self._fill(soon):
                pass
            if self._in.endswith(_BANNER):
                self._in.clear()
                return True
        return False

    def run(self, code: str, patience: int = _ANSWER) -> str:
        """Run some Python; what it printed, clean. RadioForeign with what it raised, Refused if full."""
        self._write(_PASTE)
        if self._take(2) != b"R\x01":
            raise RadioForeign(_OLD)
        window = left = int.from_bytes(self._take(2), "little")
        data = code.encode()
        while data:
            if left == 0 or self._in:
                if self._take(1)[0] != _MORE:
                    raise RadioForeign(_MUTE)
                left += window
                continue
            piece, data = data[:left], data[left:]
            left -= len(piece)
            self._write(piece)
        self._write(_END)
        while (byte := self._take(1)) != _END:
            if byte[0] != _MORE:
                raise RadioForeign(_MUTE)
        printed = self._until(_END, patience)
        raised = self._until(_END, patience)
        self._until(b">", patience)
        if raised:
            raise Refused(_NO_ROOM) if _ENOSPC in raised else RadioForeign(_said(raised))
        return clean(printed, _HELD, lines=True)

    def start(self, code: str) -> None:
        """Run some short Python that does not come back, such as a reset."""
        self._write(_PASTE)
        if self._take(4)[:2] == b"R\x01":
            self._write(code.encode() + _END)

    def say(self, data: bytes) -> None:
        """Write bytes that are for whatever runs there."""
        self._write(data)

    def quote(self) -> str:
        """The end of what came, clean, for a sentence; "" if nothing came."""
        return clean_line(self._last)

    def _take(self, count: int) -> bytes:
        until = self._clock.now() + _ANSWER
        while len(self._in) < count:
            if not self._fill(until):
                raise RadioForeign(_MUTE)
        taken = bytes(self._in[:count])
        del self._in[:count]
        return taken

    def _until(self, mark: bytes, patience: int) -> bytes:
        until = self._clock.now() + patience
        while mark not in self._in:
            if len(self._in) >= _HELD or not self._fill(until):
                raise RadioForeign(_MUTE)
        found, _, rest = self._in.partition(mark)
        self._in = rest
        return bytes(found)

    def _drain(self, milliseconds: int) -> None:
        until = self._clock.now() + milliseconds
        while self._fill(until):
            self._in.clear()

    def _fill(self, until: int) -> bool:
        """Wait for bytes until then; whether some came."""
        wait = until - self._clock.now()
        if wait <= 0 or not select.select([self._fd], [], [], wait / 1000)[0]:
            return False
        try:
            data = os.read(self._fd, 4096)
        except BlockingIOError:
            return True
        except OSError:
            data = b""
        if not data:
            raise RadioMissing(GONE)
        self._in += data
        self._last = (self._last + data)[-_QUOTED:]
        if len(self._in) > _HELD:
            del self._in[:-_HELD]
        return True

    def _write(self, data: bytes) -> None:
        until = self._clock.now() + _ANSWER
        while data:
            wait = until - self._clock.now()
            if wait <= 0 or not select.select([], [self._fd], [], wait / 1000)[1]:
                raise RadioForeign(_MUTE)
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:
                continue
            except OSError:
                raise RadioMissing(GONE) from None


def _said(raised: bytes) -> str:
    lines = raised.strip().splitlines() or [b""]
    return f"The board refused it: {clean_line(lines[-1])}"
