"""One's own services on Render as rows: how their deploys of the last 30 days went, and where they come from."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from marketing.blueprints.deploys import deploy_figures, github_name
from marketing.models import BlueprintMetric
from marketing.queries.blueprints import repositories_named
from marketing.render_api import SERVICE_ID, BadKey, RenderApi, RenderApiError, plain
from pipeline.models.analytics import TrendingRepo

DEPLOY_DAYS = 30
LONGEST_NAME = 100


@dataclass(frozen=True, slots=True)
class OwnServices:
    """`rows` are None where the services could not be listed, and `problem` says why. They are not stored yet."""

    rows: list[BlueprintMetric] | None
    problem: str = ""

    @property
    def sentence(self) -> str:
        if self.rows is None:
            return f"own services unknown: {self.problem}"
        unread = sum(bool(row.problem) for row in self.rows)
        gaps = f", {unread:,} of them with unknown deploys" if unread else ""
        return f"{len(self.rows):,} own service{'' if len(self.rows) == 1 else 's'}{gaps}."


def read_own_services(api: RenderApi, now: datetime) -> OwnServices:
    """Two kinds of requests: one for the services, one for the deploys of each. Never raises for what Render says.

    A service whose deploys cannot be read has unknown figures and says why; a key that is refused ends the reading.
    """
    try:
        services = {service["id"]: service for service in api.services() if has_id(service)}
        names = {found for service in services.values() if (found := github_name(service.get("repo")))}
        known = repositories_named(names)
        return OwnServices([_row(api, service, known, now) for service in services.values()])
    except RenderApiError as error:
        return OwnServices(None, error.sentence())


def has_id(service: Mapping[str, Any]) -> bool:
    """Whether it has an id as Render makes them; without one its deploys cannot be asked for."""
    return isinstance(service.get("id"), str) and bool(SERVICE_ID.fullmatch(service["id"]))


def name_of(service: Mapping[str, Any]) -> str:
    """Its name in one line, else its id."""
    name = service.get("name")
    return (plain(name, LONGEST_NAME) if isinstance(name, str) else "") or str(service["id"])


def _row(
    api: RenderApi, service: Mapping[str, Any], known: Mapping[str, TrendingRepo], now: datetime
) -> BlueprintMetric:
    repo = known.get(github_name(service.get("repo")) or "")
    return BlueprintMetric(
        service_id=service["id"],
        service_name=name_of(service),
        github_id=repo.github_id if repo else None,
        repo_full_name=repo.repo_full_name if repo else "",
        stars=repo.stars if repo else None,
        execution_id=repo.execution_id if repo else None,
        metric_date=now.date(),
        created_at=now,
        **_figures(api, service["id"], now),
    )


def _figures(api: RenderApi, service_id: str, now: datetime) -> dict[str, Any]:
    """The columns of a service's deploys; only the problem where they could not be read."""
    since = now - timedelta(days=DEPLOY_DAYS)
    try:
        found = asdict(deploy_figures(api.deploys(service_id, since), since))
    except BadKey:
        raise
    except RenderApiError as error:
        return {"problem": error.sentence()}
    return {
        "deploys": found["deploys"],
        "finished_deploys": found["finished"],
        "deploy_seconds": found["median_seconds"],
        "success_rate": found["success_rate"],
    }
