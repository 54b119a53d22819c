# SPDX-License-Identifier: MIT
"""Which simulated chip hangs at which pins: that of the board's own file."""

import boards

_chips = []


def chip():
    """The board's LoRa chip; there is one, or nobody would ask."""
    if not _chips:
        _chips.append(_build(boards.this()))
    return _chips[0]


def _build(board):
    name = board.LORA_CHIP
    kind = {"sx126x": "SX1262", "sx127x": "SX1276"}[name]
    return getattr(__import__("chip_" + name), kind)()


def pin(number):
    """What is at this pin: (what sets it, what reads it), None for nothing."""
    board = boards.this()
    if number == board.LED:
        return None, None  # nobody sees it
    found = chip()
    return {
        board.LORA_CS: (found.select, None),
        board.LORA_RESET: (found.reset, None),
        board.LORA_IRQ: (None, found.line),
        getattr(board, "LORA_BUSY", -1): (None, getattr(found, "busy", None)),
    }.get(number, (None, None))


def power():
    """The board's power chip."""
    from chip import Power

    if len(_chips) < 2:
        _chips.append(Power(chip()))
    return _chips[1]
