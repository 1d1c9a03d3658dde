"""What is known of render.yaml: the words that Render's Blueprint reference names. What is newer is not wrong."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A page of Render's documentation."""

    title: str
    slug: str

    @property
    def href(self) -> str:
        return f"https://render.com/docs/{self.slug}"


SPEC = Page("Blueprint YAML reference", "blueprint-spec")
CRON_JOBS = Page("Cron jobs", "cronjobs")
DISKS = Page("Persistent disks", "disks")
SCALING = Page("Scaling", "scaling")
HEALTH_CHECKS = Page("Health checks", "health-checks")
VARIABLES = Page("Environment variables and secrets", "configure-environment-variables")
KEY_VALUE = Page("Render Key Value", "key-value")
POSTGRES = Page("Render Postgres", "postgresql")
POSTGRES_VERSIONS = Page("Upgrading Postgres", "postgresql-upgrading")
STATIC_SITES = Page("Static sites", "static-sites")
DOCKER = Page("Docker on Render", "docker")
PREVIEWS = Page("Preview environments", "preview-environments")
REGIONS = Page("Regions", "regions")
FREE = Page("Free instances", "free")
DOMAINS = Page("Custom domains", "custom-domains")
PLANS = Page("Compute plans", "compute-plans")
DEPLOYS = Page("Deploys", "deploys")

TYPES = ("web", "pserv", "worker", "cron", "keyvalue", "workflow")
OLD_TYPES = {"redis": "keyvalue"}
# Words that people write for a type and that mean something else in this file.
NO_TYPES = {
    "static": "Write `type: web` with `runtime: static`.",
    "static_site": "Write `type: web` with `runtime: static`.",
    "web_service": "Write `type: web`.",
    "private_service": "Write `type: pserv`.",
    "background_worker": "Write `type: worker`.",
    "cron_job": "Write `type: cron`.",
    "postgres": "List it under `databases` instead of `services`.",
    "postgresql": "List it under `databases` instead of `services`.",
    "database": "List it under `databases` instead of `services`.",
}
NATIVE_RUNTIMES = ("node", "python", "go", "ruby", "rust", "elixir")
RUNTIMES = (*NATIVE_RUNTIMES, "docker", "image", "static")
REGION_NAMES = ("oregon", "ohio", "virginia", "frankfurt", "singapore")

SERVER_PLANS = (
    "free",
    "starter",
    "starter plus",
    "standard",
    "standard plus",
    "pro",
    "pro plus",
    "pro max",
    "pro ultra",
)
KEY_VALUE_PLANS = ("free", "starter", "standard", "pro", "pro plus", "pro max", "pro ultra")
OLD_DATABASE_PLANS = ("starter", "standard", "pro", "pro plus")
DATABASE_PLANS = (
    "free",
    *OLD_DATABASE_PLANS,
    *(f"basic-{size}" for size in ("256mb", "1gb", "4gb")),
    *(f"pro-{size}gb" for size in (4, 8, 16, 32, 64, 128, 192, 256, 384, 512)),
    *(f"accelerated-{size}gb" for size in (16, 32, 64, 128, 256, 384, 512, 768, 1024)),
)
# Since 2026 plans may be named for their processors and memory, as in 0.5c-512mb; Key Value's for memory alone.
PLAN_ID = re.compile(r"\d+(?:\.\d+)?c-\d+(?:mb|g)")
MEMORY_PLAN_ID = re.compile(r"\d+(?:mb|g)")

DEPLOY_TRIGGERS = ("commit", "checksPass", "off")
GENERATIONS = ("automatic", "manual", "off")
MEMORY_POLICIES = (
    "noeviction",
    "allkeys-lru",
    "allkeys-lfu",
    "allkeys-random",
    "volatile-lru",
    "volatile-lfu",
    "volatile-random",
    "volatile-ttl",
)
DATABASE_PROPERTIES = (
    "connectionString",
    "connectionPoolString",
    "host",
    "port",
    "user",
    "password",
    "database",
)
SERVICE_PROPERTIES = ("host", "port", "hostport", "connectionString")
ROUTE_TYPES = ("redirect", "rewrite")

POSTGRES_MAJORS = tuple(str(version) for version in range(10, 19))
# When the PostgreSQL project ended a version's support.
POSTGRES_ENDED = {
    "10": "November 2022",
    "11": "November 2023",
    "12": "November 2024",
    "13": "November 2025",
    "14": "November 2026",
}
