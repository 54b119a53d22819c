"""Hosts with network stacks of their own (Linux namespaces), joined by cables that can be cut."""

import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tests.support.tools import missing

_IP_MULTICAST_ALL = 49
"""linux/in.h: one of those without which a node joins no network."""


def _name(what: str) -> str:
    # Not by a process's number: one that was killed in another root left the same behind.
    return f"pm{secrets.token_hex(3)}{what}"


def need_options() -> None:
    """Skip the test where sockets have not the options of a local network; in CI it fails."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
        except OSError:
            missing("there are no socket options of local networks here (a limit of qemu's user mode)")


def need_namespaces() -> None:
    """Skip the test where this user may not make networks; in CI it fails."""
    if shutil.which("ip") is None:
        missing("iproute2 is not installed")
    probe = _name("probe")
    made = subprocess.run(["ip", "netns", "add", probe], capture_output=True, check=False)
    if made.returncode == 0:
        # In a plain chroot, and under qemu's user mode, they can be made but not entered.
        made = subprocess.run(
            ["ip", "-n", probe, "link", "set", "lo", "up"], capture_output=True, check=False
        )
        ip("netns", "del", probe)
    if made.returncode:
        missing("this user may not make network namespaces, or enter them")


def ip(*arguments: str) -> None:
    """The ip command; it must succeed."""
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


@dataclass(frozen=True)
class Host:
    """One namespace. `run`: what stands before a command that is to run in it."""

    name: str

    @property
    def run(self) -> list[str]:
        return ["ip", "netns", "exec", self.name]

    def cable(self, other: "Host", number: int) -> None:
        """A cable to another host: interface `c<number>` at both ends, 10.77.number.1 here and .2 there."""
        need_options()
        end = f"c{number}"
        ip("-n", self.name, "link", "add", end, "type", "veth", "peer", "name", end, "netns", other.name)
        for host, last in ((self, 1), (other, 2)):
            # Duplicate addresses need not be looked for here, and looking takes two seconds.
            enable = f"echo 0 >/proc/sys/net/ipv6/conf/{end}/accept_dad"
            subprocess.run([*host.run, "sh", "-c", enable], check=True, capture_output=True)
            ip("-n", host.name, "address", "add", f"10.77.{number}.{last}/24", "dev", end)
            ip("-n", host.name, "link", "set", end, "up")

    def cut(self, number: int) -> None:
        """The cable hangs loose."""
        ip("-n", self.name, "link", "set", f"c{number}", "down")

    def mend(self, number: int) -> None:
        """It is plugged in again."""
        ip("-n", self.name, "link", "set", f"c{number}", "up")


@contextmanager
def hosts(*names: str) -> Iterator[list[Host]]:
    """Hosts that know nothing but themselves."""
    need_namespaces()
    made = [Host(_name(name)) for name in names]
    try:
        for host in made:
            ip("netns", "add", host.name)
            ip("-n", host.name, "link", "set", "lo", "up")
        yield made
    finally:
        for host in made:
            subprocess.run(["ip", "netns", "del", host.name], check=False, capture_output=True)
