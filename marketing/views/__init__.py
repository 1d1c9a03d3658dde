"""Views: parse, ask, render. One module a page."""
