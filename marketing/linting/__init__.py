"""Looks a pasted render.yaml over: text in, report out. Nothing of it is kept."""
