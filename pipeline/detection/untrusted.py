"""Turns text that strangers wrote into plain Python values, within limits.

Everything here raises `UntrustedTextError` or succeeds: no input reaches a parser before its size and depth are known,
and no result holds a character that PostgreSQL would refuse to store.
"""

import json
import math
import re
from typing import Any, NoReturn, TypeVar

MAX_JSON_BYTES = 8 * 1024 * 1024
MAX_JSON_DEPTH = 64
MAX_INTEGER_DIGITS = 18
MAX_FLOAT_CHARACTERS = 100

_CLEANING_DEPTH = 150
_REASON_CHARACTERS = 200

T = TypeVar("T")


class UntrustedTextError(ValueError):
    """The text is refused; the message is one short sentence that may be shown to people."""


# --- characters -------------------------------------------------------------------------------------------------------

_UNWANTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def clean_text(value: str) -> str:
    """Return `value` without lone surrogates and without control characters other than newline, tab and return.

    PostgreSQL refuses NUL and cannot encode surrogates; the others only disturb pages and terminals. A text that needs
    no change comes back as the same object.
    """
    return _UNWANTED.sub("", value) if _UNWANTED.search(value) else value


def clean_json(value: T) -> T:
    """Apply `clean_text` to every string and key of a decoded JSON value and return the same object if all were clean.

    Where two keys become equal the later one wins. Raises UntrustedTextError for more than 150 levels, so that neither
    a deep nor a cyclic value can exhaust the stack.
    """
    cleaned: T = _clean(value, _CLEANING_DEPTH)
    return cleaned


def _clean(value: Any, levels: int) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if not isinstance(value, (dict, list)):
        return value
    if levels == 0:
        raise UntrustedTextError(f"The value is nested deeper than {_CLEANING_DEPTH} levels.")
    return _clean_dict(value, levels - 1) if isinstance(value, dict) else _clean_list(value, levels - 1)


def _clean_list(value: list[Any], levels: int) -> list[Any]:
    cleaned = [_clean(item, levels) for item in value]
    return cleaned if any(new is not old for new, old in zip(cleaned, value, strict=True)) else value


def _clean_dict(value: dict[Any, Any], levels: int) -> dict[Any, Any]:
    pairs = [(_clean(key, levels), _clean(item, levels)) for key, item in value.items()]
    changed = any(pair[0] is not key or pair[1] is not value[key] for pair, key in zip(pairs, value, strict=True))
    return dict(pairs) if changed else value


# --- JSON -------------------------------------------------------------------------------------------------------------

# Both kinds of bracket become one, so that a pass over "[]" takes away exactly one level.
_ONE_KIND = bytes.maketrans(b"{}", b"[]")
_NEITHER_BRACKET_NOR_QUOTE = bytes(set(range(256)) - set(b'[]{}"'))

# What the raw bytes must contain if the decoded strings are to hold an unwanted character. Each pattern starts with a
# fixed byte, which lets the search skip ahead; false alarms only cost a walk. Raw controls below 0x20 are not JSON.
_SIGNS_OF_DIRT = tuple(
    re.compile(pattern)
    for pattern in (
        rb"\\(?:[bf]|u(?:00[0189]|007[fF]|[dD][89a-fA-F]))",
        rb"\x7f",
        rb"\xc2[\x80-\x9f]",
        rb"\xed[\xa0-\xbf]",
    )
)


def load_json(raw: bytes | str, max_bytes: int = MAX_JSON_BYTES, max_depth: int = MAX_JSON_DEPTH) -> object:
    """Parse one JSON text and return plain, cleaned Python values.

    Bytes are read as UTF-8, a byte order mark is dropped and invalid bytes become U+FFFD. Of duplicate keys the last
    wins. Raises UntrustedTextError for more than `max_bytes` bytes, more than `max_depth` levels (found before anything
    is parsed), NaN and infinities, integers of more than 18 digits, and whatever is not JSON.
    """
    if len(raw) > max_bytes:
        raise UntrustedTextError(f"The text is longer than {max_bytes} bytes.")
    data = raw if isinstance(raw, bytes) else raw.encode("utf-8", "surrogatepass")
    if len(data) > max_bytes:
        raise UntrustedTextError(f"The text is longer than {max_bytes} bytes.")
    _refuse_deep_json(data, max_depth)
    text = raw if isinstance(raw, str) else data.decode("utf-8", "replace")
    value = _parse_json(text.removeprefix("\ufeff"))
    return clean_json(value) if any(sign.search(data) for sign in _SIGNS_OF_DIRT) else value


def _refuse_deep_json(data: bytes, max_depth: int) -> None:
    """Raise UntrustedTextError unless the brackets outside strings pair up within `max_depth` levels.

    Up to a text's first syntax error this sees the same strings as the parser, so the parser never goes deeper.
    """
    pairs = _brackets(data)
    for _ in range(max_depth):
        fewer = pairs.replace(b"[]", b"")
        if len(fewer) == len(pairs):
            break
        pairs = fewer
    if pairs:
        raise UntrustedTextError(f"The JSON is nested deeper than {max_depth} levels or its brackets do not match.")


def _brackets(data: bytes) -> bytes:
    """Return the brackets outside strings, written as [ and ] whatever their kind."""
    without_escapes = data.replace(rb"\\", b"").replace(rb"\"", b"")
    marks = without_escapes.translate(_ONE_KIND, _NEITHER_BRACKET_NOR_QUOTE)
    # Two quotes side by side change nothing about what stands inside a string; most strings vanish here at once.
    return b"".join(marks.replace(b'""', b"").split(b'"')[::2])


def _parse_json(text: str) -> object:
    try:
        value: object = json.loads(
            text, parse_int=_json_integer, parse_float=_json_float, parse_constant=_refuse_constant
        )
    except UntrustedTextError:
        raise
    except (ValueError, RecursionError) as error:
        raise UntrustedTextError(f"Not JSON: {str(error)[:_REASON_CHARACTERS]}.") from None
    return value


def _json_integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_INTEGER_DIGITS:
        raise UntrustedTextError(f"The JSON holds an integer of more than {MAX_INTEGER_DIGITS} digits.")
    return int(digits)


def _json_float(digits: str) -> float:
    number = float(digits) if len(digits) <= MAX_FLOAT_CHARACTERS else math.inf
    if math.isinf(number):
        raise UntrustedTextError("The JSON holds a number that is too large or too long.")
    return number


def _refuse_constant(name: str) -> NoReturn:
    raise UntrustedTextError(f"The JSON holds {name}, which is no number.")
