"""`pocketmesh alert`: call for help, answer somebody who does, or say that it is over."""

from __future__ import annotations

from handheld.cli import attach, read_cmd, show
from handheld.cli.post_cmd import hours_of, text_of
from handheld.errors import Refused, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from typing import Any

DESCRIPTION = """\
Call for help: everybody in reach is alerted, before anything else goes on the air. It is repeated after a
minute, then more and more rarely up to every 15 minutes, until somebody you know says that he saw it, you
say that it is over, or it has lived for a day (--for). An alert is public, is signed with your key, and says
where you are if you tell the place: with --place, or by the program of the setting "place".

Somebody else's alert stays on the screen until you answer it (--seen): its author is told, and by whom. Or
put it away (--dismiss): nobody is told."""
EXAMPLES = """\
pocketmesh alert Two hurt at the old mill --place 48.2082,16.3738
pocketmesh alert --list
pocketmesh alert --seen 14 Coming, twenty minutes
pocketmesh alert --dismiss 15
pocketmesh alert --over They found us"""

SURE = "alert"


def configure(parser: ArgumentParser) -> None:
    """The arguments of `alert`."""
    parser.add_argument("text", metavar="TEXT", nargs="*", help="what has happened, what is needed")
    parser.add_argument("--place", metavar="LAT,LON", default="", help='degrees, or "none": do not tell')
    parser.add_argument("--for", dest="life", metavar="TIME", default="", help="gone after 1h to 7d (1d)")
    other = parser.add_mutually_exclusive_group()
    other.add_argument("--seen", type=int, metavar="NUMBER", help="tell its author that you saw this alert")
    other.add_argument("--dismiss", type=int, metavar="NUMBER", help="put this alert away; nobody is told")
    other.add_argument("--over", action="store_true", help="your own alert is over")
    other.add_argument("--list", action="store_true", help="alerts that live, and who saw them")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    parser.add_argument("--json", action="store_true", help="what was saved, or the list, as JSON")


def run(args: Namespace) -> int:
    """Do what was asked for and print what came of it."""
    if args.list:
        _list(args)
        return 0
    text = text_of(args.text) if args.text else ""
    if args.over:
        _done(args, attach.ask(args, "alert_over", text=text), "Everybody is told that it is over.")
    elif args.dismiss is not None:
        attach.ask(args, "alert_dismiss", id=args.dismiss)
        _done(args, {"id": args.dismiss}, "Put away. Nobody is told.")
    elif args.seen is not None:
        done = "Its author is told that you saw it."
        _done(args, attach.ask(args, "alert_seen", id=args.seen, text=text), done)
    else:
        _call(args, text)
    return 0


def _call(args: Namespace, text: str) -> None:
    if not text:
        raise UsageError("Say what has happened: pocketmesh alert TEXT. Or --list, --seen NUMBER, --over.")
    if not args.yes:
        _ask(f"This calls everybody in reach for help, publicly. Type {SURE} to send it: ")
    message = attach.ask(args, "alert", text=text, place=args.place, hours=hours_of(args.life))
    place = f"at {message['place']}" if message["place"] else "without a place"
    _done(
        args,
        message,
        f"Saved as number {message['id']}, {place}. It is repeated until somebody you know saw it.\n"
        "Who saw it: pocketmesh alert --list. When it is over: pocketmesh alert --over",
    )


def _done(args: Namespace, message: dict[str, Any], sentence: str) -> None:
    if args.json:
        show.as_json(message)
    else:
        show.out(sentence)


def _list(args: Namespace) -> None:
    alerts = attach.ask(args, "alerts")
    if args.json:
        show.as_json(alerts)
    elif not alerts:
        show.out("No alert lives here.")
    for alert in [] if args.json else alerts:
        show.out(f"{read_cmd.entry(alert['message'])}\n{read_cmd.TEXT_INDENT}{fate(alert)}")


def fate(alert: dict[str, Any]) -> str:
    """How an alert stands, in a sentence."""
    seen = ", ".join(show.called(person) for person in alert["seen_by"])
    if alert["over"]:
        return "It is over."
    if alert["message"]["own"]:
        again = "It is repeated." if alert["repeats"] else "It is not repeated any more."
        return f"Seen by {seen}. {again}" if seen else f"Nobody said that he saw it. {again}"
    if alert["answered"]:
        return "You said that you saw it."
    if alert["dismissed"]:
        return "You put it away."
    return f"Tell that you saw it: pocketmesh alert --seen {alert['message']['id']}"


def _ask(question: str) -> None:
    try:
        answer = input(question)
    except EOFError:
        raise UsageError(f"Nobody answered, and nothing was sent. Say --yes, or type {SURE}.") from None
    if answer.strip() != SURE:
        raise Refused("Nothing was sent.")
