"""The one registry of verbs, for help, completion and man pages; each is loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType

VERBS: dict[str, tuple[str, str]] = {
    "demo": ("demo_cmd", "a village of handhelds on this machine, no hardware needed"),
    "screen": ("screen_cmd", "the screen; also: pocketmesh alone, on a terminal"),
    "screen-server": ("screen_server_cmd", "keep the screen loaded, so that it stands in a second"),
    "menu": ("menu_cmd", "text menus for a plain serial terminal"),
    "status": ("status_cmd", "is it working? the radio, who is near, what waits"),
    "people": ("people_cmd", "who was heard, how far away, how long ago"),
    "post": ("post_cmd", "write on a board that everybody near can read"),
    "boards": ("boards_cmd", "the boards you follow, and what is on them"),
    "search": ("search_cmd", "find messages by their words"),
    "delete": ("delete_cmd", "take back what you wrote on a board"),
    "alert": ("alert_cmd", "call for help, or answer somebody who does"),
    "send": ("send_cmd", "write to one person, sealed, and see it delivered"),
    "room": ("room_cmd", "rooms that need a key: make, join, write, invite, leave"),
    "share": ("share_cmd", "a small file to everybody in reach, a room or one person"),
    "files": ("files_cmd", "the files that are here, or coming, and how far"),
    "get": ("get_cmd", "fetch a file, show it, save it"),
    "pause": ("pause_cmd", "let a file wait"),
    "resume": ("resume_cmd", "go on with a file"),
    "forget": ("forget_cmd", "take a file away from this device"),
    "name": ("name_cmd", "give somebody your own name for him"),
    "meet": ("meet_cmd", "make sure whose key is whose, standing together"),
    "card": ("card_cmd", "your key as a QR code, or as twelve words"),
    "introduce": ("introduce_cmd", "tell one contact who another is"),
    "follow": ("follow_cmd", "keep and carry first what somebody writes; or read a board"),
    "unfollow": ("unfollow_cmd", "follow somebody, or a board, no more"),
    "mute": ("mute_cmd", "keep what somebody writes, without a notice"),
    "unmute": ("unmute_cmd", "hear somebody again who was muted"),
    "block": ("block_cmd", "show and carry nothing of somebody"),
    "unblock": ("unblock_cmd", "show somebody again who was blocked"),
    "publish": ("publish_cmd", "tell everybody whom you follow or block"),
    "keys": ("keys_cmd", "the keys that private messages to you are sealed to"),
    "read": ("read_cmd", "read boards and private messages, or follow them"),
    "sim": ("sim_cmd", "a village in virtual time: what a mesh would do, in seconds"),
    "radio": ("radio_cmd", "the radios on USB, and what ours counts"),
    "doctor": ("doctor_cmd", "what is the matter, one line each, and what to do"),
    "decode": ("decode_cmd", "any frame, field by field, and what is wrong with it"),
    "capture": ("capture_cmd", "write what goes over cable and air, for Wireshark"),
    "settings": ("settings_cmd", "your name, quiet hours, colours: shown and changed"),
    "passphrase": ("passphrase_cmd", "set, change or remove what the keys are locked with"),
    "unlock": ("unlock_cmd", "open the keys of a node that waits for them"),
    "lock": ("lock_cmd", "have the node drop its keys now"),
    "backup": ("backup_cmd", "everything into one sealed file, or who you are as 24 words"),
    "restore": ("restore_cmd", "a data folder from a backup, or from 24 words"),
    "export": ("export_cmd", "all that is public or sealed onto a stick, for others"),
    "import": ("import_cmd", "take in what others put onto a stick"),
    "wipe": ("wipe_cmd", "destroy the keys, then everything else"),
    "salvage": ("salvage_cmd", "put what can be read of a damaged database into a new one"),
    "setup": ("setup_cmd", "have this machine start pocketmesh by itself"),
    "handover": ("handover_cmd", "all that another machine needs, on a stick, signed"),
    "node": ("node_cmd", "run the node by itself, for a box or a service"),
    "help": ("help_cmd", "this page, the page of a command, or the exit codes"),
}
"""Verb -> (module in this folder, one line of help), in the order of help.

A module has DESCRIPTION, EXAMPLES, `configure(parser)` and `run(args)`, which gives the exit code.
"""


def load(verb: str) -> ModuleType:
    """The module of a verb."""
    return import_module(f"handheld.cli.{VERBS[verb][0]}")
