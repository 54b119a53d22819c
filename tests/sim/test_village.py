"""The whole demo, once, with real everything: processes, ptys, sockets, firmware under its interpreter."""

import contextlib
import json
import os
import signal
import subprocess
import sys

import pytest

from tests.support.patience import PATIENCE_S
from tests.support.villages import left_behind, nodes, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads /proc to see what is left behind")

SECONDS = 20
"""Of the demo: on a busy machine greetings take a while, and a private message is to be told, too."""

DEMO = [sys.executable, "-m", "handheld", "demo", "--headless"]


@contextlib.contextmanager
def started(folder, *arguments):
    environment = os.environ | {"TMPDIR": str(folder)}
    with subprocess.Popen(
        [*DEMO, *arguments], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        try:
            yield demo
        finally:
            demo.kill()


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    folder = tmp_path_factory.mktemp("demo")
    with started(folder, "--json", "--seconds", str(SECONDS), "--seed", "4") as demo:
        out, err = demo.communicate(timeout=PATIENCE_S)
    return demo.returncode, out, err, left_behind(folder)


KEYS = {"kind", "from", "to", "hops", "latency_s", "delivered", "acked", "ack_s"}


def test_posts_cross_two_hops_and_reach_those_in_reach(ended):
    code, out, err, _ = ended
    assert (code, err) == (0, "")
    answer = json.loads(out)
    assert answer["seed"] == 4
    assert answer["seconds"] == SECONDS
    assert len(answer["people"]) == 6
    assert answer["interpreter"]
    assert 0 < answer["first_neighbour_s"] < SECONDS
    assert 0 < answer["median_latency_s"] < SECONDS
    assert answer["frames"]["post"] > 0
    assert answer["frames"]["profile"] > 0
    assert answer["messages"]
    assert max(message["hops"] for message in answer["messages"] if message["delivered"]) >= 2
    assert all(set(message) == KEYS for message in answer["messages"])
    # Broadcasts are not acknowledged: one post may meet a greeting at a radio that hears both senders, who do
    # not hear each other.
    assert answer["lost"] <= len(answer["messages"]) / 6


def test_private_messages_cross_hops_and_are_acknowledged(ended):
    answer = json.loads(ended[1])
    letters = [message for message in answer["messages"] if message["kind"] == "private"]
    assert letters
    for letter in letters:
        assert letter["hops"] >= 2
        assert letter["delivered"]
        assert letter["acked"]
        assert letter["latency_s"] > 0
        assert letter["ack_s"] > 0
    assert (answer["failed"], answer["duplicates_shown"], answer["loss_percent"]) == (0, 0, 0)
    assert 0 < answer["latency_s"]["private"] < SECONDS
    assert answer["frames"]["private"] > 0
    assert answer["frames"]["ack"] > 0


def test_nothing_is_left_when_it_ends(ended):
    assert ended[3] == ({}, [])


def heard_somebody(demo):
    return any(" hears " in line for line in iter(demo.stdout.readline, ""))


@pytest.mark.parametrize(
    ("number", "begun"),
    [
        (signal.SIGTERM, lambda demo, folder: until(lambda: len(nodes(folder)) == 6)),
        (signal.SIGINT, lambda demo, folder: heard_somebody(demo)),
    ],
)
def test_nothing_is_left_when_it_is_interrupted(tmp_path, number, begun):
    with started(tmp_path) as demo:
        assert begun(demo, tmp_path)
        demo.send_signal(number)
        _, err = demo.communicate(timeout=PATIENCE_S)
    assert demo.returncode == 130
    assert "Traceback" not in err
    assert left_behind(tmp_path) == ({}, [])


def test_a_process_that_falls_ends_the_demo_with_a_sentence(tmp_path):
    with started(tmp_path) as demo:
        os.kill(until(lambda: nodes(tmp_path))[0], signal.SIGKILL)
        _, err = demo.communicate(timeout=PATIENCE_S)
    assert demo.returncode == 40
    assert "the node of " in err
    assert "was killed." in err
    assert left_behind(tmp_path) == ({}, [])
