"""Modules that are not there for a while."""

import sys

import pytest

from handheld.lean import emptied, without


def test_what_is_hidden_is_not_found_and_comes_back() -> None:
    with without("this"), pytest.raises(ImportError):
        import this  # noqa: F401

    assert "this" not in sys.modules


def test_what_is_emptied_is_found_and_holds_nothing() -> None:
    with emptied("antigravity"):
        import antigravity

    assert not hasattr(antigravity, "webbrowser")
    assert "antigravity" not in sys.modules


def test_what_is_there_already_stays() -> None:
    before = sys.modules["pytest"]
    with without("sys"), emptied("pytest"):
        assert (sys.modules["sys"], sys.modules["pytest"]) == (sys, before)


def test_they_come_back_after_a_mistake() -> None:
    with pytest.raises(ZeroDivisionError), without("this"):
        raise ZeroDivisionError

    assert "this" not in sys.modules
