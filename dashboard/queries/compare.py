"""Single repositories by the names they have or had, as badges, embeds, pictures and comparisons ask for them."""

from collections.abc import Collection, Sequence
from datetime import date

from django.db.models import F
from django.db.models.functions import Lower

from dashboard.queries.ranking import with_previous_rank
from pipeline.models.analytics import RankedRepo, RepoVersion, TrendingRepo


def github_ids(names: Collection[str]) -> dict[str, int]:
    """{full name in lower case: github_id} of the names that are known. One query.

    Names that repositories have now are found however they are written, as on GitHub; former ones as they were. Where
    a name has been given to another repository since, it is that one's.
    """
    names = [name for name in names if "\0" not in name]  # no name holds it, and PostgreSQL takes no such text
    columns = ("repo_full_name", "github_id", "is_current", "valid_from")
    former = RepoVersion.objects.filter(repo_full_name__in=names)
    current = RepoVersion.objects.filter(is_current=True).annotate(folded=Lower("repo_full_name"))
    current = current.filter(folded__in=[name.lower() for name in names])
    found = former.values_list(*columns).union(current.values_list(*columns))
    return {name.lower(): github_id for name, github_id, *_ in sorted(found, key=lambda row: row[2:])}


def ranked_by_id(ids: Collection[int], since: date) -> dict[int, RankedRepo]:
    """The current rows of these repositories, whole, with `previous_rank` of a day not before `since`. One query."""
    rows = TrendingRepo.objects.filter(github_id__in=ids)
    return {row.github_id: row for row in with_previous_rank(rows, since)}


def ranked_by_name(full_name: str, since: date) -> RankedRepo | None:
    """The current row of one repository, by any name it has had; None if it is not ranked. Two queries."""
    ids = github_ids([full_name])
    return next(iter(ranked_by_id(ids.values(), since).values()), None) if ids else None


def newest_version(full_name: str) -> RepoVersion | None:
    """What a repository last said about itself, ranked or not; None if the name is unknown. Two queries."""
    ids = github_ids([full_name])
    return RepoVersion.objects.filter(github_id__in=ids.values(), is_current=True).first() if ids else None


def first_by_rank(number: int, without: Sequence[int] = ()) -> list[RankedRepo]:
    """The current repositories with the best ranks. One query."""
    rows = TrendingRepo.objects.exclude(github_id__in=without)
    return list(rows.order_by(F("rank_overall").asc(nulls_last=True), "-snapshot_date")[:number])
