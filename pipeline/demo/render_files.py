"""render.yaml texts of every kind, from one static page to a fleet with projects and environments."""

from collections.abc import Callable

RUNTIMES = {
    "Ruby": ("ruby", "bundle install && bin/rails assets:precompile", "bundle exec puma"),
    "JavaScript": ("node", "npm ci", "node server.js"),
    "TypeScript": ("node", "npm ci && npm run build", "npm start"),
    "Rust": ("rust", "cargo build --release", "./target/release/app"),
    "Elixir": ("elixir", "mix do deps.get, compile", "mix phx.server"),
    "Python": ("python", "pip install -r requirements.txt", "gunicorn app:app"),
    "Go": ("go", "go build -o app .", "./app"),
    "PHP": ("docker", "", ""),
}


def service(kind: str, name: str, language: str | None, *more: str) -> str:
    """One entry of `services`, with further lines in `more`."""
    runtime, build, start = RUNTIMES.get(language or "", ("docker", "", ""))
    lines = [f"type: {kind}", f"name: {name}", f"runtime: {runtime}"]
    lines += [f"buildCommand: {build}", f"startCommand: {start}"] if build else ["dockerfilePath: ./Dockerfile"]
    return entry([*lines, *more])


def static_site(name: str, *more: str) -> str:
    """A static page, which Render knows as a web service with the runtime `static`."""
    lines = ["type: web", f"name: {name}", "runtime: static", "buildCommand: npm ci && npm run build"]
    return entry([*lines, "staticPublishPath: ./dist", *more])


def key_value(name: str) -> str:
    """A Key Value instance that only its own services reach."""
    return entry(["type: keyvalue", f"name: {name}", "plan: free", "ipAllowList: []"])


def entry(lines: list[str]) -> str:
    """A list item of a mapping, indented by two."""
    return "  - " + "\n    ".join(lines)


def from_database(name: str) -> str:
    """Environment variables that connect a service to its database."""
    lines = [
        "envVars:",
        "  - key: DATABASE_URL",
        "    fromDatabase:",
        f"      name: {name}",
        "      property: connectionString",
    ]
    return "\n    ".join(lines)


def from_key_value(name: str) -> str:
    """Environment variables that connect a service to its Key Value instance."""
    lines = ["envVars:", "  - key: REDIS_URL", "    fromService:", "      type: keyvalue", f"      name: {name}"]
    return "\n    ".join([*lines, "      property: connectionString"])


def database(name: str, plan: str = "free") -> str:
    """The `databases` section with one PostgreSQL."""
    return f"databases:\n  - name: {name}\n    plan: {plan}\n    postgresMajorVersion: '18'"


def services(*entries: str) -> str:
    """The `services` section."""
    return "services:\n" + "\n".join(entries)


def minimal(name: str, language: str | None) -> str:
    """One web service and nothing else."""
    return services(service("web", name, language))


def web_and_postgres(name: str, language: str | None) -> str:
    """The commonest pair: a web service and its database."""
    web = service("web", name, language, "plan: free", "healthCheckPath: /healthz", from_database(f"{name}-db"))
    return f"{services(web)}\n\n{database(f'{name}-db')}"


def worker_and_key_value(name: str, language: str | None) -> str:
    """A web service that hands its work to a worker through Key Value."""
    connected = from_key_value(f"{name}-queue")
    web = service("web", name, language, connected)
    worker = service("worker", f"{name}-worker", language, connected)
    return services(web, worker, key_value(f"{name}-queue"))


def cron(name: str, language: str | None) -> str:
    """A job by the clock."""
    return services(service("cron", f"{name}-nightly", language, 'schedule: "15 3 * * *"'))


def static(name: str, language: str | None) -> str:
    """A page that needs no server."""
    routes = ["routes:", "  - type: rewrite", "    source: /*", "    destination: /index.html"]
    return services(static_site(name, "\n    ".join(routes)))


def docker(name: str, language: str | None) -> str:
    """A web service built from a Dockerfile, with a disk."""
    disk = ["disk:", "  name: data", "  mountPath: /var/data", "  sizeGB: 5"]
    return services(service("web", name, None, "dockerContext: .", "plan: starter", "\n    ".join(disk)))


def private(name: str, language: str | None) -> str:
    """A public gateway in front of a private service."""
    peer = [
        "envVars:",
        "  - key: UPSTREAM",
        "    fromService:",
        "      type: pserv",
        f"      name: {name}-core",
        "      property: hostport",
    ]
    return services(
        service("web", name, language, "\n    ".join(peer)),
        service("pserv", f"{name}-core", language, "plan: standard"),
    )


def previews(name: str, language: str | None) -> str:
    """A web service with a database for which every pull request gets a copy."""
    head = "previews:\n  generation: automatic\n  expireAfterDays: 3\n"
    web = service("web", name, language, "previews:\n      plan: starter", from_database(f"{name}-db"))
    return f"{head}\n{services(web)}\n\n{database(f'{name}-db', 'basic-256mb')}"


def projects(name: str, language: str | None) -> str:
    """The same service in two environments of a project, with no `services` at the top."""
    environment = []
    for stage in ("staging", "production"):
        listed = indented(services(service("web", f"{name}-{stage}", language, "autoDeployTrigger: checksPass")), 8)
        environment.append(f"      - name: {stage}\n{listed}")
    return f"projects:\n  - name: {name}\n    environments:\n" + "\n".join(environment)


def environment_groups(name: str, language: str | None) -> str:
    """Two services that share a group of settings, one of them secret."""
    group = f"envVarGroups:\n  - name: {name}-settings\n    envVars:\n      - key: LOG_LEVEL\n        value: info\n"
    group += "      - key: SESSION_SECRET\n        generateValue: true\n      - key: MAIL_TOKEN\n        sync: false"
    shared = f"envVars:\n      - fromGroup: {name}-settings"
    both = services(service("web", name, language, shared), service("worker", f"{name}-mail", language, shared))
    return f"{group}\n\n{both}"


def legacy(name: str, language: str | None) -> str:
    """The older spelling: `env` for `runtime`, `redis` for `keyvalue`."""
    text = services(service("web", name, language, "autoDeploy: false"), key_value(f"{name}-cache"))
    return text.replace("runtime:", "env:").replace("type: keyvalue", "type: redis")


def image(name: str, language: str | None) -> str:
    """A service from a ready image."""
    lines = [
        "type: web",
        f"name: {name}",
        "runtime: image",
        "image:",
        f"  url: docker.io/example/{name}:1.4.2",
        "plan: starter",
    ]
    return services(entry(lines))


def fleet(name: str, language: str | None) -> str:
    """A large blueprint: front, interface, two workers, two cron jobs, a private service, Key Value, two databases."""
    connected = from_database(f"{name}-main")
    scaling = "scaling:\n      minInstances: 2\n      maxInstances: 8\n      targetCPUPercent: 65"
    entries = [
        static_site(f"{name}-front", "headers:\n      - path: /*\n        name: X-Frame-Options\n        value: DENY"),
        service("web", f"{name}-api", language, "plan: standard", scaling, "preDeployCommand: ./migrate", connected),
        service("worker", f"{name}-mail", language, from_key_value(f"{name}-queue")),
        service("worker", f"{name}-index", language, "numInstances: 3", from_key_value(f"{name}-queue")),
        service("cron", f"{name}-report", language, 'schedule: "0 6 * * 1"', connected),
        service("cron", f"{name}-sweep", language, 'schedule: "*/20 * * * *"', connected),
        service(
            "pserv",
            f"{name}-search",
            None,
            "plan: pro",
            "disk:\n      name: index\n      mountPath: /data\n      sizeGB: 50",
        ),
        key_value(f"{name}-queue"),
    ]
    second = f"\n  - name: {name}-events\n    plan: basic-1gb\n    readReplicas:\n      - name: {name}-events-replica"
    return f"{services(*entries)}\n\n{database(f'{name}-main', 'pro-4gb')}{second}"


def indented(text: str, width: int) -> str:
    """The text with every line moved to the right."""
    return "\n".join(" " * width + line for line in text.split("\n"))


Blueprint = Callable[[str, str | None], str]
BLUEPRINTS: tuple[Blueprint, ...] = (
    web_and_postgres,
    worker_and_key_value,
    minimal,
    cron,
    static,
    docker,
    private,
    previews,
    projects,
    environment_groups,
    legacy,
    image,
    fleet,
)


def render_yaml(blueprint: Blueprint, name: str, language: str | None) -> str:
    """The whole file, with a line that says what it shows."""
    what = (blueprint.__doc__ or "").split("\n")[0]
    return f"# {what}\n{blueprint(name, language)}\n"
