# SPDX-License-Identifier: MIT
"""The text console on the wire: lines of a person in, lines for him out, between the frames of the session.

It never waits: what it has to say is made line by line, when the cable has nothing else to do. What is loaded for an
answer (menu.py, printer.py) is loaded when the first line comes.
"""

import gc

from micropython import const
from slots import TICKS
from wire_tables import LINE_MAX

LINES = const(4)  # that may wait; what comes while they do is refused

_PATIENCE = const(2000)  # ms
_LONGEST = const(240)  # characters of a line that we print


class Console:
    """`radio` is all that a person may ask about and change: main.Loop. `level`: what of the air is printed, from
    the tap's frame number `printed` on.

    Give it bytes by `said`, ask it for some by `take`.
    """

    def __init__(self, radio):
        self.level = 0
        self.refused = 0
        self._radio = radio
        self._line = bytearray(LINE_MAX)
        self._length = 0
        self._held = 0
        self._held_at = 0
        self._spoiled = False
        self._lines = []
        self._told = []
        self._answer = None
        self.printed = 0

    def typed(self, deframer):
        """Whether what it holds can be no part of a frame: a person's line with its end, or a frame's torso.

        A frame has its kind as the second byte, and no kind is a printable character or a line end. And no frame
        stops for seconds.
        """
        n = deframer.held
        if n > 1 and deframer.text[n - 1] in b"\r\n" and is_text(deframer.text, n):
            return True
        if n != self._held:
            self._held = n
            self._held_at = self._radio.now
        return n > 0 and (self._radio.now - self._held_at) & TICKS >= _PATIENCE

    def said(self, buf, n):
        """Text came: buf[:n]. What is none was a damaged frame, and ends the line that it is in."""
        if not is_text(buf, n):
            self._length = 0
            self._spoiled = False
            return
        for i in range(n):
            byte = buf[i]
            if byte in b"\r\n":
                self._close()
            elif byte in b"\x08\x7f":
                self._length = max(0, self._length - 1)
            elif self._length < LINE_MAX:
                self._line[self._length] = byte
                self._length += 1
            else:
                self._spoiled = True

    def line(self, buf, start, end):
        """A whole line without its end, buf[start:end]; 0."""
        if len(self._lines) < LINES:
            self._lines.append(bytes(buf[start:end]))
        else:
            self.refused += 1
        return 0

    def tested(self, fields):
        """A test tone is over: tell about it when there is time."""
        if len(self._told) < LINES:
            self._told.append(fields)

    def pending(self):
        """Whether there is something to say."""
        return self._answer is not None or self._lines or self._told or self._news()

    def take(self, buf):
        """Put one line into buf, as far as it fits, with its end; how many bytes, 0: there is nothing to say."""
        while self.pending():
            text = self._next()
            if text:
                return put(text[:_LONGEST], buf)
        return 0

    def _close(self):
        if self._spoiled or self._length:
            if self._spoiled:
                self._length = 0
            self.line(self._line, 0, self._length)
        self._length = 0
        self._spoiled = False

    def _news(self):
        return self.level and self.printed != self._radio.tap.count

    def _next(self):
        import menu

        if self._answer is None and self._lines:
            self._answer = menu.answer(self._lines.pop(0), self, self._radio)
        if self._answer is not None:
            text = next(self._answer, None)
            if text is None:
                self._answer = None
                gc.collect()
            return text
        if self._told:
            return menu.tested(self._told.pop(0))
        text, self.printed = menu.news(self._radio.tap, self.printed, self.level)
        return text


def put(text, buf):
    """Write a line of ASCII with its end to the front of buf; how many bytes."""
    data = text.encode()  # a character of a str would be kept for ever, as a name
    n = min(len(data), len(buf) - 2)
    for i in range(n):
        buf[i] = data[i]
    buf[n] = 13
    buf[n + 1] = 10
    return n + 2


def is_text(buf, n):
    """Whether all of buf[:n] can come from a keyboard."""
    for i in range(n):
        byte = buf[i]
        if byte < 32 and byte not in b"\r\n\t\x08":
            return False
    return True
