"""How a small verb gets at its node: the folder from the arguments, a child node if none runs."""

from __future__ import annotations

from handheld.api import address, thin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Namespace
    from typing import Any


def connect(args: Namespace) -> thin.Connection:
    """A connection to the node of the chosen folder, started if need be."""
    return thin.ensure_node(*address.chosen_folder(args.data))


def ask(args: Namespace, verb: str, **arguments: object) -> Any:
    """One answer of that node, as JSON has it."""
    with connect(args) as connection:
        return connection.ask(verb, arguments)
