"""The exports as data: what a row is, its columns, the choices it takes and the queries behind it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model

from dashboard.queries import ranking
from marketing import resources
from marketing.models import BlueprintMetric, PlatformReading, SuccessStoryLead
from marketing.queries import exports as queries
from marketing.queries.exports import Choice, Rows
from pipeline.models.analytics import RenderShowcase, RepoDay, TrendingRepo

Ordered = Callable[[Rows, Choice], Rows]
FORMS = ("csv", "json", "xlsx")
HOURLY = "Each hourly run publishes them."
WEEKLY = "The worker makes them once a week, by the schedule of marketing's weekly assets."


@dataclass(frozen=True, slots=True)
class Export:
    """One table that can be had as a file.

    `row` says what one row is, `filled` when rows come. `filters` are parameters of the page, `sorts` the orders of
    which the first is the default; `when` is the column that says how new a row is. `counted` are as many rows as
    `rows`, cheaper to count.
    """

    name: str
    title: str
    row: str
    filled: str
    model: type[Model]
    resource: type[resources.Table]
    filters: tuple[str, ...]
    sorts: tuple[str, ...]
    when: str
    rows: Callable[[Choice], Rows]
    ordered: Ordered
    staff_resource: type[resources.Table] | None = None
    counted: Callable[[Choice], Rows] | None = None
    has_days: bool = False

    def to_count(self, choice: Choice) -> Rows:
        return (self.counted or self.rows)(choice)

    @property
    def known(self) -> tuple[str, ...]:
        """The parameters it understands."""
        return (*self.filters, *(("from", "to") if self.has_days else ()))

    def columns(self) -> list[tuple[str, str]]:
        """(name in JSON, heading) of each column."""
        made: Any = self.resource()
        return list(zip(made.names, made.headings, strict=True))


EXPORTS = (
    Export(
        name="trending",
        title="Trending repositories",
        row="One row per repository that is ranked now, or was on the day chosen.",
        filled=HOURLY,
        model=TrendingRepo,
        resource=resources.Trending,
        filters=("language", "window", "render", "q", "sort", "at"),
        sorts=ranking.SORT_NAMES,
        when="snapshot_date",
        rows=queries.trending,
        ordered=queries.trending_in_order,
    ),
    Export(
        name="showcase",
        title="Render showcase",
        row="One row per project of the Render ecosystem that is ranked now, with the services it declares.",
        filled=HOURLY,
        model=RenderShowcase,
        resource=resources.Showcase,
        filters=("language", "window", "render", "q", "sort"),
        sorts=queries.SHOWCASE_SORTS,
        when="snapshot_date",
        rows=queries.showcase,
        ordered=queries.showcase_in_order,
    ),
    Export(
        name="leads",
        title="Success story leads",
        row="One row per repository and rule that found it, without contact and notes: those are in the admin's file.",
        filled=WEEKLY,
        model=SuccessStoryLead,
        resource=resources.PublicLeads,
        staff_resource=resources.StaffLeads,
        filters=("language", "render", "q", "sort"),
        sorts=tuple(queries.LEAD_SORTS),
        when="found_at",
        rows=queries.leads,
        ordered=queries.leads_in_order,
    ),
    Export(
        name="platforms",
        title="Platform report",
        row="One row per hosting platform and report day, up to the day chosen.",
        filled="The worker makes a report once a week, by the schedule of the platform report.",
        model=PlatformReading,
        resource=resources.PlatformReport,
        filters=("q", "sort", "at"),
        sorts=tuple(queries.PLATFORM_SORTS),
        when="report_date",
        rows=queries.platforms,
        ordered=queries.platforms_in_order,
    ),
    Export(
        name="blueprints",
        title="Blueprint metrics",
        row="One row per repository with a deploy button and day, and per service of one's own, up to the day chosen.",
        filled=WEEKLY,
        model=BlueprintMetric,
        resource=resources.BlueprintMetrics,
        filters=("language", "render", "q", "sort", "at"),
        sorts=tuple(queries.BLUEPRINT_SORTS),
        when="metric_date",
        rows=queries.blueprints,
        ordered=queries.blueprints_in_order,
    ),
    Export(
        name="snapshots",
        title="Snapshots",
        row="One row per repository and published day, by day and rank unless an order is chosen.",
        filled=HOURLY,
        model=RepoDay,
        resource=resources.Snapshots,
        filters=("language", "window", "render", "q", "sort", "at"),
        sorts=("day", *ranking.SORT_NAMES),
        when="snapshot_date",
        rows=queries.snapshots,
        ordered=queries.snapshots_in_order,
        counted=queries.counted_snapshots,
        has_days=True,
    ),
)
BY_NAME = {export.name: export for export in EXPORTS}
