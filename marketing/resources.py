"""The columns of the exports as django-import-export resources: names with units, texts safe for spreadsheets.

A resource reads plain rows, {attribute: value}. `prepared` takes out what looks like a value and is none, and adds what
no table holds: addresses of the pages that prove a row.
"""

from collections.abc import Iterable, Iterator
from typing import Any, ClassVar
from urllib.parse import quote

from django.conf import settings
from import_export.fields import Field
from import_export.resources import Resource
from import_export.widgets import Widget

from dashboard.ecosystem import deploy_href
from dashboard.ranking import repo_href, web_link
from trender.spreadsheets import cell, sheet_value

Row = dict[str, Any]


class Cell(Widget):
    """A value of any kind: as a text that no spreadsheet computes, or as a workbook's own kind of value."""

    def render(self, value: object, obj: object = None, **kwargs: Any) -> object:
        return sheet_value(value) if kwargs.get("force_native_type") else cell(value)


def column(heading: str) -> Field:
    """A column under this heading; the name it is declared by is the attribute it shows."""
    return Field(column_name=heading, widget=Cell(), readonly=True)


class Table(Resource):
    """An export's columns in the order of the file. `made` are those that `prepared` fills, from no table."""

    made: ClassVar[tuple[str, ...]] = ()
    label: ClassVar[str] = ""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for name, field in self.fields.items():
            field.attribute = name
        self.names = tuple(self.fields)
        self.headings = tuple(str(field.column_name) for field in self.fields.values())
        self.read = tuple(name for name in self.names if name not in self.made)

    @classmethod
    def get_display_name(cls) -> str:
        return cls.label

    def prepared(self, found: Row) -> Row:
        return found

    def rows(self, found: Iterable[Row]) -> Iterator[Row]:
        for row in found:
            yield self.prepared(row)

    def texts(self, row: Row) -> list[str]:
        """A line of a CSV file."""
        return [cell(row[name]) for name in self.names]

    def values(self, row: Row) -> list[Any]:
        """A line of a workbook."""
        return [sheet_value(row[name]) for name in self.names]


# -- What no table holds ---------------------------------------------------------------------------------------


def page_of(full_name: str) -> str:
    return f"{settings.TRENDER_BASE_URL.rstrip('/')}{repo_href(full_name)}"


def run_page(execution_id: int | None) -> str | None:
    return None if execution_id is None else f"{settings.TRENDER_BASE_URL.rstrip('/')}/meta/?run={execution_id}"


def github_page(full_name: str) -> str:
    return f"https://github.com/{quote(full_name)}"


# -- Repositories ----------------------------------------------------------------------------------------------


class RankedRows(Table):
    """What the ranking of now and its history have in common."""

    made = ("page", "run_page")

    def prepared(self, found: Row) -> Row:
        links = {"page": page_of(found["repo_full_name"]), "run_page": run_page(found["execution_id"])}
        return found | links | {"repo_url": web_link(found["repo_url"])}


class Trending(RankedRows):
    label = "Trending repositories"

    rank_overall = column("rank")
    previous_rank = column("rank before")
    rank_in_language = column("rank in language")
    repo_full_name = column("repository")
    repo_url = column("address")
    github_id = column("GitHub id")
    description = column("description")
    language = column("language")
    uses_render = column("uses Render (render.yaml in the root)")
    render_category = column("Render category")
    created_at = column("created (UTC)")
    snapshot_date = column("day")
    stars = column("stars")
    stars_gained_24h = column("stars gained in 24 h")
    stars_gained_7d = column("stars gained in 7 days")
    stars_gained_30d = column("stars gained in 30 days")
    star_velocity = column("star velocity (% in 7 days)")
    momentum_score = column("momentum (score)")
    activity_score = column("activity (score)")
    commits_last_7_days = column("commits in 7 days")
    issues_closed_last_7_days = column("issues closed in 7 days")
    active_contributors = column("active contributors in 7 days")
    forks = column("forks")
    weeks_gaining = column("weeks gaining (of 8)")
    data_quality_score = column("data quality (0 to 1)")
    unknown_parts = column("unknown parts")
    is_demo = column("made up")
    execution_id = column("run")
    page = column("page")
    run_page = column("page of the run")


class Snapshots(RankedRows):
    label = "Snapshots"

    snapshot_date = column("day")
    rank_overall = column("rank")
    rank_in_language = column("rank in language")
    repo_full_name = column("repository")
    repo_url = column("address")
    github_id = column("GitHub id")
    language = column("language")
    uses_render = column("uses Render (render.yaml in the root)")
    render_category = column("Render category")
    stars = column("stars")
    stars_gained_24h = column("stars gained in 24 h")
    stars_gained_7d = column("stars gained in 7 days")
    stars_gained_30d = column("stars gained in 30 days")
    star_velocity = column("star velocity (% in 7 days)")
    momentum_score = column("momentum (score)")
    activity_score = column("activity (score)")
    velocity_part = column("velocity's part of momentum")
    activity_part = column("activity's part of momentum")
    render_boost = column("Render's boost of momentum")
    age_penalty = column("age's part of momentum")
    commits_last_7_days = column("commits in 7 days")
    issues_closed_last_7_days = column("issues closed in 7 days")
    active_contributors = column("active contributors in 7 days")
    forks = column("forks")
    data_quality_score = column("data quality (0 to 1)")
    unknown_parts = column("unknown parts")
    is_demo = column("made up")
    execution_id = column("run")
    page = column("page")
    run_page = column("page of the run")


class Showcase(Table):
    label = "Render showcase"
    made = ("page",)

    rank_overall = column("rank")
    repo_full_name = column("repository")
    repo_url = column("address")
    github_id = column("GitHub id")
    description = column("description")
    language = column("language")
    render_category = column("Render category")
    uses_render = column("uses Render (render.yaml in the root)")
    created_at = column("created (UTC)")
    snapshot_date = column("day")
    stars = column("stars")
    stars_gained_24h = column("stars gained in 24 h")
    stars_gained_7d = column("stars gained in 7 days")
    stars_gained_30d = column("stars gained in 30 days")
    momentum_score = column("momentum (score)")
    service_count = column("services")
    service_counts = column("services by type")
    render_complexity_score = column("complexity (0 to 10)")
    has_blueprint_button = column("has a deploy button")
    deploy_button_url = column("deploy address")
    blueprint_quality = column("blueprint quality (0 to 1)")
    documentation_score = column("documentation (0 to 10)")
    has_docker = column("uses Docker")
    has_previews = column("uses previews")
    problem = column("problem of the render.yaml")
    is_demo = column("made up")
    page = column("page")

    def prepared(self, found: Row) -> Row:
        links = {"page": page_of(found["repo_full_name"]), "repo_url": web_link(found["repo_url"])}
        return found | links | {"deploy_button_url": deploy_href(found["deploy_button_url"], found["repo_url"])}


# -- What marketing keeps --------------------------------------------------------------------------------------


class PublicLeads(Table):
    """Leads without what belongs to the people who work on them: contact and notes."""

    label = "Success story leads"
    made = ("github_page", "page", "run_page")

    repo_full_name = column("repository")
    github_page = column("address")
    github_id = column("GitHub id")
    rule = column("rule")
    stars = column("stars")
    star_velocity = column("star velocity (% in 7 days)")
    status = column("status")
    story = column("story")
    found_at = column("found (UTC)")
    updated_at = column("updated (UTC)")
    execution_id = column("run")
    page = column("page")
    run_page = column("page of the run")

    def prepared(self, found: Row) -> Row:
        name = found["repo_full_name"]
        links = {"github_page": github_page(name), "page": page_of(name)}
        return found | links | {"run_page": run_page(found["execution_id"])}


class StaffLeads(PublicLeads):
    """Leads with the owner's contact and the notes, for the admin only."""

    contact = column("contact")
    notes = column("notes")


class PlatformReport(Table):
    label = "Platform report"

    platform = column("platform")
    report_date = column("day")
    config_files = column("repositories with its config file")
    readme_mentions = column("repositories whose README mentions it")
    stars = column("stars of the most starred README hits")
    report_text = column("report")
    evidence = column("searches behind it")
    is_demo = column("made up")
    created_at = column("read (UTC)")


class BlueprintMetrics(Table):
    label = "Blueprint metrics"
    made = ("github_page", "page", "run_page")

    repo_full_name = column("repository")
    github_page = column("address")
    github_id = column("GitHub id")
    metric_date = column("day")
    stars = column("stars")
    deploy_button_url = column("deploy address")
    service_name = column("own service")
    deploys = column("deploys in 30 days")
    finished_deploys = column("finished deploys")
    deploy_seconds = column("time to deploy (seconds, median)")
    success_rate = column("success rate (% of the finished)")
    problem = column("why figures are unknown")
    is_demo = column("made up")
    created_at = column("read (UTC)")
    execution_id = column("run")
    page = column("page")
    run_page = column("page of the run")

    def prepared(self, found: Row) -> Row:
        name = found["repo_full_name"]
        address = github_page(name) if name else None
        links = {"github_page": address, "page": page_of(name) if name else None}
        links["run_page"] = run_page(found["execution_id"])
        return found | links | {"deploy_button_url": deploy_href(found["deploy_button_url"], address or "")}
