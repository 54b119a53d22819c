"""Files between whole nodes: shared, gathered, paused, resumed after power cuts, private, through a box."""

from dataclasses import asdict, replace
from pathlib import Path
from random import Random

import pytest

from handheld.cli import file_words
from handheld.commands import Invite, JoinRoom, NewRoom, Share
from handheld.crypto import holding
from handheld.errors import Refused
from handheld.files.content import shrink
from handheld.node.filing import LIMIT
from handheld.node.shelf import QUOTA, Entry, Shelf, manifest_of
from handheld.wire.air import flood, one_hop
from handheld.wire.codec import encode
from handheld.wire.constants import AirKind, PostType
from handheld.wire.files import HOLDS, Holder, Manifest, Symbol, flags_of
from tests.support import holder_deaths
from tests.support.file_deaths import deaths
from tests.support.file_village import Village

MINUTE = 60_000
CONTENT = Random(1).randbytes(6_000)


def kinds(village: Village, kind: AirKind) -> int:
    return sum(air[0] >> 2 & 15 == kind for _, _, air in village.aired)


def test_a_public_file_reaches_everybody_in_spite_of_loss() -> None:
    village = Village(["ana", "bo", "cy", "di"], loss=30)
    village.start()
    village.share("ana", CONTENT)

    assert village.until(2 * MINUTE)
    for name in village.hosts:
        assert village.content(name) == CONTENT
    (info,) = village.files("bo")
    assert (info.name, info.size, info.state, info.board) == ("map.png", 6_000, "here", "here")
    assert info.author.key == village.hosts["ana"].node.key.hex()
    assert kinds(village, AirKind.SYMBOL) <= 2.2 * info.symbols


def test_a_file_of_two_symbols_floods_with_its_manifest() -> None:
    village = Village(["ana", "bo"])
    village.start()
    village.share("ana", b"at six, behind the mill " * 9 + Random(2).randbytes(200), "note.txt")
    village.run(2_000)

    assert village.content("bo").startswith(b"at six")
    assert kinds(village, AirKind.NEED) == 0


def test_what_was_saved_before_a_power_cut_is_not_fetched_again() -> None:
    village = Village(["ana", "bo"])
    village.start()
    village.share("ana", CONTENT)
    village.run(15 * village.frame_ms)
    held = village.files("bo")[0].have
    assert 0 < held < village.files("bo")[0].symbols
    village.cut("bo")
    village.run(MINUTE)
    before = kinds(village, AirKind.SYMBOL)
    village.radio("bo")

    assert village.until(MINUTE)
    assert village.content("bo") == CONTENT
    again = kinds(village, AirKind.SYMBOL) - before
    assert again <= (village.files("bo")[0].symbols - held) * 1.4 + 6


def test_the_sender_may_be_cut_off_too() -> None:
    village = Village(["ana", "bo"])
    village.start()
    village.share("ana", CONTENT)
    village.run(15 * village.frame_ms)
    village.cut("ana")
    village.run(MINUTE)
    village.radio("ana")

    assert village.until(5 * MINUTE)
    assert village.content("bo") == CONTENT


def test_a_private_file_opens_for_its_reader_alone() -> None:
    village = Village(["ana", "bo", "eve"])
    village.start()
    village.share("ana", CONTENT, who=village.hosts["bo"].node.key.hex())
    village.run(MINUTE)

    assert village.content("bo") == CONTENT
    assert village.files("bo")[0].peer == village.hosts["ana"].node.key.hex()
    assert village.files("eve") == []
    assert not any(CONTENT[:64] in air for _, _, air in village.aired)


def test_who_comes_two_days_later_fetches_from_a_box_what_somebody_left_there() -> None:
    village = Village(["ana", "box", "zoe"])
    village.off.add("zoe")
    for name in ("ana", "box"):
        village.radio(name)
    village.run(5_000)
    village.share("ana", CONTENT)
    assert village.until(MINUTE)
    village.off.add("ana")
    village.run(2 * 24 * 60 * MINUTE)

    village.radio("zoe")
    village.run(10 * MINUTE)
    # Repair brought the manifest, two days old: it is listed, and not fetched before somebody wants it.
    assert [info.have for info in village.files("zoe")] == [0]
    village.get("zoe")
    assert village.until(MINUTE)
    assert village.content("zoe") == CONTENT
    (info,) = village.files("zoe")
    assert info.author.key == village.hosts["ana"].node.key.hex()


def test_a_box_gathers_what_was_shared_before_it_came_and_has_ten_times_the_room() -> None:
    village = Village(["ana", "bo", "box"])
    village.off.add("box")
    for name in ("ana", "bo"):
        village.radio(name)
    village.run(5_000)
    village.share("ana", CONTENT)
    village.run(10 * MINUTE)
    village.radio("box")

    assert village.until(10 * MINUTE)
    assert village.content("box") == CONTENT
    sharing = village.hosts["box"].node.files.organ
    assert sharing.shelf.quota == 10 * QUOTA


def test_a_holder_sees_that_somebody_lacks_pieces_until_he_has_them() -> None:
    village = Village(["ana", "bo"], loss=40)
    village.start()
    village.share("ana", CONTENT)
    lacked = set()
    while not village.whole():
        village.run(100)
        lacked.add(village.files("ana")[0].lacked)

    assert 0 < max(lacked) <= village.files("ana")[0].symbols
    village.run(2 * MINUTE)
    assert village.files("ana")[0].lacked == 0


def test_pause_and_resume() -> None:
    village = Village(["ana", "bo"])
    village.start()
    village.share("ana", CONTENT)
    village.run(10 * village.frame_ms)
    bo = village.hosts["bo"]
    bo.carry_out(bo.node.files.organ.pause(village.entries("bo")[0], village.now), village.now)
    village.run(MINUTE)
    assert village.files("bo")[0].state == "paused"
    asked = kinds(village, AirKind.NEED)
    village.run(30 * MINUTE)
    assert kinds(village, AirKind.NEED) == asked

    bo.carry_out(bo.node.files.organ.resume(village.entries("bo")[0], village.now), village.now)
    assert village.until(MINUTE)


def test_symbols_before_their_manifest_are_kept_and_it_is_asked_for() -> None:
    village = Village(["ana", "bo"])
    village.start()
    village.deaf.add(("ana", "bo"))
    village.share("ana", CONTENT)
    while not any(air[0] >> 2 & 15 == AirKind.SYMBOL for _, _, air in village.aired):
        village.run(village.frame_ms)
    village.deaf.clear()
    village.run(MINUTE)

    assert village.content("bo") == CONTENT
    assert kinds(village, AirKind.SYMBOL) <= village.files("bo")[0].symbols + 12


def test_chat_goes_before_files_within_a_frame() -> None:
    village = Village(["ana", "bo"])
    village.start()
    village.share("ana", Random(3).randbytes(40_000))
    waits = []
    for number in range(20):
        village.run(700)
        village.hosts["ana"].write(None, f"word {number}", village.now)
        at = village.now
        village.run(300)
        heard = [
            now for now, name, text in village.texts if name == "bo" and text == f"word {number}".encode()
        ]
        waits += [now - at for now in heard]

    assert len(waits) == 20
    assert max(waits) <= 2 * village.frame_ms


@pytest.mark.parametrize(
    ("content", "command", "says"),
    [
        (b"", Share("x"), "empty"),
        (bytes((1 << 20) + 1), Share("x"), "1.0 MB"),
        (Random(1).randbytes(LIMIT + 100), Share("x"), "limit is 64 KB"),
        (b"x", Share("x", board="here", who="ab"), "not with two"),
        (b"x", Share("x", who="abcd"), "abcd"),
    ],
)
def test_what_cannot_be_shared_is_refused_in_a_sentence(content: bytes, command: Share, says: str) -> None:
    node = Village(["ana"]).hosts["ana"].node

    with pytest.raises(Refused, match=says):
        node.files.organ.share(command, content, 0)
    assert len(node.files.organ.shelf) == 0


def test_slow_air_asks_first() -> None:
    village = Village(["ana"], airtime_us=600_000)
    village.start()
    sharing = village.hosts["ana"].node.files.organ

    with pytest.raises(Refused, match="--yes"):
        sharing.share(Share("x"), Random(1).randbytes(20_000), 0)
    sharing.share(Share("x", yes=True), Random(1).randbytes(20_000), 0)
    assert len(sharing.shelf) == 1


def test_over_many_deaths_a_file_is_whole_and_nothing_is_needed_twice(
    tmp_path: Path,
) -> None:
    found = deaths(tmp_path, 1)

    assert found["lost"] == found["wrong"] == 0
    assert found["deaths"] >= 3


def test_over_many_deaths_a_holder_has_what_it_shared_and_serves_on(tmp_path: Path) -> None:
    found = holder_deaths.deaths(tmp_path, 1)

    assert found["lost"] == found["wrong"] == 0
    assert found["deaths"] >= 1


def heard_post(village: Village, manifest: Manifest) -> list[str]:
    """What bo drops when ana, whose device lies, posts this manifest."""
    ana, bo = village.hosts["ana"].node, village.hosts["bo"]
    post = ana.postings.record("here", PostType.FILE, encode(manifest), 0)
    before = bo.node.dropped.copy()
    bo.heard(flood(AirKind.POST, 8, post.raw[1:]), -60, village.now)
    return list(bo.node.dropped - before)


def test_a_manifest_that_lies_is_refused() -> None:
    village = Village(["ana", "bo"])
    village.start()
    honest = manifest_of(b"map.png", 6_000, CONTENT, shrunk=False, sealed=False)
    checks = flags_of(2, shrunk=False, sealed=False)
    other = bytes([*honest.digest[:6], *bytes(10)])

    assert heard_post(village, replace(honest, flags=checks, rest=honest.rest + b"\1\2\3\4")) == ["manifest"]
    sealed = replace(honest, flags=flags_of(1, shrunk=False, sealed=True), packed=6_016)
    assert heard_post(village, sealed) == ["manifest"]
    assert heard_post(village, honest) == []
    assert heard_post(village, replace(honest, digest=other)) == ["file tag"]
    assert heard_post(village, replace(honest, rest=b"\1\2\3\4" + honest.rest[4:])) == ["file tag"]
    assert heard_post(village, replace(honest, rest=honest.rest + b" again")) == []
    assert [info.size for info in village.files("bo")] == [6_000]


def test_what_unpacks_to_something_else_is_not_opened() -> None:
    village = Village(["ana", "bo"])
    village.start()
    packed, _ = shrink(b"soup " * 2_000)
    lie = manifest_of(b"map.txt", 9_000, packed, shrunk=True, sealed=False)
    assert heard_post(village, lie) == []
    bo, entry = village.hosts["bo"], village.entries("bo")[0]
    for number in range(entry.shape.symbols):
        data = packed[232 * number : 232 * (number + 1)]
        bo.heard(one_hop(AirKind.SYMBOL, encode(Symbol(entry.tag, number, 0, data))), -60, village.now)

    assert entry.whole
    with pytest.raises(Refused, match="not what it claims"):
        bo.node.files.organ.content(entry)


def test_the_same_name_twice_is_two_files_and_the_same_file_twice_is_one() -> None:
    village = Village(["ana", "bo", "cy"])
    village.start()
    other = Random(7).randbytes(5_000)
    village.share("ana", CONTENT, "map.png")
    village.share("cy", other, "map.png")
    assert village.until(2 * MINUTE)
    village.run(MINUTE)
    village.share("cy", CONTENT, "another name.png")
    village.run(MINUTE)

    first, second = village.files("bo")
    assert (first.name, second.name) == ("map.png", "map.png")
    assert first.id != second.id
    assert {village.content("bo", 0), village.content("bo", 1)} == {CONTENT, other}
    assert len(village.files("cy")) == 2


def test_a_file_that_is_shared_again_is_told_of_again() -> None:
    village = Village(["ana", "bo"])
    village.start()
    village.share("ana", CONTENT)
    assert village.until(MINUTE)
    bo = village.hosts["bo"]
    bo.carry_out(bo.node.files.organ.forget(village.entries("bo")[0]), village.now)
    village.run(MINUTE)
    assert village.files("bo") == []

    village.share("ana", CONTENT, board="market")
    village.run(MINUTE)
    (ours,), (theirs,) = village.files("ana"), village.files("bo")
    assert village.content("bo") == CONTENT
    assert (ours.board, theirs.board) == ("market", "market")


def let_go(village: Village, name: str) -> None:
    host, (entry,) = village.hosts[name], village.entries(name)
    host.carry_out(host.node.files.organ.let_go(entry, village.now), village.now)


@pytest.mark.parametrize("who", ["", "bo"], ids=["public", "sealed"])
def test_what_was_let_go_is_fetched_again_while_somebody_has_it(who: str) -> None:
    village = Village(["ana", "bo"])
    village.start()
    village.share("ana", CONTENT, **({"who": village.hosts[who].node.key.hex()} if who else {}))
    assert village.until(MINUTE)
    for name in ("bo", "ana"):
        let_go(village, name)
        (file,) = village.files(name)
        assert (file.state, file.have, file.board) == ("known", 0, "" if who else "here")
        with pytest.raises(Refused, match="Not all of this file is here"):
            village.content(name)
        village.cut(name)
        village.radio(name)
        village.run(MINUTE)
        assert [file.state for file in village.files(name)] == ["known"]

        village.get(name)
        assert village.until(2 * MINUTE)
        assert village.content(name) == CONTENT


def test_what_was_let_go_comes_when_it_is_shared_again() -> None:
    village = Village(["ana", "bo"])
    village.start()
    village.share("ana", CONTENT)
    assert village.until(MINUTE)
    let_go(village, "bo")

    village.share("ana", CONTENT, board="market")
    assert village.until(MINUTE)
    assert village.content("bo") == CONTENT


def test_an_own_file_that_was_let_go_goes_with_age_and_for_others() -> None:
    village = Village(["ana"])
    village.start()
    village.share("ana", CONTENT)
    village.run(MINUTE)
    (entry,) = village.entries("ana")
    shelf = village.hosts["ana"].node.files.organ.shelf
    assert shelf.expired(entry.expired) == []
    let_go(village, "ana")

    assert shelf.expired(entry.expired) == [entry]
    assert shelf.used == 0


def test_old_files_make_room_and_pinned_ones_stay() -> None:
    shelf = Shelf(quota=10_000)
    entries = []
    for number in range(4):
        manifest = manifest_of(b"f", 3_000, Random(number).randbytes(3_000), shrunk=False, sealed=False)
        entry = Entry(manifest, b"", bytes(32), b"", "here", b"", own=False, wanted=True, born=0, whole=True)
        entries.append(entry)
        if number < 3:
            shelf.put(entry)
    entries[0].pinned = True

    assert shelf.room(3_000, own=False) == [entries[1]]
    assert shelf.room(9_000, own=False) is None
    assert shelf.expired(8 * 86_400) == entries[1:3]


def test_symbols_of_files_that_nobody_told_of_take_bounded_room() -> None:
    village = Village(["ana", "bo"])
    village.start()
    bo = village.hosts["bo"]
    for number in range(2_000):
        symbol = Symbol(number.to_bytes(6, "big"), number, 0, b"x" * 232)
        bo.heard(one_hop(AirKind.SYMBOL, encode(symbol)), -60, village.now)
    asked = kinds(village, AirKind.NEED)
    village.run(10 * MINUTE)

    assert len(bo.node.files.organ.courier._strays) <= 2
    assert kinds(village, AirKind.NEED) - asked <= 14


def in_a_room(village: Village, first: str, *others: str) -> None:
    """The first makes a room, and the others come into it."""
    host = village.hosts[first]
    _, effects = host.node.rooms.make(NewRoom("kitchen"))
    host.carry_out(effects, village.now)
    for name in others:
        other = village.hosts[name]
        _, effects = host.node.rooms.invite(Invite("kitchen", other.node.key.hex()), 0)
        host.carry_out(effects, village.now)
        village.run(5_000)
        other.carry_out(other.node.rooms.join(JoinRoom("kitchen"), 0)[1], village.now)
        village.run(5_000)


def test_a_file_for_a_room_is_served_on_by_whoever_has_it_to_who_comes_later() -> None:
    village = Village(["ana", "bo", "cy", "eve"])
    village.start()
    in_a_room(village, "ana", "bo", "cy")
    village.off.add("cy")
    village.share("ana", CONTENT, room="kitchen")
    village.run(MINUTE)
    assert village.content("bo") == CONTENT
    assert village.files("bo")[0].room == "kitchen"
    assert village.files("eve") == []

    village.off |= {"ana", "eve"}  # eve holds the pieces, too, though she cannot read them
    before = len(village.aired)
    village.radio("cy")
    village.run(30 * MINUTE)
    assert village.content("cy") == CONTENT
    servers = {who for _, who, air in village.aired[before:] if air[0] >> 2 & 15 == AirKind.SYMBOL}
    assert "bo" in servers


def test_a_holder_who_vanishes_leaves_a_file_that_says_since_when_nobody_sends() -> None:
    village = Village(["ana", "bo"])
    village.start()
    village.share("ana", CONTENT)
    village.run(15 * village.frame_ms)
    village.cut("ana")
    village.run(10 * MINUTE)
    (info,) = village.files("bo")
    assert info.state == "coming"
    assert info.quiet_s is not None
    assert 590 <= info.quiet_s <= 601
    assert "nobody near has sent of it for 10 min" in file_words.state(asdict(info))

    village.radio("ana")
    assert village.until(30 * MINUTE)
    assert village.files("bo")[0].quiet_s is None


def known(village: Village, name: str, of: str = "has") -> set[str]:
    (info,) = village.files(name)
    return {person.name for person in getattr(info, of)}


def ask(village: Village, name: str) -> None:
    host = village.hosts[name]
    host.node.files.organ.holders.ask(village.entries(name)[0], village.now)
    village.run(10_000)


def test_who_has_a_public_file_is_said_when_it_is_asked_for_and_not_before() -> None:
    village = Village(["ana", "bo", "cy"])
    village.start()
    village.share("ana", CONTENT)
    while not village.entries("cy") or not village.entries("cy")[0].held:
        village.run(village.frame_ms)
    cy = village.hosts["cy"]
    village.deaf.update({("ana", "cy"), ("bo", "cy")})
    village.run(MINUTE)
    assert known(village, "ana") == set()
    before = kinds(village, AirKind.SYMBOL)
    village.deaf.clear()
    cy.node.files.organ.courier.loaded(village.entries("cy")[0].tag).asking.stop()
    ask(village, "ana")

    assert known(village, "ana") == {"bo"}
    assert known(village, "ana", "lacks") == {"cy"}
    assert kinds(village, AirKind.SYMBOL) == before + 2
    # And who asked is not who is asked: everybody hears the answers, and knows them.
    assert known(village, "bo", "lacks") == {"cy"}


def test_who_is_invisible_says_nothing() -> None:
    village = Village(["ana", "bo"])
    village.start()
    village.share("ana", CONTENT)
    assert village.until(MINUTE)
    village.hosts["bo"].node.files.organ.holders._invisible = True
    ask(village, "ana")
    assert known(village, "ana") == set()


def test_for_whom_a_file_was_sealed_says_once_that_he_has_it() -> None:
    village = Village(["ana", "bo", "eve"])
    village.start()
    bo = village.hosts["bo"].node.key
    village.share("ana", CONTENT, who=bo.hex())
    village.run(MINUTE)

    assert known(village, "ana") == {"bo"}
    said = [air for _, who, air in village.aired if who == "bo" and air[0] >> 2 & 15 == AirKind.SYMBOL]
    assert len(said) == 1
    # Nothing of it names him.
    assert bo[:3] not in said[0]


def test_nobody_says_of_another_that_he_has_a_file() -> None:
    village = Village(["ana", "bo", "eve"])
    village.start()
    village.share("ana", CONTENT)
    assert village.until(MINUTE)
    ana, eve, bo = (village.hosts[name] for name in ("ana", "eve", "bo"))
    (entry,) = village.entries("ana")
    honest = holding.say(eve.node._identity, entry.tag, 0, b"\1\2", b"")

    def told(holder: Holder, lacks: int = 0) -> set[str]:
        air = one_hop(AirKind.SYMBOL, encode(Symbol(entry.tag, HOLDS, lacks, encode(holder))))
        ana.heard(air, -60, village.now)
        return known(village, "ana") | known(village, "ana", "lacks")

    assert told(replace(honest, who=bo.node.key[:8])) == set()
    assert told(honest, 1) == set()
    assert told(replace(honest, salt=b"\1\3")) == set()
    assert told(replace(honest, proof=honest.proof[:8])) == set()
    assert told(honest) == {"eve"}
