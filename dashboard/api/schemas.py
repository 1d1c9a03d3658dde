"""What the JSON holds. Names are those of the warehouse's columns; null is unknown and never 0.

Decimals are JSON numbers: the six places that are stored fit into a double, and numbers are what tools expect.
"""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from dashboard.api.links import Links, RepoLinks
from dashboard.ranking import web_link

WebAddress = Annotated[str | None, BeforeValidator(web_link)]


class Answer(BaseModel):
    """Read from a row's attributes; plain pydantic, because a page of a hundred rows is made for each publication."""

    model_config = ConfigDict(from_attributes=True)


class ErrorDetail(Answer):
    code: str
    message: str
    parameter: str | None = Field(description="The parameter to mend, where it is one")


class ErrorAnswer(Answer):
    """The form of every error."""

    error: ErrorDetail


class Snapshot(Answer):
    """The published run that an answer comes from; everything is null before the first one."""

    run_id: int | None
    published_at: datetime | None
    snapshot_date: date | None = Field(description="The day shown: the one asked for, else the newest")
    is_demo: bool = Field(description="Made-up repositories of the demo")


class PageInfo(Answer):
    page: int
    page_size: int
    pages: int
    total: int = Field(description="Rows on all pages")
    next: str | None
    previous: str | None


class RepoWords(Answer):
    """What a repository is."""

    github_id: int = Field(description="Stays when a repository is renamed")
    repo_full_name: str
    repo_url: WebAddress
    description: str | None
    language: str | None
    created_at: datetime | None
    uses_render: bool | None = Field(description="A render.yaml lies in the root of its default branch")
    render_category: str | None
    is_demo: bool


class Measures(Answer):
    """What was read and computed for one repository on one day."""

    snapshot_date: date
    rank_overall: int | None
    rank_in_language: int | None
    stars: int
    forks: int | None
    stars_gained_24h: int | None
    stars_gained_7d: int | None
    stars_gained_30d: int | None
    weeks_gaining: int | None = Field(description="Weeks in a row with stars gained, up to now")
    star_velocity: float | None = Field(description="Stars of the last 7 days in percent of all")
    activity_score: float | None
    momentum_score: float | None = Field(description="The sum of the four parts")
    velocity_part: float
    activity_part: float
    render_boost: float
    age_penalty: float = Field(description="Zero or less")
    commits_last_7_days: int | None
    issues_closed_last_7_days: int | None
    active_contributors: int | None
    data_quality_score: float = Field(description="0.00 to 1.00")
    unknown_parts: list[str] = Field(description="Inputs of the score that are unknown and count as nothing in it")
    execution_id: int = Field(description="The run that computed this")


class TrendingRepository(Measures, RepoWords):
    previous_rank: int | None = Field(None, description="The rank of the repository's day before, within a week")
    links: RepoLinks


class Trending(Answer):
    snapshot: Snapshot
    paging: PageInfo
    items: list[TrendingRepository]


class Service(Answer):
    """A service as the repository's render.yaml has it."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    name: str | None = None
    type: str | None = None
    runtime: str | None = None
    plan: str | None = None
    region: str | None = None


class RenderProject(Answer):
    """A project of the Render ecosystem, and what its render.yaml says."""

    github_id: int
    repo_full_name: str
    repo_url: WebAddress
    description: str | None
    language: str | None
    created_at: datetime | None
    is_demo: bool
    snapshot_date: date
    rank_overall: int | None
    stars: int
    stars_gained_24h: int | None
    stars_gained_7d: int | None
    stars_gained_30d: int | None
    momentum_score: float | None
    render_category: str
    uses_render: bool | None
    render_services: list[Service] | None
    service_counts: dict[str, int] | None = Field(description="How many services of each type")
    service_count: int | None
    render_complexity_score: float | None = Field(description="0 to 10")
    has_blueprint_button: bool | None
    deploy_button_url: str | None = Field(description="Of render.com and nowhere else")
    blueprint_quality: float | None
    documentation_score: float | None
    has_docker: bool | None
    has_previews: bool | None
    problem: str | None = Field(description="Why its render.yaml could not be understood")
    links: RepoLinks


class RenderProjects(Answer):
    snapshot: Snapshot
    paging: PageInfo
    items: list[RenderProject]


class RepositoryDetail(Measures, RepoWords):
    is_current: bool = Field(description="False where the newest readings no longer hold it; this is its last day then")
    links: RepoLinks


class Repository(Answer):
    snapshot: Snapshot
    repository: RepositoryDetail
    render: RenderProject | None = Field(description="Its place in the Render ecosystem, where it has one")


class RepositoryDay(Measures):
    repo_full_name: str = Field(description="Its name on that day")


class History(Answer):
    snapshot: Snapshot
    paging: PageInfo
    github_id: int
    repo_full_name: str
    items: list[RepositoryDay] = Field(description="The newest day first")


class Language(Answer):
    """A language with the sums over its current repositories."""

    rank_overall: int
    language: str
    slug: str
    language_category: str
    repositories: int
    render_repositories: int
    stars: int
    stars_gained_7d: int | None
    momentum_total: float | None
    momentum_average: float | None
    oldest_snapshot_date: date
    newest_snapshot_date: date
    links: Links


class Languages(Answer):
    snapshot: Snapshot
    paging: PageInfo
    items: list[Language]


class Run(Answer):
    """A run of the pipeline. What it did is null where its record was never closed."""

    execution_id: int
    execution_date: datetime = Field(description="When it started")
    finished_at: datetime | None
    status: str
    trigger: str
    is_demo: bool
    snapshot_date: date
    total_duration_seconds: float | None
    parallel_speedup_factor: float | None = Field(description="Seconds of all tasks divided by seconds on the clock")
    success_rate: float | None = Field(description="Percent of tasks")
    repos_processed: int | None
    tasks_executed: int | None
    tasks_succeeded: int | None
    tasks_failed: int | None
    tasks_retried: int | None
    rows_rejected: int | None
    requests_sent: int | None
    graphql_requests: int | None
    graphql_points: int | None
    graphql_seconds: float | None
    not_modified: int | None = Field(description="Answers 304, which cost nothing")
    languages_processed: list[str]
    links: Links


class Runs(Answer):
    snapshot: Snapshot
    paging: PageInfo
    items: list[Run]


class Failure(Answer):
    """What failed and what to do about it; the error's own words stay in the server's records."""

    stream: str | None
    step: str | None
    remedy: str | None


class Task(Answer):
    number: int
    parent: int | None = Field(description="The number of the task above it")
    name: str
    stream: str
    status: str
    attempts: int
    started_at: datetime
    finished_at: datetime | None
    seconds: float | None
    items: int | None = Field(description="Repositories, rows or files it dealt with")


class RunDetail(Run):
    rows_written: dict[str, Any]
    failures: list[Failure]
    tasks: list[Task]


class Index(Answer):
    """Where everything is."""

    version: str
    documentation: str
    openapi: str
    addresses: dict[str, str]
