"""Rules about instances, scaling, disks, plans and shutting down."""

from collections.abc import Iterator

from marketing.linting.blueprint import Blueprint, Part, Service
from marketing.linting.facts import DEPLOYS, DISKS, FREE, SCALING
from marketing.linting.findings import Remark, Rule, part_rule, service_rule
from marketing.linting.wording import quoted

MOST_INSTANCES = 100
SHUTDOWN_SECONDS = range(1, 301)
TARGETS = ("targetCPUPercent", "targetMemoryPercent")


def is_free(service: Service) -> bool:
    return service.text("plan").lower() == "free"


def most_instances(service: Service) -> int | None:
    """How many instances the file asks for at most; None where it does not say."""
    scaling = service.fields.get("scaling")
    most = scaling.get("maxInstances") if isinstance(scaling, dict) else service.number("numInstances")
    return most if isinstance(most, int) else None


@service_rule("error", FREE, "Free instances are for web services, Postgres and Key Value.")
def free_plan_not_offered(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    if is_free(service) and service.type in {"pserv", "worker", "cron"}:
        message = f"{service.words} has the plan `free`, which its type does not have."
        yield Remark(service.at("plan"), message, "Choose a paid plan such as `starter`.")


@service_rule("error", FREE, "Free web services cannot have a disk or more than one instance.")
def more_than_a_free_plan_gives(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    for key, words in (("disk", "a disk"), ("scaling", "autoscaling")):
        if is_free(service) and service.type == "web" and service.has(key):
            message = f"{service.words} has the plan `free` and {words}."
            yield Remark(service.at(key), message, "Choose a paid plan, or remove it.")
    if is_free(service) and service.type == "web" and (service.number("numInstances") or 1) > 1:
        message = f"{service.words} has the plan `free` and more than one instance."
        yield Remark(service.at("numInstances"), message, "Choose a paid plan, or one instance.")


@service_rule("warning", DEPLOYS, "The pre-deploy command is for paid services.")
def pre_deploy_on_a_free_plan(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    if is_free(service) and service.has("preDeployCommand"):
        message = f"{service.words} has the plan `free` and a pre-deploy command."
        yield Remark(service.at("preDeployCommand"), message, "Choose a paid plan, or run it in the build command.")


@service_rule("error", DISKS, "A service with a disk runs as one instance: only one can use the disk.")
def disk_with_several_instances(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    if service.has("disk") and (most_instances(service) or 1) > 1:
        message = f"{service.words} has a disk and up to {most_instances(service)} instances."
        yield Remark(service.at("disk"), message, "Keep the files elsewhere, or run one instance.")


@service_rule("error", DISKS, "Disks are for web services, private services and background workers.")
def disk_not_offered(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    if service.has("disk") and service.type in {"cron", "static", "keyvalue"}:
        yield Remark(service.at("disk"), f"{service.words} cannot have a disk.", "Remove `disk`.")


@part_rule("error", DISKS, "A disk is mounted at an absolute path.")
def mount_path_is_relative(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    path = part.text("mountPath")
    if part.kind == "disk" and path and not path.startswith("/"):
        yield Remark(part.at("mountPath"), f"The disk's path {quoted(path)} is relative.", "Begin it with a slash.")


@part_rule("error", DISKS, "A disk has a size of at least 1 GB.")
def disk_without_size(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    size = part.number("sizeGB")
    if part.kind == "disk" and size is not None and size < 1:
        yield Remark(part.at("sizeGB"), f"The disk has a size of {size} GB.", "Write at least 1.")


@service_rule("warning", SCALING, "Web services, private services and background workers can have several instances.")
def instances_not_offered(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    for key in ("scaling", "numInstances"):
        if service.has(key) and service.type in {"cron", "keyvalue"}:
            yield Remark(service.at(key), f"{service.words} has {quoted(key)}, which it has no use for.", "Remove it.")


@service_rule("error", SCALING, "A service runs 1 to 100 instances.")
def number_of_instances(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    count = service.number("numInstances")
    if count is not None and not 1 <= count <= MOST_INSTANCES:
        message = f"{service.words} is to run {count} instances."
        yield Remark(service.at("numInstances"), message, f"Write a number from 1 to {MOST_INSTANCES}.")


@service_rule("hint", SCALING, "With autoscaling the number of instances follows the load.")
def scaling_and_a_fixed_number(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    if service.has("scaling") and service.has("numInstances"):
        message = f"{service.words} has `scaling` and `numInstances`; only one of them can hold."
        yield Remark(service.at("numInstances"), message, "Remove `numInstances`.")


@part_rule("error", SCALING, "minInstances is at most maxInstances.")
def scaling_bounds(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    least, most = part.number("minInstances"), part.number("maxInstances")
    if part.kind == "scaling" and least is not None and most is not None and least > most:
        yield Remark(part.at("minInstances"), f"At least {least} instances are more than at most {most}.", "Swap them.")


@part_rule("error", SCALING, "minInstances and maxInstances are required, and a target for processor or memory.")
def scaling_incomplete(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    if part.kind != "scaling":
        return
    for key in ("minInstances", "maxInstances"):
        if not part.has(key):
            yield Remark(part.path, f"`scaling` lacks {quoted(key)}.", f"Add `{key}:`.")
    if not any(part.has(key) for key in TARGETS):
        yield Remark(part.path, "`scaling` has no target to scale by.", "Add `targetCPUPercent: 70`.")


@part_rule("error", SCALING, "A target is a percentage of what an instance has.")
def scaling_target(part: Part, blueprint: Blueprint) -> Iterator[Remark]:
    for key in TARGETS if part.kind == "scaling" else ():
        share = part.number(key)
        if share is not None and not 1 <= share <= 100:
            yield Remark(part.at(key), f"{quoted(key)} is {share}.", "Write a percentage from 1 to 100.")


@service_rule("error", DEPLOYS, "maxShutdownDelaySeconds is between 1 and 300; it is 30 where it is not set.")
def shutdown_delay(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    seconds = service.number("maxShutdownDelaySeconds")
    if seconds is not None and seconds not in SHUTDOWN_SECONDS:
        message = f"{service.words} is to have {seconds} seconds for shutting down."
        yield Remark(service.at("maxShutdownDelaySeconds"), message, "Write a number from 1 to 300.")


RULES: tuple[Rule, ...] = (
    free_plan_not_offered,
    more_than_a_free_plan_gives,
    pre_deploy_on_a_free_plan,
    disk_with_several_instances,
    disk_not_offered,
    mount_path_is_relative,
    disk_without_size,
    instances_not_offered,
    number_of_instances,
    scaling_and_a_fixed_number,
    scaling_bounds,
    scaling_incomplete,
    scaling_target,
    shutdown_delay,
)
