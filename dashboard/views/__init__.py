"""Views parse, ask and render."""
