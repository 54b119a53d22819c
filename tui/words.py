"""The sentences and words that are drawn in more than one place. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from handheld.events import RADIO_CONNECTING, RADIO_UP, Chat, Message, NodeStatus, Person, RadioInfo
from handheld.text import ago
from tui.cells import Line, fit, safe, width
from tui.state import KINDS, ROOM, Door, View, is_board, near

STATE_LOOKS = {
    "delivered": "good",
    "read": "good",
    "carried": "good",
    "failed": "bad",
    "waiting": "note",
    "unheard": "note",
    "unanswered": "note",
}

NAME_MIN = 6
"""Cells that are left to a name, whatever stands beside it."""

_DAY_S = 86_400
_LAST_S = 253_402_300_800  # the year 10000
_START = datetime(1970, 1, 1, tzinfo=UTC)


def called(name: str, key: str, beside: str, *, named: bool, limit: int = 0) -> str:
    """What to call the holder of a key, in `limit` cells if that is not 0.

    By the owner's or a contact's name; by what he calls himself, in quotes, for anybody can take any name;
    else by what stands beside, or the key. Where room is short the name is cut first.
    """
    name, beside = safe(name), safe(beside)
    if not name:
        name, beside = beside or key[:8], ""
    elif not named:
        name = f'"{name.replace(chr(34), chr(39))}"'
    if limit and beside:
        name = fit(name, max(NAME_MIN, limit - width(beside) - 1))
    whole = f"{name} {beside}" if beside else name
    return fit(whole, limit) if limit else whole


def name_of(person: Person, limit: int = 0) -> str:
    """What to call somebody."""
    return called(person.name, person.key, person.beside, named=person.named, limit=limit)


LETTERS = "abcdefghijklmnopqrstuvwxyz"


def first_lettered(chosen: int) -> int:
    """The first row that has a letter in jump mode: some above the chosen one."""
    return max(0, chosen - len(LETTERS) // 2)


def lettered(view: View, lines: list[Line], rows: Sequence[int], chosen: int) -> list[Line]:
    """The lines of a page, with a letter at the head of each of its `rows` while one jumps among them."""
    if view.question is None or view.question.kind != "jump":
        return lines
    first = first_lettered(chosen)
    for letter, row in zip(LETTERS, rows[first:], strict=False):
        (text, look), *rest = lines[row]
        lines[row] = ((letter, "strong"), (text[1:], look), *rest)
    return lines


def relation_sign(person: Person) -> str:
    """One character for what the owner has to do with somebody, or ""."""
    return "x" if person.blocked else "-" if person.muted else "+" if person.followed else ""


def chat_name(chat: Chat, limit: int = 0) -> str:
    """What to call a conversation."""
    if chat.room:
        # An invitation has the name that its sender chose.
        name = f'{ROOM}"{safe(chat.room)}"' if chat.invitation else f"{ROOM}{safe(chat.room)}"
        return fit(name, limit) if limit else name
    if not chat.peer:
        return f"#{safe(chat.board)}"
    return called(chat.name, chat.peer, chat.beside, named=chat.named, limit=limit)


def author(message: Message) -> str:
    """Who wrote it."""
    if message.own:
        return "you"
    return called(message.name, message.author, message.beside, named=message.named)


KIND_MARKS = {"need": "NEED", "offer": "OFFER", "event": "EVENT", "alert": "ALERT"}
"""What stands before the text of a post that is no note."""

KIND_LOOKS = {"alert": "bad"}


def prompt(view: View) -> str:
    """What stands before a text that is being written in the open conversation."""
    on_board = view.talk is not None and is_board(view.talk.chat)
    return f"{view.writing}> " if on_board and view.writing != KINDS[0] else "> "


def place(message: Message) -> str:
    """Where it was written: "#here", "&kitchen", or "private"."""
    if message.peer:
        return "private"
    return f"{ROOM}{safe(message.room)}" if message.room else f"#{safe(message.board)}"


def first_line(message: Message) -> str:
    """The first line of what it says, with the mark of its kind."""
    mark = KIND_MARKS.get(message.kind, "")
    return f"{mark}{' ' if mark else ''}{safe(message.text.split(chr(10), 1)[0])}"


def left(message: Message) -> str:
    """How long a post is still there, if it is no note: "3 d left"."""
    if message.kind not in KIND_MARKS or message.left_s is None:
        return ""
    for size, unit in ((_DAY_S, "d"), (3600, "h"), (60, "min")):
        if message.left_s >= (2 if unit != "min" else 1) * size - size // 2:
            return f"{(message.left_s + size // 2) // size} {unit} left"
    return "nearly gone"


def past(seconds: int | None) -> str:
    """How long ago, as exact as a screen is that looks once a minute: "just now", "2m ago", "never"."""
    if seconds is None:
        return "never"
    return f"{ago(seconds)} ago" if seconds >= 60 else "just now"


def seconds_since(heard: int | None, now: int) -> int | None:
    """Whole seconds since a moment of the screen's clock; None for never."""
    return None if heard is None else max(0, now - heard) // 1000


def clock(at: int | None, zone_s: int) -> str:
    """The time of day of a message, "" where it is not known."""
    if at is None or not 0 <= at + zone_s < _LAST_S:
        return ""
    minutes = (at + zone_s) % _DAY_S // 60
    return f"{minutes // 60:02}:{minutes % 60:02}"


def day(at: int | None, zone_s: int) -> str:
    """The day of a message, "Tue 4 Mar", "" where it is not known."""
    if at is None or not 0 <= at + zone_s < _LAST_S:
        return ""
    local = _START + timedelta(seconds=at + zone_s)
    return f"{local:%a} {local.day} {local:%b}"


def count(number: int, one: str, many: str = "") -> str:
    """ "1 hop", "2 hops"."""
    return f"{number} {one if number == 1 else many or one + 's'}"


UNSENT = "No node answers just now. Your text is kept: send it again when one does."

UNSURE = "The node ended as it saved this. See whether it is above before you send it again."

COPIED = "Another device has your identity. Mail reaches one of the two: wipe the one you no longer use."


def verdict(view: View) -> tuple[str, str]:
    """The answer to "is it working?" in a sentence, and its look."""
    if view.door is not Door.OPEN:
        return lost(view), "bad" if view.door is Door.LOST else "strong"
    if view.status is None:
        return "Asking the node ...", "strong"
    if view.status.copied:
        return COPIED, "bad"
    radio = view.status.radio
    if (radio.state != RADIO_UP or radio.why) and not on_network(view.status):
        wrong = "Not on the air." if radio.state != RADIO_UP else "The radio does not transmit."
        return safe(f"{wrong} {radio.why}").rstrip(), "bad"
    neighbours = len(near(view))
    if neighbours == 0:
        return "It works, and nobody is near yet. Leave it on: whoever comes near appears here.", "strong"
    return f"It works: {count(neighbours, 'neighbour')} near.", "good"


def lost(view: View) -> str:
    """What is said while no node answers."""
    if view.door is Door.KNOCKING:
        return safe(view.why) or "Starting ..."
    return safe(f"{view.why} Trying again; what you began to write is kept.")


def radio_words(radio: RadioInfo) -> str:
    """The radio in one line."""
    if radio.state == RADIO_UP:
        facts = ["up", safe(radio.board), f"channel {radio.channel}" if radio.channel is not None else ""]
        return ", ".join(fact for fact in facts if fact)
    if radio.state == RADIO_CONNECTING:
        return f"connecting to {safe(radio.port)}"
    return "none" if radio.state == "none" else safe(radio.state)


def on_network(status: NodeStatus) -> bool:
    """Whether a local network carries what we write, be there a radio or not."""
    return status.lan is not None and bool(status.lan.networks or status.lan.peers)


def network_words(status: NodeStatus) -> str:
    """The local network in one line; empty without one."""
    if status.lan is None:
        return ""
    over = ", ".join([*status.lan.networks, *status.lan.peers])
    return safe(f"{over}, {count(status.lan.near, 'address', 'addresses')} heard" if over else status.lan.why)


def signal(person: Person) -> str:
    """How strong a neighbour was heard in dBm, or that he is on the local network."""
    if person.by == "lan":
        return person.by
    return "-" if person.rssi is None else str(person.rssi)


def health(view: View) -> str:
    """The few words at the right of the highest line."""
    if view.door is not Door.OPEN:
        return "no node" if view.door is Door.LOST else "starting"
    if view.status is None:
        return ""
    if view.status.radio.state != RADIO_UP and not on_network(view.status):
        return "no radio"
    return f"{len(near(view))} near"
