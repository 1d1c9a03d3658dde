"""Rules about what refers to what, and where it runs."""

from collections.abc import Iterator

from marketing.linting.blueprint import Blueprint, Part, Service
from marketing.linting.facts import OLD_TYPES, REGIONS, SPEC
from marketing.linting.findings import Remark, Rule, file_rule, part_rule, variable_rule
from marketing.linting.wording import nearest, quoted

ELSEWHERE = "Add it, or make sure that it exists in the workspace already."


@part_rule("warning", SPEC, "A reference names something of this file, or something that exists in the workspace.")
def nothing_of_this_name(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    kinds = {"service reference": ("service", "services"), "database reference": ("database", "databases")}
    if part.kind not in kinds or not part.name:
        return
    kind, words = kinds[part.kind]
    known = blueprint.named(kind)
    if part.name not in known:
        close = nearest(part.name, list(known)[:200])
        message = f"No entry of {quoted(words)} is named {quoted(part.name)}."
        yield Remark(part.at("name"), message, f"Did you mean {quoted(close)}?" if close else ELSEWHERE)


@variable_rule("warning", SPEC, "A group is one of this file, or one that exists in the workspace.")
def no_group_of_this_name(variable: Part, blueprint: Blueprint) -> Iterator[Remark]:
    name, known = variable.text("fromGroup"), blueprint.named("group")
    if name and name not in known:
        close = nearest(name, list(known)[:200])
        message = f"No entry of `envVarGroups` is named {quoted(name)}."
        yield Remark(variable.at("fromGroup"), message, f"Did you mean {quoted(close)}?" if close else ELSEWHERE)


@part_rule("error", SPEC, "The reference states the type of the service that it names.")
def reference_of_another_type(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    if part.kind != "service reference" or not part.text("type"):
        return
    target = blueprint.named("service").get(part.name)
    stated = OLD_TYPES.get(part.text("type").lower(), part.text("type").lower())
    declared = target.text("type").lower() if target else ""
    if declared and stated != OLD_TYPES.get(declared, declared):
        message = (
            f"{quoted(part.name)} is of the type {quoted(declared)} and referred to as {quoted(part.text('type'))}."
        )
        yield Remark(part.at("type"), message, f"Write `type: {declared}`." if len(declared) < 20 else "Correct it.")


@part_rule("error", SPEC, "A reference to a service has a property or the name of one of its variables.")
def reference_to_what(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    if part.kind == "service reference" and part.has("property") == part.has("envVarKey"):
        both = part.has("property")
        message = f"The reference to {quoted(part.name)} has {'both' if both else 'neither'} property and envVarKey."
        yield Remark(part.path, message, "Keep one of them." if both else "Add `property: hostport`.")


@part_rule("error", SPEC, "connectionString is a property of Key Value stores; other services have a host and a port.")
def connection_string_of_a_service(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    target = blueprint.named("service").get(part.name) if part.kind == "service reference" else None
    if isinstance(target, Service) and target.runs_code and part.text("property") == "connectionString":
        message = f"{target.words} has no connection string."
        yield Remark(part.at("property"), message, "Write `property: hostport`.")


@part_rule("warning", SPEC, "The name of a variable of the other service.")
def no_variable_of_this_name(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    wanted = part.text("envVarKey")
    target = blueprint.named("service").get(part.name) if part.kind == "service reference" else None
    variables = target.fields.get("envVars") if target else None
    # Render sets some itself, and a group may bring others.
    if not wanted or target is None or wanted.startswith("RENDER") or wanted in {"PORT", "IS_PULL_REQUEST"}:
        return
    entries = [entry for entry in variables if isinstance(entry, dict)] if isinstance(variables, list) else []
    if not any("fromGroup" in entry or entry.get("key") == wanted for entry in entries):
        message = f"{target.words} does not set {quoted(wanted)} in this file."
        yield Remark(part.at("envVarKey"), message, "Check its name, or set it in the Dashboard.")


@file_rule("hint", SPEC, "A group is linked to a service by fromGroup.")
def group_that_nobody_uses(blueprint: Blueprint) -> Iterator[Remark]:
    used = {variable.text("fromGroup") for variable in blueprint.of("variable")}
    for group in blueprint.of("group"):
        if group.name and group.name not in used:
            yield Remark(group.path, f"{group.words} is linked to no service of this file.", "Add `- fromGroup:`.")


def across(blueprint: Blueprint) -> Iterator[tuple[Part, Service, Part]]:
    """(the reference, who reads, what is read) of each reference within the file that is not a static site's."""
    for kind, target_kind in (("service reference", "service"), ("database reference", "database")):
        named = blueprint.named(target_kind)
        for reference in blueprint.of(kind):
            reader = reference.owner.owner if reference.owner else None
            target = named.get(reference.name)
            if isinstance(reader, Service) and reader.type != "static" and target is not None and not is_static(target):
                yield reference, reader, target


def is_static(part: Part) -> bool:
    return isinstance(part, Service) and part.type == "static"


@file_rule("warning", REGIONS, "Services in different regions do not share a private network.")
def another_region(blueprint: Blueprint) -> Iterator[Remark]:
    for reference, reader, target in across(blueprint):
        here, there = reader.text("region"), target.text("region")
        if here and there and here != there:
            message = f"{reader.words} is in {quoted(here)} and reads of {quoted(target.name)} in {quoted(there)}."
            yield Remark(reference.path, message, "Put both in one region; it cannot be changed later.")


@file_rule("hint", REGIONS, "Where no region is stated, a new service is made in Oregon.")
def region_of_one_alone(blueprint: Blueprint) -> Iterator[Remark]:
    for reference, reader, target in across(blueprint):
        stated = reader.text("region") or target.text("region")
        if bool(reader.text("region")) != bool(target.text("region")) and stated != "oregon":
            silent = target if reader.text("region") else reader
            message = f"{silent.words} states no region and is joined to one in {quoted(stated)}."
            yield Remark(reference.path, message, f"Add `region: {stated}` if it is new." if len(stated) < 30 else "")


RULES: tuple[Rule, ...] = (
    nothing_of_this_name,
    no_group_of_this_name,
    reference_of_another_type,
    reference_to_what,
    connection_string_of_a_service,
    no_variable_of_this_name,
    group_that_nobody_uses,
    another_region,
    region_of_one_alone,
)
