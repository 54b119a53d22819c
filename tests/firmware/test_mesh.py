"""Many radios with the real packet rules: what must hold of all of them together."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.wire.air import collecting, decode_air, flood, way
from handheld.wire.constants import AirKind
from tests.support.radio_mesh import Mesh, both_ways, line

RADIOS = 8
LONG_MS = 6000
REPEATS = 2
"""Of an own frame; others' are repeated once, by way twice."""

PAIRS = st.sets(st.tuples(st.integers(0, RADIOS - 1), st.integers(0, RADIOS - 1)), max_size=20)
FRAMES = st.lists(
    st.tuples(st.integers(0, RADIOS - 1), st.sampled_from(["flood", "collect", "here", "way"])),
    min_size=1,
    max_size=6,
)


def made(how: str, number: int, names: bytes) -> bytes:
    body = b"the body of frame %d" % number
    if how == "way":
        return way(AirKind.PRIVATE, 9, names, 0, body * 4)
    if how == "flood":
        return flood(AirKind.POST, 8, body)
    if how == "here":
        return collecting(AirKind.HERE, 8, body[:8] + bytes([number, 0]))
    return collecting(AirKind.POST, 8, body)


@settings(max_examples=40)
@given(
    PAIRS, PAIRS, FRAMES, st.lists(st.integers(1, 4), min_size=RADIOS, max_size=RADIOS), st.integers(0, 60)
)
def test_a_frame_goes_on_once_but_for_counted_repeats_and_then_there_is_silence(
    pairs: set[tuple[int, int]],
    one_way: set[tuple[int, int]],
    frames: list[tuple[int, str]],
    names: list[int],
    loss: int,
) -> None:
    hears = both_ways(RADIOS, pairs)
    for a, b in one_way:
        if a != b:
            hears[a].add(b)
    mesh = Mesh(hears, loss=loss / 100, names=names)
    ways = bytes(names[:7])
    for number, (sender, how) in enumerate(frames):
        mesh.submit(sender, made(how, number, ways))
    mesh.run(LONG_MS)
    for number, (_, how) in enumerate(frames):
        counts = mesh.transmissions(decode_air(made(how, number, ways)).body)
        # By way it may be asked for once more, by whoever handed it on and was not heard doing so.
        most = 2 * (1 + REPEATS) if how == "way" else 1 + REPEATS
        # An own here is filled in by the radio, so its body is another one.
        assert not counts or max(counts.values()) <= most, (how, counts)
    assert all(radio.queued() == 0 for radio in mesh.radios)
    silent_from = len(mesh.sent)
    mesh.run(LONG_MS)
    loud = [decode_air(frame) for _, frame in mesh.sent[silent_from:]]
    # Only a radio's word about itself, which goes one hop.
    assert all(air.kind == AirKind.HERE and air.ttl == 1 for air in loud)


@given(
    st.lists(
        st.tuples(st.integers(1, 14), st.sampled_from([0, 1, 2]), st.binary(min_size=1, max_size=40)),
        max_size=60,
    )
)
@settings(max_examples=30)
def test_the_queue_is_bounded_whatever_comes(frames: list[tuple[int, int, bytes]]) -> None:
    mesh = Mesh(line(2), names=(1, 2))
    radio = mesh.radios[0]
    for kind, mode, body in frames:
        air = (
            flood(kind, 8, body)
            if mode == 0
            else collecting(kind, 8, body)
            if mode == 1
            else way(kind, 8, b"\1\2", 0, body)
        )
        mesh.submit(0, air)
        assert radio.queued() <= 16
    mesh.run(LONG_MS)
    assert radio.queued() == 0
    counters = radio.count
    assert counters[5] + counters[7] >= len(frames)  # all were sent, or dropped and counted


def shares(loss: float, how: str, count: int) -> list[float]:
    """Which share of one frame's copies each radio along a line of six gets, from the second on."""
    got = [0] * 6
    for seed in range(count):
        mesh = Mesh(line(6), seed=seed, loss=loss, names=range(1, 7))
        for number in range(18):  # so that each knows its neighbours
            mesh.submit(number % 6, made("here", number, b""))
            mesh.run(300)
        frame = made(how, 100, b"")
        mesh.submit(0, frame)
        mesh.run(LONG_MS)
        for number in mesh.got(decode_air(frame).body):
            got[number] += 1
    return [one / count for one in got[1:]]


def test_along_a_line_that_loses_a_third_repeats_carry_most_of_it() -> None:
    flooded = shares(0.3, "flood", 40)
    # Without repeats 0.7 of them would pass each hop: 0.17 all five.
    assert flooded[0] > 0.95
    assert flooded[-1] > 0.34
    assert sum(flooded) / 5 > 0.6
    # Of a post only its writer's radio repeats; the rest is for those who ask later.
    assert shares(0.3, "collect", 40)[0] > 0.95


def test_along_a_line_that_loses_nothing_all_of_it_arrives() -> None:
    assert shares(0.0, "flood", 3) == shares(0.0, "collect", 3) == [1.0] * 5


def test_without_loss_all_get_it_and_not_all_hand_it_on() -> None:
    chance = Random(7)
    places = [(chance.random(), chance.random()) for _ in range(25)]
    near = {
        (a, b)
        for a, (x, y) in enumerate(places)
        for b, (p, q) in enumerate(places)
        if a < b and (x - p) ** 2 + (y - q) ** 2 < 0.12
    }
    mesh = Mesh(both_ways(25, near))
    mesh.submit(0, collecting(AirKind.POST, 8, b"to all of you"))
    mesh.run(LONG_MS)
    assert mesh.got(b"to all of you") == set(range(1, 25))
    assert sum(mesh.transmissions(b"to all of you").values()) < 15
