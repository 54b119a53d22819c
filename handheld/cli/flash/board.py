"""A board at its prompt: what it is, what lies in its flash, and how files get there whole.

New files are copied beside the old ones and checked there; only then they take the old ones' names, what
starts the radio last. So a copy that breaks off leaves the old radio or a prompt, and the next one goes on
where it stopped.
"""

from __future__ import annotations

import hashlib
import json
from binascii import b2a_base64
from collections.abc import Callable, Iterable
from typing import NamedTuple

from handheld.cli.flash.parcel import CHIPS, MAIN, NAME, Code, rivals
from handheld.errors import RadioForeign, Refused
from handheld.link.repl import Prompt
from handheld.text import clean_line

OLDEST = (1, 27)
"""The MicroPython that the firmware needs."""

SPARE = 16_384
"""Bytes of flash that stay free, for settings and what the file system writes of its own."""

_NEW = ".new"
_PIECE = 384
_SLOW = 60_000
_WORDS = ("ESP32-C3", "ESP32-S3", "ESP32")

_ASK = """\
import os,sys,json
u=os.uname()
s=os.statvfs(".")
try:
 with open("board") as f:n=f.read(40)
except OSError:n=""
print(json.dumps([u[0],u[2],u[4],sys.implementation._mpy,s[0],s[3],n]))
"""

_HASHES = """\
import hashlib,json
from binascii import hexlify
b=bytearray(512)
m=memoryview(b)
def h(p):
 s=hashlib.sha256()
 try:
  with open(p,"rb") as f:
   while 1:
    n=f.readinto(b)
    if not n:return hexlify(s.digest()).decode()
    s.update(m[:n])
 except OSError:return "-"
for p in json.loads(%s):print(h(p))
"""

_OPEN = """\
import os
from binascii import a2b_base64 as d
try:os.mkdir(%r)
except OSError:pass
f=open(%r,"wb")
"""

_SWITCH = """\
import os,json
def gone(p):
 try:os.remove(p)
 except OSError:pass
for p in json.loads(%s):
 try:os.rename(p+".new",p)
 except OSError:
  gone(p)
  os.rename(p+".new",p)
for p in json.loads(%s):gone(p)
for d in json.loads(%s):
 try:
  for n in os.listdir(d):
   if n.endswith(".new"):gone(d+"/"+n)
 except OSError:pass
"""


class Facts(NamedTuple):
    """What a board says of itself. `block`: bytes of one of its flash's; `free`: how many are free."""

    chip: str
    release: str
    code: Code
    block: int
    free: int
    name: str


def ask(prompt: Prompt) -> Facts:
    """What is there; RadioForeign if it is no ESP32 with a MicroPython that will do."""
    try:
        system, release, machine, number, block, free, name = json.loads(prompt.run(_ASK))
        code = Code.of(int(number))
        block, free = int(block), int(free)
    except (ValueError, TypeError):
        raise RadioForeign(
            "There is a prompt, but none of MicroPython's. Write MicroPython first: --image FILE."
        ) from None
    system, release, machine = (clean_line(str(each)) for each in (system, release, machine))
    chip = next((word for word in _WORDS if machine.split()[-1:] == [word.replace("-", "")]), "")
    if system != "esp32" or not chip:
        raise RadioForeign(f"This is no board that our firmware knows: {machine}. Nothing was written.")
    if _release(release) < OLDEST:
        raise RadioForeign(
            f"The board has MicroPython {release}, and our firmware needs {OLDEST[0]}.{OLDEST[1]} or newer. "
            "Write a newer one: --image FILE."
        )
    name = clean_line(str(name)).strip()
    return Facts(chip, release, code, block, free, name if CHIPS.get(name) == chip else "")


def _release(text: str) -> tuple[int, ...]:
    return tuple(int(part) if part.isdecimal() else 0 for part in text.split(".")[:2])


def changed(prompt: Prompt, files: dict[str, bytes]) -> dict[str, bytes]:
    """Those of the files that lie there otherwise, or not at all."""
    found = _hashes(prompt, files)
    return {name: data for name, data in files.items() if found[name] != _hash(data)}


def check_room(facts: Facts, files: dict[str, bytes]) -> None:
    """Refused, before anything is written, if these do not fit beside what is there."""
    blocks = sum(-(-len(data) // facts.block) + 1 for data in files.values())
    if blocks * facts.block + SPARE > facts.block * facts.free:
        raise Refused(
            f"The board's flash is too full: {blocks * facts.block >> 10} KiB are needed and "
            f"{facts.block * facts.free >> 10} KiB are free. Delete files of your own from it, or write it "
            "anew: --image FILE. Nothing was written."
        )


def put(prompt: Prompt, files: dict[str, bytes], told: Callable[[int, int], None]) -> None:
    """Copy and check; `told` hears how many bytes of how many are there. RadioForeign if one is damaged."""
    total = sum(map(len, files.values()))
    done = 0
    lying = _hashes(prompt, (name + _NEW for name in files))
    for name, data in files.items():
        # What an earlier copy that broke off has left is as good.
        if lying[name + _NEW] != _hash(data):
            _copy(prompt, name + _NEW, data)
        done += len(data)
        told(done, total)
    lying = _hashes(prompt, (name + _NEW for name in files))
    for name, data in files.items():
        if lying[name + _NEW] != _hash(data):
            raise RadioForeign(f"{name} came to the board damaged. Say the same again, with a shorter cable.")


def switch(prompt: Prompt, files: dict[str, bytes], every: dict[str, bytes]) -> None:
    """Have the copied `files` take the old ones' place; what would shadow one of `every` goes."""
    order = sorted(files, key=lambda name: (name == MAIN, name == NAME, name))
    folders = sorted({name.rpartition("/")[0] or "." for name in every})
    prompt.run(_SWITCH % (_quoted(order), _quoted(rivals(every)), _quoted(folders)), _SLOW)


def _copy(prompt: Prompt, path: str, data: bytes) -> None:
    prompt.run(_OPEN % (path.rpartition("/")[0] or ".", path))
    for start in range(0, len(data), _PIECE):
        text = b2a_base64(data[start : start + _PIECE], newline=False)
        prompt.run(f"f.write(d({text!r}))")
    prompt.run("f.close()")


def _hashes(prompt: Prompt, names: Iterable[str]) -> dict[str, str]:
    """Name -> SHA-256 as the board computes it; "-" for what is not there."""
    listed = list(names)
    printed = prompt.run(_HASHES % _quoted(listed), _SLOW).split()
    if len(printed) != len(listed):
        raise RadioForeign("The board's answer is not whole. Say the same again.")
    return dict(zip(listed, printed, strict=True))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _quoted(names: list[str]) -> str:
    """A list as a literal of text that the board's json reads."""
    return repr(json.dumps(names))
