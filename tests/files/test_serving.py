"""What one holder sends: numbers go round, and a question for nothing is answered by nothing."""

from handheld.files.coding import NUMBER_MAX
from handheld.files.serving import COLLECT, SPAN_MS, TIMES, Serving
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


def test_who_comes_late_costs_what_he_lacks_and_no_more() -> None:
    serving = Serving(SYMBOLS, Last())
    serving.begin(0)
    assert len(sent(serving, 100 * FRAME_MS)) == SYMBOLS
    serving.asked(SYMBOLS, (), FRAME_MS, 0)
    assert len(sent(serving, 200 * FRAME_MS)) == -(-SYMBOLS * 10 // 9)


def test_what_was_lost_is_told_from_who_was_not_there() -> None:
    serving = Serving(SYMBOLS, Last())
    serving.begin(0)
    assert len(sent(serving, 100 * FRAME_MS)) == SYMBOLS
    serving.asked(SYMBOLS // 2, (), FRAME_MS, 0)
    assert len(sent(serving, 200 * FRAME_MS)) == SYMBOLS


def test_many_wishes_make_a_holder_send_only_so_much() -> None:
    serving = Serving(SYMBOLS, Last())
    gone = 0
    for _ in range(50):
        serving.asked(SYMBOLS, (), FRAME_MS, 0)
        gone += len(sent(serving, 100 * FRAME_MS))
    assert gone == TIMES * SYMBOLS
    serving.asked(SYMBOLS, (), FRAME_MS, SPAN_MS)
    later = [serving.next(SPAN_MS + now) for now in range(0, 100 * FRAME_MS, FRAME_MS)]
    assert sum(one is not None for one in later) >= SYMBOLS
