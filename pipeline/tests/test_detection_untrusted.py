"""What strangers wrote becomes plain values or one kind of error, whatever it is."""

import ast
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import detection
from pipeline.detection.untrusted import UntrustedTextError, clean_json, clean_text, load_json
from pipeline.detection.untrusted_yaml import load_yaml

any_text = st.text(st.characters(codec=None, exclude_categories=()), max_size=300)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**17), 10**17)
    | st.floats(allow_nan=False, allow_infinity=False)
    | any_text,
    lambda children: st.lists(children, max_size=4) | st.dictionaries(any_text, children, max_size=4),
    max_leaves=20,
)


def depth_of(value: object) -> int:
    if isinstance(value, dict):
        value = list(value.values())
    return 1 + max(map(depth_of, value), default=0) if isinstance(value, list) else 0


def read(load: Callable[[str], object], raw: str) -> tuple[object, str]:
    """Return the value and no reason, or None and the reason why the text was refused."""
    try:
        return load(raw), ""
    except UntrustedTextError as error:
        return None, str(error)


# --- characters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        ("a\x00b", "ab"),
        ("\ud800a\udfff", "a"),
        ("bell\x07 escape\x1b[31m", "bell escape[31m"),
        ("delete\x7f next\x85 line", "delete next line"),
        ("kept:\n\t\r", "kept:\n\t\r"),
        ("שלום 🎉 e\u0301 \u200f\ufeff", "שלום 🎉 e\u0301 \u200f\ufeff"),
        ("", ""),
    ],
)
def test_control_characters_and_lone_surrogates_are_removed_and_nothing_else(dirty, clean):
    assert clean_text(dirty) == clean


@given(any_text)
def test_a_cleaned_text_can_be_stored_and_needs_no_second_cleaning(text):
    cleaned = clean_text(text)
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned
    assert clean_text(cleaned) is cleaned


def test_cleaning_reaches_keys_and_values_at_every_level():
    assert clean_json({"a\x00": [{"b": "c\x00"}, 1, None]}) == {"a": [{"b": "c"}, 1, None]}


def test_of_two_keys_that_become_equal_the_later_one_stays():
    assert clean_json({"a": 1, "a\x00": 2}) == {"a": 2}


def test_a_value_that_is_clean_already_comes_back_as_the_same_object():
    value = {"a": ["b", {"c": None}], "d": 1.5}
    assert clean_json(value) is value


def test_cleaning_leaves_the_given_value_as_it_was():
    value = {"a": ["b\x00"]}
    clean_json(value)
    assert value == {"a": ["b\x00"]}


def test_cleaning_a_value_of_a_hundred_thousand_levels_is_refused_and_does_not_overflow():
    value: list[object] = []
    for _ in range(100_000):
        value = [value]
    with pytest.raises(UntrustedTextError, match="deeper than 150 levels"):
        clean_json(value)
    while value:  # taken apart by hand, because freeing it level by level is recursive too
        value = value.pop()


def test_cleaning_a_value_that_holds_itself_is_refused():
    value: list[object] = []
    value.append(value)
    with pytest.raises(UntrustedTextError):
        clean_json(value)


# --- JSON -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ('{"a": [1, 2.5, true, null, "x"]}', {"a": [1, 2.5, True, None, "x"]}),
        (b'{"a": 1}', {"a": 1}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        ('\ufeff{"a": 1}', {"a": 1}),
        (b'"caf\xe9"', "caf\ufffd"),
        ('{"a": 1, "a": 2}', {"a": 2}),
        (r'{"a\u0000": "b\u0000c\ud800"}', {"a": "bc"}),
        (r'"\ud83c\udf89"', "🎉"),
        (r'"\b\f\u001b\u007f\u0085"', ""),
        ('"\x7f\x85\ud800"', ""),
        (r'"\\u0000"', r"\u0000"),
        ("999999999999999999", 999999999999999999),
        ("-999999999999999999", -999999999999999999),
        ("1e300", 1e300),
        ('"[[[[[[[[[["', "[[[[[[[[[["),
        (r'["\"[[[[[[[[[[\\", "]"]', ['"[[[[[[[[[[\\', "]"]),
    ],
)
def test_json_becomes_plain_clean_values(raw, value):
    assert load_json(raw, max_depth=3) == value


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "Not JSON"),
        ("{", "brackets do not match"),
        ("[}", "Not JSON"),
        ("{'a': 1}", "Not JSON"),
        ('{"a": 1} x', "Not JSON"),
        ("NaN", "NaN"),
        ('{"a": Infinity}', "Infinity"),
        ("[-Infinity]", "-Infinity"),
        ("1e999", "too large"),
        ("1." + "1" * 200, "too long"),
        ("1000000000000000000", "more than 18 digits"),
        ("-1000000000000000000", "more than 18 digits"),
        ("1" * 100_000, "more than 18 digits"),
        ('"a\nb"', "Not JSON"),
        ("[" * 100_000, "deeper than 64 levels"),
        ("[" * 100_000 + "]" * 100_000, "deeper than 64 levels"),
        ('{"a":' * 65 + "1" + "}" * 65, "deeper than 64 levels"),
        ('["]",' * 1_000 + '"["]' * 1_000, "deeper than 64 levels"),
        (b'"\\' * 100_000, "Not JSON"),
    ],
)
def test_json_beyond_the_limits_is_refused_with_its_reason(raw, reason):
    with pytest.raises(UntrustedTextError, match=reason):
        load_json(raw)


def test_json_of_exactly_the_allowed_depth_is_read():
    assert depth_of(load_json("[" * 64 + "]" * 64)) == 64


@pytest.mark.parametrize("raw", [b'"' + b"a" * 100 + b'"', '"' + "a" * 100 + '"', '"' + "é" * 50 + '"'])
def test_json_longer_than_its_limit_in_bytes_is_refused(raw):
    assert load_json(raw, max_bytes=102)
    with pytest.raises(UntrustedTextError, match="longer than 101 bytes"):
        load_json(raw, max_bytes=101)


@given(json_values, st.booleans())
def test_json_that_was_written_out_comes_back_cleaned(value, ascii_only):
    assert load_json(json.dumps(value, ensure_ascii=ascii_only)) == clean_json(value)


@given(json_values, st.integers(1, 5))
def test_json_is_refused_exactly_when_it_is_too_deep(value, limit):
    raw = json.dumps(value)
    if depth_of(value) <= limit:
        load_json(raw, max_depth=limit)
    else:
        with pytest.raises(UntrustedTextError, match="nested deeper"):
            load_json(raw, max_depth=limit)


@given(any_text | st.binary(max_size=300) | st.text('[]{}",:\\u0d8 1', max_size=300))
def test_json_is_read_or_refused_whatever_the_text(raw):
    value, reason = read(load_json, raw)
    assert reason == "" or reason.endswith(".")
    assert clean_json(value) is value


# --- YAML -------------------------------------------------------------------------------------------------------------

MERGE_BOMB = "\n".join(
    ["a0: &a0 {" + ", ".join(f"k{n}: 1" for n in range(2_000)) + "}"]
    + [f"a{n}: &a{n} {{<<: [*a{n - 1}, *a{n - 1}, *a{n - 1}]}}" for n in range(1, 7)]
)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("# only a comment", None),
        ("a: 1\nb: [x, 'y']\nc:\n", {"a": 1, "b": ["x", "y"], "c": None}),
        ("\ufeffa: 1", {"a": 1}),
        ("a: off\nb: Yes\nc: 'no'", {"a": False, "b": True, "c": "no"}),
        ("a: 2026-01-01", {"a": "2026-01-01"}),
        ("a: 1:30\nb: 0x1F\nc: 010\nd: 1_000", {"a": "1:30", "b": "0x1F", "c": "010", "d": "1_000"}),
        ("a: 1.5\nb: .inf\nc: 1e5\nd: .nan", {"a": 1.5, "b": ".inf", "c": "1e5", "d": ".nan"}),
        ("a: 1234567890123456789", {"a": "1234567890123456789"}),
        ("a: !Ref b\nc: !Map {d: e}\nf: !Seq [g]", {"a": "b", "c": {"d": "e"}, "f": ["g"]}),
        ("!!python/object/apply:os.system ['true']", ["true"]),
        (
            "a: !!int twelve\nb: !!float 1\nc: !!bool x\nd: !!binary aGk=",
            {"a": "twelve", "b": "1", "c": "x", "d": "aGk="},
        ),
        ("a: !!timestamp 2026-01-01\nb: !!set {c, d}", {"a": "2026-01-01", "b": {"c": None, "d": None}}),
        ("a: &x {b: 1}\nc:\n  <<: *x\n  d: 2", {"a": {"b": 1}, "c": {"b": 1, "d": 2}}),
        (
            "a: &x {b: 1}\nc: &y {b: 2, d: 3}\ne: {<<: [*x, *y]}",
            {"a": {"b": 1}, "c": {"b": 2, "d": 3}, "e": {"b": 1, "d": 3}},
        ),
        ("a: {<<: {b: 1, c: 2}, b: 3}", {"a": {"b": 3, "c": 2}}),
        ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
        ("a: <<\nb: '<<'\n'<<': c", {"a": "<<", "b": "<<", "<<": "c"}),
        ("a: 1\na: 2", {"a": 2}),
        ('a: "b\\0c"', {"a": "bc"}),
        ("a: b\x00c", {"a": "bc"}),
        ("a: 1\n---\nb: [", {"a": 1}),
        ("---\na: 1\n...\nwhatever", {"a": 1}),
        ("npm install\nnpm start", "npm install npm start"),
    ],
)
def test_yaml_becomes_plain_clean_values(text, value):
    assert load_yaml(text) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a:\n\tb: 1", "line 2: found character"),
        ("a: [1, 2", "Not YAML"),
        ("a: {{ template }}", "Not YAML: line 1"),
        ("? [a]\n: b", "unhashable key"),
        ("*missing", "undefined alias"),
        ("a: 1\n<<: [b]", "line 2: expected a mapping"),
        ("a: 'b", "Not YAML"),
        ('"\\UFFFFFFFF"', "Not YAML"),
        ("a: \ufffe", "Not YAML"),
        ("!!int {a: b}", "Not YAML"),
        ("[" * 100_000, "deeper than 50 levels"),
        ("[" * 100_000 + "]" * 100_000, "deeper than 50 levels"),
        ("{a: " * 60_000, "deeper than 50 levels"),
        ("- " * 100_000, "deeper than 50 levels"),
        ("? " * 100_000, "deeper than 50 levels"),
        ("\n".join(" " * n + "a:" for n in range(500)), "deeper than 50 levels"),
        ("a: &a x\nb: [" + "*a, " * 21 + "]", "more than 20 aliases"),
        ("a: &a [*a]", "inside the value"),
        ("a: &a {b: {c: *a}}", "inside the value"),
        ("a: &a {<<: *a}", "inside the value"),
        ("[" + "a, " * 20_000 + "]", "more than 20000 events"),
        ("a" * (256 * 1024 + 1), "longer than 256 KB"),
        ("é" * (128 * 1024 + 1), "longer than 256 KB"),
        (MERGE_BOMB, "merges more than 20000 keys"),
    ],
)
def test_yaml_beyond_the_limits_is_refused_with_its_reason(text, reason):
    with pytest.raises(UntrustedTextError, match=reason):
        load_yaml(text)


@pytest.mark.parametrize(
    "text", ["1:" * 100_000 + "1", "1" * 200_000, "0x" + "f" * 200_000, "a: |\n" + " x\n" * 60_000]
)
def test_yaml_whose_scalars_are_huge_is_read_as_text(text):
    assert load_yaml(text)


def test_an_aliased_collection_is_shared_and_not_copied():
    value = load_yaml("a: &a [1]\nb: *a")
    assert isinstance(value, dict)
    assert value["a"] is value["b"]


def test_a_reason_is_short_and_clean_however_long_the_offending_word_is():
    with pytest.raises(UntrustedTextError) as caught:
        load_yaml("%YAML 1." + "9" * 5_000 + "\n---\n*" + "a" * 100_000)
    assert len(str(caught.value)) < 300


@given(any_text | st.text("abc:-?&*!|>%@`'\"#{}[],\n\t <0123456789.~", max_size=300))
def test_yaml_is_read_or_refused_whatever_the_text(text):
    value, reason = read(load_yaml, text)
    assert reason == "" or reason.endswith(".")
    assert clean_json(value) is value


@given(json_values)
def test_a_yaml_value_holds_only_plain_types(value):
    loaded, _ = read(load_yaml, json.dumps(value))
    waiting = [loaded]
    while waiting:
        item = waiting.pop()
        assert type(item) in {dict, list, str, int, float, bool, type(None)}
        waiting += item if isinstance(item, list) else [*item, *item.values()] if isinstance(item, dict) else []


# --- the package ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(Path(detection.__file__).parent.glob("*.py")), ids=lambda path: path.name)
def test_detection_imports_nothing_that_reaches_a_database_or_the_network(path):
    nodes = list(ast.walk(ast.parse(path.read_text())))
    names = [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    names += [str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)]
    allowed = {
        "re",
        "json",
        "math",
        "html",
        "yaml",
        "typing",
        "dataclasses",
        "decimal",
        "itertools",
        "collections",
        "functools",
    }
    allowed |= {
        "collections.abc",
        "urllib.parse",
        "semantic_version",
        "pipeline.detection.untrusted",
        "pipeline.detection.untrusted_yaml",
        "pipeline.detection.kept",
    }
    assert set(names) <= allowed
