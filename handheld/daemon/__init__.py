"""Wiring and service: names the concrete classes and carries out the node's effects."""
