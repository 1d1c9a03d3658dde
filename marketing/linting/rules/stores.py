"""Rules about databases and Key Value stores."""

from collections.abc import Iterator
from ipaddress import ip_network

from marketing.linting.blueprint import Blueprint, Part, Service
from marketing.linting.facts import FREE, KEY_VALUE, POSTGRES, POSTGRES_ENDED, POSTGRES_VERSIONS, SPEC
from marketing.linting.findings import Remark, Rule, database_rule, part_rule, service_rule
from marketing.linting.wording import quoted

EVERYWHERE = {"0.0.0.0/0", "::/0"}
DISK_STEP = 5


@service_rule(
    "error", KEY_VALUE, "ipAllowList is required for Key Value stores; an empty list lets nobody in from outside."
)
def allow_list_missing(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    if service.type == "keyvalue" and not isinstance(service.fields.get("ipAllowList"), list):
        message = f"{service.words} lacks `ipAllowList`."
        yield Remark(service.path, message, "Add `ipAllowList: []` for access over the private network only.")


@service_rule("warning", SPEC, "A Key Value store has a plan, a region and a memory policy; it is not built from code.")
def code_in_a_key_value_store(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    for key in ("runtime", "buildCommand", "startCommand", "envVars", "repo", "dockerfilePath"):
        if service.type == "keyvalue" and service.has(key):
            yield Remark(service.at(key), f"{service.words} has {quoted(key)}, which it has no use for.", "Remove it.")


@service_rule("hint", KEY_VALUE, "For a queue choose noeviction, for a cache allkeys-lru.")
def memory_policy_missing(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    if service.type == "keyvalue" and not service.has("maxmemoryPolicy"):
        message = f"{service.words} does not say what happens when its memory is full."
        yield Remark(service.path, message, "Add `maxmemoryPolicy: noeviction` for queues.")


@database_rule(
    "hint", POSTGRES, "Without ipAllowList every address with the credentials is let in; an empty list closes it."
)
def database_open_to_everyone(database: Part, blueprint: Blueprint) -> Iterator[Remark]:
    if not database.has("ipAllowList"):
        message = f"{database.words} can be reached from every address, with its password."
        yield Remark(database.path, message, "Add `ipAllowList: []` for the private network only.")


@part_rule("hint", SPEC, "The list names the addresses that may connect from outside the private network.")
def list_of_every_address(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    is_store = part.owner is not None and part.owner.kind in {"database", "service"}
    if part.kind == "address range" and is_store and part.text("source") in EVERYWHERE:
        message = f"{quoted(part.text('source'))} lets every address in."
        yield Remark(part.at("source"), message, "Name the addresses that have to connect.")


@part_rule("error", SPEC, "An address range is written in CIDR notation.")
def no_address_range(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    source = part.text("source")
    if part.kind == "address range" and source and not _is_network(source):
        message = f"{quoted(source)} is no range of addresses."
        yield Remark(part.at("source"), message, "Write it as `203.0.113.4/30`.")


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


@database_rule("error", POSTGRES, "A disk has 1 GB or a multiple of 5 GB.")
def database_disk_size(database: Part, blueprint: Blueprint) -> Iterator[Remark]:
    for key in ("diskSizeGB", "previewDiskSizeGB"):
        size = database.number(key)
        if size is not None and size != 1 and (size < 1 or size % DISK_STEP):
            message = f"{database.words} has a disk of {size} GB."
            yield Remark(database.at(key), message, "Write 1 or a multiple of 5.")


@database_rule(
    "hint", POSTGRES_VERSIONS, "The version cannot be changed here later; upgrading is done in the Dashboard."
)
def version_without_support(database: Part, blueprint: Blueprint) -> Iterator[Remark]:
    version = database.text("postgresMajorVersion")
    if version in POSTGRES_ENDED:
        message = f"PostgreSQL {quoted(version)} has had no fixes from its makers since {POSTGRES_ENDED[version]}."
        yield Remark(database.at("postgresMajorVersion"), message, "Choose a newer version for a new database.")


@database_rule("hint", SPEC, "The version is a text.")
def version_without_quotation_marks(database: Part, blueprint: Blueprint) -> Iterator[Remark]:
    if database.number("postgresMajorVersion") is not None:
        version = database.text("postgresMajorVersion")
        message = f"The version {quoted(version)} is written as a number."
        yield Remark(database.at("postgresMajorVersion"), message, f'Write `postgresMajorVersion: "{version}"`.')


@database_rule("hint", FREE, "Free databases are deleted after 30 days unless they are upgraded.")
def free_database(database: Part, blueprint: Blueprint) -> Iterator[Remark]:
    if database.text("plan").lower() == "free":
        message = f"{database.words} has the plan `free` and expires 30 days after it was made."
        yield Remark(database.at("plan"), message, "Choose a paid plan for data that has to stay.")


@database_rule("warning", POSTGRES, "An empty list removes every read replica that there is.")
def no_replicas(database: Part, blueprint: Blueprint) -> Iterator[Remark]:
    if database.fields.get("readReplicas") == []:
        message = f"{database.words} has an empty list of read replicas."
        yield Remark(database.at("readReplicas"), message, "Remove the key if replicas are to stay.")


RULES: tuple[Rule, ...] = (
    allow_list_missing,
    code_in_a_key_value_store,
    memory_policy_missing,
    database_open_to_everyone,
    list_of_every_address,
    no_address_range,
    database_disk_size,
    version_without_support,
    version_without_quotation_marks,
    free_database,
    no_replicas,
)
