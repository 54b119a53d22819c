"""The Python core of pocketmesh: importable without a radio, a screen or a disk."""

__version__ = "0.1.0"
