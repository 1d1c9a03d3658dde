"""Texts cut to the room there is for them."""

import unicodedata


def fitted(text: str, room: int) -> str:
    """The text cut to `room` columns of a terminal, in which wide signs take two and combining ones none."""
    used = 0
    for position, sign in enumerate(text):
        used += _columns_of(sign)
        if used > room:
            return f"{_start(text[:position], room - 1)}…"
    return text


def _start(text: str, room: int) -> str:
    while sum(map(_columns_of, text)) > room:
        text = text[:-1]
    return text.rstrip()


def _columns_of(sign: str) -> int:
    if unicodedata.combining(sign):
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1
