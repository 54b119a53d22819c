"""Commands, replies and events as JSON values, and back: read off the type hints of their dataclasses.

Strict: an unknown verb, an unknown or missing field, a wrong type or a number out of range is Refused with
a sentence that names it. A new command or event is a new dataclass and nothing here.
"""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Union, cast, get_args, get_origin, get_type_hints

from handheld import commands, events
from handheld.api import line
from handheld.commands import NUMBER_MAX, Between, Command
from handheld.errors import LocalError, Refused, UserError

REPLIES: dict[type[Command], Any] = {
    commands.Status: events.NodeStatus,
    commands.People: list[events.Person],
    commands.Radio: events.RadioInfo,
    commands.RadioSet: events.RadioInfo,
    commands.RadioLog: list[events.RadioEntry],
    commands.RadioType: None,
    commands.RadioTest: None,
    commands.RadioService: None,
    commands.Post: events.Message,
    commands.Delete: None,
    commands.Edit: events.Message,
    commands.Search: list[events.Message],
    commands.Boards: list[events.Board],
    commands.CallHelp: events.Message,
    commands.SawAlert: events.Message,
    commands.DismissAlert: None,
    commands.AlertOver: events.Message,
    commands.Alerts: list[events.Alert],
    commands.Send: events.Message,
    commands.Say: events.Message,
    commands.Rooms: list[events.Room],
    commands.NewRoom: events.RoomCard,
    commands.JoinRoom: events.RoomCard,
    commands.Invite: events.Room,
    commands.Remove: events.Room,
    commands.LeaveRoom: None,
    commands.ShowRoomCard: events.RoomCard,
    commands.Share: events.FileInfo,
    commands.AskCost: events.FileCost,
    commands.Files: list[events.FileInfo],
    commands.GetFile: events.FileInfo,
    commands.PauseFile: events.FileInfo,
    commands.PinFile: events.FileInfo,
    commands.WhoHas: events.FileInfo,
    commands.ForgetFile: None,
    commands.ReadFile: events.FilePart,
    commands.Name: events.Person,
    commands.Meet: events.Meeting,
    commands.Compare: events.Meeting,
    commands.ShowMeeting: events.Meeting,
    commands.ShowCard: events.Card,
    commands.TakeCard: events.Person,
    commands.Unmeet: events.Person,
    commands.Introduce: events.Message,
    commands.Records: events.RecordPage,
    commands.TakeRecords: events.RecordsTaken,
    commands.Relate: events.Person,
    commands.FollowBoard: None,
    commands.Publish: events.PublishedList,
    commands.Prekeys: events.Keys,
    commands.FindPerson: events.Person,
    commands.Read: list[events.Message],
    commands.Chats: list[events.Chat],
    commands.Seen: None,
    commands.Unlock: None,
    commands.Older: None,
    commands.Lock: None,
    commands.Wipe: None,
    commands.Settings: list[events.Setting],
    commands.ChangeSetting: events.Setting,
    commands.Watch: None,
}
"""What each command is answered by."""

_Reader = Callable[[object, str], object]
"""(JSON value, its name in a sentence) -> value of the hinted type, or Refused."""

_VERBS = {kind: name for name, kind in commands.COMMANDS.items()}
_EVENT_NAMES = {kind: name for name, kind in events.EVENTS.items()}
_REQUEST_KEYS = {"id", "do", "with"}


def pack_request(number: int, command: Command) -> bytes:
    """The line that asks for a command."""
    return line.pack({"id": number, "do": _VERBS[type(command)], "with": plain(command)})


def read_number(content: dict[str, Any]) -> int:
    """The id of a request, to be repeated in its reply. Refused if there is none."""
    number = content.get("id")
    if type(number) is not int or not 0 <= number <= NUMBER_MAX:
        raise Refused('A request needs an "id": a whole number, repeated in its reply.')
    return number


def read_command(content: dict[str, Any]) -> Command:
    """What a request asks for. Refused, with a sentence that names what is wrong."""
    if unknown := sorted(content.keys() - _REQUEST_KEYS):
        raise Refused(f"A request has no field {_quoted(unknown[0])}.")
    kind = commands.COMMANDS.get(_text(content.get("do"), '"do"'))
    if kind is None:
        raise Refused(f'There is no such command; "do" is one of {", ".join(commands.COMMANDS)}.')
    return cast("Command", _reader(kind)(content.get("with", {}), '"with"'))


def pack_reply(number: int, value: object) -> list[bytes]:
    """The lines that answer a request; a list that is too long for one line goes in parts."""
    return _pack_parts(number, "ok", plain(value))


def _pack_parts(number: int, key: str, value: object) -> list[bytes]:
    packed = line.pack({"id": number, key: value})
    if len(packed) <= line.LINE_MAX:
        return [packed]
    if not isinstance(value, list) or len(value) < 2:
        raise LocalError(f"a reply of {len(packed)} bytes that cannot be cut")
    middle = len(value) // 2
    return _pack_parts(number, "part", value[:middle]) + _pack_parts(number, key, value[middle:])


def read_reply(command: Command, value: object) -> Any:
    """The answer to `command` from its JSON value. Refused if it is not what REPLIES says."""
    return _reader(REPLIES[type(command)])(value, "The reply")


def pack_error(number: int | None, error: UserError) -> bytes:
    """The line that says why a request was not carried out."""
    return line.pack({"id": number, "error": {"code": error.exit_code, "say": str(error)}})


def pack_event(event: events.Event) -> bytes:
    """The line that tells an event."""
    return line.pack({"event": _EVENT_NAMES[type(event)], "with": plain(event)})


def read_event(name: object, value: object) -> events.Event:
    """The event from its name and JSON value. Refused if there is no such event."""
    kind = events.EVENTS.get(_text(name, '"event"'))
    if kind is None:
        raise Refused("There is no such event.")
    return cast("events.Event", _reader(kind)(value, '"with"'))


def plain(value: object) -> object:
    """A value as JSON knows it: dataclasses become objects, at any depth."""
    if is_dataclass(value):
        return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    return value


def _build_reader(hint: Any) -> _Reader:
    if hint in _SIMPLE:
        return _SIMPLE[hint]
    if is_dataclass(hint):
        return _object_reader(cast("type", hint))
    return _COMPOSED[get_origin(hint)](*get_args(hint))


_reader: Callable[[Any], _Reader] = cache(_build_reader)


def _object_reader(kind: type) -> _Reader:
    hints = get_type_hints(kind, include_extras=True)
    readers = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    required = [
        field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING
    ]

    def read(value: object, name: str) -> object:
        content = _mapping(value, name)
        for key in content:
            if key not in readers:
                raise Refused(f"{name} has no field {_quoted(key)}.")
        for key in required:
            if key not in content:
                raise Refused(f'{name} lacks "{key}".')
        return kind(**{key: readers[key](item, f'"{key}"') for key, item in content.items()})

    return read


def _list_reader(item_hint: Any) -> _Reader:
    item_reader = _reader(item_hint)

    def read(value: object, name: str) -> object:
        if not isinstance(value, list):
            raise Refused(f"{name} has to be a list.")
        return [item_reader(item, name) for item in value]

    return read


def _mapping_reader(_: Any, item_hint: Any) -> _Reader:
    item_reader = _reader(item_hint)

    def read(value: object, name: str) -> object:
        return {_text(key, name): item_reader(item, name) for key, item in _mapping(value, name).items()}

    return read


def _optional_reader(*hints: Any) -> _Reader:
    (wanted,) = (hint for hint in hints if hint is not NoneType)
    present = _reader(wanted)
    return lambda value, name: None if value is None else present(value, name)


def _bounded_reader(hint: Any, bounds: Between) -> _Reader:
    number_reader = _reader(hint)

    def read(value: object, name: str) -> object:
        number = cast("int", number_reader(value, name))
        if not bounds.low <= number <= bounds.high:
            raise Refused(f"{name} has to be from {bounds.low} to {bounds.high}.")
        return number

    return read


def _mapping(value: object, name: str) -> dict[str, object]:
    if not isinstance(value, dict):
        raise Refused(f"{name} has to be an object.")
    return value


def _text(value: object, name: str) -> str:
    if not isinstance(value, str):
        raise Refused(f"{name} has to be text.")
    try:
        value.encode()
    except UnicodeEncodeError:
        # JSON can spell half a surrogate pair; nothing behind the door could save or send it.
        raise Refused(f"{name} has to be text in Unicode.") from None
    return value


def _whole(value: object, name: str) -> int:
    # True is an int to Python, not to anybody else.
    if type(value) is not int or abs(value) > NUMBER_MAX:
        raise Refused(f"{name} has to be a whole number.")
    return value


def _flag(value: object, name: str) -> bool:
    if not isinstance(value, bool):
        raise Refused(f"{name} has to be true or false.")
    return value


def _nothing(value: object, name: str) -> None:
    if value is not None:
        raise Refused(f"{name} has to be null.")


def _quoted(key: object) -> str:
    return f'"{key}"' if isinstance(key, str) and key.isidentifier() and len(key) <= 40 else "of that name"


_SIMPLE: dict[Any, _Reader] = {str: _text, int: _whole, bool: _flag, NoneType: _nothing, None: _nothing}
_COMPOSED: dict[Any, Callable[..., _Reader]] = {
    list: _list_reader,
    dict: _mapping_reader,
    Union: _optional_reader,
    UnionType: _optional_reader,
    Annotated: _bounded_reader,
}
