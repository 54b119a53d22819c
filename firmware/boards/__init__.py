# SPDX-License-Identifier: MIT
"""Pins and parameters, one file for each chip; nothing here does anything."""

import os


def this():
    """The parameters of the board we run on, by the last word of its machine name."""
    chip = os.uname().machine.split()[-1].replace("-", "").lower()
    return getattr(__import__("boards." + chip), chip)
