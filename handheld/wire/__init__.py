"""What bytes mean: every frame declared once, with `construct`, and a strict codec over the declarations."""
