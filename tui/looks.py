"""How a span looks. Attributes first and the eight old colours at most: a console has no more.

Nothing is told by a look alone: each has a word or a sign beside it.
"""

from rich.style import Style

LOOKS: dict[str, Style] = {
    "": Style(),
    "strong": Style(bold=True),
    "quiet": Style(dim=True),
    "bar": Style(reverse=True),
    "bar strong": Style(reverse=True, bold=True),
    "chosen": Style(reverse=True),
    "good": Style(bold=True, color="green"),
    "alarm": Style(reverse=True, bold=True, color="red"),
    "bad": Style(bold=True, color="red"),
    "note": Style(bold=True, color="yellow"),
    "name": Style(bold=True, color="cyan"),
    "own": Style(bold=True, color="green"),
}
