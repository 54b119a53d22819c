"""Text menus for a bare serial line: numbers, lines, and nothing that a dumb terminal lacks."""
