"""Digests, checks and masks are those that PROTOCOL.md describes, as the published vectors have them."""

import json

from handheld.files.coding import mask_of
from handheld.files.shape import cut, digest_of
from handheld.wire.codec import decode
from handheld.wire.files import Manifest, Symbol
from tests.support.vectors import FOLDER, cases

DOCUMENT = json.loads((FOLDER / "files.json").read_text(encoding="utf-8"))
BY_ID = {case.id: case for case in cases("files")}


def test_digests_and_trees() -> None:
    contents = [bytes(range(256)) * 2, (b"pocketmesh " * 455)[:5_000]]
    for content, told in zip(contents, DOCUMENT["files"], strict=True):
        manifest = decode(Manifest, BY_ID[told["manifest"]].data)
        digest = digest_of(content)
        symbols, top = cut(content, digest)

        assert (digest.hex(), top.hex()) == (told["digest"], told["top"])
        assert (manifest.digest, manifest.top, manifest.packed) == (digest, top, len(content))
        assert manifest.tag == digest[:6]
        for case in BY_ID.values():
            if case.layout == "symbol" and case.error is None:
                symbol = decode(Symbol, case.data)
                if symbol.tag == manifest.tag and symbol.number < len(symbols):
                    assert symbols[symbol.number] == symbol.data


def test_masks() -> None:
    for told in DOCUMENT["masks"]:
        assert mask_of(bytes.fromhex(told["tag"]), told["number"], told["symbols"]) == told["mask"]
