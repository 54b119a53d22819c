"""The cable to the radio: framing, window and session are pure, port.py alone opens it."""
