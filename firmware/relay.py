# SPDX-License-Identifier: MIT
"""The packet rules: heard before? hand on? when? what first? Pure: time and chance are arguments.

`now` is in milliseconds and goes round at 2^30, as ticks_ms does on an ESP32. A frame costs no memory but
what the hash objects take; everything else was set aside at the start.

flood    hand on unless enough copies were heard, by their strength: the farthest hearer speaks first
collect  the same by name: hand on while a neighbour is known that no copy has reached
way      hand on if it is our turn, and up to thrice more until the next one is heard to do so
"""

import paths
import verdicts
from acks import CONFIRM_SIZE, Acks
from buckets import Buckets
from cover import Cover
from delays import Delays
from hello import HERE_NAMES, Hello
from mac import Hasher
from micropython import const
from neighbours import Neighbours, count
from paths import CURSOR, NAMES, NO_WAY, header_size, length, score
from priorities import is_public, of_others, of_ours
from seen import NO_SLOT, Seen
from slots import SIZE as SLOTS, TICKS, Slots
from viper import copy
from wire_tables import (
    AIR_FRAME_MAX,
    KIND_ACK,
    KIND_HERE,
    KIND_SYMBOL,
    MODE_COLLECT,
    MODE_FLOOD,
    MODE_ONE_HOP,
    MODE_WAY,
    PATH_HEADER,
    SENT_QUEUE_FULL,
    SENT_REFUSED,
)

_REPEATS = const(1)
_OWN_REPEATS = const(2)
_WAY_REPEATS = const(3)
_SURE = const(4)  # of quality: by such a link hardly anything is lost

_OURS = const(255)  # no path on which our own frame comes back is a better one
_HERE_MOST = const(24)  # names that a `here` lists
_FORWARD = const(-1)  # in place of a token
HELLO = -2  # below it: sent once, whatever is heard of it
_CONFIRM = const(-4)
_CONFIRMED = const(5)  # copies of what goes by a way, after which we answer no more
_SETTLED = const(4)  # hellos; from then on ways lead by our name


class Relay:
    """One radio's rules. `random(limit)` draws a whole number below `limit`.

    `medium` is the radio, of which three things matter here: `airtime(n)`, microseconds; `spread`, over how
    many airtimes of a frame its forwards are strewn; `floor`, dBm of the weakest frame that it hears.
    """

    def __init__(self, key, medium, random):
        self.count = [0] * verdicts.COUNTERS
        self.lost_token = -1  # of the own frame that gave way in the last call, or -1
        self.alone = False  # no host is there
        self.neighbours = Neighbours(medium.floor, random)
        self._hasher = Hasher(key)
        self._seen = Seen()
        self.slots = self._slots = Slots()
        self._cover = Cover(self.neighbours, self._slots, self._seen, medium.floor)
        self._delays = Delays(medium, random)
        self._buckets = Buckets(medium.airtime(AIR_FRAME_MAX) // 1000 + 1)
        self._acks = Acks()
        self._hello = Hello(self._delays.window(AIR_FRAME_MAX), random)
        self._made = bytearray(AIR_FRAME_MAX)  # a frame of our own, while it is completed

    # From the air.

    def receive(self, frame, n, rssi, now, address=None):
        """A frame from the air, heard at `rssi` dBm, of the transmitter with this link address if it has one.

        NEW and BETTER are for the host; of a collecting frame the last link is then weighed in.
        """
        self.lost_token = -1
        header = header_size(frame, n)
        if header == 0:
            return self._counted(verdicts.MALFORMEDS, verdicts.MALFORMED)
        self._hasher.load(frame, n, header)
        if not self._hasher.holds(frame):
            return self._counted(verdicts.BAD_MACS, verdicts.BAD_MAC)
        self._delays.heard(n, now)
        mode = frame[1] >> 6
        if mode == MODE_ONE_HOP and frame[0] >> 2 & 15 == KIND_SYMBOL:
            # For the host alone. Too many to remember, and faster than what is to be handed on may come.
            if self._buckets.take(None, KIND_SYMBOL, now):
                return self._counted(verdicts.HEARD, verdicts.NEW)
            return self._counted(verdicts.UNWANTEDS, verdicts.UNWANTED)
        if self._acks.is_confirm(frame):
            return self._confirmed(frame, n)
        self._seen.expire(now)
        if mode == MODE_COLLECT:
            self.neighbours.learn(frame, n, rssi, now)
        entry = self._seen.find(self._hasher.id(), mode)
        if entry >= 0:
            self._add(verdicts.DUPLICATES)
            if self._seen.sent[entry]:
                self._buckets.vouch(address)
            return self._heard_again(frame, n, rssi, entry, mode, now)
        if not self._buckets.take(address, frame[0] >> 2 & 15, now):
            return self._counted(verdicts.UNWANTEDS, verdicts.UNWANTED)
        entry = self._seen.add(now)
        self._seen.again(entry)
        self._heard_first(frame, n, rssi, entry, mode, now)
        return self._counted(verdicts.HEARD, verdicts.NEW)

    def _heard_first(self, frame, n, rssi, entry, mode, now):
        if frame[0] >> 2 & 15 == KIND_ACK:
            self._answered(frame, n)
        if mode == MODE_COLLECT:
            self._seen.score[entry] = score(frame)
            if (
                self._hello.made < _SETTLED
                and paths.named(frame, self.neighbours.name)
                and not paths.renames(frame)
            ):
                # Somebody else is called so, and hardly anybody knows us yet.
                self.neighbours.rename()
        if self.alone:
            paths.prolong(frame)
        if frame[1] >> 2 & 15 == 1:
            return
        if mode == MODE_FLOOD:
            self._flood(frame, n, rssi, entry, now)
        elif mode == MODE_COLLECT:
            self._collect(frame, n, rssi, entry, now)
        elif mode == MODE_WAY:
            self._follow(frame, n, entry, now)

    def _heard_again(self, frame, n, rssi, entry, mode, now):
        self._seen.again(entry)
        slot = self._seen.slots[entry]
        if mode == MODE_WAY:
            self._asked_again(frame, entry, slot, now)
        elif slot != NO_SLOT and self._slots.aired[slot]:
            self._clear(slot)
        elif slot != NO_SLOT and self._slots.token[slot] < 0:
            self._cover.add(frame, rssi, slot)
            if self._cover.whole(slot):
                self._add(verdicts.SILENCED)
                self._clear(slot)
        return self._better(frame, n, rssi, entry, now) if mode == MODE_COLLECT else verdicts.DUPLICATE

    def _better(self, frame, n, rssi, entry, now):
        worth = score(frame)
        before, slot = self._seen.score[entry], self._seen.slots[entry]
        if not is_public(frame) or worth <= before:
            return verdicts.DUPLICATE
        self._seen.score[entry] = worth
        if slot == NO_SLOT:
            if before < NO_WAY <= worth and frame[0] >> 2 & 15 == KIND_HERE and not self._seen.sent[entry]:
                self._collect(frame, n, rssi, entry, now)
        elif self._slots.token[slot] < 0 and not self._slots.aired[slot] and frame[1] >> 2 & 15 > 1:
            # What still waits goes out with the better path.
            waiting = self._slots.frames[slot]
            copy(frame, 1, waiting, 1, PATH_HEADER - 1)
            waiting[1] -= 1 << 2
            paths.sign(waiting, self.neighbours.name)
        return verdicts.BETTER

    def _asked_again(self, frame, entry, slot, now):
        """What goes by a way has come before: it went on, or who handed it to us did not hear that."""
        waits = slot != NO_SLOT and not self._slots.aired[slot]
        if slot != NO_SLOT and frame[CURSOR] > self._slots.frames[slot][CURSOR]:
            self._clear(slot)
        elif paths.turn(frame, self.neighbours.name) == frame[CURSOR] and not waits:
            if self._seen.copies[entry] <= _CONFIRMED:
                self._submit(self._acks.confirm(self._hasher.id()), CONFIRM_SIZE, _CONFIRM, now)

    def _confirmed(self, frame, n):
        """Somebody has what we sent by its way; nothing of that is for a host."""
        if n != CONFIRM_SIZE:
            return self._counted(verdicts.DUPLICATES, verdicts.DUPLICATE)
        entry = self._seen.find(self._acks.confirmed(frame, n), MODE_WAY)
        slot = self._seen.slots[entry] if entry >= 0 else NO_SLOT
        if slot != NO_SLOT and self._slots.aired[slot]:
            self._clear(slot)
        return self._counted(verdicts.DUPLICATES, verdicts.DUPLICATE)

    # On to others.

    def _flood(self, frame, n, rssi, entry, now):
        left = 0 if self._delays.full else _REPEATS
        slot = self._forward(frame, n, entry, now + self._delays.flood(n, rssi), left)
        if slot >= 0:
            self._cover.begin(slot, rssi)

    def _collect(self, frame, n, rssi, entry, now):
        if frame[1] >> 2 & 15 == 1 or frame[0] >> 2 & 15 == KIND_HERE and score(frame) < NO_WAY:
            # Nobody could use that way; it may still come by a better one.
            return
        need = self._cover.weigh(frame)
        if self._cover.enough(need):
            self._add(verdicts.SILENCED)
            return
        # Whom we serve should be heard to hand it on, if he ever does.
        left = _REPEATS if self._cover.lacks & self.neighbours.relays and not self._delays.full else 0
        slot = self._forward(frame, n, entry, now + self._delays.collect(frame, n, need), left)
        if slot >= 0:
            self._cover.begin(slot, rssi)
            paths.sign(self._slots.frames[slot], self.neighbours.name)

    def _follow(self, frame, n, entry, now):
        at = paths.turn(frame, self.neighbours.name)
        if at < 0 or frame[1] >> 2 & 15 == 1:
            return
        if at == length(frame) - 1:
            # The last name is that of the reader's own radio, or of one from which it goes on.
            if paths.leads(frame, n):
                self._lead_on(frame, n, now)
            return
        due = now + self._delays.way(n, at - frame[CURSOR])
        slot = self._forward(frame, n, entry, due, self._way_repeats(frame, at + 1, n))
        if slot >= 0:
            self._slots.frames[slot][CURSOR] = at + 1

    def _lead_on(self, frame, n, now):
        # What goes on from here is another frame, by which nobody can tell that this one has come.
        self._submit(self._acks.confirm(self._hasher.id()), CONFIRM_SIZE, _CONFIRM, now)
        made = self._made
        n = paths.unfold(frame, n, made)
        if n == 0 or header_size(made, n) == 0:
            self._add(verdicts.MALFORMEDS)
            return
        self._hasher.load(made, n, PATH_HEADER)
        if self._seen.find(self._hasher.id(), MODE_WAY) < 0:
            self._forward(made, n, self._seen.add(now), now, self._way_repeats(made, 0, n))

    def _way_repeats(self, frame, cursor, n):
        link = self.neighbours.quality(frame[NAMES + cursor])
        if cursor < length(frame) - 1 or self._acks.asks(frame) or paths.leads(frame, n):
            # By a link that works one way nobody is heard to hand it on.
            return _WAY_REPEATS if link else _REPEATS
        # Nobody says that an ack has arrived; without it all would be sent once more.
        return 0 if link >= _SURE else _REPEATS

    def _forward(self, frame, n, entry, due, left):
        slot = self._wait(of_others(frame), frame, n, due & TICKS, _FORWARD, entry, left)
        if slot >= 0:
            self._slots.frames[slot][1] -= 1 << 2
        return slot

    def _answered(self, frame, n):
        """An ack: whoever waits with a message that it answers need not hand that on."""
        slots = self._slots
        if slots.used == 0:
            return
        commitment = self._acks.commitment(frame, n)
        for slot in range(SLOTS):
            others = slots.taken(slot) and slots.token[slot] < 0
            if others and self._acks.answers(commitment, slots.frames[slot], slots.length[slot]):
                self._clear(slot)

    # Our own.

    def submit(self, frame, n, token, now):
        """The host's own frame, whose MAC is still empty. 0: it waits; else the result that says why not.

        A collecting frame gets our name, or gives us the one in it; a `here` lists whom we hear.
        """
        self.lost_token = -1
        if header_size(frame, n) == 0:
            return SENT_REFUSED
        return 0 if self._submit(frame, n, token, now) >= 0 else SENT_QUEUE_FULL

    def _submit(self, frame, n, token, now):
        made = self._made
        copy(frame, 0, made, 0, n)
        mode = made[1] >> 6
        left = _OWN_REPEATS
        if mode == MODE_COLLECT:
            if length(made) == 1:
                # The host gives us another name, as somebody else has ours.
                self.neighbours.take(made[NAMES])
                self._hello.soon(now)
            elif made[CURSOR] == 0:
                self.neighbours.begin(made, token == HELLO)
            if made[0] >> 2 & 15 == KIND_HERE:
                most = min(_HERE_MOST, AIR_FRAME_MAX - n)
                n += self.neighbours.list(made, n, most) if n == PATH_HEADER + HERE_NAMES else 0
        elif mode == MODE_WAY:
            left = self._way_repeats(made, made[CURSOR], n)
        elif mode != MODE_FLOOD:
            left = 0
        if made[1] >> 2 & 15 == 1 or token < HELLO:
            left = 0
        self._hasher.load(made, n, header_size(made, n))
        self._seen.expire(now)
        # So that what others hand on of it is known when it comes back.
        entry = self._seen.find(self._hasher.id(), mode)
        if entry < 0:
            entry = self._seen.add(now)
        self._seen.score[entry] = _OURS
        return self._wait(of_ours(made), made, n, now, token, entry, left)

    # The queue.

    def _wait(self, priority, frame, n, due, token, entry, left):
        """Queue a frame; its slot, or -1 when all that wait are better. Somebody loses when all are taken."""
        slots = self._slots
        slot = slots.room(priority)
        if slot < 0:
            self._add(verdicts.DROPPED)
            return slot
        if slots.taken(slot):
            if not slots.aired[slot]:
                self._add(verdicts.DROPPED)
                self.lost_token = slots.token[slot]
            self._clear(slot)
        slots.fill(slot, priority, frame, n, due, token, entry, left)
        self._seen.slots[entry] = slot
        return slot

    def next_due(self, now):
        """The slot to be transmitted now, or -1. It stays until `sent`."""
        self.lost_token = -1
        self._seen.expire(now)
        if self._hello.due(now):
            self.neighbours.expire(now)
            self._submit(self._hello.frame, len(self._hello.frame), HELLO, now)
        slots = self._slots
        slot = slots.first(now)
        while slot >= 0 and slots.token[slot] < 0 and slots.late(slot, now) > self._delays.stale():
            # The air is so full that this is old news. Dropping it is what makes room for something new.
            self._add(verdicts.DROPPED)
            self._clear(slot)
            slot = slots.first(now)
        return slot

    def fetch(self, slot):
        """The frame of a slot with its MAC, as a buffer that is good until the next call of anything here."""
        frame, n = self._slots.frames[slot], self._slots.length[slot]
        self._hasher.load(frame, n, header_size(frame, n))
        self._hasher.stamp(frame)
        return self._hasher.lend(frame, n)

    def sent(self, slot, now):
        """The slot's frame goes on the air now; its token, below 0 where no host waits for it."""
        slots = self._slots
        token = slots.token[slot]
        entry = slots.entry[slot]
        self._seen.sent[entry] = min(255, self._seen.sent[entry] + 1)
        if slots.aired[slot]:
            self._add(verdicts.REPEATED)
            slots.left[slot] -= 1
        else:
            self._add(verdicts.FORWARDED if token == _FORWARD else verdicts.SENT)
        wait = self._delays.echo(slots.frames[slot], slots.length[slot]) if self._awaited(slot) else 0
        if wait:
            slots.again(slot, (now + wait) & TICKS)
        else:
            self._clear(slot)
        return token

    def _awaited(self, slot):
        """Whether somebody should be heard to hand on what we sent, and it is sent again else."""
        slots = self._slots
        if not slots.left[slot]:
            return False
        if slots.frames[slot][1] >> 6 == MODE_WAY:
            return True
        if slots.token[slot] >= 0 or self._seen.sent[slots.entry[slot]] > 1:
            return True
        # Whoever gave it to us is one; if there is no other, we are the end of a chain. What others
        # sent as well will get on without us.
        return count(self.neighbours.relays) > 1 and self._seen.copies[slots.entry[slot]] < 2

    def deadline(self, now):
        """Milliseconds until something is due, 0 when it is."""
        wait = self._slots.wait(now)
        hello = self._hello.wait(now)
        return hello if wait < 0 else min(wait, hello)

    def queued(self):
        """How many frames wait to go out for the first time."""
        return self._slots.fresh()

    def _clear(self, slot):
        entry = self._slots.entry[slot]
        # The entry may have been overwritten since, and be another frame's.
        if self._seen.slots[entry] == slot:
            self._seen.slots[entry] = NO_SLOT
        self._slots.clear(slot)

    def _counted(self, counter, verdict):
        self._add(counter)
        return verdict

    def _add(self, counter):
        self.count[counter] = (self.count[counter] + 1) & TICKS
