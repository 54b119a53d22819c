"""`pocketmesh introduce`: tell one contact who another is."""

from __future__ import annotations

from handheld.cli import attach, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Write to TO, sealed, whose key WHO's is and what you call him. If TO has met you or given you a name, WHO
appears there as ~ introduced, by you, and can be written to. WHO learns nothing of it; introduce the
other way round, too, if both want to write. Both are your own names or first digits of keys, as in send."""
EXAMPLES = """\
pocketmesh introduce cem bo
pocketmesh introduce cem olive-tiger"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `introduce`."""
    parser.add_argument("who", metavar="WHO", help="somebody whom you gave a name")
    parser.add_argument("to", metavar="TO", help="who is to know him")
    parser.add_argument("--json", action="store_true", help="the saved message as one JSON object")


def run(args: Namespace) -> int:
    """Hand it to the node and print what it became."""
    message = attach.ask(args, "introduce", who=args.who, to=args.to)
    if args.json:
        show.as_json(message)
        return 0
    show.out(f"Saved as number {message['id']}, for {show.reader(message)} alone.")
    if message["note"]:
        show.out(message["note"])
    return 0
