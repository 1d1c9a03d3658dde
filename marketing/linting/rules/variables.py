"""Rules about environment variables. No value of a variable is ever repeated in a message."""

import re
from collections.abc import Iterator

from marketing.linting.blueprint import Blueprint, Part
from marketing.linting.facts import SPEC, VARIABLES
from marketing.linting.findings import Remark, Rule, file_rule, variable_rule
from marketing.linting.wording import listed, quoted

SOURCES = ("value", "generateValue", "sync", "fromService", "fromDatabase", "fromGroup")
REFERENCES = ("fromService", "fromDatabase", "fromGroup")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+")
_LAST_WORDS = {"SECRET", "SECRETS", "TOKEN", "PASSWORD", "PASSWD", "PASSPHRASE", "PWD", "CREDENTIALS", "APIKEY"}
_PUBLIC_WORDS = {"PUBLIC", "PUBLISHABLE", "ANON"}
# A key or what is merely named after a secret is one only where it is long enough to be.
_SHORTEST_KEY = 8
_URL_WITH_PASSWORD = re.compile(r"[a-z][a-z0-9+.-]{1,20}://[^/\s:@]{0,200}:[^/\s@]{1,200}@", re.IGNORECASE)


def is_named_like_a_secret(name: str, value: object) -> bool:
    """Whether a variable of this name and value is a secret, as far as that can be told."""
    words = [word.upper() for word in _WORDS.findall(name[:200])]
    if not words or isinstance(value, bool) or not isinstance(value, str | int) or _PUBLIC_WORDS & set(words):
        return False
    text = str(value).strip()
    if text.startswith(("/", "./", "http://", "https://", "$")):
        return False
    is_long = len(text) >= _SHORTEST_KEY
    return bool(text) and (words[-1] in _LAST_WORDS or (is_long and (words[-1] == "KEY" or "SECRET" in words)))


@variable_rule("warning", VARIABLES, "Secrets do not belong in the file: let Render make them or ask for them.")
def secret_in_the_file(variable: Part, blueprint: Blueprint) -> Iterator[Remark]:
    for key in ("value", "previewValue"):
        if is_named_like_a_secret(variable.text("key"), variable.fields.get(key)):
            message = f"The value of {quoted(variable.text('key'))} stands in the file, and it is named like a secret."
            yield Remark(
                variable.at(key), message, "Write `generateValue: true` or `sync: false`, and change what has leaked."
            )


@variable_rule("warning", VARIABLES, "Connection strings come from the database or the store itself.")
def connection_string_in_the_file(variable: Part, blueprint: Blueprint) -> Iterator[Remark]:
    for key in ("value", "previewValue"):
        if _URL_WITH_PASSWORD.search(variable.text(key)[:2000]):
            message = f"The value of {quoted(variable.text('key'))} is an address with a password in it."
            yield Remark(variable.at(key), message, "Write `fromDatabase` or `fromService`, or `sync: false`.")


@variable_rule("error", SPEC, "An entry has a key and one source, or names a group.")
def variable_without_key(variable: Part, blueprint: Blueprint) -> Iterator[Remark]:
    if not variable.has("key") and not variable.has("fromGroup"):
        yield Remark(variable.path, "A variable without a name.", "Add `key:`.")


@variable_rule("warning", VARIABLES, "Names consist of letters, digits and underscores and do not begin with a digit.")
def variable_name(variable: Part, blueprint: Blueprint) -> Iterator[Remark]:
    name = variable.text("key")
    if name and not _NAME.fullmatch(name):
        message = f"{quoted(name)} cannot be the name of a variable everywhere."
        yield Remark(variable.at("key"), message, "Use letters, digits and underscores.")


@variable_rule("error", SPEC, "A variable has one source: a value, a reference, generateValue or sync: false.")
def several_sources(variable: Part, blueprint: Blueprint) -> Iterator[Remark]:
    written = [key for key in SOURCES if variable.has(key) and not _says_nothing(variable, key)]
    if len(written) > 1:
        message = f"{quoted(variable.text('key') or 'a group')} has {listed(written)}; only one of them can hold."
        yield Remark(variable.path, message, "Keep one of them.")


def _says_nothing(variable: Part, key: str) -> bool:
    """`sync: true` and `generateValue: false` are what holds anyway."""
    return (key, variable.switch(key)) in {("sync", True), ("generateValue", False)}


@variable_rule("hint", SPEC, "A variable has one source: a value, a reference, generateValue or sync: false.")
def variable_without_value(variable: Part, blueprint: Blueprint) -> Iterator[Remark]:
    if variable.has("key") and not any(variable.has(key) for key in SOURCES):
        message = f"{quoted(variable.text('key'))} has no value and no source of one."
        yield Remark(variable.path, message, "Write `sync: false` to be asked for it.")


@variable_rule("warning", SPEC, "A value is a text or a number.")
def value_is_a_switch(variable: Part, blueprint: Blueprint) -> Iterator[Remark]:
    for key in ("value", "previewValue"):
        if variable.switch(key) is not None:
            message = f"The value of {quoted(variable.text('key'))} is yes or no and not a text."
            yield Remark(variable.at(key), message, 'Put it between quotation marks, as in `"true"`.')


@variable_rule("error", SPEC, "A value is a text or a number.")
def value_is_a_collection(variable: Part, blueprint: Blueprint) -> Iterator[Remark]:
    for key in ("value", "previewValue"):
        if isinstance(variable.fields.get(key), list | dict):
            message = f"The value of {quoted(variable.text('key'))} is a list or a mapping."
            yield Remark(variable.at(key), message, "Put it between quotation marks.")


@variable_rule("error", SPEC, "Variables of a group cannot refer to services, databases or other groups.")
def reference_in_a_group(variable: Part, blueprint: Blueprint) -> Iterator[Remark]:
    for key in REFERENCES if variable.owner and variable.owner.kind == "group" else ():
        if variable.has(key):
            message = f"A variable of an environment group has {quoted(key)}."
            yield Remark(variable.at(key), message, "Move it to the services that need it.")


@variable_rule("warning", SPEC, "sync: false is not for environment groups.")
def placeholder_in_a_group(variable: Part, blueprint: Blueprint) -> Iterator[Remark]:
    if variable.owner and variable.owner.kind == "group" and variable.switch("sync") is False:
        message = f"{quoted(variable.text('key'))} of an environment group has `sync: false`."
        yield Remark(
            variable.at("sync"), message, "Move it to the services that need it, or write it in the Dashboard."
        )


@file_rule("warning", VARIABLES, "A variable has one value in a service.")
def variable_twice(blueprint: Blueprint) -> Iterator[Remark]:
    seen: dict[tuple[object, str], Part] = {}
    for variable in blueprint.of("variable"):
        place = (variable.path[:-1], variable.text("key"))
        first = seen.setdefault(place, variable)
        if variable.text("key") and first is not variable:
            line = blueprint.document.line(first.path)
            message = f"{quoted(variable.text('key'))} is set twice here, first in line {line}."
            yield Remark(variable.at("key"), message, "Keep one of them.")


RULES: tuple[Rule, ...] = (
    secret_in_the_file,
    connection_string_in_the_file,
    variable_without_key,
    variable_name,
    several_sources,
    variable_without_value,
    value_is_a_switch,
    value_is_a_collection,
    reference_in_a_group,
    placeholder_in_a_group,
    variable_twice,
)
