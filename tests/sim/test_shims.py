"""What stands for the hardware of a radio, under MicroPython."""

import os
import socket
import threading

import pytest

from tests.support.micropython import FIRMWARE, run
from tests.support.radios import need_micropython
from tests.support.tree import ROOT

SHIMS = (ROOT / "handheld/sim/shims", *FIRMWARE)
PERIOD = 1 << 30


@pytest.fixture
def radio(monkeypatch):
    need_micropython()
    """Its environment, and an ether to talk to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ether:
        ether.bind(("127.0.0.1", 0))
        ether.settimeout(5)
        for name, value in {
            "PM_MAC": "0200000000a1",
            "PM_AIR_PORT": str(ether.getsockname()[1]),
            "PM_MACHINE": "Generic ESP32C3 module with ESP32C3",
            "PM_TICKS": str(PERIOD - 20),
        }.items():
            monkeypatch.setenv(name, value)
        yield ether


def script(text, code=0):
    outcome = run(text, path=SHIMS)
    assert outcome.code == code, outcome.text
    return outcome.text


def test_the_clock_starts_near_its_wrap_and_goes_round(radio, monkeypatch):
    monkeypatch.setenv("PM_TICKS", str(PERIOD - 500))
    text = script(
        """
import time
first = time.ticks_ms()
while (second := time.ticks_ms()) >= first:
    time.sleep_ms(30)
print((1 << 30) - 500 <= first < 1 << 30, 0 <= second < 1 << 29, 0 < time.ticks_diff(second, first) < 60_000)
print(time.ticks_add((1 << 30) - 1, 2), time.ticks_diff(5, (1 << 30) - 5), time.ticks_diff((1 << 30) - 5, 5))
"""
    )
    assert text.split() == ["True", "True", "True", "1", "10", "-10"]


def test_the_machine_is_who_it_pretends_to_be(radio):
    assert (
        script("import os; print(os.uname().machine); os.urandom(6); os.remove")[:-1]
        == os.environ["PM_MACHINE"]
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("machine.reset()", 75),
        ("try:\n    1 // 0\nexcept ZeroDivisionError:\n    machine.reset()", 1),
        ("dog = machine.WDT(timeout=20)\ndog.feed()\ntime.sleep_ms(40)\ndog.feed()", 76),
        ("dog = machine.WDT(timeout=5000)\ndog.feed()\nassert machine.freq() == 160_000_000", 0),
        ("machine.freq(240_000_000)\nassert machine.freq() == 240_000_000", 0),
    ],
)
def test_how_it_ends_is_its_exit_code(radio, text, code):
    printed = script(f"import machine, time\n{text}", code)
    assert ("ZeroDivisionError" in printed) == (code == 1)


@pytest.mark.parametrize(("code", "cause"), [(None, 1), ("75", 2), ("76", 3)])
def test_why_it_started_is_how_it_ended(radio, monkeypatch, code, cause):
    if code:
        monkeypatch.setenv("PM_EXIT", code)
    assert script("import machine; print(machine.reset_cause())") == f"{cause}\n"


def test_espnow_announces_itself_sends_and_receives(radio):
    sent = []

    def ether():
        sent.append(radio.recvfrom(300))
        for datagram in (b"short", b"\x01" + bytes(5) + b"\x01" + bytes([256 - 70]) + b"frame for you"):
            radio.sendto(datagram, sent[0][1])
        sent.append(radio.recvfrom(300))

    thread = threading.Thread(target=ether)
    thread.start()
    text = script(
        """
import espnow, network, select
station = network.WLAN(network.WLAN.IF_STA)
station.active(True)
station.config(channel=6, pm=station.PM_NONE, mac=b"\\x02abcde")
e = espnow.ESPNow()
assert not e.active()
e.active(True)
e.add_peer(b"\\xff" * 6)
poller = select.poll()
poller.register(e, select.POLLIN)
data = [None, bytearray(espnow.MAX_DATA_LEN), 0, 0]
n = 0
while n == 0:
    assert poller.poll(5000)
    n = e.recvinto(data, 0)
print(n, bytes(data[1][:n]), data[0], data[2], e.peers_table[data[0]][0])
print(e.recvinto(data, 0))
e.send(b"\\xff" * 6, memoryview(b"frame for all")[:9], False)
e.active(False)
"""
    )
    assert text == "13 b'frame for you' b'\\x00\\x00\\x00\\x00\\x00\\x01' -70 -70\n0\n"
    thread.join()
    mac = bytes.fromhex("0200000000a1")
    assert [datagram for datagram, _ in sent] == [mac + b"\0", mac + b"\x01frame for"]


@pytest.mark.parametrize(
    "call",
    [
        'e.send(b"\\x01" * 6, b"x")',
        'e.send(b"\\xff" * 6, b"")',
        'e.send(b"\\xff" * 6, bytes(251))',
        'station.config(mac=b"\\x01abcde")',
    ],
)
def test_what_the_driver_refuses_is_an_oserror(radio, call):
    text = f"""
import espnow, network
station = network.WLAN(network.WLAN.IF_STA)
e = espnow.ESPNow()
e.active(True)
e.add_peer(b"\\xff" * 6)
try:
    {call}
except OSError as error:
    print(error.args[-1][:12])
"""
    assert script(text).startswith("ESP_ERR_")


def test_a_receive_buffer_of_the_wrong_size_is_refused(radio):
    text = "import espnow; e = espnow.ESPNow(); e.active(True); e.recvinto([None, bytearray(100), 0, 0], 0)"
    assert "ValueError" in script(text, code=1)


def test_an_ether_that_is_gone_is_a_mountain(radio):
    radio.close()
    text = 'import espnow; e = espnow.ESPNow(); e.active(True); e.add_peer(b"\\xff" * 6)'
    said = script(
        text
        + '\nfor _ in range(5):\n    e.send(b"\\xff" * 6, b"x")\nprint(e.recvinto([None, bytearray(250)], 0))'
    )
    assert said == "0\n"


UART = """
import machine, select, time
uart = machine.UART(1, 115200, tx=1, rx=3, rxbuf=4096, txbuf=2048, timeout=0, timeout_char=0)
poller = select.poll()
poller.register(uart, select.POLLIN)
buf = bytearray(4)
"""


def wire(monkeypatch, end):
    """Let a descriptor be the radio's UART; a MicroPython that is no package only inherits it then."""
    os.set_inheritable(end, True)
    monkeypatch.setenv("PM_UART_FD", str(end))


def test_a_uart_reads_what_there_is_and_writes_what_fits(radio, monkeypatch):
    ours, theirs = socket.socketpair()
    theirs.setblocking(False)
    wire(monkeypatch, theirs.fileno())
    ours.sendall(b"abcdef")
    text = script(
        UART
        + """
for _ in range(3):
    print(uart.readinto(buf), bytes(buf))
print(poller.poll(0))
print(uart.write(b"hello", 2), uart.write(b"you"))
total = 0
while True:
    n = uart.write(bytes(9999))
    if not n:
        break
    total += n
print(total > 9999)
"""
    )
    assert text == "4 b'abcd'\n2 b'efcd'\nNone b'efcd'\n[]\n2 3\nTrue\n"
    assert ours.recv(5) == b"heyou"
    ours.close()
    # What nobody read of ours makes the first look an error, the next one the end.
    assert script(UART + "for _ in range(3):\n    uart.readinto(buf)\nprint('not reached')") == ""
    theirs.close()


def test_a_uart_on_a_pty_that_nobody_has_open_waits_a_little_and_loses_what_is_written(radio, monkeypatch):
    master, slave = os.openpty()
    os.set_blocking(master, False)
    os.close(slave)
    wire(monkeypatch, master)
    assert script(UART + "print(uart.readinto(buf), uart.write(b'x'))") == "None 1\n"
    os.close(master)
