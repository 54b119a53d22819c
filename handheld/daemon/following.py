"""Answers to the commands about whom the owner follows, mutes and blocks."""

from handheld.clock import Clock
from handheld.commands import FollowBoard, Publish, Relate
from handheld.daemon.acquaintance import Answers
from handheld.daemon.executor import Executor
from handheld.events import Person, PublishedList
from handheld.node.boards import board_name
from handheld.node.node import Node


def answers(node: Node, executor: Executor, clock: Clock) -> Answers:
    """What to do for each of these commands; all rows are on the disk when one is answered."""

    async def relate(command: Relate) -> Person:
        lists = await executor.lists(node.find(command.who))
        person, effects = node.following.relate(command, lists, clock.now())
        # What somebody blocked calls for is seen no more, at once.
        await executor.carry_out([*effects, *node.alarms.sweep(clock.now())])
        return person

    async def follow_board(command: FollowBoard) -> None:
        name = board_name(command.board)
        await executor.carry_out(node.follow(name) if command.on else node.following.unfollow(name))

    async def publish(command: Publish) -> PublishedList:
        told, effects = node.following.publish(command, await executor.lists(node.key), clock.wall())
        await executor.carry_out(effects)
        return told

    return {Relate: relate, FollowBoard: follow_board, Publish: publish}
