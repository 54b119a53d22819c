"""Settings: what is there is taken, what is wrong is refused by name and place, nothing is guessed."""

from pathlib import Path

import pytest

from handheld.config import FILE, LAN_PORT, Bearers, Config, Peer, load
from handheld.errors import UsageError


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    assert load(tmp_path) == Config(name="", radio="auto", boards=("here",))


def test_what_is_set_is_taken_and_the_rest_stays(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('name = "Müller"\nboards = ["here", "market"]\n', encoding="utf-8")

    assert load(tmp_path) == Config(name="Müller", radio="auto", boards=("here", "market"))


def test_one_may_be_invisible(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("invisible = true\n", encoding="utf-8")

    assert load(tmp_path) == Config(invisible=True)


def test_a_local_network_and_who_is_beyond_it(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(
        """[bearers]
lan = true
lan_peers = ["10.0.0.2", "box.local:4000", "[200:1234::1]:4000", "200:1234::2", "[fe80::1%wlan0]"]
lan_port = 4000
lan_interfaces = ["wlan0"]
""",
        encoding="utf-8",
    )

    peers = (
        Peer("10.0.0.2", LAN_PORT),
        Peer("box.local", 4000),
        Peer("200:1234::1", 4000),
        Peer("200:1234::2", LAN_PORT),
        Peer("fe80::1%wlan0", LAN_PORT),
    )
    assert load(tmp_path) == Config(bearers=Bearers(True, peers, 4000, ("wlan0",)))
    assert [str(peer) for peer in peers[:3]] == ["10.0.0.2:24042", "box.local:4000", "[200:1234::1]:4000"]


@pytest.mark.parametrize(
    ("content", "named"),
    [
        (b"bearers = true", "[bearers] is a table"),
        (b"[bearers]\nwifi = true", "[bearers] is a table"),
        (b"[bearers]\nlan = 1", "lan is true or false"),
        (b"[bearers]\nlan_port = 0", "lan_port"),
        (b'[bearers]\nlan_peers = "10.0.0.2"', "lan_peers is a list"),
        (b"[bearers]\nlan_interfaces = [1]", "lan_interfaces is a list"),
        (b'[bearers]\nlan_peers = ["a b"]', "no address"),
        (b'[bearers]\nlan_peers = ["a:99999"]', "a port in lan_peers"),
        (b"[bearers]\nlan_peers = [" + b'"a",' * 17 + b"]", "at most 16"),
        (b"name = ", "cannot be read"),
        (b'name = "\xff"', "cannot be read"),
        (b'nickname = "Ana"', "'nickname'"),
        (b"name = 5", "name is text"),
        (b"radio = true", "radio is text"),
        (b'boards = "here"', "boards is a list"),
        (b"boards = [1]", "boards is a list"),
        (b"[name]\nx = 1", "name is text"),
        (b'invisible = "yes"', "invisible is true or false"),
        (b"invisible = 1", "invisible is true or false"),
        (b"box = 10", "box is true or false"),
        (b'read_receipts = "no"', "read_receipts is true or false"),
        (b"notice = true", "notice is text in quotes"),
    ],
)
def test_what_is_wrong_is_refused_with_a_sentence(tmp_path: Path, content: bytes, named: str) -> None:
    (tmp_path / FILE).write_bytes(content)

    with pytest.raises(UsageError) as refused:
        load(tmp_path)

    assert named in str(refused.value)
    assert str(tmp_path / FILE) in str(refused.value)
    assert str(refused.value).endswith(".")


def test_a_folder_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()

    with pytest.raises(UsageError):
        load(tmp_path)
