# SPDX-License-Identifier: MIT
"""A frame of the air as one line for a person: what it is, how it travels, its fields.

The same line as handheld/wire/explain.py makes. It allocates: loaded and used only when somebody looks.
"""

import struct

from relay import header_size
from wire_kinds import KINDS, MODES, TEXTS
from wire_tables import FLAG_URGENT, MODE_COLLECT, MODE_WAY, PATH_HEADER

_SHORT = 8  # bytes that are shown in full


def line(frame, n):
    """What frame[:n] says."""
    header = header_size(frame, n)
    if header == 0:
        return "no frame: " + value(bytes(frame[:n]))
    kind = frame[0] >> 2 & 15
    name, rows = KINDS.get(kind, ("KIND-%d" % kind, ()))
    words = [name, MODES[frame[1] >> 6], "ttl=%d" % (frame[1] >> 2 & 15)]
    if frame[0] & FLAG_URGENT:
        words.append("URGENT")
    if frame[1] >> 6 in (MODE_COLLECT, MODE_WAY):
        words.append("cursor=%d" % frame[6])
        words.append("names=" + value(bytes(frame[7:PATH_HEADER])))
    body = bytes(frame[header:n])
    for row in rows:
        if fits(row, len(body)):
            fields(row, body, words)
            return " ".join(words)
    words.append("body=" + value(body))
    return " ".join(words)


def fits(row, n):
    """Whether a body of n bytes can be of this layout."""
    rest = n - struct.calcsize(row[0]) - struct.calcsize(row[5] or ">")
    return row[3] <= rest <= row[4]


def fields(row, body, words):
    """Add a word for each field."""
    head, names, tail, _, _, trailer, trailer_names, numbers = row
    start = struct.calcsize(head)
    end = len(body) - (struct.calcsize(trailer) if trailer else 0)
    found = list(zip(names, struct.unpack_from(head, body, 0)))
    if tail:
        found.append((tail, body[start:end]))
    if trailer:
        found += zip(trailer_names, struct.unpack_from(trailer, body, end))
    for name, content in found:
        known = numbers.get(name)
        if known and content in known:
            words.append(name + "=" + known[content])
        elif name in TEXTS:
            words.append(name + '="' + readable(content) + '"')
        else:
            words.append(name + "=" + value(content))


def value(content):
    """A number, or bytes as hex, cut where they are long."""
    if isinstance(content, int):
        return str(content)
    if len(content) <= _SHORT:
        return content.hex()
    return "%s..%d" % (content[:4].hex(), len(content))


def readable(content):
    """What of these bytes is plain text; a question mark in place of the rest."""
    return "".join(chr(c) if 32 <= c < 127 else "?" for c in content)
