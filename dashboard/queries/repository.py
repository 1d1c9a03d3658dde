"""One repository: under all its names, day by day, beside its like, and where its numbers come from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Abs

from dashboard.queries.prepared import DAY, ID, MOMENT, TEXT, Given, prepared
from dashboard.queries.ranking import Repos, ranked_repos
from pipeline.models.analytics import RawPayload, RenderShowcase, RepoDay, RepoMeasures, RepoVersion, StagedSource
from pipeline.models.runs import WorkflowExecution

HISTORY_DAYS = 30
NEIGHBOURS = 5
LARGEST_ID = 2**63 - 1
DESCRIPTION = "repository"
# What is staged of a repository, read with its versions as staged_<name>.
STAGED = ("staged_id", "topics", "open_issues", "pushed_at", "loaded_at", "raw_repo_id", "execution_id")


@dataclass(frozen=True, slots=True)
class Known:
    """A repository by its lasting id: its versions, oldest first, the last of them current.

    Each version also carries the repository's `first_day` and `last_day` in the ranking and what is staged of it now.
    """

    versions: list[Any]

    @property
    def now(self) -> Any:
        return self.versions[-1]

    @property
    def name(self) -> str:
        """As it is called now."""
        return str(self.now.repo_full_name)

    @property
    def github_id(self) -> int:
        return int(self.now.github_id)


def known_as(name: str) -> Known | None:
    """Who bears the name "owner/name" now, else who bore it last, in whatever case.

    One query for the name as it is written now, two for any other. A name that has passed to another repository is
    that one's.
    """
    if "\0" in name:  # no name holds it, and PostgreSQL takes no such text
        return None
    exact = _versions_under(name=name)
    bearers = [row for row in exact if row.is_current and row.repo_full_name == name]
    return _latest(exact, bearers) or _known_once_as(name)


@prepared(name=TEXT)
def _versions_under(name: Given) -> Repos:
    return _versions(RepoVersion.objects.filter(repo_full_name=name))


def _known_once_as(name: str) -> Known | None:
    rows = list(_versions(RepoVersion.objects.filter(repo_full_name__iexact=name)))
    named = [row for row in rows if row.repo_full_name.casefold() == name.casefold()]
    return _latest(rows, [row for row in named if row.is_current]) or _latest(rows, named)


def _versions(named: QuerySet[RepoVersion]) -> Repos:
    """All versions of the repositories that have one of the versions `named`."""
    of_it = {"github_id": OuterRef("github_id")}
    staged, days = StagedSource.objects.filter(**of_it), RepoMeasures.objects.filter(**of_it).values("snapshot_date")
    rows = RepoVersion.objects.filter(github_id__in=named.values("github_id")).annotate(
        first_day=Subquery(days.order_by("snapshot_date")[:1]),
        last_day=Subquery(days.order_by("-snapshot_date")[:1]),
        **{f"staged_{name.removeprefix('staged_')}": Subquery(staged.values(name)[:1]) for name in STAGED},
    )
    return rows.order_by("github_id", "valid_from")


def _latest(rows: Sequence[Any], bearers: Sequence[Any]) -> Known | None:
    """The repository of the bearer that took the name last, with all its versions."""
    if not bearers:
        return None
    bearer = max(bearers, key=lambda row: row.valid_from)
    return Known([row for row in rows if row.github_id == bearer.github_id])


def days_up_to(github_id: int, at: date | None) -> list[Any]:
    """The repository's newest days up to `at`, newest first: 31 at most, each with `run_at`, the start of its run."""
    return _days_up_to(github_id=github_id, at=at)


@prepared(github_id=ID, at=DAY)
def _days_up_to(github_id: Given, at: Given) -> Repos:
    runs = WorkflowExecution.objects.filter(pk=OuterRef("execution_id")).values("execution_date")
    rows = RepoDay.objects.filter(github_id=github_id).annotate(run_at=Subquery(runs))
    if at is not None:
        rows = rows.filter(snapshot_date__lte=at)
    return rows.order_by("-snapshot_date")[: HISTORY_DAYS + 1]


def neighbours(row: Any) -> list[Any]:
    """The five of the same language next to it in the language's ranking of its day, the best first."""
    if row.language is None or row.rank_in_language is None:
        return []
    rank = row.rank_in_language
    nearest = _nearest(
        day=None if row.is_current else row.snapshot_date,
        language=row.language,
        github_id=row.github_id,
        rank=rank,
        first=rank - NEIGHBOURS,
        last=rank + NEIGHBOURS,
    )
    return sorted(nearest, key=lambda other: other.rank_in_language)


@prepared(day=DAY, language=TEXT, github_id=ID, rank=ID, first=ID, last=ID)
def _nearest(day: Given, language: Given, github_id: Given, rank: Given, first: Given, last: Given) -> Repos:
    rows = ranked_repos(day).filter(language=language, rank_in_language__gte=first, rank_in_language__lte=last)
    distance = Abs(F("rank_in_language") - rank)
    return rows.exclude(github_id=github_id).order_by(distance, "rank_in_language")[:NEIGHBOURS]


def render_project(github_id: int) -> RenderShowcase | None:
    """What is known now of the repository's use of Render."""
    return next(iter(_render_projects(github_id=github_id)), None)


@prepared(github_id=ID)
def _render_projects(github_id: Given) -> Repos:
    return RenderShowcase.objects.filter(github_id=github_id)


def payloads_behind(row: Any) -> list[RawPayload]:
    """What a day's row was made of, as far as it is stored, without the bodies.

    The description of the repository that the row names, and of each other kind the newest received up to its run.
    """
    rows = _payloads_behind(github_id=row.github_id, run_at=row.run_at, raw_id=row.raw_repo_id)
    # An id may be the newest of one kind and an older one of another; the last of a kind is its newest.
    return list({found.kind: found for found in rows}.values())


@prepared(github_id=ID, run_at=MOMENT, raw_id=ID)
def _payloads_behind(github_id: Given, run_at: Given, raw_id: Given) -> QuerySet[RawPayload]:
    received = RawPayload.objects.filter(github_id=github_id).order_by()
    measured = received.filter(fetch_timestamp__lte=run_at).exclude(kind=DESCRIPTION)
    newest = measured.values("kind").annotate(newest=Max("raw_id")).values("newest")
    described = Q(kind=DESCRIPTION, raw_id=raw_id)
    rows = received.filter(described | (~Q(kind=DESCRIPTION) & Q(raw_id__in=newest))).defer("body")
    return rows.order_by("kind", "raw_id")


def payload(github_id: int, kind: str, raw_id: int) -> RawPayload | None:
    """A stored payload if it is of this repository."""
    if raw_id > LARGEST_ID:
        return None
    return RawPayload.objects.filter(github_id=github_id, kind=kind, raw_id=raw_id).first()
