"""Runs made ready for a page: in words, in numbers, as a tree, as charts. No database."""
