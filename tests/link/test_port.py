"""The port on real ptys: opening, holding, refusing, losing and finding the radio again."""

import asyncio
import contextlib
import os
from pathlib import Path

import pytest

from handheld.clock import ManualClock, SeededEntropy
from handheld.errors import RadioBusy, RadioMissing
from handheld.events import RADIO_CONNECTING, RADIO_SEARCHING, RADIO_UP
from handheld.link import port as port_module
from handheld.link import session
from handheld.link.port import AUTO, REFUSED_PAUSE, FoundPort, Port, PortState, list_ports
from handheld.link.session import Closed, FrameHeard, FrameSent, Opened, TextHeard
from handheld.wire.constants import LinkKind, SentResult
from tests.support.patience import PATIENCE_S
from tests.support.plug import Plug, Watcher, plugged, running, true

AIR = bytes(range(1, 40))


def cp210x(device: str, serial: str = "0001") -> FoundPort:
    return FoundPort(device, 0x10C4, 0xEA60, serial, "CP2102 USB to UART Bridge")


def fill(device: str) -> None:
    """Write into a port until it takes no more."""
    port = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(port, b"x" * 512)
    os.close(port)


async def test_a_radio_is_opened_and_frames_go_both_ways() -> None:
    async with plugged() as plug, running(plug.device) as (port, watcher):
        await watcher.state(RADIO_UP)
        assert port.send(7, AIR)
        await watcher.until(lambda event: event == FrameSent(7, SentResult.ON_AIR))
        plug.radio.link.heard(AIR, len(AIR), -70, 0)
        await watcher.until(lambda event: event == FrameHeard(-70, AIR))
        plug.radio.uart.outgoing += b"W (812) wifi: retry\r\n\0"
        await watcher.until(lambda event: event == TextHeard(b"W (812) wifi: retry"))

        assert [(state.state, state.port) for state in watcher.states] == [
            (RADIO_CONNECTING, plug.device),
            (RADIO_UP, plug.device),
        ]
        assert list(plug.radio.taken.values()) == [[AIR]]


async def test_nothing_can_be_sent_while_no_radio_is_there() -> None:
    port = Port(AUTO, ManualClock(), SeededEntropy(1), Watcher(), list)

    assert not port.send(1, AIR)
    assert not port.service()


async def test_at_its_end_the_radio_is_told_goodbye() -> None:
    async with plugged() as plug:
        async with running(plug.device) as (_, watcher):
            await watcher.state(RADIO_UP)
            assert plug.radio.link.up
        await true(lambda: not plug.radio.link.up)


async def test_two_do_not_share_a_radio() -> None:
    async with plugged() as plug, running(plug.device) as (_, first):
        await first.state(RADIO_UP)
        async with running(plug.device) as (_, second):
            await second.state(RADIO_SEARCHING, f"Another program uses {plug.device}")
        assert not [event for event in second.events if isinstance(event, Opened)]
        assert not [event for event in first.events if isinstance(event, Closed)]


async def test_a_radio_that_was_busy_is_taken_when_it_is_free() -> None:
    async with plugged() as plug:
        async with running(plug.device) as (_, first):
            await first.state(RADIO_UP)
            with pytest.raises(RadioBusy):
                port_module.open_port(plug.device)
        async with running(plug.device) as (_, second):
            await second.state(RADIO_UP)


async def test_no_radio_at_all_is_said_once() -> None:
    looks = 0

    def find() -> list[FoundPort]:
        nonlocal looks
        looks += 1
        return [FoundPort("/dev/ttyS0"), FoundPort("/dev/ttyACM9", 0x1234, 1)]

    async with running(AUTO, find) as (_, watcher):
        await true(lambda: looks > 1)

    why = "No radio is plugged in. Plug it into USB: it is found by itself."
    assert watcher.events == [PortState(RADIO_SEARCHING, why, "")]


async def test_a_port_that_appears_later_is_opened(tmp_path: Path) -> None:
    link = tmp_path / "radio"
    async with plugged() as plug, running(str(link)) as (_, watcher):
        await watcher.state(RADIO_SEARCHING, f"There is no {link}")
        link.symlink_to(plug.device)
        await watcher.state(RADIO_UP)
        assert watcher.states[-1].port == str(link)


async def test_what_is_no_serial_port_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no port")
    async with running(str(tmp_path / "file")) as (_, watcher):
        await watcher.state(RADIO_SEARCHING, "is no serial port")
    assert RADIO_UP not in {state.state for state in watcher.states}


@pytest.mark.parametrize(
    ("talk", "quoted"),
    [
        (b"$GPGGA,\x1b[2J4807\r\n", '$GPGGA,[2J4807"'),
        (b"DEBUG | 12:00:01 7 [Router] Add packet record\r\n", '[Router] Add packet record"'),
        (b"\x94\xc3\x00\x04\x1a\x02\x08\x01", "does not answer as a pocketmesh radio"),
        (b"\x1b[A\x1b[11~q\x7f\t\r\n", "does not answer as a pocketmesh radio"),
    ],
    ids=["a GPS", "another mesh's log", "another mesh's frames", "a keyboard"],
)
async def test_a_stranger_is_refused_with_its_own_words_and_the_radio_beside_it_found(
    monkeypatch: pytest.MonkeyPatch, talk: bytes, quoted: str
) -> None:
    monkeypatch.setattr(session, "UNANSWERED_AFTER", 300)
    async with plugged(talk) as stranger, plugged() as plug:
        found = [cp210x(stranger.device, "1"), cp210x(plug.device, "2")]
        async with running(AUTO, lambda: found) as (_, watcher):
            await watcher.state(RADIO_SEARCHING, quoted)
            await watcher.state(RADIO_UP)

        refusals = [state for state in watcher.states if "does not answer" in state.why]
        assert [state.port for state in refusals] == [stranger.device]
        assert watcher.states[-1].port == plug.device


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        (0, "older than this pocketmesh. Update it: pocketmesh radio flash"),
        (9, "newer than this pocketmesh: update pocketmesh here"),
    ],
)
async def test_a_radio_of_another_version_is_refused_with_what_to_do(version: int, sentence: str) -> None:
    async with plugged() as plug:
        plug.radio.link._hello[4] = version
        async with running(plug.device) as (_, watcher):
            await watcher.state(RADIO_SEARCHING, sentence)
    assert RADIO_UP not in {state.state for state in watcher.states}


async def test_an_unplugged_radio_is_found_again_under_another_name() -> None:
    async with plugged() as plug, plugged() as other:
        ports = [cp210x(plug.device, "ours")]
        async with running(AUTO, lambda: ports) as (port, watcher):
            count = await watcher.state(RADIO_UP)
            ports.clear()
            plug.unplug()
            count = await watcher.state(RADIO_CONNECTING, "unplugged", count)
            count = await watcher.state(RADIO_SEARCHING, "No radio", count)
            # Somebody else's gets its place, and ours another one.
            plug.plug()
            ports[:] = [cp210x(other.device, "theirs"), cp210x(plug.device, "ours")]
            count = await watcher.state(RADIO_UP, "", count)
            assert watcher.states[-1].port == plug.device
            assert port.send(8, AIR)
            await watcher.until(lambda event: event == FrameSent(8, SentResult.ON_AIR), count)
        assert not other.radio.link.up


async def test_a_named_radio_is_found_again_under_another_name() -> None:
    async with plugged() as plug:
        name = plug.device
        ports = [cp210x(plug.device)]
        async with running(name, lambda: ports) as (_, watcher):
            count = await watcher.state(RADIO_UP)
            blocker = Plug()
            plug.unplug()
            plug.plug()
            ports[:] = [cp210x(plug.device)]
            await watcher.state(RADIO_UP, "", count)
            assert watcher.states[-1].port == plug.device
            await blocker.close()


async def test_a_radio_that_starts_anew_gets_a_new_session() -> None:
    async with plugged() as plug, running(plug.device) as (_, watcher):
        count = await watcher.state(RADIO_UP)
        plug.start()
        count = await watcher.state(RADIO_CONNECTING, "started anew", count)
        await watcher.state(RADIO_UP, "", count)

        opened = [event.hello for event in watcher.events if isinstance(event, Opened)]
        assert len({hello.boot for hello in opened}) == 2
        assert len({hello.nonce & 255 for hello in opened}) == 2


async def test_a_port_that_takes_nothing_for_a_while_gets_everything_in_the_end() -> None:
    async with plugged() as plug, running(plug.device) as (port, watcher):
        await watcher.state(RADIO_UP)
        plug.room = 0
        taken = [port.send(token, bytes((token,)) * 240) for token in range(1, 61)]
        assert all(taken)
        await asyncio.sleep(0.05)
        plug.room = 1_000_000
        await watcher.until(lambda event: event == FrameSent(60, SentResult.ON_AIR))

        [airs] = plug.radio.taken.values()
        assert [air[0] for air in airs] == list(range(1, 61))


async def test_a_port_that_takes_nothing_at_first_is_waited_for() -> None:
    async with plugged() as plug:
        plug.room = 0
        fill(plug.device)
        async with running(plug.device) as (_, watcher):
            await watcher.state(RADIO_CONNECTING)
            await asyncio.sleep(0.05)
            assert watcher.states[-1].state == RADIO_CONNECTING
            plug.room = 1_000_000
            await watcher.state(RADIO_UP)


async def test_what_is_unplugged_before_it_answered_is_no_stranger() -> None:
    async with plugged(b"\0") as plug, running(plug.device) as (port, watcher):
        count = await watcher.state(RADIO_CONNECTING)
        plug.unplug()
        await watcher.state(RADIO_SEARCHING, "unplugged", count)
        assert not port._refused


async def test_after_service_the_port_is_left_alone_as_long_as_somebody_has_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(port_module, "SERVICE_PAUSE", 0)
    monkeypatch.setattr(port_module, "REFUSED_PAUSE", 1)
    watcher, asked, held = Watcher(), list[str](), [4711]

    def holders(device: str) -> list[int]:
        asked.append(device)
        return held

    async with plugged() as plug:
        port = Port(plug.device, plug._clock, SeededEntropy(1), watcher, list, holders)
        task = asyncio.get_running_loop().create_task(port.run())
        await watcher.state(RADIO_UP)
        assert port.service()
        await true(lambda: LinkKind.SERVICE in plug.radio.commands)
        plug.radio.link.close(plug._clock.now())
        count = await watcher.state(RADIO_SEARCHING, "prompt")
        await true(lambda: len(asked) > 3)
        assert set(asked) == {plug.device}
        assert len(watcher.events) == count
        plug.start()
        held.clear()
        count = await watcher.state(RADIO_UP, since=count)
        plug.unplug()
        # The next end is no service any more.
        await watcher.state(RADIO_CONNECTING, "unplugged", count)
        task.cancel()


async def test_a_mistake_of_whoever_listens_is_not_swallowed() -> None:
    def report(event: object) -> None:
        if isinstance(event, Opened):
            raise ZeroDivisionError

    async with plugged() as plug:
        port = Port(plug.device, plug._clock, SeededEntropy(1), report, list)
        with pytest.raises(ZeroDivisionError):
            async with asyncio.timeout(PATIENCE_S):
                await port.run()


def test_strangers_are_left_alone_until_they_are_plugged_in_anew_or_a_while_has_passed() -> None:
    clock = ManualClock(1_000)
    stranger, other = cp210x("/dev/ttyUSB0", "1"), FoundPort("/dev/ttyS0")
    found = [stranger, other]
    port = Port(AUTO, clock, SeededEntropy(1), Watcher(), lambda: found)
    assert port._candidates() == [stranger]

    port._refused[stranger] = clock.now() + REFUSED_PAUSE
    assert port._candidates() == []
    found.remove(stranger)
    assert port._candidates() == []
    found.append(stranger)
    assert port._candidates() == [stranger]

    port._refused[stranger] = clock.now() + REFUSED_PAUSE
    clock.advance(REFUSED_PAUSE)
    assert port._candidates() == [stranger]


def test_the_radio_that_answered_goes_first() -> None:
    first, second = cp210x("/dev/ttyUSB0", "1"), cp210x("/dev/ttyUSB1", "2")
    port = Port(AUTO, ManualClock(), SeededEntropy(1), Watcher(), lambda: [first, second])
    port._known = second.identity

    assert port._candidates() == [second, first]


def test_a_port_that_is_not_there_raises_what_to_do() -> None:
    with pytest.raises(RadioMissing, match="There is no /dev/pocketmesh-none: is the radio plugged in"):
        port_module.open_port("/dev/pocketmesh-none")


def test_the_ports_of_this_machine_can_be_listed() -> None:
    ports = list_ports()

    assert ports == sorted(ports, key=lambda port: port.device)
    assert all(isinstance(port, FoundPort) for port in ports)


@pytest.mark.parametrize(
    ("vendor", "likely"), [(0x303A, True), (0x10C4, True), (0x1234, False), (None, False)]
)
def test_radios_are_known_by_the_vendor_of_their_plug(vendor: int | None, likely: bool) -> None:
    assert FoundPort("/dev/ttyUSB0", vendor).likely is likely
