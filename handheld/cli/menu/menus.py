"""Walks through the menus: what each number does. A menu is a loop; Enter or 0 goes back up."""

from __future__ import annotations

import os
import time

from handheld.cli import read_cmd, show
from handheld.cli.menu import words
from handheld.cli.menu.console import Console, Ended
from handheld.cli.menu.link import Link
from handheld.errors import NodeUnreachable, UserError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    Item = tuple[str, Callable[..., None], *tuple[Any, ...]]
    """One line of a menu, what it does, and with what. No NamedTuple: typing costs 10 M instructions."""

PROMPT = "Number (0 back): "
PAGE = 20
"""Messages of a conversation where the terminal does not say how many fit."""

TALK_HELP = "Type what you want to say. Enter alone or 0: back. /older: what came before. /?: all commands."
COMMANDS = "A line that begins with / is a command, as in: /post here Hello. //text says /text."


class Menus:
    """One person's walk through the menus of one node."""

    def __init__(self, console: Console, folder: str, explicit: bool) -> None:
        self._console = console
        self._link = Link(folder, explicit, self._heard, console.tell)
        self._ask = self._link.ask
        # What is open, so that its messages are shown in full: the arguments of `read`.
        self._open: dict[str, str] = {}

    def run(self) -> None:
        """Until the person leaves, or the input ends."""
        try:
            while self._home():
                pass
        except Ended:
            self._console.say("")
        finally:
            self._link.close()

    def _home(self) -> bool:
        """The first menu, once; False to leave."""
        try:
            status = self._ask("status")
        except UserError as error:
            self._console.say(*show.wrapped(str(error), ""))
            return bool(self._console.ask("Enter: try again, 0: leave ").strip() != "0")
        if status["locked"]:
            items: list[Item] = [("Unlock", self._verb, "unlock")]
        else:
            items = self._places()
        name = f"{status['name']}: " if status["name"] else ""
        from handheld.cli.status_cmd import verdict

        head = "Locked: nothing is opened or shown." if status["locked"] else f"{name}{verdict(status)}"
        return self._menu(["", f"pocketmesh: {head}"], items, "Number (0 leaves, ? help): ")

    def _places(self) -> list[Item]:
        new = sum(chat["unread"] for chat in self._ask("chats"))
        return [
            (f"Chats{f' ({new} new)' if new else ''}", self._chats),
            ("People and neighbours", self._people),
            ("Write on a board", self._write_on_board),
            ("Meet somebody", self._meet),
            ("Is it working?", self._verb, "status"),
            ("Radio", self._verb, "radio info"),
            ("My card", self._verb, "card"),
            ("Search", self._type_on, "Words: ", "search {}"),
            ("Change or delete a message", self._loop, "What you wrote", self._own_items),
            ("Alerts", self._alerts),
            ("Files", self._loop, "Files", self._file_items),
        ]

    def _menu(self, head: Sequence[str], items: Sequence[Item], prompt: str = PROMPT) -> bool:
        """Show, ask, do what was chosen; False when nothing was."""
        lines = [part for line in head for part in (show.wrapped(line, "") if line else [""])]
        self._console.say(*lines, *(f"{number:>2} {item[0]}" for number, item in enumerate(items, 1)))
        try:
            line = self._console.ask(prompt).strip()
            if line in ("", "0"):
                # At home Enter alone shows the menu again: nobody is thrown out by one key.
                return line == "" and prompt != PROMPT
            self._chosen(line, items)
        except UserError as error:
            self._console.say(*show.wrapped(str(error), ""))
        except KeyboardInterrupt:
            self._console.say("")
            return prompt != PROMPT
        return True

    def _chosen(self, line: str, items: Sequence[Item]) -> None:
        if line.startswith("/"):
            self._verb(line[1:])
        elif line == "?":
            self._help()
        elif line.isascii() and line.isdigit() and len(line) < 5 and 0 < int(line) <= len(items):
            _, action, *arguments = items[int(line) - 1]
            action(*arguments)
        else:
            self._console.say(f"There is no {line[:20]!r} here. Type a number of the list.")

    def _loop(self, head: str, items: Callable[[], Sequence[Item]], empty: str = "") -> None:
        """A menu that is made anew each time, until one goes back."""
        while True:
            made = items()
            if empty and not made:
                self._console.say(empty)
            if not made or not self._menu([head], made):
                return

    def _help(self) -> None:
        from handheld.verbs import VERBS

        verbs = [f"/{verb:<11} {line}" for verb, line in VERBS.items()]
        self._console.say(COMMANDS, *verbs, "/help COMMAND tells more of one.")

    def _verb(self, line: str) -> None:
        """Run a command as a shell would; what is wrong with it is said there."""
        import shlex

        from handheld.cli import main

        try:
            given = shlex.split(line)
        except ValueError as error:
            self._console.say(f"That is no command: {error}.")
            return
        if not given or given[0] == "?":
            self._help()
            return
        main.main([*given, *(["--data", self._link.folder] if self._link.explicit else [])])

    def _chats(self) -> None:
        self._loop(
            "Chats", self._chat_items, "Nothing was written yet. Write on a board: 3 in the first menu."
        )

    def _chat_items(self) -> list[Item]:
        room = words.width() - 3
        return [
            (words.chat_line(chat, room), self._talk, words.chat_name(chat), _which(chat))
            for chat in self._ask("chats")
        ]

    def _write_on_board(self) -> None:
        board = self._console.ask("Board (Enter: here): #").strip() or "here"
        name = read_cmd.spelled(board)
        self._talk(f"#{name}", {"board": name})

    def _talk(self, name: str, which: dict[str, str]) -> None:
        """A conversation: its newest messages, then what one types is sent."""
        self._console.say("", name, TALK_HELP)
        first = self._page(which, 0)
        self._open = which
        draft = ""
        try:
            while (line := self._console.ask(f"{show.fit(name, 20)}> ", draft).strip()) or draft:
                draft = ""
                if line == "0":
                    # As everywhere in the menus. Who means the number writes it with a full stop.
                    break
                if line == "/older":
                    first = self._page(which, first) or first
                elif line.startswith("/") and not line.startswith("//"):
                    self._verb(line[1:])
                else:
                    draft = self._say(which, line.removeprefix("/") if line.startswith("//") else line)
        finally:
            self._open = {}

    def _page(self, which: dict[str, str], before: int) -> int:
        """Show the page of messages before this one; the number of its first, 0 if there is none."""
        limit = max(3, self._console.rows // 3) if self._console.rows else PAGE
        messages = self._ask("read", **which, limit=limit, before=before)
        if not messages:
            self._console.say("Nothing older." if before else "Nothing here yet.")
            return 0
        self._console.say(*(read_cmd.entry(message) for message in messages))
        if not before:
            self._ask("seen", **which, id=messages[-1]["id"])
        return int(messages[0]["id"])

    def _say(self, which: dict[str, str], text: str) -> str:
        """Send a text; what could not be sent, to be tried again."""
        verb = "say" if "room" in which else "send" if "who" in which else "post"
        try:
            message = self._ask(verb, **which, text=text)
        except NodeUnreachable as error:
            said = f"{error} Your text was perhaps not saved; Enter sends it again."
            self._console.say(*show.wrapped(said, ""))
            return text
        except UserError as error:
            self._console.say(*show.wrapped(str(error), ""))
            return text
        self._console.say(
            f"  Saved as number {message['id']}.{' ' + message['note'] if message['note'] else ''}"
        )
        self._ask("seen", **which, id=message["id"])
        return ""

    def _people(self) -> None:
        self._loop("People, neighbours first", self._person_items, "Nobody was heard yet.")

    def _person_items(self) -> list[Item]:
        room = words.width() - 3
        others = [person for person in self._ask("people") if person["level"] != "self"]
        return [(words.person_line(person, room), self._person, person["key"]) for person in others]

    def _person(self, key: str) -> None:
        self._loop("", lambda: self._about(key))

    def _about(self, key: str) -> list[Item]:
        """What can be done about one person; his line stands above it."""
        person = self._ask("person", who=key)
        self._console.say("", words.person_line(person, words.width()), f"  key {key[:16]}...")
        name = words.chat_name({**person, "board": "", "room": "", "peer": key})
        return [
            ("Write privately", self._talk, name, {"who": key}),
            ("Give a name of your own", self._name, key),
            ("Introduce to somebody", self._introduce, key),
            *((label, self._verb, f"{verb} {key}") for label, verb in _relations(person["relation"])),
        ]

    def _name(self, key: str) -> None:
        name = self._console.ask("Your name for this person (empty: none): ").strip()
        person = self._ask("name", who=key, petname=name)
        self._console.say(f"Called {show.called(person)} from now on.")

    def _introduce(self, key: str) -> None:
        to = self._console.ask("Tell whom (your name for him, or the first digits of his key)? ").strip()
        if to:
            self._ask("introduce", who=key, to=to)
            self._console.say("Saved; it goes out as a private message.")

    def _type_on(self, question: str, command: str) -> None:
        """Run a command on what is typed; nothing if that is nothing."""
        if typed := self._console.ask(question).strip():
            self._verb(command.format(show.quoted(typed)))

    def _file_items(self) -> list[Item]:
        room = words.width() - 3
        files = [(words.file_line(file, room), self._file, file["id"]) for file in self._ask("files")]
        return [("Share one", self._share), *reversed(files)]

    def _share(self) -> None:
        """Its cost first, then with whom, then whether: only y shares it."""
        from handheld.cli import file_words

        if not (typed := self._console.ask("File: ").strip()):
            return
        path = os.path.abspath(os.path.expanduser(typed))  # noqa: PTH100, PTH111 - pathlib starts slowly
        cost = self._ask("file_cost", path=path)
        self._console.say(*show.wrapped(file_words.cost(cost), ""))
        to = self._console.ask("With #board, &room, or a name (Enter: nobody): ").strip()
        if to and self._console.ask(f"Share it with {to}? [y/N] ").strip().lower() in ("y", "yes"):
            where = {"#": {"board": to}, "&": {"room": to[1:]}}.get(to[0], {"who": to})
            file = self._ask("share", path=path, yes=cost["slow"], **where)
            self._console.say(f"Saved, for {file_words.readers(file)}.")
        else:
            self._console.say("Nothing was shared.")

    def _file(self, number: str) -> None:
        self._loop("", lambda: self._about_file(number))

    def _about_file(self, number: str) -> list[Item]:
        """What can be done about one file, while it is known."""
        found = [file for file in self._ask("files") if file["id"] == number]
        self._console.say("", *(words.file_line(file, words.width()) for file in found))
        items: list[Item] = [
            ("Look at it", self._verb, f"get {number} --show"),
            ("Fetch it, or go on", self._verb, f"resume {number}"),
            ("Keep it in a folder", self._type_on, "Folder: ", f"get {number} --save {{}}"),
            ("Who near has it", self._verb, f"files --who {number}"),
            ("Pause", self._verb, f"pause {number}"),
            ("Forget it", self._verb, f"forget {number}"),
        ]
        return items if found else []

    def _own_items(self) -> list[Item]:
        return [
            ("Change what has not gone out", self._edit),
            ("Delete a post", self._type_on, "Its number: ", "delete {}"),
        ]

    def _edit(self) -> None:
        if number := self._console.ask("Its number: ").strip():
            text = self._console.ask("What it says from now on: ").strip()
            if text:
                self._verb(f"edit {show.quoted(number)} {show.quoted(text)}")

    def _alerts(self) -> None:
        self._verb("alert --list")
        self._menu(
            ["Alerts"],
            [
                ("Call for help", self._type_on, "What happened: ", "alert {}"),
                ("Tell that you saw one", self._type_on, "Its number: ", "alert --seen {}"),
                ("Put one away", self._type_on, "Its number: ", "alert --dismiss {}"),
                ("Yours is over", self._verb, "alert --over"),
            ],
        )

    def _meet(self) -> None:
        self._console.say(
            "Stand together. Agree on a number of two digits; each types it, and how many you are."
        )
        number = self._console.ask("Number, 00 to 99: ").strip()
        people = self._console.ask("How many are you (2 to 10)? ").strip() if number else ""
        if number and people:
            self._verb(f"meet {show.quoted(number)} {show.quoted(people)}")

    def _heard(self, event: str, value: Any) -> None:
        """Called by the thread that listens."""
        line = ""
        if event == "message" and not value["message"]["own"]:
            message = value["message"]
            line = read_cmd.entry(message, time.time()) if self._is_open(message) else words.arrival(message)
        elif event == "state":
            line = words.progress(value)
        elif event == "person" and value["fresh"]:
            line = words.near(value["person"])
        if line:
            self._console.tell(line)

    def _is_open(self, message: dict[str, Any]) -> bool:
        place = {"board": message["board"], "who": message["peer"], "room": message["room"]}
        return bool(self._open) and self._open == {name: value for name, value in place.items() if value}


_RELATIONS = {
    "followed": ("Follow", "follow", "Follow no more", "unfollow"),
    "muted": ("Mute", "mute", "Mute no more", "unmute"),
    "blocked": ("Block", "block", "Block no more", "unblock"),
}
"""How a relation begins and how it ends: lines of the menu, and verbs."""


def _relations(relation: str) -> list[tuple[str, str]]:
    """What can be begun or ended with somebody, who stands so to the owner."""
    held = relation.split(", ")
    return [_RELATIONS[word][2:] if word in held else _RELATIONS[word][:2] for word in _RELATIONS]


def _which(chat: dict[str, Any]) -> dict[str, str]:
    """The arguments of `read` for a chat."""
    if chat["board"]:
        return {"board": chat["board"]}
    return {"room": chat["room"]} if chat["room"] else {"who": chat["peer"]}
