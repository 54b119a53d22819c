"""follow, mute, block, publish and their opposites on the command line, over a real door."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from handheld.api import codec
from handheld.cli import people_cmd, publish_cmd, read_cmd, show
from handheld.commands import FollowBoard, Publish, Relate
from tests.support.cli import run
from tests.support.door import BOB, CAI, DoorThread, SmallNode, message


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallNode:
    monkeypatch.setenv("POCKETMESH_HOME", str(tmp_path))
    return SmallNode(people=[replace(BOB, petname="Bob", named=True), CAI])


@pytest.mark.parametrize(
    ("verb", "relation", "on", "say"),
    [
        ("follow", "followed", True, "is followed from now on: kept first, carried first."),
        ("unfollow", "followed", False, "is not followed any more."),
        ("mute", "muted", True, "is muted: kept, without a notice. To hear him again: pocketmesh unmute Bob"),
        ("unmute", "muted", False, "is not muted any more."),
        (
            "block",
            "blocked",
            True,
            "is blocked: nothing of him is shown or carried. Take it back: pocketmesh unblock Bob",
        ),
        ("unblock", "blocked", False, "is not blocked any more."),
    ],
)
def test_each_verb_says_what_it_did(
    door: DoorThread, node: SmallNode, verb: str, relation: str, on: bool, say: str
) -> None:
    assert run(verb, "Bob") == (0, f"Bob {say}\n", "")
    assert node.asked == [Relate("Bob", relation, on)]
    assert json.loads(run(verb, "Bob", "--json").out) == codec.plain(node.people[0])


_NOBODY = (
    'pocketmesh: You have no name nobody for anybody. If you mean the board: pocketmesh follow "#nobody"\n'
)


def test_what_the_node_refuses_is_said(door: DoorThread) -> None:
    assert run("follow", "nobody") == (3, "", _NOBODY)


def test_a_board_is_followed_and_hidden(door: DoorThread, node: SmallNode) -> None:
    assert run("follow", "#Market") == (0, "#market is followed from now on.\n", "")
    assert node.asked == [FollowBoard("#Market")]
    node.boards = ["market"]
    assert json.loads(run("unfollow", "#market", "--json").out) == {"board": "market", "followed": False}
    node.boards = ["market"]
    hidden = "#market is hidden from now on; it is carried for others all the same.\n"
    assert run("unfollow", "#market").out == hidden


@pytest.mark.parametrize(("verb", "on"), [("block", True), ("unblock", False)])
def test_a_friends_blocks_are_obeyed_or_not(door: DoorThread, node: SmallNode, verb: str, on: bool) -> None:
    assert run(verb, "--list-from", "Bob").code == 0
    assert node.asked == [Relate("Bob", "obeyed", on)]
    for wrong in ((), ("Bob", "--list-from", "Bob")):
        assert run(verb, *wrong).code == 2


def test_lists_are_private_published_and_taken_back(door: DoorThread, node: SmallNode) -> None:
    private = "follows: private, 3 people.\nblocks: private, 3 people.\n"
    assert run("publish").out == private
    assert run("publish", "follows").out == "follows: public, 3 people.\n"
    assert json.loads(run("publish", "follows", "--no", "--json").out)[0]["published"] == 0
    assert node.asked[2:] == [Publish("follows", on=True), Publish("follows", on=False)]
    assert run("publish").out == private
    assert run("publish", "--no").code == 2
    assert run("publish", "friends").code == 2


def test_a_list_that_has_changed_since_is_pointed_out() -> None:
    told = {"list": "blocks", "people": 2, "published": 1, "current": False}
    assert publish_cmd.sentence(told) == (
        "blocks: public with 1 person, and 2 people now. Publish it anew: pocketmesh publish blocks"
    )


def test_people_are_listed_with_what_one_has_to_do_with_them(door: DoorThread, node: SmallNode) -> None:
    run("follow", "Bob")
    assert run("people").out == (
        "   Name         Key       Hops  dBm  Heard\n"
        "=  Bob          b0b0b0b0     2  -71     4m  followed\n"
        "?  olive-tiger  cacacaca     -    -     2h\n"
    )
    assert "olive-tiger" not in run("people", "--near").out
    assert json.loads(run("people", "--near", "--json").out) == codec.plain(node.people[:1])
    node.people = [CAI]
    assert run("people", "--near").out == people_cmd.NOBODY_NEAR + "\n"


def test_forty_columns_are_enough_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    known = codec.plain(replace(BOB, petname="Bob", named=True, followed=True, relation="followed, muted"))
    monkeypatch.setattr(show, "columns", lambda: 40)

    assert people_cmd.listing([known]) == (  # type: ignore[list-item]
        "= Bob\n    b0b0b0b0  2 hops  -71 dBm  4m\n    followed, muted"
    )


def test_read_folds_the_muted_and_says_what_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    gap = codec.plain(message(9, "hello", seq=9, missing=[7, 8]))
    assert read_cmd.entry(gap).splitlines() == [  # type: ignore[arg-type]
        "-- 2 messages missing from this neighbour (7-8)",
        '= "Bob", 2 hops  #here 9',
        "  hello",
    ]
    one = codec.plain(message(9, "hello", seq=9, missing=[8, 8], muted=True))
    monkeypatch.setattr(show, "columns", lambda: 40)
    assert read_cmd.entry(one).splitlines() == [  # type: ignore[arg-type]
        "-- 1 message missing from this neighbour",
        "-- (8)",
        '= "Bob", 2 hops  #here 9',
        "  (muted)",
    ]
    private = codec.plain(message(9, "hello", board="", peer=BOB.key, muted=True))
    assert read_cmd.entry(private).endswith("\n  hello")  # type: ignore[arg-type]
