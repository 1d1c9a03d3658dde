"""How much of each kind marketing has, and how old it is."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Model, Subquery

from dashboard.queries.publication import last_published_run
from marketing.models import BlogDraft, BlueprintMetric, MarketingAsset, PlatformReading, SuccessStoryLead


@dataclass(frozen=True, slots=True)
class Stock:
    """`number` rows, of which the newest was made at `made_at`, None where there is none."""

    number: int = 0
    made_at: datetime | None = None


def stock() -> dict[str, Stock]:
    """{slug of the page: what there is}; five queries."""
    return {
        "cards": pictures(),
        "stories": everything(SuccessStoryLead, "found_at"),
        "platforms": of_newest_day(PlatformReading, "report_date"),
        "blueprints": of_newest_day(BlueprintMetric, "metric_date"),
        "blog": everything(BlogDraft, "created_at"),
    }


def lacks_made_up_reports() -> bool:
    """Whether the published repositories are made up and there is no platform report."""
    published = last_published_run()
    return published is not None and published.execution.is_demo and not PlatformReading.objects.exists()


def pictures() -> Stock:
    """All of them. Only the newest row's moment is read: in a row it lies behind the picture."""
    newest = MarketingAsset.objects.order_by("-pk").values("created_at")[:1]
    return Stock(**MarketingAsset.objects.aggregate(number=Count("pk"), made_at=Max(Subquery(newest))))


def everything(model: type[Model], moment: str) -> Stock:
    return Stock(**model._default_manager.aggregate(number=Count("pk"), made_at=Max(moment)))


def of_newest_day(model: type[Model], day: str) -> Stock:
    """The rows of the last day there are any of."""
    rows = model._default_manager.all()
    newest = rows.order_by(f"-{day}").values(day)[:1]
    return Stock(**rows.filter(**{day: Subquery(newest)}).aggregate(number=Count("pk"), made_at=Max("created_at")))
