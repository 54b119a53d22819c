"""The radio's memory, in the heap of the Unix port.

With 64 bits objects are twice an ESP32's, but buffers and byte code are not: what takes 170 KB here, and 188
with LoRa, takes 122 and 134 KB where a word has 32 bits. The shims have 11 of them; what the firmware has
is counted by tests/benchmarks/radio_heap.py.
"""

import json

import pytest

from handheld.link.framing import Framer, Loops
from handheld.link.hello import host_hello
from handheld.wire.constants import LINK_FRAME_MAX
from handheld.wire.schema import schema
from tests.support.micropython import FIRMWARE, run
from tests.support.tree import ROOT

SHIMS = ROOT / "handheld/sim/shims"

HEAP = "128k"
LOOP_HEAP, LORA_HEAP = "176k", "200k"
"""For all of a radio: it starts from 176 and 196 KiB on; where a word has 32 bits, from 128 and 144."""

# Compiling leaves rubbish between what stays; on the board the files come compiled.
TIDILY = "import gc; gc.threshold(4096)\n"
FRAMES = 2000
"""`make soak` does the same with 100,000."""


def figures(script, argument, heap=HEAP):
    source = (ROOT / "tests/support" / script).read_text(encoding="utf-8")
    outcome = run(TIDILY + source, argument, heap=heap, path=(SHIMS, *FIRMWARE))
    assert outcome.code == 0, outcome.text
    return json.loads(outcome.text)


@pytest.fixture(scope="module")
def relay():
    return figures("relay_memory.py", str(FRAMES))


def test_a_relayed_frame_costs_its_hashes_and_nothing_else(relay):
    # Two to check the MAC, one for the id, two for the MAC that it goes on with.
    assert relay["new"] == 5 * relay["hash"] <= 1280


def test_a_duplicate_costs_three_hashes(relay):
    assert relay["duplicate"] == 3 * relay["hash"] <= 700


def test_strangers_junk_costs_less(relay):
    assert relay["bad_mac"] == 2 * relay["hash"]
    assert relay["malformed"] == 0


def test_nothing_is_kept(relay):
    assert relay["forwarded"] > FRAMES
    assert relay["lost"] == 0


def test_the_main_loop_costs_nothing_of_its_own():
    hello = host_hello(Framer(Loops, LINK_FRAME_MAX), 0x01020405, schema(), 2048)
    loop = figures("loop_memory.py", hello.hex(), LOOP_HEAP)
    assert (loop["up"], loop["sent"]) == (True, 3)
    assert loop["idle"] == 0
    assert loop["heard"] == 3 * loop["hash"] <= 3 * 224
    assert loop["forwarded"] == 2 * loop["hash"]


@pytest.mark.parametrize("board", ["heltec_v3", "lora32"])
def test_lora_fits_and_costs_nothing_of_its_own(board, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "board").write_text(board)
    hello = host_hello(Framer(Loops, LINK_FRAME_MAX), 0x01020405, schema(), 2048)
    loop = figures("lora_memory.py", hello.hex(), LORA_HEAP)
    assert (loop["up"], loop["sent"], loop["revived"]) == (True, 6, 0)
    assert loop["free"] > 13_000
    assert loop["idle"] == 0
    assert loop["heard"] == 3 * loop["hash"] <= 3 * 224
    # Asked for twice: before it looks around, and when nobody talks.
    assert loop["forwarded"] == 4 * loop["hash"]
