"""How fast a village of whole radios lives in virtual time: firmware under MicroPython, cable, session, node.

`python -m tests.benchmarks.virtual_time` plays the hour and prints one JSON object.
"""

import json
import sys
from time import process_time

from handheld.sim.reader import parse
from handheld.sim.run import Options, run

HOUR_MAX_S = 30
"""Seconds for it on a quiet machine of two processors."""

HOUR = """
name = "20 MicroPython radios, an hour"
duration_s = 3600
seed = 3
[air]
model = "espnow"
path_loss = "none"
range_m = 100
[place]
kind = "random"
width_m = 300
height_m = 300
[[nodes]]
count = 20
[[traffic]]
kind = "dm"
every_s = 900
[[traffic]]
kind = "post"
every_s = 1800
"""


def an_hour_of_twenty() -> dict[str, object]:
    """Seconds that it took, and what became of what they wrote; own_s is without the radios' processes."""
    began = process_time()
    answer = run(parse(HOUR), Options(fast=False))
    kept = {
        kind: {"sent": found["sent"], "delivered": found["delivered"]}
        for kind, found in answer["traffic"].items()
    }
    own_s = round(process_time() - began, 1)
    return {"wall_s": answer["wall_s"], "own_s": own_s, "trace_hash": answer["trace_hash"], **kept}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(an_hour_of_twenty(), indent=1) + "\n")
