"""Rules about what a service of some type or runtime needs, and what it has no use for."""

from collections.abc import Iterator

from marketing.linting.blueprint import Blueprint, Service
from marketing.linting.facts import CRON_JOBS, DOCKER, DOMAINS, HEALTH_CHECKS, SPEC, STATIC_SITES
from marketing.linting.findings import Remark, Rule, service_rule
from marketing.linting.schedule import problem
from marketing.linting.wording import quoted


@service_rule("error", SPEC, "runtime is required for everything but Key Value stores.")
def runtime_missing(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    if service.runs_code and not service.runtime:
        yield Remark(service.path, f"{service.words} lacks `runtime`.", "Add `runtime:`, for example `python`.")


@service_rule("error", STATIC_SITES, "A static site is a service of type web with the runtime static.")
def static_runtime_of_another_type(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    if service.runtime == "static" and service.type in {"pserv", "worker", "cron"}:
        message = f"{service.words} has the runtime `static`, which only a `web` service has."
        yield Remark(service.runtime_path, message, "Write `type: web`, or another runtime.")


@service_rule("error", STATIC_SITES, "staticPublishPath is required for static sites.")
def publish_path_missing(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    if service.type == "static" and not service.has("staticPublishPath"):
        message = f"{service.words} lacks `staticPublishPath`."
        yield Remark(service.path, message, "Name the folder of the built files, for example `./dist`.")


@service_rule("error", SPEC, "buildCommand and startCommand are required unless the service is run from Docker.")
def command_missing(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    for key in ("buildCommand", "startCommand"):
        if service.runs_code and service.is_native and not service.has(key):
            yield Remark(service.path, f"{service.words} lacks {quoted(key)}.", f"Add `{key}:`.")


@service_rule("error", CRON_JOBS, "schedule is required for cron jobs.")
def schedule_missing(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    if service.type == "cron" and not service.has("schedule"):
        message = f"{service.words} lacks `schedule`."
        yield Remark(service.path, message, 'Add `schedule: "0 3 * * *"` for every day at 03:00 UTC.')


@service_rule("error", CRON_JOBS, "A schedule is a cron expression; its times are UTC.")
def schedule_not_valid(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    if service.type == "cron" and (wrong := problem(service.text("schedule"))) and service.has("schedule"):
        message = f"The schedule {quoted(service.text('schedule'))} {wrong}."
        yield Remark(service.at("schedule"), message, "Write minute, hour, day, month and weekday.")


@service_rule("error", DOCKER, "A service with the runtime image names a prebuilt image by its url.")
def image_missing(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    image = service.fields.get("image")
    if service.runtime == "image" and not (isinstance(image, dict) and image.get("url")):
        message = f"{service.words} has the runtime `image` and names none."
        yield Remark(service.path, message, "Add `image:` with `url:`.")


ONLY_FOR = {
    "schedule": ("cron", "cron jobs"),
    "staticPublishPath": ("static", "static sites"),
    "headers": ("static", "static sites"),
    "routes": ("static", "static sites"),
    "maxmemoryPolicy": ("keyvalue", "Key Value stores"),
    "healthCheckPath": ("web", "web services"),
    "maintenanceMode": ("web", "web services"),
}


@service_rule("warning", SPEC, "The reference lists the field for one type of service only.")
def key_of_another_type(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    for key, (type_, words) in ONLY_FOR.items():
        if service.has(key) and service.type in {"web", "static", "pserv", "worker", "cron", "keyvalue"} - {type_}:
            message = f"{service.words} has {quoted(key)}, which is for {words}."
            yield Remark(service.at(key), message, "Remove it, or change the type.")


@service_rule("hint", STATIC_SITES, "Static sites are served from everywhere: they have no plan and no region.")
def plan_or_region_of_a_static_site(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    for key in ("plan", "region", "startCommand", "preDeployCommand", "numInstances"):
        if service.type == "static" and service.has(key):
            yield Remark(service.at(key), f"{service.words} has {quoted(key)}, which it has no use for.", "Remove it.")


@service_rule(
    "warning", DOCKER, "dockerfilePath and dockerContext are for the runtime docker, dockerCommand for images too."
)
def docker_key_without_docker(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    for key in ("dockerfilePath", "dockerContext", "dockerCommand"):
        runtimes = {"docker", "image"} if key == "dockerCommand" else {"docker"}
        if service.has(key) and service.runtime and service.runtime not in runtimes:
            message = f"{service.words} has {quoted(key)} and the runtime {quoted(service.runtime)}."
            yield Remark(service.at(key), message, "Write `runtime: docker`, or remove the key.")


@service_rule("warning", DOCKER, "A Docker service is built by its Dockerfile and started by dockerCommand.")
def native_command_with_docker(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    for key in ("buildCommand", "startCommand"):
        if service.has(key) and service.runtime in {"docker", "image"}:
            remedy = "Remove it; the Dockerfile builds." if key == "buildCommand" else "Write `dockerCommand` instead."
            message = f"{service.words} has {quoted(key)}, which the runtime {quoted(service.runtime)} does not use."
            yield Remark(service.at(key), message, remedy)


@service_rule("hint", HEALTH_CHECKS, "Render asks this path whether a new deploy works before it sends traffic there.")
def health_check_missing(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    if service.type == "web" and service.runtime and not service.has("healthCheckPath"):
        yield Remark(service.path, f"{service.words} has no health check.", "Add `healthCheckPath: /healthz`.")


@service_rule("error", HEALTH_CHECKS, "The path is one on the service itself.")
def health_check_is_no_path(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    path = service.text("healthCheckPath")
    if path and not path.startswith("/"):
        message = f"The health check {quoted(path)} does not begin with a slash."
        yield Remark(service.at("healthCheckPath"), message, "Write a path such as `/healthz`.")


@service_rule("warning", DOMAINS, "Custom domains belong to web services and static sites.")
def domain_of_a_private_service(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    if service.has("domains") and service.type in {"pserv", "worker", "cron", "keyvalue"}:
        yield Remark(service.at("domains"), f"{service.words} cannot be reached from outside.", "Remove `domains`.")


@service_rule("error", DOMAINS, "A domain is a host name such as www.example.com.")
def domain_is_no_host_name(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    domains = service.fields.get("domains")
    for position, domain in enumerate(domains if isinstance(domains, list) else ()):
        if not isinstance(domain, str) or "." not in domain or set(domain) & set("/: @"):
            message = f"{quoted(domain)} is no host name."
            yield Remark((*service.at("domains"), position), message, "Write it without scheme, port and path.")


@service_rule("hint", SPEC, "With a branch of its own a service does not follow the branch of a pull request.")
def branch_with_previews(service: Service, blueprint: Blueprint) -> Iterator[Remark]:
    previews = next(iter(blueprint.of("previews")), None)
    if service.has("branch") and previews and previews.text("generation") in {"automatic", "manual"}:
        message = f"{service.words} is tied to the branch {quoted(service.text('branch'))} while previews are on."
        yield Remark(service.at("branch"), message, "Remove `branch`, so that previews build the pull request.")


RULES: tuple[Rule, ...] = (
    runtime_missing,
    static_runtime_of_another_type,
    publish_path_missing,
    command_missing,
    schedule_missing,
    schedule_not_valid,
    image_missing,
    key_of_another_type,
    plan_or_region_of_a_static_site,
    docker_key_without_docker,
    native_command_with_docker,
    health_check_missing,
    health_check_is_no_path,
    domain_of_a_private_service,
    domain_is_no_host_name,
    branch_with_previews,
)
