"""The tree of errors: exit codes are its own, documented, and found again."""

import re

import pytest

from handheld import errors
from handheld.errors import LinkError, PocketmeshError, RemoteError, UserError, WireError, by_code

USER_ERRORS = UserError.__subclasses__()


def test_every_sentence_has_an_exit_code_of_its_own() -> None:
    codes = [kind.exit_code for kind in USER_ERRORS]

    assert len(set(codes)) == len(codes)
    assert set(codes).isdisjoint({0, 1, 130})


def test_the_tree_drawn_in_the_module_is_the_tree() -> None:
    drawn = dict(re.findall(r"── (\w+) +(\d+)  ", errors.__doc__ or ""))

    assert drawn == {kind.__name__: str(kind.exit_code) for kind in USER_ERRORS}


@pytest.mark.parametrize("kind", USER_ERRORS)
def test_a_code_leads_back_to_its_error(kind: type[UserError]) -> None:
    found = by_code(kind.exit_code, "A sentence.")

    assert type(found) is kind
    assert str(found) == "A sentence."


@pytest.mark.parametrize("code", [-1, 0, 1, 99])
def test_a_code_of_nobody_is_an_error_all_the_same(code: int) -> None:
    found = by_code(code, "A sentence.")

    assert isinstance(found, UserError)
    assert str(found) == "A sentence."


def test_an_error_of_a_peer_has_a_reason_to_be_counted_by() -> None:
    assert (str(WireError("short")), WireError("short").reason) == ("short", "short")
    assert str(LinkError("seq", "7 after 5")) == "seq: 7 after 5"
    assert issubclass(RemoteError, PocketmeshError)
    assert not issubclass(RemoteError, UserError)
