"""What bytes mean: every frame declared once, with `construct`, and a strict codec over the declarations."""

from handheld.lean import emptied

with emptied("pdb"):  # construct's debugger asks for it, and nobody here for that
    import construct  # noqa: F401
