# SPDX-License-Identifier: MIT
"""Whom this radio hears and who hears it, by their 1-byte names, and what follows: whom a frame still lacks.

A collecting frame names those who handed it on, so the last name is its transmitter, and of two that stand
side by side the second hears the first. A `here` lists whom its origin hears. Nothing else tells who
transmitted: LoRa frames have no address, and ESP-NOW's says nothing of who hears us.

A set of neighbours is a whole number, bit i for place i. Thirty places and not more: on an ESP32 a number of
more than 30 bits is an object. Names collide, in a large village often; then two radios are taken for one,
which costs a transmission too many or one too few at that place.
"""

from array import array

from hello import HERE_NAMES
from micropython import const
from paths import NAMES, append, begin, last, length, renames, weaken
from wire_tables import KIND_HERE, PATH_HEADER

SIZE = const(30)
NOBODY = const(255)  # no place
NO_NAME = const(0)

_UNIT = const(16)  # ages count in units of 65,536 ms
_LIFE = const(82)  # 90 minutes: then whoever was not heard is gone
_TOP = const(15)
_STEP = const(2)  # dB a step of quality
_AROUND = const(3)  # hops; whoever hears us is not further


def count(places):
    """How many are in a set."""
    n = 0
    while places:
        places &= places - 1
        n += 1
    return n


class Neighbours:
    """`name` is our own, `hear_us` the set of those who do, `relays` of those who hand on what others wrote.

    `floor`: dBm of the weakest frame that is heard.
    """

    def __init__(self, floor, random):
        self._floor = floor
        self._random = random
        self._place = bytearray(NOBODY for _ in range(256))  # by name
        self._names = bytearray(SIZE)
        self._taken = bytearray(32)  # a bit for each name that was ever heard
        self._rssi = array("h", (0 for _ in range(SIZE)))
        self._heard = bytearray(SIZE)  # 1: by ourselves, and not only of
        self._at = array("H", (0 for _ in range(SIZE)))
        # Whom the frames of each reach, among these.
        self._reach = array("i", (0 for _ in range(SIZE)))
        self._used = 0
        self.hear_us = 0
        self.relays = 0
        self.name = NO_NAME
        self.former = NO_NAME  # what we were called until now, to be told with the next hello
        self.said = False  # whether anybody may have heard our name
        self.rename()

    def rename(self):
        """Take another name, one that nobody was heard to have."""
        for _ in range(16):
            name = 1 + self._random(255)
            if not self._taken[name >> 3] >> (name & 7) & 1:
                break
        self.take(name)

    def take(self, name):
        """Be called so from now on."""
        if name != self.name:
            self.former = self.name if self.said else NO_NAME
            self.name = name
            self.used(name)

    def begin(self, frame, hello):
        """Put our name into a frame of our own; before it, in a `hello`, the one that we had until now."""
        begin(frame, self.name)
        self.said = True
        if hello and self.former:
            begin(frame, self.former)
            append(frame, self.name)
            self.former = NO_NAME

    def renamed(self, former, name):
        """The neighbour of the first name took the other one: what is known of it stays."""
        place = self._place[former]
        if place == NOBODY or name == self.name or name == former:
            return
        new = self._place[name]
        if new == NOBODY:
            self._place[former] = NOBODY
            self._place[name] = place
            self._names[place] = name
        else:
            # It was heard under both.
            self.hear_us |= (self.hear_us >> place & 1) << new
            self._forget(place)

    def learn(self, frame, n, rssi, now):
        """A collecting frame: who transmitted it, who hears whom. Weighs in the link on which it came."""
        hops = length(frame)
        speaker = last(frame)
        first = frame[NAMES]
        if renames(frame):
            self.renamed(first, speaker)
            hops = 1
            first = speaker
        if speaker:
            self.heard(speaker, rssi, hops > 1, now)
        for i in range(hops):
            self.used(frame[NAMES + i])
        # Only what is said by whom we hear ourselves: far away somebody may have the name of one near us.
        if hops > 1:
            self.hears(speaker, frame[NAMES + hops - 2], now)
        if frame[0] >> 2 & 15 == KIND_HERE and 0 < hops <= _AROUND:
            for i in range(PATH_HEADER + HERE_NAMES, n):
                if frame[i]:
                    if frame[i] == self.name and not self.said:
                        # Beyond a neighbour somebody has it already.
                        self.rename()
                    self.used(frame[i])
                    self.hears(first, frame[i], now)
        weaken(frame, self.quality(speaker) if speaker else 0)

    def used(self, name):
        """Somebody, wherever he is, has this name."""
        self._taken[name >> 3] |= 1 << (name & 7)

    def heard(self, name, rssi, relayed, now):
        """A frame of the radio called `name` was heard at `rssi` dBm; `relayed`: somebody else's."""
        if name == self.name:
            # Two of one name beside each other would both answer to it.
            self.rename()
        place = self._find_or_add(name, now)
        self._heard[place] = 1
        if relayed:
            self.relays |= 1 << place
        self._rssi[place] = rssi
        self._at[place] = now >> _UNIT

    def hears(self, listener, speaker, now):
        """The radio `listener` is known to hear the radio `speaker`."""
        if speaker == self.name:
            place = self._find_or_add(listener, now)
            self._at[place] = now >> _UNIT
            self.hear_us |= 1 << place
            return
        place = self._place[speaker]
        other = self._place[listener]
        if place != NOBODY and other != NOBODY:
            self._reach[place] |= 1 << other

    def bit(self, name):
        """The set of this one radio; empty if it is not known."""
        place = self._place[name]
        return 0 if place == NOBODY else 1 << place

    def reached_by(self, name):
        """Whom a frame of this radio reaches, itself included."""
        place = self._place[name]
        return 0 if place == NOBODY else self._reach[place] | 1 << place

    def mutual(self, name):
        """Whom a frame of this radio reaches and who reach it as well, itself included."""
        place = self._place[name]
        if place == NOBODY:
            return 0
        places = 0
        for other in range(self._used):
            if self._reach[other] >> place & 1:
                places |= 1 << other
        return self._reach[place] & places | 1 << place

    def quality(self, name):
        """1 to 15: a link that works both ways, by its margin in steps of 2 dB; 0: it is not known to."""
        place = self._place[name]
        if place == NOBODY or not self._heard[place] or not self.hear_us >> place & 1:
            return 0
        return max(1, min(_TOP, 1 + (self._rssi[place] - self._floor) // _STEP))

    def list(self, buf, at, most):
        """Write the names of those we hear into buf[at:], at most `most`; how many. Who does not know it first."""
        n = 0
        for known in (0, 1):
            for place in range(self._used):
                if n < most and self._heard[place] and self.hear_us >> place & 1 == known:
                    buf[at + n] = self._names[place]
                    n += 1
        return n

    def expire(self, now):
        """Forget whom nobody has heard for 90 minutes. At least once in 18 hours, or ages are lost."""
        for place in range(self._used):
            if self._names[place] and self._age(place, now) >= _LIFE:
                self._forget(place)

    def known(self):
        """How many we hear, or are heard by."""
        n = 0
        for place in range(self._used):
            n += self._names[place] != NO_NAME
        return n

    def places(self):
        """How many places `row` may be asked for."""
        return self._used

    def row(self, place, now):
        """(name, dBm or None where it is only heard of, age in minutes, whether it hears us); None: nobody is there."""
        if self._names[place] == NO_NAME:
            return None
        rssi = self._rssi[place] if self._heard[place] else None
        age = self._age(place, now) * 65_536 // 60_000
        return self._names[place], rssi, age, bool(self.hear_us >> place & 1)

    def _age(self, place, now):
        # Clocks go round at 2^30 ms, which is 16,384 units.
        return (now >> _UNIT) - self._at[place] & 0x3FFF

    def _find_or_add(self, name, now):
        place = self._place[name]
        if place == NOBODY:
            place = self._free(now)
            self._names[place] = name
            self._place[name] = place
        return place

    def _free(self, now):
        oldest = 0
        for place in range(self._used):
            if self._names[place] == NO_NAME:
                return place
            if self._age(place, now) > self._age(oldest, now):
                oldest = place
        if self._used < SIZE:
            self._used += 1
            return self._used - 1
        self._forget(oldest)
        return oldest

    def _forget(self, place):
        self._place[self._names[place]] = NOBODY
        self._names[place] = NO_NAME
        self._heard[place] = 0
        self._reach[place] = 0
        others = ~(1 << place)
        self.hear_us &= others
        self.relays &= others
        for other in range(self._used):
            self._reach[other] &= others
