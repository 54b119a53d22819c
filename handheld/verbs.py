"""Every command and a line about it: one list for command line, help, menus, screen and man page. Pure."""

VERBS = {
    "demo": "a village of handhelds on this machine, no hardware needed",
    "screen": "the screen; also: pocketmesh alone, on a terminal",
    "screen-server": "keep the screen loaded, so that it stands in a second",
    "replay": "play a recorded session of the screen again",
    "menu": "text menus for a plain serial terminal",
    "status": "is it working? the radio, who is near, what waits",
    "people": "who was heard, how far away, how long ago",
    "post": "write on a board that everybody near can read",
    "boards": "the boards you follow, and what is on them",
    "search": "find messages by their words",
    "delete": "take back what you wrote on a board",
    "edit": "change what you wrote and has not gone out yet",
    "alert": "call for help, or answer somebody who does",
    "send": "write to one person, sealed, and see it delivered",
    "room": "rooms that need a key: make, join, write, invite, leave",
    "share": "a small file to everybody in reach, a room or one person",
    "files": "the files that are here, or coming, and how far",
    "get": "fetch a file, show it, save it",
    "pause": "let a file wait",
    "resume": "go on with a file",
    "forget": "take a file away from this device",
    "name": "give somebody your own name for him",
    "meet": "make sure whose key is whose, standing together",
    "card": "your key as a QR code, or as twelve words",
    "introduce": "tell one contact who another is",
    "follow": "keep and carry first what somebody writes; or read a board",
    "unfollow": "follow somebody, or a board, no more",
    "mute": "keep what somebody writes, without a notice",
    "unmute": "hear somebody again who was muted",
    "block": "show and carry nothing of somebody",
    "unblock": "show somebody again who was blocked",
    "publish": "tell everybody whom you follow or block",
    "keys": "the keys that private messages to you are sealed to",
    "read": "read boards and private messages, or follow them",
    "sim": "a village in virtual time: what a mesh would do, in seconds",
    "radio": "the radios on USB, and what ours counts",
    "doctor": "what is the matter, one line each, and what to do",
    "decode": "any frame, field by field, and what is wrong with it",
    "capture": "write what goes over cable and air, for Wireshark",
    "settings": "your name, quiet hours, colours: shown and changed",
    "passphrase": "set, change or remove what the keys are locked with",
    "unlock": "open the keys of a node that waits for them",
    "lock": "have the node drop its keys now",
    "backup": "everything into one sealed file, or who you are as 24 words",
    "restore": "a data folder from a backup, or from 24 words",
    "export": "all that is public or sealed onto a stick, for others",
    "import": "take in what others put onto a stick",
    "wipe": "destroy the keys, then everything else",
    "salvage": "put what can be read of a damaged database into a new one",
    "setup": "have this machine start pocketmesh by itself",
    "handover": "all that another machine needs, on a stick, signed",
    "node": "run the node by itself, for a box or a service",
    "help": "this page, the page of a command, or the exit codes",
}
"""Verb -> one line of help, in the order of help."""

PLACES = {
    "home": "is it working?",
    "chats": "boards, rooms and people",
    "find": "WORDS in this chat",
    "library": "short texts to read",
    "quit": "leave",
}
"""What can be typed on the screen besides: where it leads, or what it does there."""

ALONE = frozenset(
    {"demo", "screen", "screen-server", "replay", "menu", "node", "setup", "unlock", "restore", "salvage"}
)
"""Verbs that need a terminal of their own, or a node that has ended: they are not typed on the screen."""

TYPED = {**PLACES, **{verb: line for verb, line in VERBS.items() if verb not in ALONE}}
"""All that can be typed on the screen."""


def matching(begun: str) -> list[str]:
    """What can be typed on the screen and begins so."""
    return [name for name in TYPED if name.startswith(begun)]
