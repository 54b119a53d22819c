"""Settings that are changed by a command: the file keeps what a person wrote into it."""

from pathlib import Path

import pytest

from handheld.commands import ChangeSetting, Settings
from handheld.config import FILE, RULES, Bearers, Config, is_quiet, load, meant
from handheld.daemon.settings import SettingsDesk, changed, write
from handheld.errors import Refused, UsageError

HAND_WRITTEN = """\
# my handheld
name = "Ada"  # as on the door
boards = [
  "here",
  "market",
]

[bearers]
# the mill's network
lan = false
"""


def test_a_value_is_changed_where_it_stands_and_every_comment_stays() -> None:
    assert changed(HAND_WRITTEN, "name", "Ida") == HAND_WRITTEN.replace('"Ada"', '"Ida"')
    assert changed(HAND_WRITTEN, "bearers.lan", True) == HAND_WRITTEN.replace("false", "true")


def test_what_was_not_there_comes_before_the_tables() -> None:
    made = changed(HAND_WRITTEN, "lock_minutes", 5)
    assert made == HAND_WRITTEN.replace("\n\n[bearers]", "\nlock_minutes = 5\n\n[bearers]")
    assert changed("", "bearers.lan", True) == "[bearers]\nlan = true\n"
    assert changed("[bearers]", "name", "x") == 'name = "x"\n[bearers]\n'
    assert changed("[bearers]", "bearers.lan", True) == "[bearers]\nlan = true\n"


def test_a_layout_that_is_not_understood_is_left_to_its_owner(tmp_path: Path) -> None:
    for text in ('name = """\nAda"""\n', 'text = """\nname = "x"\n"""\n', "bearers = {lan = false}\n"):
        with pytest.raises(UsageError, match="by hand"):
            changed(text, "bearers.lan" if "bearers" in text else "name", True if "lan" in text else "Ida")


@pytest.mark.parametrize(
    ("key", "written", "value"),
    [
        ("invisible", "yes", True),
        ("invisible", "off", False),
        ("lock_minutes", " 7 ", 7),
        ("name", " Ida ", "Ida"),
    ],
)
def test_what_a_person_writes(tmp_path: Path, key: str, written: str, value: object) -> None:
    write(tmp_path, key, meant(key, written))
    assert getattr(load(tmp_path), key) == value


@pytest.mark.parametrize(
    ("key", "written"),
    [
        ("invisible", "maybe"),
        ("lock_minutes", "1441"),
        ("lock_minutes", "\u0663"),
        ("quiet_hours", "25:00-07:00"),
        ("theme", "pink"),
        ("colour", "red"),
        ("name", "two\nlines"),
    ],
)
async def test_what_no_setting_can_be_is_refused_and_nothing_is_written(
    tmp_path: Path, key: str, written: str
) -> None:
    with pytest.raises(Refused):
        await SettingsDesk(tmp_path, None).answer(ChangeSetting(key, written))
    assert not (tmp_path / FILE).exists()


async def test_the_desk_says_when_it_comes_to_be_so(tmp_path: Path) -> None:
    opened: list[int] = []
    desk = SettingsDesk(tmp_path, lambda: opened.append(1))
    told = [
        await desk.answer(ChangeSetting(*what))
        for what in (("name", "Ida"), ("theme", "dark"), ("radio", "none"))
    ]
    assert [(one.value, one.applied) for one in told] == [  # type: ignore[attr-defined]
        ("Ida", "now"),
        ("dark", "now"),
        ("none", "at the next start"),
    ]
    assert opened == [1]
    later = await SettingsDesk(tmp_path, None).answer(ChangeSetting("name", "Ada"))
    assert later.applied == "at the next start"  # type: ignore[attr-defined]
    held = await desk.answer(Settings())
    assert [one.name for one in held] == list(RULES)  # type: ignore[attr-defined]


def test_every_setting_has_its_place_in_the_file(tmp_path: Path) -> None:
    for key, rule in RULES.items():
        text = {"flag": "yes", "number": "3", "hours": "22:00-07:00", "choice": rule.choices[-1:]}.get(
            rule.kind, "x"
        )
        write(tmp_path, key, meant(key, text if isinstance(text, str) else text[0]))
    assert load(tmp_path) == Config(
        **dict.fromkeys(("name", "notify", "notice", "place", "radio"), "x"),
        **dict.fromkeys(("invisible", "read_receipts", "bell", "box"), True),
        lock_minutes=3,
        file_kb=3,
        quiet_hours="22:00-07:00",
        theme="mono",
        glyphs="unicode",
        bearers=Bearers(lan=True),
    )


def test_quiet_hours_may_go_over_midnight() -> None:
    minutes = {21 * 60: False, 22 * 60: True, 0: True, 6 * 60 + 59: True, 7 * 60: False}
    assert {minute: is_quiet("22:00-07:00", minute) for minute in minutes} == minutes
    assert is_quiet("12:00-13:00", 12 * 60 + 30)
    assert not is_quiet("", 0)
