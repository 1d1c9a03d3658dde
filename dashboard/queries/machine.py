"""What only machines ask for: whole lists, of which pages show a part."""

from typing import Any

from django.db.models import QuerySet

from dashboard.queries.render import by_momentum
from pipeline.models.analytics import LanguageRanking, RenderShowcase, RepoDay
from pipeline.models.runs import WorkflowExecution

Rows = QuerySet[Any]


def repo_days(github_id: int) -> Rows:
    """A repository's published days, the newest first; an earlier name's too."""
    return RepoDay.objects.filter(github_id=github_id).order_by("-snapshot_date")


def ranked_languages() -> Rows:
    return LanguageRanking.objects.order_by("rank_overall")


def render_projects(category: str = "", language: str | None = None) -> Rows:
    """Projects of the Render ecosystem, or those of one category or language, by momentum."""
    rows = RenderShowcase.objects.order_by(*by_momentum())
    if category:
        rows = rows.filter(render_category=category)
    return rows.filter(language=language) if language else rows


def runs() -> Rows:
    """Every run's record, the newest first."""
    return WorkflowExecution.objects.defer("github_state", "error_details").order_by("-pk")
