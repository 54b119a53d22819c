"""What `follow`, `mute`, `block` and their opposites have in common."""

from __future__ import annotations

from handheld.cli import attach, show
from handheld.errors import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

WHO = "your own name for him, his two words, or the first digits of his key"


def configure(parser: ArgumentParser, metavar: str = "WHO", meaning: str = WHO) -> None:
    """One person, or a board where the verb knows boards."""
    parser.add_argument("who", metavar=metavar, help=meaning)
    parser.add_argument("--json", action="store_true", help="the person as one JSON object")


def relate(args: Namespace, who: str, relation: str, say: str, *, on: bool, blocked: str = "") -> int:
    """Begin or end a relation to somebody, and `say` so, with his name before it.

    `blocked`: what to say instead of somebody who is blocked.
    """
    try:
        person = attach.ask(args, "relate", who=who, relation=relation, on=on)
    except Refused as error:
        if relation == "followed" and not who.startswith("#"):
            verb = "follow" if on else "unfollow"
            raise Refused(f'{error} If you mean the board: pocketmesh {verb} "#{who}"') from None
        raise
    if blocked and person["relation"].startswith("blocked"):
        say = blocked
    if args.json:
        show.as_json(person)
    else:
        show.out(f"{show.called(person)} {say.format(who=show.quoted(who))}")
    return 0


def follow_board(args: Namespace, say: str, *, on: bool) -> int:
    """Follow the board that was named, or no more, and `say` so, with its name before it."""
    attach.ask(args, "board_follow", board=args.who, on=on)
    if args.json:
        show.as_json({"board": args.who.removeprefix("#").lower(), "followed": on})
    else:
        show.out(f"{args.who.lower()} {say}")
    return 0


def is_board(who: str) -> bool:
    """Whether a board is meant."""
    return who.startswith("#")
