"""The packet rules: the same cases under both interpreters, and what must hold whatever comes."""

import hashlib
import hmac
import importlib
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handheld.errors import WireError
from handheld.wire.air import decode_air
from tests.support.cpython_firmware import firmware, load
from tests.support.micropython import FIRMWARE, run
from tests.support.tree import ROOT

FOLDER = ROOT / "tests/support/relay"
NAMES = ("flood_cases", "collect_cases", "way_cases", "place_cases", "load_cases")
SOURCES = {name: (FOLDER / f"{name}.py").read_text(encoding="utf-8") for name in NAMES}
CASES = [
    (file, name) for file in SOURCES for name in re.findall(r"^def (\w+)\(\):$", SOURCES[file], re.MULTILINE)
]

with firmware("mac", "relay", folders=(FOLDER,)):
    kit = importlib.import_module("relay_kit")
    modules = {name: importlib.import_module(name) for name in SOURCES}
mac, paths, seen, slots, tables, verdicts = load("mac", "paths", "seen", "slots", "wire_tables", "verdicts")

PERIOD = 1 << 30
DIGESTS = [hashlib.sha256(bytes([number])).digest() for number in range(12)]


def test_there_are_cases():
    assert len(CASES) > 60


@pytest.mark.parametrize(("file", "name"), CASES)
def test_under_cpython(file, name):
    getattr(modules[file], name)()


@pytest.mark.parametrize("file", SOURCES)
def test_under_micropython(file):
    # In one process, and each from a clean start: none keeps anything.
    calls = "\n".join(f"print({name!r})\n{file}.{name}()\ngc.collect()" for one, name in CASES if one == file)
    outcome = run(f"import gc\nimport {file}\n{calls}\n", heap="2m", path=(FOLDER, *FIRMWARE))
    assert outcome.code == 0, outcome.text


@given(st.binary(min_size=1, max_size=1), st.binary(min_size=1, max_size=244), st.binary(max_size=64))
@settings(max_examples=50)
def test_id_and_mac_are_those_of_the_standard_library(first, body, key):
    for path in (b"", b"\1\5\0\0\0\0\0\0"):
        frame = bytearray(first + b"\x20" + bytes(4) + path + body[:236])
        hasher = mac.Hasher(key)
        hasher.load(frame, len(frame), 6 + len(path))
        hasher.stamp(frame)
        covered = first + body[:236]
        assert hasher.id() == hashlib.sha256(covered).digest()
        assert frame[2:6] == hmac.digest(key, covered + path + b"\x20", "sha256")[:4]
        assert hasher.holds(frame)


@given(st.binary(max_size=20), st.binary(max_size=250))
@settings(max_examples=400)
def test_what_is_a_frame_is_what_the_host_says(head, rest):
    frame = (b"\x48" + head + rest) if len(head) % 2 else head + rest
    try:
        wanted = len(frame) - len(decode_air(frame).body)
    except WireError:
        wanted = 0
    assert paths.header_size(frame, len(frame)) == wanted


PATHS = st.builds(
    lambda mode, cursor, names: bytes((0x48, mode << 6 | 0x20, 0, 0, 0, 0, cursor, *names)) + b"body",
    st.integers(1, 2),
    st.integers(0, 9),
    st.lists(st.sampled_from([0, 1, 255]), min_size=7, max_size=7),
)


@given(PATHS)
@settings(max_examples=200)
def test_what_is_a_path_is_what_the_host_says(frame):
    try:
        decode_air(frame)
        wanted = 14
    except WireError:
        wanted = 0
    assert paths.header_size(frame, len(frame)) == wanted


@given(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 3), st.integers(0, 200_000)), max_size=60))
@settings(max_examples=100)
def test_the_ring_remembers_as_a_dictionary_would(steps):
    """Eight places; ages in the ring are exact to 1,024 ms, so the model only knows what is sure."""
    ring = seen.Seen(8)
    now = PERIOD - 300_000
    heard: list[tuple[int, int, int]] = []
    for number, mode, passed in steps:
        now += passed
        ring.expire(now % PERIOD)
        entry = ring.find(DIGESTS[number], mode)
        born = [at for *pair, at in heard[-8:] if pair == [number, mode]]
        if born and now - born[-1] <= 599_000:
            assert entry >= 0
        if not born or now - born[-1] >= 602_000:
            assert entry == -1
        if entry < 0:
            entry = ring.add(now % PERIOD)
            assert ring.copies[entry] == 0
            heard.append((number, mode, now))
        ring.again(entry)
        assert ring.find(DIGESTS[number], mode) == entry


QUEUE_STEPS = st.lists(
    st.tuples(st.sampled_from(["put", "put", "put", "go"]), st.integers(0, 5), st.integers(0, 80)),
    max_size=120,
)


@given(QUEUE_STEPS, st.integers(0, PERIOD - 1))
@settings(max_examples=100)
def test_the_queue_never_loses_better_for_worse(steps, now):
    """Against a list: the best that is due goes first, the oldest of the least gives way."""
    queue = slots.Slots()
    waiting: list[tuple[int, int, int, int]] = []  # priority, number, due in true time, slot
    true_now = now
    for number, (what, priority, passed) in enumerate(steps):
        true_now += passed
        now = true_now % PERIOD
        if what == "put":
            slot = queue.room(priority)
            if len(waiting) == slots.SIZE:
                worst = max(one[0] for one in waiting)
                victim = next(one for one in waiting if one[0] == worst)
                assert slot == (-1 if worst < priority else victim[3])
                if slot >= 0:
                    waiting.remove(victim)
                    queue.clear(slot)
            assert slot < 0 or slot not in {one[3] for one in waiting}
            if slot >= 0:
                due = true_now + number % 50
                queue.fill(slot, priority, bytes([number]), 1, due % PERIOD, number, -1, 0)
                waiting.append((priority, number, due, slot))
        else:
            due_now = sorted(one for one in waiting if one[2] <= true_now)
            slot = queue.first(now)
            assert slot == (due_now[0][3] if due_now else -1)
            if slot >= 0:
                assert queue.frames[slot][0] == queue.token[slot] == due_now[0][1]
                queue.clear(slot)
                waiting.remove(due_now[0])
        assert queue.used == len(waiting)
        soonest = min((one[2] for one in waiting), default=None)
        assert queue.wait(now) == (-1 if soonest is None else max(0, soonest - true_now))


def test_what_waits_the_shortest_counts_wherever_it_stands():
    for dues in ((5, 9), (9, 5)):
        queue = slots.Slots()
        for number, due in enumerate(dues):
            queue.fill(queue.room(3), 3, b"x", 1, due, number, -1, 0)
        assert (queue.wait(0), queue.wait(5), queue.first(4)) == (5, 0, -1)
        assert queue.token[queue.first(5)] == dues.index(5)


FRAMES = st.tuples(
    st.sampled_from(["hear", "hear", "hear", "own", "go"]),
    st.integers(0, 15),
    st.integers(0, 400),
)


@given(st.lists(FRAMES, max_size=60), st.integers(PERIOD - 20_000, PERIOD - 1))
@settings(max_examples=50)
def test_a_relay_does_not_notice_the_wrap_of_its_clock(steps, start):
    assert _story(steps, 1 << 20) == _story(steps, start)


def _story(steps, now):
    radio = kit.relay(now)
    told = []
    for number, (what, body, passed) in enumerate(steps):
        now = (now + passed) % PERIOD
        made = kit.numbered(body, 1 + body % 5)
        if what == "hear":
            told.append(kit.hear(radio, made, now))
        elif what == "own":
            told.append(kit.submit(radio, made, number, now))
        else:
            told.append(kit.drain(radio, now))
        told.append((radio.deadline(now), radio.lost_token))
    return told, radio.count


@given(st.binary(max_size=260))
@settings(max_examples=200)
def test_no_bytes_at_all_make_it_raise(data):
    radio = kit.starting()
    data = bytearray(data)
    assert radio.receive(data, len(data), -127, 0) in {verdicts.MALFORMED, verdicts.BAD_MAC, verdicts.NEW}
    radio.submit(data, len(data), 0, 0)
    kit.drain(radio, PERIOD // 4)
