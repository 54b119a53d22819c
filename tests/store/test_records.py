"""Records page by page: profiles first, then posts, each as it was signed."""

from pathlib import Path

import pytest

from handheld.store import messages, people, records
from handheld.store.database import Connection, Database
from handheld.store.ranks import HIDDEN
from handheld.store.records import PAGE
from tests.support.store import VAULT, own_post, person, post


async def pages(database: Database) -> list[list[tuple[bytes, int, int | None]]]:
    found, after = [], ""
    while True:
        page = await database.read(lambda connection, after=after: records.page(connection, after))
        found.append(page.rows)
        if not page.after:
            return found
        after = page.after


def fill(connection: Connection) -> None:
    for number in range(PAGE + 5):
        people.save(connection, person(number))
        messages.add(connection, post(number + 1, age=60))
    messages.add(connection, own_post(1, 9, powered=7))


async def test_everything_comes_once_and_profiles_come_first(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "db", VAULT)
    try:
        await database.write(fill, urgent=True)
        found = await pages(database)
    finally:
        await database.close()
    assert [len(page) for page in found] == [PAGE, 5, 1, PAGE, 6]
    assert {row[0] for page in found[:2] for row in page} == {person(n).profile for n in range(PAGE + 5)}
    assert found[2] == [(b"dhere", 0, None)]
    posts = [row for page in found[3:] for row in page]
    assert posts[:2] == [(post(1).raw, 60, None), (post(2).raw, 60, None)]
    assert posts[-1] == (own_post(1, 9).raw, 0, 7)


async def test_letters_and_rooms_stay_at_home_and_so_does_what_was_deleted(tmp_path: Path) -> None:
    database = Database.open(tmp_path / "db", VAULT)
    try:
        for row in (post(1, peer=b"k" * 32, raw=b""), post(2, peer=b"room1234", raw=b""), post(3, raw=b"")):
            await database.write(lambda connection, row=row: messages.add(connection, row), urgent=True)
        assert await pages(database) == [[], [], []]
    finally:
        await database.close()


async def test_what_somebody_blocked_wrote_is_carried_no_further_nor_the_board_that_all_know(
    tmp_path: Path,
) -> None:
    database = Database.open(tmp_path / "db", VAULT)
    try:
        for row in (post(1, rank=HIDDEN, board="evil"), post(2), post(3, board="~lists")):
            await database.write(lambda connection, row=row: messages.add(connection, row), urgent=True)
        _, names, posts = await pages(database)
    finally:
        await database.close()
    assert names == [(b"dhere", 0, None)]
    assert [raw for raw, _, _ in posts] == [post(2).raw, post(3).raw]


@pytest.mark.parametrize("after", ["letters:0", "posts:x", "people:xyz", "x"])
async def test_what_no_page_said_is_an_error(tmp_path: Path, after: str) -> None:
    database = Database.open(tmp_path / "db", VAULT)
    try:
        with pytest.raises(ValueError, match=r"\w"):
            await database.read(lambda connection: records.page(connection, after))
    finally:
        await database.close()
