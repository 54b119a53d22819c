"""Commands, replies and events survive the way through JSON, and nothing else does."""

import json
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.api import codec, line
from handheld.commands import COMMANDS, NUMBER_MAX, READ_LIMIT, Between, Post, Read, Status
from handheld.errors import LocalError, Refused, UserError
from handheld.events import EVENTS, MessageKept
from tests.support.door import BOB, STATUS, message

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.integers(-NUMBER_MAX, NUMBER_MAX)


def values(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a hint that the dataclasses of commands and events use."""
    if is_dataclass(hint):
        hints = get_type_hints(hint, include_extras=True)
        return st.builds(hint, **{item.name: values(hints[item.name]) for item in fields(hint)})
    bounds = [each for each in getattr(hint, "__metadata__", ()) if isinstance(each, Between)]
    if bounds:
        return st.integers(bounds[0].low, bounds[0].high)
    if get_origin(hint) is list:
        return st.lists(values(get_args(hint)[0]), max_size=2)
    known = {
        str: TEXT,
        int: NUMBERS,
        bool: st.booleans(),
        int | None: NUMBERS | st.none(),
        bool | None: st.booleans() | st.none(),
        dict[str, int]: st.dictionaries(TEXT, NUMBERS, max_size=3),
    }
    return known[hint]


@pytest.mark.parametrize("kind", COMMANDS.values())
def test_a_command_comes_back(kind: Any) -> None:
    @settings(max_examples=20)
    @given(command=values(kind), number=st.integers(0, NUMBER_MAX))
    def check(command: Any, number: int) -> None:
        content = line.unpack(codec.pack_request(number, command))
        assert codec.read_number(content) == number
        assert codec.read_command(content) == command

    check()


@pytest.mark.parametrize("kind", EVENTS.values())
def test_an_event_comes_back(kind: Any) -> None:
    @settings(max_examples=20)
    @given(event=values(kind))
    def check(event: Any) -> None:
        content = line.unpack(codec.pack_event(event))
        assert codec.read_event(content["event"], content["with"]) == event

    check()


def test_every_command_has_its_reply() -> None:
    assert set(codec.REPLIES) == set(COMMANDS.values())


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        (Status(), STATUS),
        (Read(), [message(1), message(2)]),
        (COMMANDS["people"](), [BOB]),
        (COMMANDS["watch"](), None),
    ],
)
def test_a_reply_comes_back(command: Any, reply: Any) -> None:
    (packed,) = codec.pack_reply(7, reply)
    content = line.unpack(packed)
    assert content["id"] == 7
    assert codec.read_reply(command, content["ok"]) == reply


def test_a_long_list_goes_in_parts_that_join_in_order() -> None:
    posts = [message(number, "ü" * 160, name="n" * 24) for number in range(READ_LIMIT)]
    lines = codec.pack_reply(3, posts)
    assert len(lines) > 1
    assert max(map(len, lines)) <= line.LINE_MAX
    contents = [line.unpack(packed) for packed in lines]
    assert [set(content) - {"id"} for content in contents[:-1]] == [{"part"}] * (len(lines) - 1)
    joined = [item for content in contents for item in content.get("part", content.get("ok"))]
    assert codec.read_reply(Read(), joined) == posts


def test_what_cannot_be_cut_is_our_mistake() -> None:
    with pytest.raises(LocalError, match="cannot be cut"):
        codec.pack_reply(1, [message(1, "x" * line.LINE_MAX)])


def test_an_error_keeps_code_and_sentence() -> None:
    content = line.unpack(codec.pack_error(5, Refused("No.")))
    error = line.error_in(content)
    assert (type(error), str(error), content["id"]) == (Refused, "No.", 5)


@pytest.mark.parametrize("error", [None, [], {}, {"code": [1], "say": 3}, {"code": 999, "say": "Odd."}])
def test_an_error_line_from_elsewhere_is_still_an_error(error: Any) -> None:
    assert isinstance(line.error_in({"error": error}), UserError)


REFUSED = [
    ({"id": 1, "do": "dance"}, "no such command"),
    ({"id": 1}, '"do" has to be text'),
    ({"id": 1, "do": ["post"]}, '"do" has to be text'),
    ({"id": 1, "do": "post", "with": {"board": "here"}}, 'lacks "text"'),
    ({"id": 1, "do": "post", "with": {"board": "here", "text": 3}}, '"text" has to be text'),
    ({"id": 1, "do": "post", "with": {"board": "here", "text": "\ud800"}}, "Unicode"),
    ({"id": 1, "do": "post", "with": {"board": "here", "text": "a", "to": "b"}}, 'no field "to"'),
    (
        {"id": 1, "do": "post", "with": {"board": "here", "text": "a", "\x1b[2J": "b"}},
        "no field of that name",
    ),
    ({"id": 1, "do": "post", "with": [1]}, '"with" has to be an object'),
    ({"id": 1, "do": "status", "with": None}, '"with" has to be an object'),
    ({"id": 1, "do": "read", "with": {"limit": True}}, '"limit" has to be a whole number'),
    ({"id": 1, "do": "read", "with": {"limit": 2.0}}, '"limit" has to be a whole number'),
    ({"id": 1, "do": "read", "with": {"limit": "2"}}, '"limit" has to be a whole number'),
    ({"id": 1, "do": "read", "with": {"limit": 0}}, f'"limit" has to be from 1 to {READ_LIMIT}'),
    ({"id": 1, "do": "read", "with": {"limit": READ_LIMIT + 1}}, f'"limit" has to be from 1 to {READ_LIMIT}'),
    ({"id": 1, "do": "read", "with": {"before": -1}}, '"before" has to be from 0'),
    ({"id": 1, "do": "read", "with": {"before": NUMBER_MAX + 1}}, '"before" has to be a whole number'),
    ({"id": 1, "do": "status", "please": 1}, 'no field "please"'),
]


@pytest.mark.parametrize(("content", "sentence"), REFUSED)
def test_what_does_not_fit_is_refused_by_name(content: dict[str, Any], sentence: str) -> None:
    with pytest.raises(Refused) as refused:
        codec.read_command(content)
    assert sentence in str(refused.value)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("number", [None, True, -1, 1.5, "1", NUMBER_MAX + 1, []])
def test_a_request_needs_a_usable_number(number: Any) -> None:
    with pytest.raises(Refused, match='needs an "id"'):
        codec.read_number({"id": number})


EVENT = codec.plain(MessageKept(message()))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("party", EVENT, "no such event"),
        (None, EVENT, "has to be text"),
        ("message", {"message": {}}, 'lacks "id"'),
        ("message", {"message": [1]}, '"message" has to be an object'),
        ("message", {**EVENT, "more": 1}, 'no field "more"'),  # type: ignore[dict-item]
        ("person", {"person": codec.plain(BOB), "fresh": 1}, '"fresh" has to be true or false'),
        ("radio", {"radio": {"state": "up", "counters": {"a": "b"}}}, '"counters" has to be a whole number'),
        ("radio", {"radio": {"state": "up", "counters": []}}, '"counters" has to be an object'),
    ],
)
def test_an_event_that_does_not_fit_is_refused(name: Any, value: Any, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        codec.read_event(name, value)


@pytest.mark.parametrize("value", [1, {}, [1], [{}]])
def test_a_reply_of_another_shape_is_refused(value: Any) -> None:
    with pytest.raises(Refused):
        codec.read_reply(Read(), value)
    with pytest.raises(Refused):
        codec.read_reply(COMMANDS["watch"](), value)


BAD_LINES = [
    b"",
    b"hello\n",
    b"\xff\xfe{}\n",
    b'{"v":1,"id":NaN}\n',
    b'{"v":1,"id":-Infinity}\n',
    b'{"v":1,"id":' + b"9" * 5000 + b"}\n",
    b"[" * 10_000,
    b'{"a":' * 10_000,
    b"[1]\n",
    b"3\n",
]


@pytest.mark.parametrize("bad", BAD_LINES, ids=lambda bad: bad[:12].decode("latin-1"))
def test_a_line_that_is_no_object_is_refused(bad: bytes) -> None:
    with pytest.raises(Refused):
        line.unpack(bad)


@pytest.mark.parametrize("version", [None, True, 2, 0, "1", [], 10**30, -1])
def test_another_version_is_refused_with_a_sentence(version: Any) -> None:
    with pytest.raises(Refused, match="speaks version 1 of the door's language, the other") as refused:
        line.unpack(json.dumps({"v": version, "id": 1}).encode())
    assert len(str(refused.value)) < 200


def test_half_a_character_becomes_a_question_mark_on_the_way_out() -> None:
    (packed,) = codec.pack_reply(1, message(1, "caf\udce9"))
    assert line.unpack(packed)["ok"]["text"] == "caf?"


ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
FIELDS = st.sampled_from(sorted({item.name for kind in COMMANDS.values() for item in fields(kind)}))
REQUESTS = st.fixed_dictionaries(
    {"do": st.sampled_from(sorted(COMMANDS)) | ANYTHING},
    optional={"id": ANYTHING, "with": st.dictionaries(FIELDS | TEXT, ANYTHING, max_size=4) | ANYTHING},
)


@given(st.binary(max_size=200) | REQUESTS.map(line.pack))
@settings(max_examples=300)
def test_whatever_comes_is_a_command_or_refused(data: bytes) -> None:
    try:
        content = line.unpack(data)
        number = codec.read_number(content)
        command = codec.read_command(content)
    except Refused:
        return
    again = line.unpack(codec.pack_request(number, command))
    assert (codec.read_number(again), codec.read_command(again)) == (number, command)


def test_posts_are_not_confused_with_their_fields() -> None:
    # A text that looks like a line stays a text.
    tricky = Post("here", '"}\n{"v":1,"id":9,"do":"post"}')
    packed = codec.pack_request(1, tricky)
    assert packed.count(b"\n") == 1
    assert codec.read_command(line.unpack(packed)) == tricky
