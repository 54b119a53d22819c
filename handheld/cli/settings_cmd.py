"""`pocketmesh settings`: what the owner chose, and to change it."""

from __future__ import annotations

from handheld.cli import attach, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

DESCRIPTION = """\
Show the settings of this data folder, or change one. They are kept in its config.toml, whose comments stay.
Most are in force at once: the node opens anew, which takes a second. Where a passphrase is set, that waits
for its next start, and so does the radio's port. In place of a value "" takes a text away."""
EXAMPLES = """\
pocketmesh settings
pocketmesh settings name Ada
pocketmesh settings quiet_hours 22:00-07:00
pocketmesh settings notify /usr/local/bin/buzz
pocketmesh settings --json"""


def configure(parser: ArgumentParser) -> None:
    """The arguments of `settings`."""
    parser.add_argument("setting", metavar="SETTING", nargs="?", help="which one")
    parser.add_argument("value", metavar="VALUE", nargs="?", help="what it is to be from now on")
    parser.add_argument("--json", action="store_true", help="the settings as a JSON list, or the one changed")


def run(args: Namespace) -> int:
    """Ask the node, and print."""
    if args.value is not None:
        made = attach.ask(args, "set", name=args.setting, value=args.value)
        if args.json:
            show.as_json(made)
        else:
            when = "from now on" if made["applied"] == "now" else "from the next start on"
            show.out(f"{made['name']} is {made['value'] or 'empty'} {when}.")
        return 0
    held = [one for one in attach.ask(args, "settings") if args.setting in {None, one["name"]}]
    if args.json:
        show.as_json(held)
    else:
        show.out(show.table([(one["name"], one["value"] or "-", one["meaning"]) for one in held], flexible=2))
    return 0
