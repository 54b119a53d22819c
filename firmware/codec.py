# SPDX-License-Identifier: MIT
"""The strict codec for frames that are rare, such as hellos and status: bytes <-> a dict of fields.

It allocates, and checks lengths and nothing else: what a number means is the reader's business. Frames of
the air and the bulk of the cable are read in place, by offset.
"""

import struct

from wire_tables import LAYOUTS


def unpack(name, data):
    """The fields of the layout `name`; ValueError("short") or ("long") if the length cannot be right."""
    head, head_names, tail, tail_min, tail_max, trailer, trailer_names = LAYOUTS[name]
    start = struct.calcsize(head)
    end = len(data) - (struct.calcsize(trailer) if trailer else 0)
    if end - start < tail_min:
        raise ValueError("short")
    if end - start > tail_max:
        raise ValueError("long")
    values = dict(zip(head_names, struct.unpack_from(head, data, 0)))
    if tail:
        values[tail] = bytes(data[start:end])
    if trailer:
        values.update(zip(trailer_names, struct.unpack_from(trailer, data, end)))
    return values


def pack(name, values):
    """The bytes of a frame; ValueError("value") if a field is missing, too many, or does not fit."""
    head, head_names, tail, _, _, trailer, trailer_names = LAYOUTS[name]
    data = struct.pack(head, *[values[field] for field in head_names])
    if tail:
        data += values[tail]
    if trailer:
        data += struct.pack(trailer, *[values[field] for field in trailer_names])
    # `struct` cuts numbers and bytes that are too long without a word: only reading them back tells.
    if unpack(name, data) != values:
        raise ValueError("value")
    return data
