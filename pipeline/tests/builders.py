"""Raw rows as GitHub would have sent them, and runs over them; made up, in Python."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipeline.etl.github_to_raw import RawWriter
from pipeline.etl.raw_to_staging import StagingReport, members_of, raw_to_staging
from pipeline.etl.staging_to_dimensional import staging_to_dimensional
from pipeline.models import WorkflowExecution
from pipeline.streams.context import RenderOwners
from pipeline.streams.harvest import FilePayload, Harvest, MetricPayload, RepoPayload

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
TODAY = NOW.date()
OWNERS = RenderOwners(("render-org",), ("employee",), ("render",))
RENDER_YAML = "services:\n  - type: web\n    name: app\n    runtime: python\n  - type: worker\n    name: jobs\n"
BUTTON = (
    "# App\n\n[![Deploy](https://render.com/images/b.svg)](https://render.com/deploy?repo=https://github.com/a/b)\n"
)


def rest_item(github_id: int = 1, full_name: str = "acme/tool", *, stars: int = 1000, **changes: Any) -> dict[str, Any]:
    """A REST repository object, created a year before NOW and pushed an hour before it."""
    item = {
        "id": github_id,
        "node_id": f"R_{github_id}",
        "full_name": full_name,
        "html_url": f"https://github.com/{full_name}",
        "description": "A tool",
        "language": "Python",
        "stargazers_count": stars,
        "forks_count": 5,
        "open_issues_count": 2,
        "created_at": "2025-11-21T00:00:00Z",
        "updated_at": "2026-11-21T09:00:00Z",
        "pushed_at": "2026-11-21T09:00:00Z",
        "topics": [],
        "private": False,
    }
    return item | changes


def star_history(*gained: int, today: date = TODAY, stars: int | None = 1000) -> dict[str, Any]:
    """A star history metric whose newest daily buckets are `gained`, oldest first, the last one today's."""
    sunday = today - timedelta(days=(today.weekday() + 1) % 7)
    buckets = {today - timedelta(days=len(gained) - 1 - n): count for n, count in enumerate(gained)}
    weeks = []
    for week in range(6):
        start = sunday - timedelta(days=7 * week)
        days = [buckets.get(start + timedelta(days=n), 0) for n in range(7)]
        epoch = int(datetime(start.year, start.month, start.day, tzinfo=UTC).timestamp())
        weeks.append({"week": epoch, "total": sum(days), "days": days})
    return {"stars": stars, "weeks": weeks}


def commits(count: int, authors: int = 1, *, now: datetime = NOW) -> dict[str, Any]:
    """A commits metric: `count` commits of `authors` people within the last hours."""
    nodes = [
        {
            "oid": f"{n:040x}",
            "committedDate": (now - timedelta(hours=1, minutes=n)).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "author": {"name": f"P{n % authors}", "email": f"p{n % authors}@example.org", "user": None},
        }
        for n in range(count)
    ]
    return {"since": "", "total": count, "complete": True, "nodes": nodes}


def issues(count: int, *, now: datetime = NOW) -> dict[str, Any]:
    closed_at = (now - timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")
    nodes = [{"number": n, "closedAt": closed_at} for n in range(count)]
    return {"since": "", "total": count, "complete": True, "nodes": nodes}


def files(**oids: str) -> dict[str, Any]:
    """A files metric of a root with these files; `render_yaml="o1"` stands for render.yaml with object id o1."""
    names = {"render_yaml": "render.yaml", "readme": "README.md", "docker": "Dockerfile"}
    return {"tree": [[names.get(key, key), "blob", oid] for key, oid in oids.items()]}


class Warehouse:
    """Feeds payloads through the three arrows the way a run does, one run at a time."""

    def __init__(self, *, is_demo: bool = False) -> None:
        self.is_demo = is_demo
        self.report = StagingReport()

    def execution(self, now: datetime) -> WorkflowExecution:
        return WorkflowExecution.objects.create(
            execution_date=now, snapshot_date=now.date(), status="success", is_demo=self.is_demo
        )

    def receive(
        self,
        execution: WorkflowExecution,
        items: Sequence[dict[str, Any]],
        metrics: dict[int, dict[str, Any]] | None = None,
        texts: dict[str, str] | None = None,
    ) -> RawWriter:
        """Write raw rows: items, {github_id: {metric type: data}} and {object id: text}."""
        harvest = Harvest()
        for item in items:
            harvest.add(RepoPayload(item.get("id", 0), str(item.get("full_name")), item, "Python", "established"))
        for github_id, kinds in (metrics or {}).items():
            harvest.add(*(MetricPayload(github_id, "", kind, data) for kind, data in kinds.items()))
        harvest.add(*(FilePayload(oid, len(text), text, False) for oid, text in (texts or {}).items()))
        writer = RawWriter(execution)
        writer.write(harvest)
        return writer

    def publish(
        self,
        items: Sequence[dict[str, Any]],
        metrics: dict[int, dict[str, Any]] | None = None,
        texts: dict[str, str] | None = None,
        *,
        now: datetime = NOW,
        stream: str = "python",
        members: Sequence[int] | None = None,
    ) -> WorkflowExecution:
        """One whole run of one stream."""
        execution = self.execution(now)
        self.receive(execution, items, metrics, texts)
        ids = [item["id"] for item in items] if members is None else members
        self.load(execution, {stream: ids}, now)
        return execution

    def load(self, execution: WorkflowExecution, streams: dict[str, Sequence[int]], now: datetime) -> None:
        members = members_of([(stream, [[github_id] for github_id in ids]) for stream, ids in streams.items()])
        self.report = raw_to_staging(execution, members, OWNERS, now)
        published = [stream for stream in streams if stream not in self.report.failed]
        staging_to_dimensional(execution, published, now.date(), now)
