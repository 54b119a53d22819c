"""From a verb to its module, which is loaded when it is asked for."""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


def load(verb: str) -> ModuleType:
    """The module of a verb: it has DESCRIPTION, EXAMPLES, `configure(parser)`, and `run(args)`.

    `run` gives the exit code.
    """
    return import_module(f"{__package__}.{verb.replace('-', '_')}_cmd")
