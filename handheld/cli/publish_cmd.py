"""`pocketmesh publish`: tell everybody whom you follow or block; or how that stands."""

from __future__ import annotations

from handheld.cli import attach, show
from handheld.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

LISTS = ("follows", "blocks")

DESCRIPTION = """\
Publish whom you follow, or whom you block: signed, for everybody to read. Friends then carry first whom you
follow, and may block whom you block. Nothing of it is known before. A list is as it was when you published
it, and fades like a post after seven days: publish it again when it changes, or take it back with --no,
though who has read it knows it. Without a list, say how both stand."""
EXAMPLES = """\
pocketmesh publish
pocketmesh publish follows
pocketmesh publish blocks --no"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `publish`."""
    parser.add_argument("list", metavar="LIST", nargs="?", choices=LISTS, help="follows or blocks")
    parser.add_argument("--no", action="store_true", help="take it back")
    parser.add_argument("--json", action="store_true", help="a JSON list of PublishedList")


def run(args: Namespace) -> int:
    """Hand it to the node and print how the lists stand."""
    if args.no and not args.list:
        raise UsageError("Say which list to take back: follows or blocks.")
    on = None if not args.list else not args.no
    told = [attach.ask(args, "publish", list=name, on=on) for name in ([args.list] if args.list else LISTS)]
    if args.json:
        show.as_json(told)
    else:
        show.out("\n".join(sentence(one) for one in told))
    return 0


def sentence(told: dict[str, Any]) -> str:
    """How a list stands."""
    name, people = told["list"], show.count(told["people"], "person", "people")
    if not told["published"]:
        if not told["people"]:
            return f"{name}: nobody is on it, so there is nothing to publish."
        return f"{name}: private, {people}."
    if told["current"]:
        return f"{name}: public, {people}."
    public = show.count(told["published"], "person", "people")
    return f"{name}: public with {public}, and {people} now. Publish it anew: pocketmesh publish {name}"
