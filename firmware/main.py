# SPDX-License-Identifier: MIT
"""The radio: builds the objects, then one loop that turns frames over between cable and air."""

import gc
import os
import random
import select
import sys
import time

import boards
import machine
import micropython
from cable import plug
from console import Console
from host_link import HostLink
from led import Led
from micropython import const
from relay import HELLO, Relay
from settings import Settings
from slots import TICKS
from tap import SENT, Tap
from tone import Tone
from verdicts import BETTER, NEW, STATUS_COUNTERS
from wire_tables import (
    LINK_PING,
    LINK_SEND,
    LINK_SERVICE,
    LINK_SET,
    LINK_TEST,
    NETWORK_KEY,
    RADIO_ESPNOW,
    RADIO_LORA,
    SENT_ON_AIR,
    SENT_QUEUE_FULL,
    SET_CHANGED,
)

_OURSELVES = const(0)  # dBm; nobody else is heard as loud

VERSION = b"\x00\x01\x00"  # that of pocketmesh

UNSETTLED = (
    b"pocketmesh radio: no region is chosen, so it only listens. pocketmesh radio set region EU868\r\n"
)

SERVICE_FLAG = "service"  # a file: the next boot stays at the REPL
_SERVICE_MS = const(2000)
_WATCHDOG_MS = const(10_000)
_FOR_HOST = (NEW, BETTER)
_FRAMES_A_TURN = const(8)  # from the air, before it is the cable's turn again
_RESTART_MS = const(1000)  # that the host has to take the answer to a change, before the radio starts anew


class Loop:
    """Cable and air in turns. Nothing here waits, except `run` for either of them."""

    def __init__(self, link, relay, radio, sources, settings):
        self.now = 0
        self.airtime = 0  # milliseconds that we transmitted
        self.relay = relay
        self.settings = settings
        self.tap = Tap()
        self.led = Led(None, False)
        self.tone = Tone(relay, radio, random.randrange)
        self._link = link
        self._changed_at = -1
        self._wish = None
        self._radio = radio
        self._poller = select.poll()
        for source in sources:
            self._poller.register(source, select.POLLIN)
        self._uptime = 0
        self._second_at = time.ticks_ms()
        self._status = [0] * (STATUS_COUNTERS + 4)

    def run(self, watchdog):
        """For ever. The watchdog is fed after a turn in which cable and radio both had theirs, and only then."""
        while True:
            now = time.ticks_ms()
            self.turn(now)
            watchdog.feed()
            for _ in self._poller.ipoll(self.timeout(now)):
                pass

    def turn(self, now):
        """Do what is to be done now."""
        self.now = now
        self._serve_host(now)
        self._hear(now)
        self._transmit(now)
        self._link.tick(now)
        self.led.turn(now)
        if self._wish is not None:
            self._fulfil(now)
        if self._changed_at >= 0:
            self._restart(now)
        if time.ticks_diff(now, self._second_at) >= 1000:
            self._second_at = time.ticks_add(self._second_at, 1000)
            self._uptime += 1
            self._tidy(now)
        if self.tone.turn(now):
            self._link.tested(self.tone.end(), now)

    def timeout(self, now):
        """Milliseconds for which nothing needs to be done, at most a second."""
        wait = min(1000, max(self.relay.deadline(now), self._radio.wait(now)))
        due = self._radio.deadline(now)
        if due >= 0:
            wait = min(wait, due)
        due = self.led.wait(now)
        if due >= 0:
            wait = min(wait, due)
        due = self._link.deadline(now)
        return wait if due < 0 else min(wait, due)

    def _serve_host(self, now):
        link = self._link
        link.readable(now)
        while True:
            kind = link.next_command()
            if kind == 0:
                return
            if kind == LINK_SEND:
                self._submit(now)
            elif kind == LINK_PING:
                link.status(self.counters(), now)
            elif kind == LINK_SET:
                result = self.change(link.number, link.value, now)
                link.settings(self.settings.answer(result), now)
            elif kind == LINK_TEST:
                self.tone.begin(link.value, now)
            elif kind == LINK_SERVICE:
                self.wish(True)

    def change(self, number, value, now):
        """Change a setting; a SetResult. The radio starts anew where it was changed."""
        result = self.settings.change(number, value)
        if result == SET_CHANGED:
            self._changed_at = now
        return result

    def wish(self, service):
        """Start anew, after this turn; `service`: into the prompt."""
        self._wish = service

    def duty(self):
        """The law's budget of air time; None where there is none."""
        return self._radio.duty

    def _fulfil(self, now):
        if self._wish:
            with open(SERVICE_FLAG, "w"):
                pass
        self._reset(now)

    def _restart(self, now):
        # With other settings the air is another one: what waits for this one is of no use there.
        if self._link.settled() or time.ticks_diff(now, self._changed_at) >= _RESTART_MS:
            self._reset(now)

    def _submit(self, now):
        link = self._link
        refused = self.relay.submit(link.command, link.length, link.token, now)
        if refused:
            link.sent(link.token, refused, now)
        self._tell_lost(now)

    def _tell_lost(self, now):
        if self.relay.lost_token >= 0:
            self._link.sent(self.relay.lost_token, SENT_QUEUE_FULL, now)

    def _hear(self, now):
        radio = self._radio
        for _ in range(_FRAMES_A_TURN):
            n = radio.receive()
            if n == 0:
                return
            self.led.heard()
            verdict = self.relay.receive(radio.heard, n, radio.rssi, now, radio.address)
            self.tap.add(radio.heard, n, radio.rssi, verdict, now)
            self.tone.heard(radio.heard, n, radio.rssi)
            if verdict in _FOR_HOST:
                self._link.heard(radio.heard, n, radio.rssi, now)
            self._tell_lost(now)

    def _transmit(self, now):
        if self._radio.wait(now):
            return
        slot = self.relay.next_due(now)
        self._tell_lost(now)
        if slot < 0:
            return
        # What the driver did not take stays where it is, and goes when the radio is free again.
        frame = self.relay.fetch(slot)
        if not self._radio.send(frame, now):
            return
        self.tap.add(frame, len(frame), 0, SENT, now)
        self.airtime = (self.airtime + self._radio.airtime(len(frame)) // 1000 + 1) & TICKS
        token = self.relay.sent(slot, now)
        if token >= 0:
            self._link.sent(token, SENT_ON_AIR, now)
        elif token == HELLO and self._link.up:
            # So that the host knows what we are called.
            self._link.heard(frame, len(frame), _OURSELVES, now)

    def counters(self):
        """The values of the cable's STATUS, in their order."""
        values = self._status
        values[0] = self._uptime
        for i in range(STATUS_COUNTERS):
            values[1 + i] = self.relay.count[i]
        values[STATUS_COUNTERS + 1] = self._link.undelivered
        values[STATUS_COUNTERS + 2] = self.relay.queued()
        values[STATUS_COUNTERS + 3] = gc.mem_free()
        return values

    def _tidy(self, now):
        # While nothing waits: a heap that grows because it was full takes memory from the radio's driver,
        # which then goes deaf without a word (micropython issue 18224).
        if self.relay.queued() == 0:
            gc.collect()
        if self._radio.worn():
            self._reset(now)

    def _reset(self, now):
        self._link.close(now)
        time.sleep_ms(50)  # until the last bytes are out
        machine.reset()


def service_wanted():
    """Whether somebody presses Ctrl-C in the first two seconds. A host that speaks up ends the wait."""
    poller = select.poll()
    poller.register(sys.stdin, select.POLLIN)
    start = time.ticks_ms()
    try:
        print("pocketmesh radio, reset cause", machine.reset_cause(), "- Ctrl-C now for the REPL")
        while time.ticks_diff(time.ticks_ms(), start) < _SERVICE_MS:
            for _ in poller.ipoll(50):
                if sys.stdin.buffer.read(1) in (b"\0", b""):
                    return False
    except KeyboardInterrupt:
        return _is_person(poller)
    return False


def _is_person(poller):
    # A host that did not notice our reset may send this byte within a frame, and then more follows at once.
    # After a person comes nothing, after mpremote a carriage return.
    for _ in poller.ipoll(50):
        return sys.stdin.buffer.read(1) in (b"\r", b"\x03")
    return True


def flagged():
    """Whether the host asked for the REPL before the reset; asked once, answered once."""
    try:
        os.remove(SERVICE_FLAG)
    except OSError:
        return False
    return True


def radio_of(board, now):
    """(this board's radio, its settings). Only the driver that it needs takes room in memory."""
    if board.LORA_CHIP is None:
        from radio_espnow import POWER_HIGH, POWER_LOW, EspNow

        settings = Settings(RADIO_ESPNOW, POWER_LOW, POWER_HIGH)
        return EspNow(settings), settings
    from radio_lora import LoRa, chip_of, power_up

    power_up(board)
    chip = chip_of(board)
    settings = Settings(RADIO_LORA, chip.low, chip.high)
    return LoRa(chip, settings, random.randrange, now), settings


def led_of(board, waiting):
    """The board's light, dark as yet."""
    if board.LED is None:
        return Led(None, False)
    return Led(machine.Pin(board.LED, machine.Pin.OUT), board.LED_LOW, waiting)


def build(board, stream, source):
    """The loop of this board, its radio on the air."""
    radio, settings = radio_of(board, time.ticks_ms())
    radio.start()
    gc.collect()  # loading leaves holes, and the largest tables come now
    relay = Relay(NETWORK_KEY, radio, random.randrange)
    boot = int.from_bytes(os.urandom(4), "big") | 1  # never zero
    airtime = radio.airtime(radio.mtu)
    link = HostLink(
        stream, boot, board.WINDOW, radio.kind, radio.channel, radio.mtu, airtime, VERSION, board.NAME
    )
    if settings.lora and not settings.region:
        stream.write(UNSETTLED)
    loop = Loop(link, relay, radio, (source, radio.source), settings)
    link.console = Console(loop)
    loop.led = led_of(board, settings.lora and not settings.region)
    return loop


def main():
    """Until the power goes; comes back only to leave the REPL to somebody."""
    if flagged() or service_wanted():
        print("pocketmesh radio: service. Reset to go on.")
        return
    micropython.kbd_intr(-1)  # from here on byte 3 is one like any other
    log = sys.stdout
    try:
        board = boards.this()
        machine.freq(board.FREQUENCY)
        stream, source, log = plug(board)
        build(board, stream, source).run(machine.WDT(timeout=_WATCHDOG_MS))
    except Exception as error:
        # On the wire, where the host keeps it, and then afresh: a radio that waits for a person is dead.
        sys.print_exception(error, log)
        time.sleep_ms(1000)
        machine.reset()


if __name__ == "__main__":
    main()
