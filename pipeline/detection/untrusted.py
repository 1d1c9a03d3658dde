"""Turns text that strangers wrote into plain Python values, within limits.

Everything here raises `UntrustedTextError` or succeeds: no input reaches a parser before its size and depth are known,
and no result holds a character that PostgreSQL would refuse to store.
"""

import json
import math
import re
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import yaml

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

MAX_JSON_BYTES = 8 * 1024 * 1024
MAX_JSON_DEPTH = 64
MAX_INTEGER_DIGITS = 18
MAX_FLOAT_CHARACTERS = 100

MAX_YAML_BYTES = 256 * 1024
MAX_YAML_DEPTH = 50
MAX_YAML_ALIASES = 20
MAX_YAML_EVENTS = 20_000
MAX_YAML_MERGED_KEYS = 20_000

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


# --- YAML -------------------------------------------------------------------------------------------------------------

_TAG = "tag:yaml.org,2002:"
_NULL = re.compile(r"~|null|Null|NULL|")
_BOOLEAN = re.compile(r"yes|Yes|YES|no|No|NO|true|True|TRUE|false|False|FALSE|on|On|ON|off|Off|OFF")
_INTEGER = re.compile(rf"[-+]?(?:0|[1-9][0-9]{{0,{MAX_INTEGER_DIGITS - 1}}})")
_FLOAT = re.compile(r"[-+]?[0-9]{1,17}\.[0-9]{0,17}")


def load_yaml(text: str) -> object:
    """Parse the first document of a YAML text and return dicts, lists, strings, integers, floats, booleans and None.

    Of YAML 1.1's plain scalars only null, the boolean words (`off` is False), decimal integers and simple decimal
    fractions are converted; dates, octal and base-60 numbers and anything under an unknown tag stay as written. What
    follows the first document is not read. Aliased collections are shared, never cyclic.
    Raises UntrustedTextError for more than 256 KB, depth 50, 20 aliases, 20,000 events or 20,000 merged keys, for an
    alias inside its own anchor, and for whatever is not YAML.
    """
    if len(text) > MAX_YAML_BYTES or len(text.encode("utf-8", "replace")) > MAX_YAML_BYTES:
        raise UntrustedTextError(f"The YAML is longer than {MAX_YAML_BYTES // 1024} KB.")
    cleaned = clean_text(text).removeprefix("\ufeff")
    try:
        # Either loader yields events one by one, without recursion; only then may the recursive construction start.
        _scan_yaml_events(cleaned)
        return _construct_yaml(cleaned)
    except UntrustedTextError:
        raise
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise UntrustedTextError(f"Not YAML: {_yaml_reason(error)}.") from None


def _scan_yaml_events(text: str) -> None:
    """Raise UntrustedTextError if the first document goes beyond a limit, yaml.YAMLError if it does not parse."""
    open_anchors: list[str | None] = []
    aliases = 0
    for count, event in enumerate(yaml.parse(text, Loader=_SafeLoader), start=1):
        if count > MAX_YAML_EVENTS:
            raise UntrustedTextError(f"The YAML holds more than {MAX_YAML_EVENTS} events.")
        if isinstance(event, yaml.DocumentEndEvent):
            return
        if isinstance(event, yaml.CollectionStartEvent):
            open_anchors.append(event.anchor)
            _refuse_deep_yaml(len(open_anchors))
        elif isinstance(event, yaml.CollectionEndEvent):
            open_anchors.pop()
        elif isinstance(event, yaml.AliasEvent):
            aliases += 1
            _refuse_alias(event.anchor in open_anchors, aliases)


def _refuse_deep_yaml(depth: int) -> None:
    if depth > MAX_YAML_DEPTH:
        raise UntrustedTextError(f"The YAML is nested deeper than {MAX_YAML_DEPTH} levels.")


def _refuse_alias(is_cyclic: bool, count: int) -> None:
    if is_cyclic:
        raise UntrustedTextError("The YAML holds an alias inside the value it stands for.")
    if count > MAX_YAML_ALIASES:
        raise UntrustedTextError(f"The YAML holds more than {MAX_YAML_ALIASES} aliases.")


def _yaml_reason(error: Exception) -> str:
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0] or type(error).__name__
    mark = getattr(error, "problem_mark", None)
    reason = f"line {mark.line + 1}: {problem}" if mark else str(problem)
    return clean_text(reason)[:_REASON_CHARACTERS]


class _Loader(_SafeLoader):
    """A safe loader with a smaller vocabulary, clean strings and a limit on what merge keys may copy."""

    yaml_implicit_resolvers = {}
    yaml_constructors = {}
    merged_keys = 0

    def construct_scalar(self, node: Any) -> Any:
        value = super().construct_scalar(node)
        return clean_text(value) if isinstance(value, str) else value

    def flatten_mapping(self, node: Any) -> None:
        """Resolve `<<`. Each level can multiply the pairs of the one below, so the sum over all levels is limited."""
        size_before = len(node.value)
        super().flatten_mapping(node)
        self.merged_keys += max(len(node.value) - size_before, 0)
        if self.merged_keys > MAX_YAML_MERGED_KEYS:
            raise UntrustedTextError(f"The YAML merges more than {MAX_YAML_MERGED_KEYS} keys.")


def _construct_yaml(text: str) -> object:
    loader: Any = _Loader(text)
    try:
        # get_data() leaves the second document unread; get_single_data() would compose it, unscanned.
        value: object = loader.get_data() if loader.check_data() else None
    finally:
        loader.dispose()
    return value


def _yaml_null(loader: _Loader, node: Any) -> None:
    loader.construct_scalar(node)


def _yaml_scalar_as(pattern: re.Pattern[str], convert: Callable[[str], object]) -> Callable[[_Loader, Any], object]:
    """Return a constructor that converts what the pattern matches; the rest, under an explicit tag, stays a string."""

    def construct(loader: _Loader, node: Any) -> object:
        value = str(loader.construct_scalar(node))
        return convert(value) if pattern.fullmatch(value) else value

    return construct


def _yaml_by_shape(loader: _Loader, node: Any) -> object:
    """Construct a node by what it is made of, whatever tag it carries."""
    if isinstance(node, yaml.MappingNode):
        return loader.construct_yaml_map(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_yaml_seq(node)
    return loader.construct_scalar(node)


def _is_true(word: str) -> bool:
    return word.lower() in {"yes", "true", "on"}


def _teach_the_loader() -> None:
    words: tuple[tuple[str, re.Pattern[str], str], ...] = (
        ("null", _NULL, "~nN"),
        ("bool", _BOOLEAN, "yYnNtTfFoO"),
        ("int", _INTEGER, "-+0123456789"),
        ("float", _FLOAT, "-+0123456789"),
        ("merge", re.compile("<<"), "<"),
    )
    for name, pattern, first_characters in words:
        # The loader asks with match(), so the pattern has to reach the end by itself.
        whole = re.compile(rf"(?:{pattern.pattern})\Z")
        first: list[Any] = [*first_characters, ""] if name == "null" else list(first_characters)
        _Loader.add_implicit_resolver(_TAG + name, whole, first)
    _Loader.add_constructor(_TAG + "null", _yaml_null)
    _Loader.add_constructor(_TAG + "bool", _yaml_scalar_as(_BOOLEAN, _is_true))
    _Loader.add_constructor(_TAG + "int", _yaml_scalar_as(_INTEGER, int))
    _Loader.add_constructor(_TAG + "float", _yaml_scalar_as(_FLOAT, float))
    _Loader.add_constructor(None, _yaml_by_shape)


_teach_the_loader()
