"""Success stories: who may be one, and the leads that are kept."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Case, Count, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When

from marketing.models import SuccessStoryLead
from pipeline.models.analytics import RawPayload, RenderShowcase, TrendingRepo
from pipeline.models.runs import WorkflowExecution

Status = SuccessStoryLead.Status
# The order in which somebody works on them.
WORK_ORDER = (Status.NEW, Status.CONTACTED, Status.AGREED, Status.PUBLISHED, Status.DECLINED)
PAGE_SIZE = 25
# The kinds of payload that a lead's figures were computed of.
PROOFS = ("repository", "star_history")
SERVICE_COLUMNS = ("service_counts", "service_count", "has_blueprint_button")


def render_repos() -> list[TrendingRepo]:
    """Every current row of a repository that uses Render, the most stars first."""
    return list(TrendingRepo.objects.filter(uses_render=True).order_by("-stars", "github_id"))


def projects_of(github_ids: Collection[int]) -> dict[int, RenderShowcase]:
    """What is known of these repositories' use of Render, by github_id."""
    rows = RenderShowcase.objects.filter(github_id__in=github_ids).only(*SERVICE_COLUMNS)
    return {row.github_id: row for row in rows}


def current_rows(github_ids: Collection[int]) -> dict[int, TrendingRepo]:
    """The current rows of these repositories, by github_id; one that has left the ranking is missing."""
    return {row.github_id: row for row in TrendingRepo.objects.filter(github_id__in=github_ids)}


def leads_of(github_ids: Collection[int]) -> list[SuccessStoryLead]:
    return list(SuccessStoryLead.objects.filter(github_id__in=github_ids).order_by("pk"))


def contacts_so_far() -> list[tuple[str, dict[str, Any]]]:
    """(repository's name, contact) of every lead that has one."""
    rows = SuccessStoryLead.objects.exclude(contact={}).order_by("pk").values_list("repo_full_name", "contact")
    return [(name, contact) for name, contact in rows if isinstance(contact, dict)]


def shown_leads(*, is_demo: bool) -> QuerySet[SuccessStoryLead]:
    """All leads, but for those of made-up repositories where real ones are on show, and the other way round."""
    others = WorkflowExecution.objects.filter(is_demo=not is_demo).values("pk")
    return SuccessStoryLead.objects.exclude(execution_id__in=others)


def lead_counts(*, is_demo: bool) -> list[tuple[str, str, int]]:
    """(status, rule, leads) of every pair there is."""
    rows = shown_leads(is_demo=is_demo).order_by().values_list("status", "rule").annotate(Count("pk"))
    return [(status, rule, leads) for status, rule, leads in rows]


def page_of_leads(status: str, rule: str, page: int, *, is_demo: bool) -> list[Any]:
    """One page of the leads of this status and rule, "" for all of them, in the order of work.

    Each with `run_day`, the day of the run that found it. Without the notes, which are for the admin only.
    """
    wanted = {name: value for name, value in (("status", status), ("rule", rule)) if value}
    run = WorkflowExecution.objects.filter(pk=OuterRef("execution_id"))
    rows = shown_leads(is_demo=is_demo).filter(**wanted).annotate(run_day=Subquery(run.values("snapshot_date")))
    order = (_place(), "rule", F("star_velocity").desc(nulls_last=True), "repo_full_name", "pk")
    return list(rows.defer("notes").order_by(*order)[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])


def payloads_behind(leads: Collection[Any]) -> dict[tuple[int, int, str], int]:
    """{(github_id, run, kind): id of the newest payload of that kind that the run knew}, of the leads' own runs.

    What is pruned is missing. One query: asked for lead by lead, SQLite would read all payloads there are.
    """
    runs = sorted({lead.execution_id for lead in leads})
    received = RawPayload.objects.filter(github_id__in={lead.github_id for lead in leads}, kind__in=PROOFS)
    newest = {f"known_to_{run}": Max("raw_id", filter=Q(execution_id__lte=run)) for run in runs}
    rows: Iterable[Any] = received.order_by().values("github_id", "kind").annotate(**newest)
    return {
        (row["github_id"], run, row["kind"]): row[f"known_to_{run}"]
        for row in rows
        for run in runs
        if row[f"known_to_{run}"] is not None
    }


def _place() -> Case:
    whens = [When(status=status, then=Value(place)) for place, status in enumerate(WORK_ORDER)]
    return Case(*whens, default=Value(len(WORK_ORDER)), output_field=IntegerField())
