# SPDX-License-Identifier: MIT
"""What the console answers: each command makes its lines one at a time.

Loaded with the first line that somebody types. It allocates as it likes: the radio goes on between two lines.
"""

import wire_tables
from verdicts import BAD_MAC, BETTER, DUPLICATE, MALFORMED, NEW, UNWANTED
from slots import SIZE as SLOTS
from tap import SENT, SIZE as KEPT
from wire_tables import LAYOUTS, PROBES_MAX

_VERDICTS = {
    MALFORMED: "malformed",
    BAD_MAC: "bad mac",
    DUPLICATE: "again",
    NEW: "new",
    BETTER: "better",
    UNWANTED: "unwanted",
}
_LEVELS = ("nothing", "frames that are new, and those we send", "every frame")
_MENU = (
    "?              this menu",
    "neighbours     who is heard, how strong, how long ago, and whether he hears us",
    "counters       what was heard, sent, dropped since the start",
    "queue          what waits for the air",
    "air            the air time that was used, and what the law leaves",
    "frames         the last frames, heard and sent",
    "get            the settings",
    "set NAME VALUE change region, channel, preset or power; kept without power, too",
    "save           write the settings once more, and read them back",
    "log 0, 1 or 2  print nothing, what is new or sent, or every frame",
    "test N         send N probes, tell how many come back and how strong",
    "reboot         start anew",
    "service        start into the Python prompt",
)


def answer(line, console, radio):
    """The lines that answer a line, as a generator; its first is the line itself."""
    text = "".join(chr(byte) if 32 <= byte < 127 else "?" for byte in line)
    words = text.split()
    yield "> " + text
    if console.refused:
        yield "%d more lines came at once and were not taken." % console.refused
        console.refused = 0
    name, *rest = words or [""]
    found = [command for command in _COMMANDS if name and command.startswith(name.lower())]
    if name in _COMMANDS:
        found = [name]
    if len(found) != 1:
        yield "That is no command. The menu: ?"
        return
    command = found[0]
    if len(rest) != _WORDS.get(command, 0):
        yield "%s takes %s. The menu: ?" % (command, _TAKES[_WORDS.get(command, 0)])
        return
    for shown in _COMMANDS[command](radio, console, rest):
        yield shown


def news(tap, printed, level):
    """(a line about the oldest frame that was not printed yet, or None; the number of the next)."""
    missed = (tap.count - printed & 0x3FFFFFFF) - KEPT
    if missed > 0:
        return "(%d frames came too fast to be printed)" % missed, printed + missed & 0x3FFFFFFF
    place = printed % KEPT
    printed = printed + 1 & 0x3FFFFFFF
    if level < 2 and tap.verdict[place] not in (SENT, NEW, BETTER):
        return None, printed
    return frame(tap, place), printed


def frame(tap, place):
    """A kept frame as a line."""
    from printer import line

    shown = line(tap.frames[place], tap.length[place])
    verdict = tap.verdict[place]
    if verdict == SENT:
        return "%d.%03d out %s" % (tap.at[place] // 1000, tap.at[place] % 1000, shown)
    told = _VERDICTS[verdict]
    return "%d.%03d in %d dBm, %s: %s" % (
        tap.at[place] // 1000, tap.at[place] % 1000, tap.rssi[place], told, shown,
    )  # fmt: skip


def menu(radio, console, words):
    """What there is."""
    return iter(_MENU)


def neighbours(radio, console, words):
    """Who is around."""
    around = radio.relay.neighbours
    yield "We are called %02x. Names are one byte, and several radios may have the same." % around.name
    for place in range(around.places()):
        found = around.row(place, radio.now)
        if found is not None:
            name, rssi, age, hears_us = found
            strength = "%4d dBm" % rssi if rssi is not None else "not heard"
            yield "%02x  %s, %d min ago, %s" % (
                name, strength, age, "hears us" if hears_us else "not known to hear us",
            )  # fmt: skip


def counters(radio, console, words):
    """What the cable's STATUS tells, by name."""
    for name, value in zip(LAYOUTS["status"][1], radio.counters()):
        yield "%-12s %d" % (name, value)


def queue(radio, console, words):
    """What waits."""
    from printer import line

    slots = radio.relay.slots
    waiting = [slot for slot in range(SLOTS) if slots.taken(slot)]
    yield "%d of %d places are taken." % (len(waiting), SLOTS)
    for slot in waiting:
        if slots.taken(slot):
            state = "sent, listening for it" if slots.aired[slot] else "priority %d" % slots.priority[slot]
            yield "%s: %s" % (state, line(slots.frames[slot], slots.length[slot]))


def air(radio, console, words):
    """Air time."""
    yield "%d.%03d s on the air since the start." % (radio.airtime // 1000, radio.airtime % 1000)
    duty = radio.duty()
    if duty is None:
        yield "No law limits the share of the time here."
    else:
        yield "Of an hour's %d s the law leaves %d s." % (
            duty.budget // 1000, max(0, duty.budget - duty.spent) // 1000,
        )  # fmt: skip


def frames(radio, console, words):
    """The last frames."""
    tap = radio.tap
    kept = min(KEPT, tap.count)
    if not kept:
        yield "Nothing was heard or sent yet."
    for number in range(tap.count - kept, tap.count):
        yield frame(tap, number % KEPT)


def settings(radio, console, words):
    """What the radio keeps."""
    for line in _settings(radio.settings.answer(0)):
        yield line


def change(radio, console, words):
    """Change a setting: the same rules as for the host."""
    name, value = words
    number = _number("SETTING_", name)
    wanted = _number(name.upper() + "_", value)
    if wanted is None:
        try:
            wanted = int(value)
        except ValueError:
            wanted = 0
    if number is None or not -32768 <= wanted < 32768:
        yield "The settings are region, channel, preset and power."
        return
    result = radio.change(number, wanted, radio.now)
    yield _name("SET_", result)
    for line in _settings(radio.settings.answer(result)):
        yield line
    if result == wire_tables.SET_CHANGED:
        yield "Kept. The radio starts anew."


def save(radio, console, words):
    """What is set is kept at once; this is for who doubts that."""
    yield (
        "Written and read back." if radio.settings.save() else "The flash does not take it: full or worn out."
    )


def log(radio, console, words):
    """What is printed from now on."""
    level = words[0]
    if level not in ("0", "1", "2"):
        yield "The level is 0, 1 or 2."
        return
    if console.level == 0:
        console.printed = radio.tap.count
    console.level = int(level)
    yield "Printed from now on: %s." % _LEVELS[console.level]


def test(radio, console, words):
    """A test tone, and its outcome when it has come."""
    probes = words[0]
    if not probes.isdigit() or not 0 < int(probes) <= PROBES_MAX:
        yield "Probes are 1 to %d." % PROBES_MAX
        return
    radio.tone.begin(int(probes), radio.now)
    yield "%d probes go out; what came back is told when the last had its time." % radio.tone.probes


def tested(fields):
    """The line about a test that is over."""
    if not fields["back"]:
        return (
            "Of %d probes none came back: nobody hands frames on here, or nobody hears us." % fields["probes"]
        )
    return "Of %d probes %d came back, at %d to %d dBm, %d in the mean." % (
        fields["probes"], fields["back"], fields["weakest"], fields["strongest"], fields["mean"],
    )  # fmt: skip


def reboot(radio, console, words):
    """Start anew."""
    yield "The radio starts anew."
    radio.wish(False)


def service(radio, console, words):
    """Start into the prompt."""
    yield "The radio starts into its prompt; another reset brings it back."
    radio.wish(True)


_COMMANDS = {
    "?": menu,
    "help": menu,
    "neighbours": neighbours,
    "counters": counters,
    "queue": queue,
    "air": air,
    "frames": frames,
    "get": settings,
    "set": change,
    "save": save,
    "log": log,
    "test": test,
    "reboot": reboot,
    "service": service,
}
_WORDS = {"set": 2, "log": 1, "test": 1}  # that follow
_TAKES = ("nothing more", "one value", "a name and a value")


def _settings(fields):
    for name in LAYOUTS["settings"][1][1:]:
        called = _name(name.upper() + "_", fields[name]) if name in ("region", "preset") else None
        yield "%-10s %s" % (name, called or fields[name])


def _number(prefix, name):
    return getattr(wire_tables, prefix + name.upper(), None)


def _name(prefix, value):
    for name in dir(wire_tables):
        if name.startswith(prefix) and getattr(wire_tables, name) == value:
            return name[len(prefix) :].lower() if prefix != "REGION_" else name[len(prefix) :]
    return None
