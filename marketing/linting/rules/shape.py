"""Rules about the file as a whole: what it must have, where lists and mappings belong, which keys are known."""

from collections.abc import Iterator

from marketing.linting.blueprint import Blueprint, Part
from marketing.linting.facts import PREVIEWS, SPEC
from marketing.linting.findings import Remark, Rule, file_rule, part_rule
from marketing.linting.structure import KEYS, NUMBERS, REQUIRED, SWITCHES
from marketing.linting.wording import nearest, quoted, shape


@file_rule("warning", SPEC, "A Blueprint lists what it manages under services, databases and envVarGroups.")
def nothing_declared(blueprint: Blueprint) -> Iterator[Remark]:
    if not any(blueprint.of(kind) for kind in ("service", "database", "group")) and not blueprint.misshapen:
        yield Remark((), "The file declares no service, no database and no environment group.", "Add `services:`.")


@file_rule("error", SPEC, "Each field of the reference has one form: a list, a mapping or a single value.")
def wrong_form(blueprint: Blueprint) -> Iterator[Remark]:
    for place in blueprint.misshapen:
        key = next(step for step in reversed(place.path) if isinstance(step, str))
        where = quoted(key) if place.path[-1] == key else f"An entry of {quoted(key)}"
        remedy = "Begin each entry with `-`." if place.wanted == "a list" else "Write keys with values, one a line."
        yield Remark(place.path, f"{where} is {shape(place.value)} and has to be {place.wanted}.", remedy)


@file_rule("error", SPEC, "A field is set once; which of two settings should hold is not defined.")
def key_written_twice(blueprint: Blueprint) -> Iterator[Remark]:
    for path, key, first, second in blueprint.document.keys_written_twice():
        yield Remark(
            (*path, key),
            f"{quoted(key)} stands in line {first} and again in line {second} of the same mapping.",
            "Keep one of the two. For two services begin the second with `-`.",
        )


@part_rule("error", SPEC, "These fields are marked as required.")
def required_key_missing(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    for key in REQUIRED.get(part.kind, ()):
        if not part.has(key) or part.fields[key] == "":
            yield Remark(part.path, f"{part.words} lacks {quoted(key)}.", f"Add `{key}:`.")


@part_rule("hint", SPEC, "The reference names the fields of each part; others are not used.")
def unknown_key(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    known = KEYS.get(part.kind, ())
    for key in part.fields if known else ():
        if key not in known:
            close = nearest(key, known)
            yield Remark(
                part.at(key),
                f"{quoted(key)} is no key of a {part.kind} that we know of.",
                f"Did you mean {quoted(close)}?" if close else "Check its spelling, or leave it if it is new.",
            )


@part_rule("error", SPEC, "The field takes a whole number.")
def number_expected(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    for key in NUMBERS.get(part.kind, ()):
        if part.has(key) and part.number(key) is None:
            yield Remark(part.at(key), f"{quoted(key)} is {shape(part.fields[key])}.", "Write a whole number.")


@part_rule("error", SPEC, "The field is true or false.")
def switch_expected(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    for key in SWITCHES.get(part.kind, ()):
        if part.has(key) and part.switch(key) is None:
            yield Remark(
                part.at(key),
                f"{quoted(key)} is {shape(part.fields[key])}.",
                "Write `true` or `false`, without quotation marks.",
            )


OLD_KEYS = (
    ("service", "env", "runtime", "Rename it to `runtime`; the value stays."),
    ("service", "autoDeploy", "autoDeployTrigger", "Write `autoDeployTrigger: commit` for true and `'off'` for false."),
    ("service", "pullRequestPreviewsEnabled", "previews", "Write `previews:` with `generation: automatic`."),
    ("root", "previewsEnabled", "previews", "Write `previews:` with `generation: automatic`."),
    ("root", "previewsExpireAfterDays", "previews", "Write `previews:` with `expireAfterDays`."),
)


@part_rule("hint", SPEC, "The older field is deprecated in favour of the newer one and still read.")
def old_key(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    for kind, old, new, remedy in OLD_KEYS:
        if part.kind == kind and part.has(old) and not part.has(new):
            yield Remark(part.at(old), f"{quoted(old)} is the older form of {quoted(new)}.", remedy)


@part_rule("warning", SPEC, "The older field is deprecated in favour of the newer one.")
def old_and_new_key(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    for kind, old, new, _ in OLD_KEYS:
        if part.kind == kind and part.has(old) and part.has(new):
            message = f"{quoted(old)} and {quoted(new)} are both set and say the same thing in two places."
            yield Remark(part.at(old), message, f"Remove {quoted(old)}.")


@part_rule("hint", PREVIEWS, "Services have previews.plan; databases and Key Value stores have previewPlan.")
def preview_plan_of_a_service(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    if part.kind == "service" and part.has("previewPlan") and part.text("type") not in {"keyvalue", "redis"}:
        message = f"{part.words} has `previewPlan`, which databases and Key Value stores have."
        yield Remark(part.at("previewPlan"), message, "Write `previews:` with `plan`.")


@file_rule("error", SPEC, "Do not define the same resource in more than one location.")
def name_used_twice(blueprint: Blueprint) -> Iterator[Remark]:
    for kind in ("service", "database", "group"):
        first = blueprint.named(kind)
        for part in blueprint.of(kind):
            if part.name and first[part.name] is not part:
                line = blueprint.document.line(first[part.name].path)
                message = f"{part.words} has the name of another one, in line {line}."
                yield Remark(part.at("name"), message, "Give each of them a name of its own.")


RULES: tuple[Rule, ...] = (
    nothing_declared,
    wrong_form,
    key_written_twice,
    required_key_missing,
    unknown_key,
    number_expected,
    switch_expected,
    old_key,
    old_and_new_key,
    preview_plan_of_a_service,
    name_used_twice,
)
