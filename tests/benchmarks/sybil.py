"""A thousand made-up identities that post without end: what they cost who hears them.

`python -m tests.benchmarks.sybil` writes JSON; a number behind it is how many posts, instead of a million.
"""

import json
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from handheld.clock import SeededEntropy
from handheld.commands import POST_BYTES
from handheld.daemon.saving import load, save_all
from handheld.node.effects import KeepPost
from handheld.node.standing import FOLLOWED, FURTHER, KNOWN, OWN, REST
from handheld.store import migrate
from handheld.store.messages import OTHERS_MAX
from handheld.store.sealed import Connection
from tests.support.store import VAULT

RESULTS = Path(__file__).parent / "results" / "sybil.json"

IDENTITIES, POSTS = 1_000, 1_000_000
OVERHEAD = 110
"""What a post has besides its text."""

AT_ONCE = 500
EACH = 10
"""Posts of each person that counts: our own, one who was met, one who is followed, one whom he follows."""

MEGABYTE = 1_000_000


def _post(writer: str, seq: int, rank: int) -> KeepPost:
    raw = SeededEntropy(f"{writer} {seq}").take(POST_BYTES + OVERHEAD)
    author = SeededEntropy(writer).take(32)
    return KeepPost(
        author, seq, seq, "here", raw[:POST_BYTES], raw, rank == OWN, None, None, None, powered=1, rank=rank
    )


def _save(writer: Connection, keeps: list[KeepPost]) -> None:
    writer.execute("BEGIN")
    save_all(writer, keeps)
    writer.execute("COMMIT")


def _flood(posts: int) -> dict[str, Any]:
    """All of them, one after the other; bytes are of the database after each `AT_ONCE`, its log aside."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "mesh.db"
        writer, reader = migrate.open_pair(path, VAULT)
        with closing(writer), closing(reader):
            load(writer, ["here"], 0)
            ranks = (OWN, KNOWN, FOLLOWED, FURTHER)
            _save(
                writer, [_post(f"friend {rank}", seq, rank) for rank in ranks for seq in range(1, EACH + 1)]
            )
            full = most = 0
            for number in range(0, posts, AT_ONCE):
                some = range(number, number + AT_ONCE)
                _save(
                    writer, [_post(f"junk {one % IDENTITIES}", 1 + one // IDENTITIES, REST) for one in some]
                )
                most = max(most, path.stat().st_size)
                if number <= OTHERS_MAX:
                    full = most
            held = writer.execute("SELECT rank, count(*) FROM messages GROUP BY rank").fetchall()
    kept = {rank: count for rank, count in held if rank != REST}
    return {
        "identities": IDENTITIES,
        "posts": posts,
        "evicted_of_own_met_followed_and_further": EACH * len(ranks) - sum(kept.values()),
        "posts_of_others_held": sum(count for _, count in held) - EACH,
        "posts_of_others_at_most": OTHERS_MAX,
        "bytes_when_full": full,
        "bytes_beyond_at_most": most - full,
        "bytes_beyond_limit": MEGABYTE,
    }


def main() -> None:
    """Measure, and keep the figures."""
    found = _flood(int(sys.argv[1]) if sys.argv[1:] else POSTS)
    text = json.dumps(found, indent=1) + "\n"
    if found["posts"] == POSTS:
        RESULTS.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
