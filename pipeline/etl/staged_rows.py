"""One repository's raw rows as its typed, validated staging row and, where it is Render's, its enrichment. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipeline.detection.category import render_category
from pipeline.detection.dockerfile import read_dockerfile
from pipeline.detection.readme import read_readme
from pipeline.detection.render_yaml import read_render_yaml
from pipeline.etl.activity import WINDOW, count_closed_issues, count_commits
from pipeline.etl.quality import data_quality_score
from pipeline.etl.raw_rows import RawRepo, Tree
from pipeline.etl.repo_facts import InvalidRepo, RepoFacts, known_count, read_repo
from pipeline.etl.star_days import StarDays, read_weeks, top_up
from pipeline.streams.context import RenderOwners
from pipeline.streams.files import DOCKER_FILE, RENDER_FILE, has_file, readme_name

EXPECTED = (
    "stars", "forks", "open_issues", "language", "description", "created_at", "updated_at", "pushed_at",
    "stars_last_24_hours", "stars_last_7_days", "stars_last_30_days", "commits_last_7_days",
    "issues_closed_last_7_days", "active_contributors", "uses_render", "render_yaml_content", "readme_content",
)  # fmt: skip

NOT_READ = "render.yaml has not been read yet"
BLUEPRINT = (
    "render_services", "service_counts", "connections", "env_groups", "service_count", "render_complexity_score",
    "blueprint_quality", "has_docker", "has_previews", "problem",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Staged:
    """Column values of stg_repos_validated and of stg_render_enrichment.

    `enrichment` is None for a repository that is not Render's; `keeps_enrichment` says that it is not known now
    whether it is, so what is there stays.
    """

    values: dict[str, Any]
    enrichment: dict[str, Any] | None
    keeps_enrichment: bool


def stage_repo(raw: RawRepo, owners: RenderOwners, as_of: datetime) -> Staged:
    """Raises InvalidRepo when the repository can't be staged."""
    facts = read_repo(raw.row.api_response, as_of)
    if facts.github_id != raw.row.github_id:
        raise InvalidRepo("the payload is of another repository than its row")
    tree = raw.tree
    uses_render = None if tree is None else has_file(tree, RENDER_FILE)
    stars = _star_days(raw, facts, as_of)
    commits, contributors = _commits(raw, facts, as_of)
    values: dict[str, Any] = {
        "github_id": facts.github_id,
        "repo_full_name": facts.full_name,
        "repo_url": facts.url,
        "language": facts.language,
        "description": facts.description,
        "stars": facts.stars,
        "forks": facts.forks,
        "open_issues": facts.open_issues,
        "created_at": facts.created_at,
        "updated_at": facts.updated_at,
        "pushed_at": facts.pushed_at,
        "stars_last_24_hours": stars.last(1) if stars and _is_read_today(raw, as_of) else None,
        "stars_last_7_days": stars.last(7) if stars else None,
        "stars_last_30_days": stars.last(30) if stars else None,
        "weeks_gaining": stars.weeks_gaining() if stars else None,
        "commits_last_7_days": commits,
        "issues_closed_last_7_days": count_closed_issues(raw.metrics.get("issues"), as_of),
        "active_contributors": contributors,
        "uses_render": uses_render,
        "render_yaml_content": raw.texts.get("render"),
        "readme_content": raw.texts.get("readme"),
        "topics": list(facts.topics),
        "star_days": stars.as_json() if stars else None,
        "raw_repo_id": raw.row.pk,
    }
    unknown = _unknown_fields(values, facts, tree)
    values["unknown_fields"] = unknown
    known = len(EXPECTED) - len(unknown)
    values["data_quality_score"] = data_quality_score(known, len(EXPECTED), raw.row.last_seen_at, as_of)
    enrichment = _enrichment(raw, facts, tree, owners)
    return Staged(values, enrichment, keeps_enrichment=uses_render is None and enrichment is None)


def _star_days(raw: RawRepo, facts: RepoFacts, as_of: datetime) -> StarDays | None:
    history = raw.metrics.get("star_history")
    if not isinstance(history, dict) or raw.history_seen_at is None:
        return None
    read_on, today = raw.history_seen_at.date(), as_of.date()
    days = read_weeks(history.get("weeks"), read_on)
    if days is not None and not history.get("weeks") and facts.stars:
        return None  # stars without a single week: GitHub has not counted yet
    return days and top_up(days, read_on, today, known_count(history.get("stars")), facts.stars)


def _is_read_today(raw: RawRepo, as_of: datetime) -> bool:
    """An older reading is topped up with the change of several days, which says nothing of the last of them."""
    return raw.history_seen_at is not None and raw.history_seen_at.date() == as_of.date()


def _commits(raw: RawRepo, facts: RepoFacts, as_of: datetime) -> tuple[int | None, int | None]:
    """(commits, contributors); both 0 without asking where nothing was pushed in the window."""
    if facts.pushed_at is not None and facts.pushed_at < as_of - WINDOW:
        return 0, 0
    return count_commits(raw.metrics.get("commits"), as_of)


def _unknown_fields(values: dict[str, Any], facts: RepoFacts, tree: Tree | None) -> list[str]:
    """Expected fields without a value; a file that the root does not have is known to be absent."""
    absent = set()
    if tree is not None:
        absent = {"render_yaml_content"} if not has_file(tree, RENDER_FILE) else set()
        absent |= {"readme_content"} if readme_name(tree) is None else set()
    said_none = {"language", "description"} - facts.unknown
    return [name for name in EXPECTED if values[name] is None and name not in absent | said_none]


def _enrichment(raw: RawRepo, facts: RepoFacts, tree: Tree | None, owners: RenderOwners) -> dict[str, Any] | None:
    uses_render = None if tree is None else has_file(tree, RENDER_FILE)
    if not uses_render and facts.owner.lower() not in owners.logins:
        return None
    text = raw.texts.get("readme")
    readme = read_readme(text) if text is not None else None
    button = readme.has_deploy_button if readme else _button_without_readme(tree)
    category = render_category(
        facts.owner, facts.topics, uses_render, button, orgs=owners.organisations, employees=owners.employees
    )
    if category is None:
        return None
    return {
        "repo_id": facts.github_id,
        "repo_full_name": facts.full_name,
        "render_category": category,
        "has_blueprint_button": button,
        "deploy_button_url": readme.deploy_button_url if readme else None,
        "documentation_score": readme.documentation_score if readme else None,
        **_blueprint(raw, tree),
    }


def _button_without_readme(tree: Tree | None) -> bool | None:
    """Without a README there is no button; with one that is not read yet it is unknown."""
    return False if tree is not None and readme_name(tree) is None else None


def _blueprint(raw: RawRepo, tree: Tree | None) -> dict[str, Any]:
    """What render.yaml says; everything unknown where there is none or it could not be used."""
    nothing: dict[str, Any] = {
        **dict.fromkeys(BLUEPRINT),
        "render_services": [],
        "service_counts": {},
        "connections": [],
        "env_groups": [],
    }
    if tree is None or not has_file(tree, RENDER_FILE):
        return nothing
    text = raw.texts.get("render")
    if text is None:
        return {**nothing, "problem": NOT_READ}
    blueprint = read_render_yaml(text)
    if blueprint.problem is not None:
        return {**nothing, "problem": blueprint.problem}
    services = [
        {"name": s.name, "type": s.type, "runtime": s.runtime, "plan": s.plan, "region": s.region}
        for s in blueprint.services
    ]
    return {
        "render_services": services,
        "service_counts": blueprint.service_counts(),
        "connections": [[link.source, link.target, link.kind] for link in blueprint.connections],
        "env_groups": list(blueprint.env_groups),
        "service_count": blueprint.service_count,
        "render_complexity_score": blueprint.complexity(),
        "blueprint_quality": blueprint.quality(),
        "has_docker": any(s.is_docker for s in blueprint.services) or _has_dockerfile(raw, tree),
        "has_previews": blueprint.has_previews,
        "problem": None,
    }


def _has_dockerfile(raw: RawRepo, tree: Tree) -> bool | None:
    """Whether the root holds a usable Dockerfile; unknown while it is not read."""
    if not has_file(tree, DOCKER_FILE):
        return False
    text = raw.texts.get("docker")
    return None if text is None else read_dockerfile(text).problem is None
