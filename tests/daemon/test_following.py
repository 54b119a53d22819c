"""Relations and lists in a real node on a real folder: they act at once and are there after a restart."""

from pathlib import Path

import pytest

from handheld.api.client import Client
from handheld.commands import Chats, FollowBoard, People, Post, Publish, Read, Relate, Send, Watch
from handheld.errors import Refused
from handheld.events import Chat, Person, PersonHeard, PublishedList
from handheld.node import standing
from handheld.store import ranks
from tests.daemon.test_node_process import door, node

BO, CEM = "b0" * 32, "ce" * 32


async def people(client: Client) -> dict[str, Person]:
    return {person.key: person for person in await client.ask(People())}


async def names(client: Client) -> list[str]:
    chats: list[Chat] = await client.ask(Chats())
    return [chat.board or chat.peer for chat in chats]


def test_store_and_node_mean_the_same_ranks() -> None:
    assert (ranks.REST, ranks.HIDDEN) == (standing.REST, standing.BLOCKED)


async def test_relations_act_at_once_and_are_there_after_a_restart(tmp_path: Path) -> None:
    with node(tmp_path):
        async with door(tmp_path) as client, door(tmp_path) as screen:
            await screen.ask(Watch())
            followed = await client.ask(Relate(BO, "followed"))
            assert (followed.followed, followed.relation) == (True, "followed")
            assert await anext(screen.events()) == PersonHeard(followed, fresh=False)
            await client.ask(Relate(BO, "muted"))
            await client.ask(Relate(CEM, "blocked"))
    with node(tmp_path):
        async with door(tmp_path) as client:
            held = await people(client)
            assert held[BO].relation == "followed, muted"
            assert held[CEM].blocked
            assert not (await client.ask(Relate(BO, "muted", on=False))).muted


async def test_to_block_hides_a_conversation_and_to_unblock_brings_it_back(tmp_path: Path) -> None:
    with node(tmp_path):
        async with door(tmp_path) as client:
            await client.ask(Send(BO, "hello"))
            assert await names(client) == [BO, "here"]
            await client.ask(Relate(BO, "blocked"))
            assert await names(client) == ["here"]
            assert await client.ask(Read(who=BO)) == []
            with pytest.raises(Refused, match="You blocked"):
                await client.ask(Send(BO, "again"))

            await client.ask(Relate(BO, "blocked", on=False))
            assert [one.text for one in await client.ask(Read(who=BO))] == ["hello"]


async def test_a_board_is_hidden_also_after_a_restart_until_it_is_written_on(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('boards = ["here", "market"]\n')
    with node(tmp_path):
        async with door(tmp_path) as client:
            await client.ask(Post("market", "apples"))
            await client.ask(FollowBoard("#market", on=False))
            assert await names(client) == ["here"]
    with node(tmp_path):
        async with door(tmp_path) as client:
            assert await names(client) == ["here"]
            assert await client.ask(Read()) == []
            await client.ask(Post("market", "pears"))
            assert [one.text for one in await client.ask(Read(board="market"))] == ["apples", "pears"]
            with pytest.raises(Refused, match="do not follow #elsewhere"):
                await client.ask(FollowBoard("elsewhere", on=False))


async def test_what_was_published_is_known_after_a_restart(tmp_path: Path) -> None:
    with node(tmp_path):
        async with door(tmp_path) as client:
            await client.ask(Relate(BO, "followed"))
            told = PublishedList("follows", 1, 1, current=True)
            assert await client.ask(Publish("follows", on=True)) == told
    with node(tmp_path):
        async with door(tmp_path) as client:
            assert await client.ask(Publish("follows")) == told
            assert await client.ask(Publish("blocks")) == PublishedList("blocks", 0, 0, current=True)
            assert await names(client) == ["here"]
            await client.ask(Publish("follows", on=False))
            assert await client.ask(Publish("follows")) == PublishedList("follows", 1, 0, current=False)
