"""What one holder sends: numbers go round, and a question for nothing is answered by nothing."""

from handheld.files.coding import NUMBER_MAX
from handheld.files.serving import COLLECT, SPAN_MS, STAND_BACK, TIMES, VAIN_MAX, Serving
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
    assert len(sent(serving, 200 * FRAME_MS)) == -(-SYMBOLS * 100 // (100 - 8))


def test_what_was_lost_is_told_from_who_was_not_there() -> None:
    serving = Serving(SYMBOLS, Last())
    serving.begin(0)
    assert len(sent(serving, 100 * FRAME_MS)) == SYMBOLS
    serving.asked(SYMBOLS // 2, (), FRAME_MS, 0)
    assert len(sent(serving, 200 * FRAME_MS)) == -(-SYMBOLS // 2 * 100 // (100 - 40))


def asked_for(need: int) -> Serving:
    """One that has sent its file once and is asked for so many more."""
    serving = Serving(SYMBOLS, Last())
    serving.begin(0)
    sent(serving, 100 * FRAME_MS)
    serving.asked(need, (), FRAME_MS, 0)
    return serving


def test_what_was_on_the_air_before_is_nobody_who_serves() -> None:
    serving = asked_for(10)
    for now in range(0, 10 * FRAME_MS, FRAME_MS):
        for number in (0, SYMBOLS - 1):
            serving.another(number, 255, FRAME_MS, now)
    assert serving.next(10 * FRAME_MS) is not None
    serving.another(60_000, 255, FRAME_MS, 10 * FRAME_MS)
    assert serving.next(11 * FRAME_MS) is None
    stood_back = serving.at
    for now in range(11 * FRAME_MS, 30 * FRAME_MS, FRAME_MS):
        serving.another(60_000, 255, FRAME_MS, now)
    assert serving.at == stood_back


def test_who_promises_is_waited_for_until_then_and_no_longer_than_he_goes_on() -> None:
    serving = asked_for(10)
    serving.another(60_000, 40, FRAME_MS, 0)
    back = STAND_BACK[1] * FRAME_MS
    assert serving.next(back - 2) is None
    assert serving.next(back) is not None, "he fell silent"

    serving = asked_for(10)
    for left in range(40, 0, -1):
        now = (40 - left) * FRAME_MS
        assert serving.next(now) is None
        serving.another(60_000 + left, left, FRAME_MS, now)
    assert serving.next(40 * FRAME_MS) is None, "he has done it"
    assert serving.at is None


def test_a_promise_lasts_no_longer_than_it_was_and_is_not_believed_again_and_again() -> None:
    serving, turn = asked_for(10), 300 * FRAME_MS
    ends = 255 * FRAME_MS
    for vain in range(VAIN_MAX):
        for number, now in enumerate(range(vain * turn, vain * turn + ends, FRAME_MS)):
            serving.another(30_000 + 1_000 * vain + number, 255, FRAME_MS, now)
            assert serving.next(now) is None
        assert serving.at == vain * turn + ends
        assert serving.next(vain * turn + ends) is None
        serving.asked(10, (), FRAME_MS, (vain + 1) * turn)
    begun = VAIN_MAX * turn
    later = []
    for number, now in enumerate(range(begun, begun + turn, FRAME_MS)):
        serving.another(40_000 + number, 255, FRAME_MS, now)
        later.append(serving.next(now))
    assert sum(one is not None for one in later) >= 10

    serving.asked(4, (), FRAME_MS, 2 * begun)
    serving.another(60_001, 255, FRAME_MS, 2 * begun)
    assert serving.next(2 * begun) is None, "believed again"


def test_a_promise_that_helped_is_none_in_vain() -> None:
    serving = asked_for(10)
    for need in (8, 6, 4, 2):
        serving.another(60_000 + need, 0, FRAME_MS, 0)
        assert serving.at == 0
        assert serving.next(0) is None
        serving.asked(need, (), FRAME_MS, 0)
    serving.another(60_000, 20, FRAME_MS, 0)
    assert serving.next(0) is None


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
