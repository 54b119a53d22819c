"""Large files and slow air: whatever was begun elsewhere waits for the owner's yes."""

from random import Random

from handheld.wire.constants import AirKind
from tests.support.file_village import Village

LARGE = Random(1).randbytes(20_000)


def test_a_file_shared_on_fast_air_is_not_served_on_slow_air_until_its_owner_says_yes() -> None:
    village = Village(["ana", "bo"])
    village.start()
    village.cut("bo")
    village.share("ana", LARGE, yes=False)
    village.run(30_000)
    village.slow_radios()
    village.run(60_000)
    since = village.now
    village.run(2_000_000)
    village.get("bo", yes=True)
    village.run(200_000)
    assert village.sent(AirKind.NEED, since, "bo") > 0
    assert village.sent(AirKind.SYMBOL, since, "ana") == 0
    shown = village.files("ana")[0]
    assert (shown.state, shown.waits) == ("here", True)
    assert not village.files("bo")[0].waits

    village.get("ana", yes=True)
    village.until(400_000)
    assert village.content("bo") == LARGE
    village.cut("ana")
    assert village.entries("ana")[0].agreed


def test_what_is_asked_for_on_slow_air_waits_for_a_yes_or_for_a_fast_radio() -> None:
    for yes in (True, False):
        village = Village(["ana", "bo"])
        village.slow_radios()
        village.run(5_000)
        village.share("ana", LARGE)
        village.run(60_000)
        assert village.files("bo")[0].state == "known"
        village.get("bo")
        since = village.now
        village.run(60_000)
        shown = village.files("bo")[0]
        assert (shown.state, shown.waits) == ("coming", True)
        assert village.sent(AirKind.NEED, since) == 0
        if yes:
            village.get("bo", yes=True)
        else:
            village.fast_radios()
        village.until(900_000)
        assert not village.files("bo")[0].waits
        assert village.content("bo") == LARGE


def test_what_was_shared_before_a_radio_was_there_waits_too() -> None:
    village = Village(["ana", "bo"])
    village.share("ana", LARGE, yes=False)
    assert not village.files("ana")[0].waits
    village.slow_radios()
    village.run(300_000)
    assert village.sent(AirKind.SYMBOL) == 0
    assert village.files("ana")[0].waits

    village.get("bo")
    village.fast_radios()
    assert village.until(60_000)
