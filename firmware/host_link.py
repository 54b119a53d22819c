# SPDX-License-Identifier: MIT
"""The cable, radio's end: bytes <-> frames, and a session that the host opens and opens again.

The host's end, and why it is as it is: handheld/link/session.py. A frame costs no memory here: it is built in
a slot set aside at the start. `now` is in milliseconds and goes round at 2^30.
"""

import struct

import viper
from codec import pack
from framing import CRC, FRAME, NONE, Deframer, Framer, frame_max
from link_hello import radio_hello, same
from micropython import const
from results import Results
from window import (
    ACKNOWLEDGED,
    KIND,
    NUMBER,
    OWES_BARE,
    OWES_NOTHING,
    SESSION,
    Receiver,
    Sender,
    since,
)
from wire_tables import (
    KIND_SYMBOL,
    LAYOUTS,
    LINK_ACK,
    LINK_BYE,
    LINK_FRAME_MAX,
    LINK_HEADER,
    LINK_HEARD,
    LINK_HELLO_HOST,
    LINK_LINE,
    LINK_NUMBERED,
    LINK_PING,
    LINK_SEND,
    LINK_SENT,
    LINK_SERVICE,
    LINK_SET,
    LINK_SETTINGS,
    LINK_STATUS,
    LINK_TEST,
    LINK_TESTED,
    PROTOCOL_VERSION,
    SCHEMA,
)

_FLYING = const(1024)  # bytes that we have on the way at the most: enough to keep the slowest cable busy
_SLOTS = const(12)
_REPLIES = const(8)  # answers to rare frames that may wait
_CHUNK = const(256)

_SILENCE = const(10_000)
_ASIDE = const(16)  # a piece of a file waits for what comes right behind it: a message needs so long to come
_GREET_EVERY = const(250)
_WRITE_AGAIN = const(10)

_VERSION_AT = const(4)
_SCHEMA_AT = const(5)
_NONCE_AT = const(9)
_WINDOW_AT = const(13)
_HELLO_SIZE = const(15)
_TOKEN_AT = const(4)
_AIR_AT = const(6)
_NUMBER_AT = const(4)
_VALUE_AT = const(5)
_SET_SIZE = const(7)
_TEST_SIZE = const(5)


class HostLink:
    """The link to the host over `uart`: readinto(buf), write(buf, count), as MicroPython's streams have them.

    All other arguments are what our hello says: HelloRadio in handheld/wire/link.py. After `readable`, call
    `next_command` until it says 0; `tick` at `deadline` at the latest. `undelivered` counts frames heard
    that no host took, `strange` what was whole and yet made no sense; `up`: a host is there. `console`, if there is
    one, gets what is no frame, and is asked for text when the cable has nothing else to do.
    """

    def __init__(self, uart, boot, window, radio, channel, mtu, airtime, firmware, board):
        self.up = False
        self.console = None
        self.undelivered = 0
        self.strange = 0
        self.length = self.token = self.number = self.value = 0
        self._uart = uart
        self._framer = Framer(viper, LINK_FRAME_MAX)
        self._deframer = Deframer(viper, LINK_FRAME_MAX)
        self._sender = Sender(_SLOTS, LINK_FRAME_MAX + CRC)
        self._receiver = Receiver()
        self.command = memoryview(self._deframer.frame)[_AIR_AT:]
        self._chunk = bytearray(_CHUNK)
        self._unwritten = 0
        self._hello = radio_hello(boot, window, radio, channel, mtu, airtime, firmware, board)
        self._hello_size = len(self._hello) - CRC
        self._nonce = bytearray(4)
        self._no_nonce = bytearray(4)
        self._status_format = LAYOUTS["status"][0]
        self._status_size = LINK_HEADER + struct.calcsize(self._status_format)
        self._status = bytearray(self._status_size + CRC)
        self._status[KIND] = LINK_STATUS
        self._bare = bytearray(LINK_HEADER + CRC)
        self._results = Results()
        self._replies = []
        self._answer_due = False
        self._status_due = False
        self._bye_due = False
        # Whoever listens hears that there has been a start.
        self._greet_due = True
        self._greeted_at = -_GREET_EVERY
        self._heard_at = 0
        self._piece_at = 0
        self._now = 0

    def readable(self, now):
        """The port has bytes: read some."""
        self._now = now
        count = self._uart.readinto(self._chunk)
        self._deframer.feed(self._chunk, count or 0)

    def next_command(self):
        """What the host wants: LINK_SEND (see token, command, length), LINK_SET (number, value), LINK_PING,
        LINK_TEST (value), LINK_SERVICE; 0: no more.

        A ping is to be answered by `status`, a setting by `settings`, each frame to send, sooner or later, by `sent`.
        """
        while True:
            found = self._deframer.next()
            if found == NONE and self.console and not self.up and self.console.typed(self._deframer):
                found = self._deframer.flush()
            if found == NONE:
                self._pump(self._now)
                return 0
            if found == FRAME:
                kind = self._frame(self._deframer.frame, self._deframer.length)
                if kind:
                    return kind
            # What is no frame is a person's typing; while a host is there, a damaged one with a peer's text in it.
            elif self.console and not self.up:
                self.console.said(self._deframer.text, self._deframer.length)

    def heard(self, frame, n, rssi, now):
        """Give frame[:n] from the air to the host; False: it does not take it. The oldest may give way."""
        if not self.up:
            self.undelivered += 1
            return False
        slot = self._claim()
        if slot is None:
            self.undelivered += 1
            return False
        slot[KIND] = LINK_HEARD
        slot[LINK_HEADER] = rssi & 255
        viper.copy(frame, 0, slot, LINK_HEADER + 1, n)
        piece = frame[0] >> 2 & 15 == KIND_SYMBOL
        if piece and not self._sender.upcoming_yields():
            self._piece_at = now
        self._commit(LINK_HEADER + 1 + n, piece)
        self._pump(now)
        return True

    def sent(self, token, result, now):
        """Tell the host what became of the frame with this token; nothing, if it has gone since."""
        self._results.add(token, result)
        self._pump(now)

    def status(self, values, now):
        """Tell the host the counters: whole numbers in the order of the layout "status"."""
        struct.pack_into(self._status_format, self._status, LINK_HEADER, *values)
        self._status_due = self.up
        self._pump(now)

    def settings(self, fields, now):
        """Answer a LINK_SET: the fields of the layout "settings"."""
        self._reply(LINK_SETTINGS, pack("settings", fields), now)

    def tested(self, fields, now):
        """Answer a LINK_TEST: the fields of the layout "tested"."""
        if self.console:
            self.console.tested(fields)
        self._reply(LINK_TESTED, pack("tested", fields), now)

    def _reply(self, kind, body, now):
        if self.up and len(self._replies) < _REPLIES:
            self._replies.append(bytes((kind,)) + body)
        self._pump(now)

    def settled(self):
        """Whether the host has acknowledged all that it was told."""
        return not self._replies and self._sender.held == 0

    def close(self, now):
        """Say goodbye to the host, before a reset."""
        self._bye_due = self.up
        self._pump(now)

    def tick(self, now):
        """Time has passed: write what waits, send again what was not acknowledged, let a silent host go."""
        if self.up and since(now, self._heard_at) >= _SILENCE:
            self._leave()
        self._sender.tick(now)
        self._pump(now)

    def deadline(self, now):
        """Milliseconds until `tick` is wanted; -1: it is not."""
        if self._unwritten:
            return _WRITE_AGAIN
        if self.console and self.console.pending():
            return 0
        if self.up:
            wait = _left(_SILENCE, now, self._heard_at)
            patience = self._sender.patience()
            if patience >= 0:
                wait = min(wait, _left(patience, now, self._sender.started))
            return min(wait, _left(_ASIDE, now, self._piece_at)) if self._sender.upcoming_yields() else wait
        return _left(_GREET_EVERY, now, self._greeted_at) if self._greet_due else -1

    # From the host.

    def _frame(self, frame, n):
        """The command that this frame is, or 0."""
        kind = frame[KIND]
        if n >= LINK_HEADER and kind == LINK_HELLO_HOST:
            self._hello_heard(frame, n)
            return 0
        if n < LINK_HEADER or not self.up or frame[SESSION] != self._nonce[3]:
            # It takes us for one that we are not: a hello tells the host that there was a start since.
            self.strange += 1
            self._greet_due = not self.up
            return 0
        self._heard_at = self._now
        news = self._sender.acknowledged(frame[ACKNOWLEDGED], self._now)
        if kind >= LINK_NUMBERED:
            return self._numbered(frame, n, kind)
        if kind == LINK_ACK and not news:
            self._sender.missed(frame[ACKNOWLEDGED])
        elif kind == LINK_BYE:
            self._leave()
        return kind if kind == LINK_PING else 0

    def _numbered(self, frame, n, kind):
        # Without room for its result a frame is not taken: the host sends it again.
        if kind == LINK_SEND and self._results.full():
            return 0
        if not self._receiver.accept(frame[NUMBER]):
            return 0
        if kind == LINK_SERVICE:
            return kind
        if kind == LINK_LINE:
            return self.console.line(frame, LINK_HEADER, n) if self.console else 0
        if kind == LINK_TEST and n == _TEST_SIZE:
            self.value = frame[_NUMBER_AT]
            return kind
        if kind == LINK_SET and n == _SET_SIZE:
            self.number = frame[_NUMBER_AT]
            self.value = struct.unpack_from(">h", frame, _VALUE_AT)[0]
            return kind
        if kind != LINK_SEND or n < _AIR_AT:
            self.strange += 1
            return 0
        self._results.awaited += 1
        self.token = frame[_TOKEN_AT] << 8 | frame[_TOKEN_AT + 1]
        self.length = n - _AIR_AT
        return kind

    def _hello_heard(self, frame, n):
        if n < _WINDOW_AT:
            self.strange += 1
            return
        self._answer_due = True
        # The same hello again: our answer is still on its way to the host, or was lost.
        if self.up and same(frame, _NONCE_AT, self._nonce):
            self._heard_at = self._now
            return
        self._leave()
        viper.copy(frame, _NONCE_AT, self._nonce, 0, 4)
        if n != _HELLO_SIZE or frame[_VERSION_AT] != PROTOCOL_VERSION or not same(frame, _SCHEMA_AT, SCHEMA):
            return
        self.up = True
        self._heard_at = self._now
        self._sender.window = min(frame[_WINDOW_AT] << 8 | frame[_WINDOW_AT + 1], _FLYING)

    def _leave(self):
        while self._sender.drop_oldest(LINK_HEARD):
            self.undelivered += 1
        self._sender.clear()
        self._receiver.clear()
        self._results.clear()
        self._replies.clear()
        self._status_due = False
        self._bye_due = False
        self._greet_due = False
        self.up = False

    # To the host.

    def _claim(self):
        slot = self._sender.claim()
        if slot is None and self._sender.drop_oldest(LINK_HEARD):
            self.undelivered += 1
            slot = self._sender.claim()
        return slot

    def _commit(self, count, yields=False):
        self._sender.commit(count, frame_max(count), yields)

    def _queue_replies(self):
        slot = self._claim() if self._replies else None
        if slot is None:
            return
        reply = self._replies.pop(0)
        slot[KIND] = reply[0]
        n = len(reply) - 1
        viper.copy(reply, 1, slot, LINK_HEADER, n)
        self._commit(LINK_HEADER + n)

    def _queue_results(self):
        while self._results.count:
            slot = self._claim()
            if slot is None:
                return
            slot[KIND] = LINK_SENT
            viper.copy(self._results.ring, self._results.first(), slot, LINK_HEADER, 3)
            self._commit(LINK_HEADER + 3)
            self._results.drop()

    def _pump(self, now):
        """Write until the port takes no more or nothing is left."""
        while self._write():
            self._queue_results()
            self._queue_replies()
            self._unwritten = self._next_frame(now)
            if not self._unwritten:
                # One line a time: the air has its turn between two.
                self._unwritten = self.console.take(self._framer.frame) if self.console else 0
                self._write()
                return

    def _write(self):
        """Whether all of the last frame is written."""
        frame = self._framer.frame
        while self._unwritten:
            count = self._uart.write(frame, self._unwritten)
            if not count:
                return False
            self._unwritten -= count
            viper.copy(frame, count, frame, 0, self._unwritten)
        return True

    def _next_frame(self, now):
        """Build the most urgent frame; its size, or 0: there is none."""
        if self._answer_due:
            self._answer_due = False
            return self._say_hello(self._nonce)
        if not self.up:
            if self._greet_due and since(now, self._greeted_at) >= _GREET_EVERY:
                self._greet_due = False
                self._greeted_at = now
                return self._say_hello(self._no_nonce)
            return 0
        if self._bye_due:
            size = self._say(self._bare_frame(LINK_BYE), LINK_HEADER)
            self._leave()
            return size
        if self._receiver.owed == OWES_BARE:
            return self._say(self._bare_frame(LINK_ACK), LINK_HEADER)
        if self._status_due:
            self._status_due = False
            return self._say(self._status, self._status_size)
        aside = self._sender.upcoming_yields() and since(now, self._piece_at) < _ASIDE
        payload = None if aside else self._sender.take(now)
        if payload is not None:
            return self._say(payload, self._sender.taken)
        if self._receiver.owed != OWES_NOTHING:
            return self._say(self._bare_frame(LINK_ACK), LINK_HEADER)
        return 0

    def _say_hello(self, nonce):
        viper.copy(nonce, 0, self._hello, _NONCE_AT, 4)
        self._hello[SESSION] = nonce[3]
        return self._framer.close(self._hello, self._hello_size)

    def _bare_frame(self, kind):
        self._bare[KIND] = kind
        return self._bare

    def _say(self, payload, count):
        payload[SESSION] = self._nonce[3]
        payload[ACKNOWLEDGED] = self._receiver.expected
        self._receiver.owed = OWES_NOTHING
        return self._framer.close(payload, count)


def _left(patience, now, then):
    passed = since(now, then)
    return patience - passed if passed < patience else 0
