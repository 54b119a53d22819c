"""What is told and what is counted, from facts given by hand."""

from dataclasses import replace

import pytest

from handheld.events import Message, Person
from handheld.sim import cast
from handheld.sim.place import Ground, Walk, open_to, still
from handheld.sim.story import Story, quote, summary

START = 1_000_000_000
SECOND = 1_000_000
ANA, BO, CEM, DEE = range(4)


@pytest.fixture
def story():
    walks = [
        still(0, 0),
        still(90, 0),
        still(180, 0),
        Walk(((10, 270, 0), (11, 900, 0), (20, 900, 0), (21, 270, 0))),
    ]
    names = ("ana", "bo", "cem", "dee")
    people = [
        cast.Person(name, f"the house of {name}", walk) for name, walk in zip(names, walks, strict=True)
    ]
    return Story(people, Ground(walks, open_to(100)), 0, START)


def at(second):
    return START + round(second * SECOND)


def person(name, hops=1, rssi=-61, **other):
    fields = {"level": "unknown", "mark": "?", "neighbour": True, "heard_s": 0} | other
    return Person(key=f"key of {name}", name=name, hops=hops, rssi=rssi, **fields)


def message(author="ana", seq=1, hops=2, *, own=False):
    return Message(
        id=1, board="here", author=f"key of {author}", name=author, mark="?", text="x", seq=seq, lamport=1,
        own=own, hops=hops, rssi=-70, at=None,
    )  # fmt: skip


def letter(author="ana", peer="ana", seq=1, number=7, *, own=False):
    """As it is shown at its reader, or with `own` at its writer."""
    return replace(message(author, seq, None, own=own), id=number, board="", rssi=None, peer=f"key of {peer}")


def test_a_neighbour_is_told_once_and_the_first_one_is_timed(story):
    assert story.heard(ANA, person("ana", level="self"), at(1)) == []
    assert story.heard(ANA, person("bo", neighbour=False), at(2)) == []
    assert story.result()["first_neighbour_s"] is None
    assert story.heard(ANA, person("bo"), at(3.25)) == ["0:03 ana hears bo, 1 hop, -61 dBm"]
    assert story.heard(ANA, person("bo"), at(3.5)) == []
    assert story.heard(CEM, person("ana", 2, -90), at(63)) == ["1:03 cem hears ana, 2 hops, -90 dBm"]
    assert story.result()["first_neighbour_s"] == 3.25


def test_the_story_can_begin_when_everybody_has_met_somebody(story):
    for number in (ANA, BO, CEM):
        story.heard(number, person("bo"), at(3))
    assert not story.everybody_met_somebody()
    story.heard(DEE, person("bo"), at(3))
    assert story.everybody_met_somebody()


def test_a_post_counts_once_for_each_who_was_in_reach(story):
    post, lines = story.begin_post(ANA, "Water at the school, and a long line", at(5))
    assert lines == ['0:05 ana at the house of ana: "Water at the school, and a long line"']
    assert story.saved(post, message(own=True)) == []
    assert story.arrived(ANA, message(own=True, hops=None), at(5.01)) == []
    assert story.arrived(CEM, message(hops=2), at(5.125)) == [
        "0:05 post 'Water at the school, and...' from ana reached cem over 2 hops in 0.12 s"
    ]
    assert story.arrived(CEM, message(hops=1), at(5.3)) == []
    assert not post.reached(DEE)
    story.arrived(DEE, message(hops=3), at(5.5))
    assert post.reached(DEE)
    answer = story.result()
    assert answer["lost"] == 1
    assert answer["median_latency_s"] == 0.312
    assert answer["latency_s"] == {"post": 0.312, "private": None}
    assert (answer["failed"], answer["duplicates_shown"]) == (0, 1)
    shared = {"kind": "post", "from": "ana", "acked": None, "ack_s": None}
    assert answer["messages"] == [
        shared | {"to": "bo", "hops": None, "latency_s": None, "delivered": False},
        shared | {"to": "cem", "hops": 2, "latency_s": 0.125, "delivered": True},
        shared | {"to": "dee", "hops": 3, "latency_s": 0.5, "delivered": True},
    ]
    assert answer["people"][1] == {"name": "bo", "place": "the house of bo"}


def test_an_arrival_before_the_node_has_answered_is_not_forgotten(story):
    post, _ = story.begin_post(ANA, "Early", at(5))
    assert story.arrived(BO, message(hops=1), at(5.1)) == []
    assert story.saved(post, message(own=True)) == [
        "0:05 post 'Early' from ana reached bo over 1 hop in 0.10 s"
    ]


@pytest.mark.parametrize(("second", "expected"), [(5, 3), (9.5, 2), (15, 2), (25, 3)])
def test_who_is_away_or_just_leaving_is_not_in_reach(story, second, expected):
    story.begin_post(ANA, "Hello", at(second))
    assert story.result()["lost"] == expected


def test_who_was_out_of_reach_and_hears_it_all_the_same_is_told_but_not_counted(story):
    post, _ = story.begin_post(ANA, "Hello", at(15))
    story.saved(post, message(own=True))
    assert story.arrived(DEE, message(hops=3), at(15.2))
    assert [line["to"] for line in story.result()["messages"]] == ["bo", "cem"]


def test_walking_out_of_range_and_back_is_told(story):
    assert story.look_around(at(9)) == []
    assert story.look_around(at(12)) == ["0:12 dee walks out of range"]
    assert story.look_around(at(13)) == []
    assert story.look_around(at(22)) == ["0:22 dee is back in range"]


def test_a_letter_is_told_to_its_end_and_its_hops_are_those_of_the_map(story):
    said, lines = story.begin_letter(ANA, CEM, "Only for you", at(5))
    assert lines == ['0:05 ana at the house of ana writes to cem, sealed: "Only for you"']
    assert story.saved(said, letter(peer="cem", own=True)) == []
    assert story.arrived(ANA, letter(peer="cem", own=True), at(5.01)) == []
    assert story.state(ANA, 7, "aired", at(5.02)) == []
    assert story.arrived(CEM, letter(), at(5.125)) == [
        "0:05 private 'Only for you' from ana reached cem over 2 hops in 0.12 s"
    ]
    assert said.reached(CEM)
    assert not said.reached(BO)
    assert story.state(BO, 7, "delivered", at(5.2)) == []
    assert story.result()["messages"][0]["acked"] is False
    assert not story.every_letter_came()
    assert story.state(ANA, 7, "delivered", at(5.25)) == ["0:05 ana sees it delivered after 0.25 s"]
    assert story.every_letter_came()
    assert story.arrived(CEM, letter(), at(5.3)) == []
    answer = story.result()
    assert answer["messages"] == [
        {"kind": "private", "from": "ana", "to": "cem", "hops": 2, "latency_s": 0.125, "delivered": True}
        | {"acked": True, "ack_s": 0.25}
    ]
    assert answer["latency_s"] == {"post": None, "private": 0.125}
    assert (answer["lost"], answer["failed"], answer["duplicates_shown"]) == (0, 0, 1)


def test_a_letter_that_was_faster_than_the_answer_of_its_own_node_is_not_forgotten(story):
    said, _ = story.begin_letter(ANA, BO, "Early", at(5))
    assert story.arrived(BO, letter(), at(5.1)) == []
    assert story.state(ANA, 7, "delivered", at(5.2)) == []
    assert story.saved(said, letter(peer="bo", own=True)) == [
        "0:05 private 'Early' from ana reached bo over 1 hop in 0.10 s",
        "0:05 ana sees it delivered after 0.20 s",
    ]


def test_a_post_and_letters_to_two_people_under_one_number_are_three_messages(story):
    post, _ = story.begin_post(ANA, "To all", at(5))
    to_bo, _ = story.begin_letter(ANA, BO, "To bo", at(5))
    to_cem, _ = story.begin_letter(ANA, CEM, "To cem", at(5))
    story.saved(post, message(own=True))
    story.saved(to_bo, letter(peer="bo", number=8, own=True))
    story.saved(to_cem, letter(peer="cem", number=9, own=True))
    story.arrived(CEM, letter(), at(6))
    assert to_cem.reached(CEM)
    assert not post.reached(CEM)
    assert not to_bo.reached(BO)


def test_a_letter_given_up_counts_as_failed_and_lost_until_its_ack_comes_all_the_same(story):
    said, _ = story.begin_letter(ANA, DEE, "Are you up there?", at(15))
    story.saved(said, letter(peer="dee", own=True))
    assert story.state(ANA, 7, "failed", at(16)) == ["0:16 ana sees 'Are you up there?' given up"]
    answer = story.result()
    assert (answer["failed"], answer["lost"], answer["messages"][0]["hops"]) == (1, 1, None)
    assert (answer["messages"][0]["acked"], answer["messages"][0]["ack_s"]) == (False, None)
    assert story.arrived(DEE, letter(), at(22)) == [
        "0:22 private 'Are you up there?' from ana reached dee over some hops in 7.00 s"
    ]
    story.state(ANA, 7, "delivered", at(23))
    answer = story.result()
    assert (answer["failed"], answer["lost"], answer["messages"][0]["ack_s"]) == (0, 0, 8.0)


def test_the_summary_is_the_answer_in_words(story):
    post, _ = story.begin_post(ANA, "Hello", at(5))
    story.saved(post, message(own=True))
    for number in (BO, CEM):
        story.arrived(number, message(), at(5.1))
    counted = {"interpreter": "MicroPython 1.29", "frames": {"post": 3, "profile": 9}, "airtime_s": 0.0312}
    posts = "2 of 3 posts arrived where they could, half of them within 0.10 s. "
    air = "12 frames were on the air for 0.03 s (3 post, 9 profile); the radios ran on MicroPython 1.29."
    assert summary(story.result() | counted) == posts + air
    said, _ = story.begin_letter(ANA, BO, "Only for you", at(6))
    story.saved(said, letter(peer="bo", own=True))
    story.arrived(BO, letter(), at(6.25))
    story.begin_letter(ANA, CEM, "Never sent", at(7))
    assert summary(story.result() | counted) == (
        f"{posts}1 of 2 private messages reached their reader, half of them within 0.25 s, and 0 of their "
        f"writers know it. {air}"
    )
    assert quote("short") == "short"
