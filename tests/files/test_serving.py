"""What one holder sends: numbers go round, and a question for nothing is answered by nothing."""

from handheld.files.coding import NUMBER_MAX
from handheld.files.serving import COLLECT, Serving
from handheld.files.transfer import Sym
from tests.support.file_cell import FRAME_MS

SYMBOLS = 20


class Last:
    """Chance that always draws the greatest number."""

    def take(self, count: int) -> bytes:
        return b"\xff" * count

    def below(self, limit: int) -> int:
        return limit - 1


def sent(serving: Serving, until: int) -> list[Sym]:
    given = (serving.next(now) for now in range(0, until, FRAME_MS))
    return [Sym(*one, b"") for one in given if one is not None]


def test_numbers_of_repairs_go_round_above_the_files_own() -> None:
    serving = Serving(SYMBOLS, Last())
    serving.asked(3, (), FRAME_MS, 0)
    numbers = [one.number for one in sent(serving, 100 * FRAME_MS)]
    assert numbers[:2] == [NUMBER_MAX - 1, NUMBER_MAX]
    assert numbers[2:] == list(range(SYMBOLS, SYMBOLS + len(numbers) - 2))
    assert len(numbers) >= 3


def test_who_needs_nothing_gets_nothing() -> None:
    serving = Serving(SYMBOLS, Last())
    serving.asked(0, (), FRAME_MS, 0)
    assert serving.at is not None
    assert serving.at >= COLLECT * FRAME_MS
    assert sent(serving, 100 * FRAME_MS) == []
    assert serving.at is None
