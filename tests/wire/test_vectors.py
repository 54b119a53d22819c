"""The published vectors: read by construct, by the radio's codec, and by the tables of PROTOCOL.md."""

import hashlib
import hmac
import json
from pathlib import Path

import pytest
from nacl.signing import VerifyKey

from handheld.errors import LocalError, WireError
from handheld.wire.codec import decode, encode
from handheld.wire.layout import LAYOUTS
from handheld.wire.schema import radio_layouts, row
from tests.support import cpython_firmware, micropython
from tests.support.vectors import FILES, FOLDER, Case, cases

ALL = cases()
VALID = [case for case in ALL if case.error is None]
LENGTHS = ("short", "long")
REASONS = (*LENGTHS, "reserved", "enum", "version", "mode", "path", "text", "size", "damaged", "range")
PUBLISHED = Path(__file__).with_name("published.json")

# What the radio does not read it has no rows for; with these its codec passes the records as well.
RECORD_ROWS = {name: row(kind.LAYOUT) for name, kind in LAYOUTS.items() if name not in radio_layouts()}


def named(case: Case) -> str:
    return case.id


@pytest.mark.parametrize("case", VALID, ids=named)
def test_what_is_valid_is_read_and_written_to_the_byte(case: Case) -> None:
    item = decode(case.kind, case.data)

    assert vars(item) == case.fields
    assert encode(item) == case.data


@pytest.mark.parametrize("case", [case for case in ALL if case.error], ids=named)
def test_what_is_wrong_is_refused_for_its_reason(case: Case) -> None:
    with pytest.raises(WireError) as raised:
        decode(case.kind, case.data)

    assert raised.value.reason == case.error


@pytest.mark.parametrize("case", [case for case in ALL if case.error and case.fields], ids=named)
def test_what_would_be_refused_is_not_written(case: Case) -> None:
    with pytest.raises(LocalError):
        encode(case.kind(**case.fields))


def test_every_layout_has_valid_cases_and_one_for_each_reason_it_can_be_refused_for() -> None:
    for layout in LAYOUTS:
        reasons = {case.error for case in ALL if case.layout == layout}
        assert {None, "short", "long"} <= reasons, layout
    assert {case.error for case in ALL} == {None, *REASONS}


def test_cases_are_well_formed() -> None:
    assert len({case.id for case in ALL}) == len(ALL)
    for case in ALL:
        assert case.id.startswith(f"{case.layout}-")
        assert case.raw["comment"].endswith(".")
        assert case.data.hex() == case.raw["hex"]
        names = () if case.error in LENGTHS else case.kind.LAYOUT.fields
        assert tuple(case.raw["fields"]) == names, case.id


def read_by_firmware(outcomes: list[list[object]]) -> None:
    """Assert what the radio's codec made of ALL: [fields or the error's name, the bytes again]."""
    assert len(outcomes) == len(ALL)
    for case, (read, again) in zip(ALL, outcomes, strict=True):
        # The codec judges lengths; what numbers mean is for those who use them.
        if case.error in LENGTHS:
            assert (read, again) == (case.error, ""), case.id
        else:
            assert read == case.raw["fields"], case.id
            assert again == case.raw["hex"], case.id


def test_the_radios_codec_reads_the_same_under_cpython() -> None:
    (codec,) = cpython_firmware.load("codec")
    codec.LAYOUTS.update(RECORD_ROWS)
    outcomes = []
    for case in ALL:
        try:
            values = codec.unpack(case.layout, case.data)
        except ValueError as error:
            outcomes.append([str(error), ""])
        else:
            fields = {name: v.hex() if isinstance(v, bytes) else v for name, v in values.items()}
            outcomes.append([fields, codec.pack(case.layout, values).hex()])

    read_by_firmware(outcomes)


def test_the_radios_codec_reads_the_same_under_micropython() -> None:
    script = """
import json, sys
from codec import LAYOUTS, pack, unpack

LAYOUTS.update(ROWS)
for name in sys.argv[1:]:
    with open(name) as file:
        cases = json.load(file)["cases"]
    for case in cases:
        try:
            values = unpack(case["layout"], bytes.fromhex(case["hex"]))
        except ValueError as error:
            print(json.dumps([str(error), ""]))
        else:
            fields = {key: v.hex() if isinstance(v, bytes) else v for key, v in values.items()}
            print(json.dumps([fields, pack(case["layout"], values).hex()]))
"""
    files = [str(FOLDER / f"{name}.json") for name in FILES]

    rows = {name: tuple(cells) for name, cells in RECORD_ROWS.items()}
    code, text = micropython.run(f"ROWS = {rows!r}\n{script}", *files)

    assert code == 0, text
    read_by_firmware([json.loads(line) for line in text.splitlines()])


@pytest.mark.parametrize("case", [case for case in cases("air") if "frame_id" in case.raw], ids=named)
def test_ids_and_link_macs_are_those_of_the_prose(case: Case) -> None:
    first, hop = case.data[:1], case.data[1:2]
    header = 14 if case.layout == "air_path" else 6
    path, body = case.data[6:header], case.data[header:]
    mac = hmac.digest(b"pocketmesh public network key 1\0", first + body + path + hop, "sha256")[:4]

    assert case.raw["frame_id"] == hashlib.sha256(first + body).hexdigest()[:16]
    assert case.data[2:6] == (bytes(4) if case.id.endswith("-no-mac") else mac)


def test_the_radio_refuses_the_same_frames_of_the_air_and_knows_their_ids_and_macs() -> None:
    script = """
import json, sys
from mac import Hasher
from relay import header_size
from wire_tables import ID_LENGTH, NETWORK_KEY

hasher = Hasher(NETWORK_KEY)
with open(sys.argv[1]) as file:
    cases = json.load(file)["cases"]
for case in cases:
    data = bytearray(bytes.fromhex(case["hex"]))
    header = header_size(data, len(data))
    if header:
        hasher.load(data, len(data), header)
    known = [hasher.id()[:ID_LENGTH].hex(), hasher.holds(data)] if header else []
    print(json.dumps([case["id"], header] + known))
"""
    code, text = micropython.run(script, str(FOLDER / "air.json"))

    assert code == 0, text
    outcomes = {name: rest for name, *rest in map(json.loads, text.splitlines())}
    for case in cases("air"):
        # What is refused for its mode alone is a frame of the other layout.
        if case.error == "mode":
            continue
        header = 0 if case.error else case.kind.LAYOUT.head_size
        known = [] if case.error else [case.raw["frame_id"], not case.id.endswith("-no-mac")]
        assert outcomes[case.id] == [header, *known], case.id


@pytest.mark.parametrize("case", [case for case in cases("records") if "signed" in case.raw], ids=named)
def test_signatures_cover_what_the_prose_says(case: Case) -> None:
    signed = case.raw["signed"]
    author = bytes.fromhex(signed["author"])
    covered = f"pocketmesh {case.layout} 1\0".encode() + bytes([signed["first"]])
    if "board" in signed:
        covered += (
            author + hashlib.blake2b(signed["board"].encode(), digest_size=32, person=b"pm board").digest()
        )

    VerifyKey(author).verify(covered + case.data[:-64], case.data[-64:])


def test_published_cases_do_not_change() -> None:
    published = json.loads(PUBLISHED.read_text(encoding="utf-8"))
    found = {case.id: case.digest for case in ALL}

    assert {name: found.get(name) for name in published} == published, "a published case is frozen"
    fresh = {name: digest for name, digest in found.items() if name not in published}
    assert fresh == {}, f"new cases: add these lines to {PUBLISHED.name}"
