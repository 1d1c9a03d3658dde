"""Turns a stranger's YAML into plain Python values, within limits, in one pass over the parser's events."""

import re
from collections.abc import Hashable, Iterator
from typing import Any

import yaml

from pipeline.detection.untrusted import MAX_INTEGER_DIGITS, UntrustedTextError, clean_text

try:
    from yaml import CSafeLoader as _SafeLoader
except ImportError:  # PyYAML was built without libyaml
    from yaml import SafeLoader as _SafeLoader  # type: ignore[assignment]

MAX_YAML_BYTES = 256 * 1024
MAX_YAML_DEPTH = 50
MAX_YAML_ALIASES = 20
MAX_YAML_EVENTS = 20_000
MAX_YAML_MERGED_KEYS = 20_000

_REASON_CHARACTERS = 200


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
    try:
        return _read_events(clean_text(text).removeprefix("\ufeff"))
    except UntrustedTextError:
        raise
    except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
        raise UntrustedTextError(f"Not YAML: {_reason(error)}.") from None


def _read_events(text: str) -> object:
    document = _Document()
    # Either loader yields events one by one and without recursion, so a limit is met before any value grows beyond it.
    events: Iterator[Any] = yaml.parse(text, Loader=_SafeLoader)
    for count, event in enumerate(events, start=1):
        if count > MAX_YAML_EVENTS:
            raise UntrustedTextError(f"The YAML holds more than {MAX_YAML_EVENTS} events.")
        kind = type(event)
        if kind is yaml.ScalarEvent:
            document.scalar(event)
        elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
            document.open({} if kind is yaml.MappingStartEvent else [], event)
        elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
            document.close()
        elif kind is yaml.AliasEvent:
            document.alias(event)
        elif kind is yaml.DocumentEndEvent:
            break
    return document.value


def _reason(error: Exception) -> str:
    problem = getattr(error, "problem", None) or str(error).partition("\n")[0] or type(error).__name__
    mark = getattr(error, "problem_mark", None)
    reason = f"line {mark.line + 1}: {problem}" if mark else str(problem)
    return clean_text(reason)[:_REASON_CHARACTERS]


def _wrong(problem: str, event: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=problem, problem_mark=event.start_mark)


# --- scalars ----------------------------------------------------------------------------------------------------------

_TAG = "tag:yaml.org,2002:"
_NULL, _BOOLEAN, _MERGE_TAG = f"{_TAG}null", f"{_TAG}bool", f"{_TAG}merge"
_INTEGER = re.compile(rf"[-+]?(?:0|[1-9][0-9]{{0,{MAX_INTEGER_DIGITS - 1}}})")
_FLOAT = re.compile(r"[-+]?[0-9]{1,17}\.[0-9]{0,17}")
_NUMBERS = {f"{_TAG}int": (_INTEGER, int), f"{_TAG}float": (_FLOAT, float)}
_OF_SCALARS = {_NULL, _BOOLEAN, *_NUMBERS}
_NUMBER_BEGINS = frozenset("-+0123456789")
_TRUTHS = {
    written: word in {"yes", "true", "on"}
    for word in ("yes", "no", "true", "false", "on", "off")
    for written in (word, word.capitalize(), word.upper())
}
_WORDS: dict[str, bool | None] = {**_TRUTHS, **dict.fromkeys(("", "~", "null", "Null", "NULL"))}


def _plain(text: str) -> object:
    """What a scalar without quotes and without a tag stands for."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in _NUMBER_BEGINS:
        for pattern, convert in _NUMBERS.values():
            if pattern.fullmatch(text):
                return convert(text)
    return text


def _tagged(tag: str, text: str) -> object:
    """What a scalar stands for under a tag; what does not fit its tag, or is under a tag unknown here, is a text."""
    if tag == _NULL:
        return None
    if tag == _BOOLEAN:
        return _TRUTHS.get(text, text)
    if tag in _NUMBERS:
        pattern, convert = _NUMBERS[tag]
        return convert(text) if pattern.fullmatch(text) else text
    return text


# --- collections ------------------------------------------------------------------------------------------------------

_NO_KEY, _MERGE = object(), object()


class _Open:
    """A collection whose end has not been reached, and what is to be merged into it when it is."""

    __slots__ = ("items", "key", "key_event", "merges")

    def __init__(self, items: Any) -> None:
        self.items = items
        self.key: Any = _NO_KEY
        self.key_event: yaml.Event | None = None
        self.merges: list[tuple[object, yaml.Event]] = []


class _Document:
    """One document's values, put together as their events come."""

    def __init__(self) -> None:
        self.value: object = None
        self._open: list[_Open] = []
        self._anchors: dict[str, Any] = {}
        self._aliases = 0
        self._merged_keys = 0

    def scalar(self, event: yaml.ScalarEvent) -> None:
        # Only between double quotes are there escapes; all else was cleaned before.
        text: str = clean_text(event.value) if event.style == '"' else event.value
        is_plain = event.implicit[0]
        value = _plain(text) if is_plain else _tagged(event.tag or "", text)
        if event.anchor is not None:
            self._anchors[event.anchor] = value
        is_merge = (is_plain and text == "<<") or event.tag == _MERGE_TAG
        self._put(value, event, is_merge=is_merge)

    def open(self, items: Any, event: Any) -> None:
        if len(self._open) == MAX_YAML_DEPTH:
            raise UntrustedTextError(f"The YAML is nested deeper than {MAX_YAML_DEPTH} levels.")
        if event.tag in _OF_SCALARS:
            raise _wrong("expected a scalar under this tag", event)
        if event.anchor is not None:
            self._anchors[event.anchor] = items
        self._put(items, event)
        self._open.append(_Open(items))

    def close(self) -> None:
        closed = self._open.pop()
        if closed.merges:
            own = dict(closed.items)
            closed.items.clear()
            for value, event in closed.merges:
                self._merge(closed.items, value, event)
            closed.items.update(own)

    def alias(self, event: yaml.AliasEvent) -> None:
        self._aliases += 1
        if self._aliases > MAX_YAML_ALIASES:
            raise UntrustedTextError(f"The YAML holds more than {MAX_YAML_ALIASES} aliases.")
        if event.anchor not in self._anchors:
            raise _wrong("found undefined alias", event)
        value = self._anchors[event.anchor]
        if any(value is collection.items for collection in self._open):
            raise UntrustedTextError("The YAML holds an alias inside the value it stands for.")
        self._put(value, event)

    def _put(self, value: Any, event: yaml.Event, *, is_merge: bool = False) -> None:
        """Put a value where the document stands: at its top, into a list, or as a mapping's next key or value."""
        if not self._open:
            self.value = value
            return
        into = self._open[-1]
        if type(into.items) is list:
            into.items.append(value)
        elif into.key is _NO_KEY:
            into.key, into.key_event = (_MERGE if is_merge else value), event
        elif into.key is _MERGE:
            into.key = _NO_KEY
            into.merges.append((value, event))  # what it holds may only be known at its end
        elif isinstance(into.key, Hashable):
            into.items[into.key] = value
            into.key = _NO_KEY
        else:
            raise _wrong("found unhashable key", into.key_event or event)

    def _merge(self, into: dict[Any, Any], value: object, event: yaml.Event) -> None:
        """Copy what `<<` stands for. Each level can multiply what the one below copied, so the sum is limited."""
        mappings = value if isinstance(value, list) else [value]
        for mapping in reversed(mappings):
            if not isinstance(mapping, dict):
                raise _wrong("expected a mapping or a list of mappings for merging", event)
            self._merged_keys += len(mapping)
            if self._merged_keys > MAX_YAML_MERGED_KEYS:
                raise UntrustedTextError(f"The YAML merges more than {MAX_YAML_MERGED_KEYS} keys.")
            into.update(mapping)
