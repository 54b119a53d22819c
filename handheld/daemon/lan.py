"""The local network: the only file with its sockets.

One group, joined on every network that is up, by IPv4 and by IPv6; and addresses given by hand, each by one
datagram. The kernel tells when networks come and go. Linux only, as the node is.
"""

import asyncio
import fcntl
import socket
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import cast

from handheld.config import Bearers, Peer
from handheld.logs import logger
from handheld.values import dataclass

GROUP_4 = "239.255.112.109"
"""In the local scope (RFC 2365), which no router hands on."""
GROUP_6 = "ff12::706d"
"""On one link, not assigned for good (RFC 4291, section 2.7)."""

NETWORKS_MAX = 8

SETTLE_S = 0.3
"""When networks change, the kernel says so many times."""
JOINED_S = 1.0
"""Nothing is sent so long after a network came: at its other end it is only just coming, too, and what nobody
hears is repaired minutes later."""
RESOLVE_S = 300.0
"""How often names of peers are looked up, and networks looked at without being told."""

READ_MAX = 64
"""Datagrams read in one turn of the loop."""
SIZE_MAX = 512
"""More than the longest datagram, so that a longer one is seen to be too long."""
_BUFFER = 1 << 18

# Not in the socket module: linux/in.h, linux/in6.h, linux/rtnetlink.h, net/if.h.
_IP_MULTICAST_ALL = 49
_IPV6_MULTICAST_ALL = 29
_CHANGES = 0x1 | 0x10 | 0x100
"""RTMGRP_LINK, RTMGRP_IPV4_IFADDR, RTMGRP_IPV6_IFADDR."""
_SIOCGIFFLAGS = 0x8913
_USABLE = 0x1 | 0x40 | 0x1000
"""IFF_UP, IFF_RUNNING, IFF_MULTICAST."""
_LOOPBACK = 0x8
_SIOCGIFADDR = 0x8915
_ADDRESSES_6 = Path("/proc/net/if_inet6")
_TENTATIVE = 0x40
"""IFA_F_TENTATIVE: it may be somebody else's as well, and nothing can be sent from it yet."""

_Address = tuple[str, int] | tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Leg:
    """One way out: a socket, where it sends to, and its link, which is a network or one peer."""

    socket: socket.socket
    to: _Address
    link: str


@dataclass(frozen=True, slots=True)
class Network:
    """An interface that is up, its number, and the address families that it can be used with."""

    name: str
    index: int
    families: set[int]


class LanPort:
    """`run` for as long as the node; `heard(datagram, address, link)` and `changed()` are called in the loop.

    `why` says what is wrong when there is no network and no peer.
    """

    def __init__(
        self, settings: Bearers, heard: Callable[[bytes, str, str], None], changed: Callable[[], None]
    ) -> None:
        self._settings = settings
        self._heard = heard
        self._changed = changed
        self._log = logger("lan")
        self._networks: dict[tuple[str, int], list[Leg]] = {}
        self._peers: list[Leg] = []
        self._links: dict[_Address, str] = {}
        self._direct: dict[int, socket.socket] = {}
        self._wake = asyncio.Event()
        self.why = "Looking for networks."

    @property
    def networks(self) -> list[str]:
        """The networks in use, by the name of their interface."""
        return sorted(name for name, _ in self._networks)

    @property
    def peers(self) -> list[str]:
        """The addresses given by hand that could be looked up."""
        return sorted({leg.link for leg in self._peers})

    def send(self, datagram: bytes, but: str = "") -> bool:
        """Send to every network and peer, except over the link `but`; whether any took it."""
        legs = [leg for legs in self._networks.values() for leg in legs] + self._peers
        return sum(self._give(leg, datagram) for leg in legs if leg.link != but) > 0

    async def run(self) -> None:
        """Follow the networks as they come and go."""
        loop = asyncio.get_running_loop()
        news = _news()
        loop.add_reader(news, self._news_came, news)
        try:
            self._open_direct()
            while True:
                await self._resolve()
                if self._look():
                    await asyncio.sleep(JOINED_S)
                    self._changed()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), RESOLVE_S)
                    await asyncio.sleep(SETTLE_S)
                self._wake.clear()
        finally:
            loop.remove_reader(news)
            news.close()
            for legs in self._networks.values():
                self._close(leg.socket for leg in legs)
            self._close(self._direct.values())

    def _give(self, leg: Leg, datagram: bytes) -> bool:
        # Not by an asyncio transport, which would keep without bound what the network does not take.
        try:
            return leg.socket.sendto(datagram, leg.to) == len(datagram)
        except OSError:
            return False

    def _news_came(self, news: socket.socket) -> None:
        with suppress(OSError):  # what was missed is seen by looking
            news.recv(1 << 16)
        self._wake.set()

    def _read(self, source: socket.socket, link: str) -> None:
        for _ in range(READ_MAX):
            try:
                data, address = source.recvfrom(SIZE_MAX)
            except OSError:
                return
            self._heard(data, str(address[0]), link or self._links.get(tuple(address[:2]), ""))

    def _open_direct(self) -> None:
        for family in (socket.AF_INET, socket.AF_INET6):
            try:
                made = _socket(family)
                made.bind(("", self._settings.lan_port))
            except OSError as error:
                self._log.info("local network, %s: %s", family.name, error)
                continue
            self._direct[family] = made
            asyncio.get_running_loop().add_reader(made, self._read, made, "")

    async def _resolve(self) -> None:
        found = [await self._peer(peer) for peer in self._settings.lan_peers]
        legs = [leg for leg in found if leg is not None]
        changed = {leg.to for leg in legs} != {leg.to for leg in self._peers}
        self._peers = legs
        self._links = {(leg.to[0], leg.to[1]): leg.link for leg in legs}
        if changed:
            self._changed()

    async def _peer(self, peer: Peer) -> Leg | None:
        try:
            found = await asyncio.get_running_loop().getaddrinfo(peer.host, peer.port, type=socket.SOCK_DGRAM)
        except (OSError, UnicodeError) as error:
            self._log.info("peer %s: %s", peer, error)
            return None
        for family, _, _, _, address in found:
            if family in self._direct:
                return Leg(self._direct[family], cast("_Address", address), str(peer))
        return None

    def _look(self) -> bool:
        """Open what is new, close what is gone; whether anything is."""
        up = {(one.name, one.index): one.families for one in _networks(self._settings.lan_interfaces)}
        before = self._shape()
        for key, legs in list(self._networks.items()):
            gone = [leg for leg in legs if leg.socket.family not in up.get(key, ())]
            self._close(leg.socket for leg in gone)
            self._networks[key] = [leg for leg in legs if leg not in gone]
        for key, families in up.items():
            legs = self._networks.setdefault(key, [])
            missing = families - {leg.socket.family for leg in legs}
            legs += [leg for family in missing if (leg := self._join(family, *key)) is not None]
        self._networks = {key: legs for key, legs in self._networks.items() if legs}
        self.why = "" if self._networks or self._peers else "No network is up."
        if self._shape() == before:
            return False
        self._log.info("local network: %s", ", ".join(self.networks) or "none")
        return True

    def _shape(self) -> dict[tuple[str, int], set[int]]:
        return {key: {leg.socket.family for leg in legs} for key, legs in self._networks.items()}

    def _join(self, family: int, name: str, index: int) -> Leg | None:
        made = _socket(family)
        try:
            to = _JOIN[family](made, index, self._settings.lan_port)
        except OSError as error:
            made.close()
            self._log.debug("%s, family %s: %s", name, family, error)
            return None
        asyncio.get_running_loop().add_reader(made, self._read, made, name)
        return Leg(made, to, name)

    def _close(self, sockets: Iterable[socket.socket]) -> None:
        for one in sockets:
            asyncio.get_running_loop().remove_reader(one)
            one.close()


def _news() -> socket.socket:
    """What the kernel says of networks that come and go (rtnetlink)."""
    news = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE)
    news.bind((0, _CHANGES))
    return news


def _socket(family: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
    # Only what this socket itself has joined, not what any program on the machine has.
    if family == socket.AF_INET6:
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.setsockopt(socket.IPPROTO_IPV6, _IPV6_MULTICAST_ALL, 0)
    else:
        made.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)
    return made


def _join_4(made: socket.socket, index: int, port: int) -> _Address:
    made.bind((GROUP_4, port))
    by_index = struct.pack("=4s4si", socket.inet_aton(GROUP_4), bytes(4), index)  # struct ip_mreqn
    made.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, by_index)
    made.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, by_index)
    return GROUP_4, port


def _join_6(made: socket.socket, index: int, port: int) -> _Address:
    made.bind((GROUP_6, port, 0, index))
    group = struct.pack("=16si", socket.inet_pton(socket.AF_INET6, GROUP_6), index)  # struct ipv6_mreq
    made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_JOIN_GROUP, group)
    made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_IF, index)
    return GROUP_6, port, 0, index


_JOIN: dict[int, Callable[[socket.socket, int, int], _Address]] = {
    socket.AF_INET: _join_4,
    socket.AF_INET6: _join_6,
}


def _networks(wanted: tuple[str, ...]) -> list[Network]:
    """The interfaces that can speak to a group now; `wanted` empty: all."""
    ready = _ready_6()
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asker:
        for index, name in socket.if_nameindex():
            flags = _ask(asker, _SIOCGIFFLAGS, name)
            if (wanted and name not in wanted) or flags & (_USABLE | _LOOPBACK) != _USABLE:
                continue
            families = {int(socket.AF_INET)} if _ask(asker, _SIOCGIFADDR, name) else set()
            if index in ready:
                families.add(int(socket.AF_INET6))
            found.append(Network(name, index, families))
    return found[:NETWORKS_MAX]


def _ask(asker: socket.socket, question: int, name: str) -> int:
    """The first two bytes of the kernel's answer about an interface: its flags, or a family; 0: none."""
    request = struct.pack("=16sH14x", name.encode(), 0)  # struct ifreq
    try:
        answer = fcntl.ioctl(asker, question, request)
    except OSError:
        return 0  # gone since it was listed, or without an address
    return int(struct.unpack("=16sH14x", answer)[1])


def _ready_6() -> set[int]:
    """The numbers of the interfaces with an address of IPv6 for this link that is no longer tentative."""
    try:
        lines = _ADDRESSES_6.read_text(encoding="ascii").splitlines()
    except OSError:
        return set()  # a kernel without IPv6
    rows = [line.split() for line in lines]
    return {int(row[1], 16) for row in rows if row[3] == "20" and not int(row[4], 16) & _TENTATIVE}
