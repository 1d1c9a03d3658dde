"""Reads a Render blueprint (render.yaml): its services, how they connect, how rich and how careful it is."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice

from pipeline.detection.kept import kept
from pipeline.detection.untrusted import UntrustedTextError
from pipeline.detection.untrusted_yaml import load_yaml

MAX_SERVICES = 200
MAX_CONNECTIONS = 500
MAX_ENV_VARS = 1_000
MAX_NAME = 200
MAX_WORD = 40

DATASTORES = frozenset({"postgres", "keyvalue"})

_MAX_BLOCKS = 100
_TYPE_NAMES = {"redis": "keyvalue"}
_OFF_WORDS = frozenset({"", "off", "false", "no", "none"})
_ON_WORDS = frozenset({"true", "yes", "on"})
_SECRET_KEY = re.compile(r"SECRET|PASSWORD|PASSWD|TOKEN(?!S)|API_?KEY|PRIVATE_?KEY", re.IGNORECASE)
_SHORTEST_SECRET = 8


@dataclass(frozen=True, slots=True)
class Service:
    """One service or database of a blueprint. Names are cut at 200 characters, the other words at 40."""

    name: str
    type: str
    """web, worker, cron, pserv, static, keyvalue, postgres, workflow, an unknown word in lower case, or "unknown"."""
    runtime: str | None = None
    plan: str | None = None
    region: str | None = None
    is_docker: bool = False
    is_image: bool = False
    has_disk: bool = False
    has_health_check: bool = False
    has_scaling: bool = False
    has_pre_deploy: bool = False
    states_auto_deploy: bool = False
    has_secret_keys: bool = False
    """An environment variable is named like a secret."""
    has_written_secrets: bool = False
    """The value of such a variable stands in the file."""


@dataclass(frozen=True, slots=True)
class Connection:
    """`source` (a service) reads something of `target`; `kind` is "service", "database" or "env_group"."""

    source: str
    target: str
    kind: str


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One part of a score: what it is given for, how much this file has of it, and how much there can be."""

    words: str
    points: Decimal
    most: Decimal


@dataclass(frozen=True, slots=True)
class RenderYaml:
    """What a render.yaml declares. With a `problem` it declares nothing: every other field is empty."""

    problem: str | None = None
    services: tuple[Service, ...] = ()
    env_groups: tuple[str, ...] = ()
    has_previews: bool = False
    connections: tuple[Connection, ...] = ()
    notes: tuple[str, ...] = ()
    """Sentences about what was left out, empty for an ordinary file."""

    @property
    def service_count(self) -> int:
        """Services and databases together, at most 200."""
        return len(self.services)

    @property
    def diversity(self) -> int:
        """Number of distinct service types."""
        return len({service.type for service in self.services})

    def service_counts(self) -> dict[str, int]:
        """Return how many services there are of each type, in the order in which the types first appear."""
        return dict(Counter(service.type for service in self.services))

    def complexity(self) -> Decimal:
        """Return how much is being put together, 0.0 to 10.0 with one decimal; 0.0 for an unusable file.

        The sum of: 0.5 a service (at most 3.0); 0.5 a service type beyond the first (2.0); 0.5 a datastore (1.0);
        0.3 a connection between two of them (1.5); 0.5 for environment groups; 0.5 for previews; 0.5 for a Docker
        build or image; 0.4 for a disk, 0.3 for scaling and 0.3 for a pre-deploy command. Another service never
        lowers it.
        """
        return sum((part.points for part in self.complexity_parts()), Decimal("0.0"))

    def complexity_parts(self) -> tuple[ScorePart, ...]:
        """Return the rule of `complexity` in words, with what this file gets by each of its parts."""
        services = self.services
        return (
            _part("0.5 for each service", min(5 * len(services), 30), 30),
            _part("0.5 for each type beyond the first", min(5 * max(self.diversity - 1, 0), 20), 20),
            _part("0.5 for each datastore", min(5 * sum(service.type in DATASTORES for service in services), 10), 10),
            _part("0.3 for each connection", min(3 * len(self.connections), 15), 15),
            _part("Environment groups", 5 * bool(self.env_groups), 5),
            _part("Previews", 5 * self.has_previews, 5),
            _part("A Docker build or image", 5 * any(s.is_docker or s.is_image for s in services), 5),
            _part("A disk", 4 * any(service.has_disk for service in services), 4),
            _part("Scaling", 3 * any(service.has_scaling for service in services), 3),
            _part("A pre-deploy command", 3 * any(service.has_pre_deploy for service in services), 3),
        )

    def quality(self) -> Decimal | None:
        """Return the share of good-practice checks the file meets, 0.00 to 1.00, or None for an unusable file.

        The checks, each left out where it has nothing to look at: every web service has a health check; everything
        but static sites states its plan; and its region; everything Render builds or runs from a repository states
        whether it deploys by itself; previews are on; no variable named like a secret has its value in the file.
        """
        if self.problem is not None:
            return None
        verdicts = [verdict for verdict in self._checks() if verdict is not None]
        share = Decimal(sum(verdicts)) / len(verdicts)
        return share.quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)

    def _checks(self) -> tuple[bool | None, ...]:
        web = [service for service in self.services if service.type == "web"]
        running = [service for service in self.services if service.type != "static"]
        built = [service for service in self.services if service.type not in DATASTORES and not service.is_image]
        with_secrets = [service for service in self.services if service.has_secret_keys]
        return (
            _all_hold([service.has_health_check for service in web]),
            _all_hold([service.plan is not None for service in running]),
            _all_hold([service.region is not None for service in running]),
            _all_hold([service.states_auto_deploy for service in built]),
            self.has_previews,
            _all_hold([not service.has_written_secrets for service in with_secrets]),
        )


def _part(words: str, tenths: int, most: int) -> ScorePart:
    return ScorePart(words, Decimal(tenths).scaleb(-1), Decimal(most).scaleb(-1))


def _all_hold(verdicts: list[bool]) -> bool | None:
    return all(verdicts) if verdicts else None


@kept
def read_render_yaml(text: str) -> RenderYaml:
    """Read a blueprint's text. Never raises: what cannot be used comes back with its `problem` in a sentence."""
    try:
        root = load_yaml(text)
    except UntrustedTextError as error:
        return RenderYaml(problem=str(error))
    return read_blueprint(root)


def read_blueprint(root: object) -> RenderYaml:
    """The same of a file that load_yaml has read already."""
    if root is None:
        return RenderYaml(problem="The file is empty.")
    if not isinstance(root, dict):
        return RenderYaml(problem=f"The top level is {_shape(root)}, not a mapping.")
    blocks = list(_blocks(root))
    problem = _wrong_lists(blocks)
    return RenderYaml(problem=problem) if problem else _read_blocks(root, blocks)


def _read_blocks(root: Mapping[object, object], blocks: list[Mapping[object, object]]) -> RenderYaml:
    entries = [*_entries(blocks, "services"), *_entries(blocks, "databases")]
    declared = [(entry, kind) for entry, kind in entries if isinstance(entry, dict)]
    if not declared:
        return RenderYaml(problem="The file declares no services and no databases.")
    kept = declared[:MAX_SERVICES]
    services = tuple(_read_service(entry, kind) for entry, kind in kept)
    pairs: list[tuple[Service, Mapping[object, object]]] = [
        (service, entry) for service, (entry, _) in zip(services, kept, strict=True)
    ]
    return RenderYaml(
        services=services,
        env_groups=_env_group_names(blocks),
        has_previews=any(_previews_are_on(block) for block in (root, *(entry for entry, _ in kept))),
        connections=_read_connections(pairs),
        notes=tuple(_notes(len(entries), len(declared), len(kept))),
    )


# --- where things stand -----------------------------------------------------------------------------------------------


def _blocks(root: Mapping[object, object]) -> Iterator[Mapping[object, object]]:
    """Yield the mappings that may hold services: the root, each project with its environments, and `ungrouped`."""
    yield root
    for project in _mappings(root.get("projects")):
        yield project
        yield from _mappings(project.get("environments"))
    yield from _mappings(root.get("ungrouped"))


def _mappings(value: object) -> Iterator[Mapping[object, object]]:
    """Yield the mapping itself, or the mappings of a list, at most 100 of them."""
    candidates = value if isinstance(value, list) else [value]
    yield from islice((item for item in candidates if isinstance(item, dict)), _MAX_BLOCKS)


def _wrong_lists(blocks: list[Mapping[object, object]]) -> str | None:
    """Say which list is something else. A key without a value counts as absent."""
    for block in blocks:
        for key in ("services", "databases"):
            value = block.get(key)
            if value is not None and not isinstance(value, list):
                return f"{key} is {_shape(value)}, not a list."
    return None


def _entries(blocks: list[Mapping[object, object]], key: str) -> Iterator[tuple[object, str]]:
    for block in blocks:
        items = block.get(key)
        for item in items if isinstance(items, list) else ():
            yield item, key


def _notes(entries: int, declared: int, kept: int) -> Iterator[str]:
    if entries > declared:
        yield f"{entries - declared} entries that are not mappings were left out."
    if declared > kept:
        yield f"Only the first {kept} of {declared} services and databases were read."


def _shape(value: object) -> str:
    names = {dict: "a mapping", list: "a list", str: "a text", bool: "a boolean", int: "a number", float: "a number"}
    return names.get(type(value), "nothing")


# --- one service ------------------------------------------------------------------------------------------------------


def _read_service(entry: Mapping[object, object], kind: str) -> Service:
    runtime = _word(entry.get("runtime")) or _word(entry.get("env"))
    secrets = [item for item in _env_vars(entry) if _SECRET_KEY.search(_text(item.get("key"), MAX_NAME))]
    is_image = runtime == "image" or bool(entry.get("image"))
    return Service(
        name=_text(entry.get("name"), MAX_NAME),
        type="postgres" if kind == "databases" else _service_type(entry, runtime),
        runtime=runtime,
        plan=_word(entry.get("plan")),
        region=_word(entry.get("region")),
        is_docker=runtime == "docker" or (runtime is None and not is_image and bool(entry.get("dockerfilePath"))),
        is_image=is_image,
        has_disk=bool(entry.get("disk")),
        has_health_check=bool(_text(entry.get("healthCheckPath"), MAX_NAME)),
        has_scaling=bool(entry.get("scaling")),
        has_pre_deploy=bool(_text(entry.get("preDeployCommand"), MAX_NAME)),
        states_auto_deploy=any(entry.get(key) is not None for key in ("autoDeploy", "autoDeployTrigger")),
        has_secret_keys=bool(secrets),
        has_written_secrets=any(_is_written_secret(item.get("value")) for item in secrets),
    )


def _service_type(entry: Mapping[object, object], runtime: str | None) -> str:
    word = _word(entry.get("type")) or "unknown"
    if word == "web" and runtime == "static":
        return "static"
    return _TYPE_NAMES.get(word, word)


def _is_written_secret(value: object) -> bool:
    """Short texts and numbers are switches and durations rather than secrets."""
    return isinstance(value, str) and len(value.strip()) >= _SHORTEST_SECRET


def _env_vars(entry: Mapping[object, object]) -> Iterator[Mapping[object, object]]:
    items = entry.get("envVars")
    for item in islice(items, MAX_ENV_VARS) if isinstance(items, list) else ():
        if isinstance(item, dict):
            yield item


def _text(value: object, limit: int) -> str:
    """Return a scalar as text of at most `limit` characters; nothing and collections are the empty text."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value).strip()[:limit] if isinstance(value, (str, int, float)) else ""


def _word(value: object) -> str | None:
    return _text(value, MAX_WORD).lower() or None


# --- the file as a whole ----------------------------------------------------------------------------------------------


def _previews_are_on(block: Mapping[object, object]) -> bool:
    """Tell whether a root or a service asks for previews, in today's form or one of the two older ones."""
    previews = block.get("previews")
    generation = previews.get("generation") if isinstance(previews, dict) else None
    if _text(generation, MAX_WORD).lower() not in _OFF_WORDS:
        return True
    older = (block.get("previewsEnabled"), block.get("pullRequestPreviewsEnabled"))
    return any(_text(value, MAX_WORD).lower() in _ON_WORDS for value in older)


def _env_group_names(blocks: list[Mapping[object, object]]) -> tuple[str, ...]:
    groups = (group for block in blocks for group in _mappings(block.get("envVarGroups")))
    names = dict.fromkeys(_text(group.get("name"), MAX_NAME) for group in islice(groups, MAX_SERVICES))
    return tuple(name for name in names if name)


def _read_connections(pairs: list[tuple[Service, Mapping[object, object]]]) -> tuple[Connection, ...]:
    """Return each connection once, however many variables it feeds, and at most 500 of them."""
    found = (
        Connection(service.name, target, kind)
        for service, entry in pairs
        for item in _env_vars(entry)
        for target, kind in _targets(item)
    )
    return tuple(islice(dict.fromkeys(found), MAX_CONNECTIONS))


def _targets(env_var: Mapping[object, object]) -> Iterator[tuple[str, str]]:
    for key, kind in (("fromService", "service"), ("fromDatabase", "database"), ("fromGroup", "env_group")):
        reference = env_var.get(key)
        name = _text(reference.get("name") if isinstance(reference, dict) else reference, MAX_NAME)
        if name:
            yield name, kind
