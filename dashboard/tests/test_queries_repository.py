from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from dashboard.queries import repository
from dashboard.tests.builders import a_published_run, a_repo, a_run
from pipeline.models import RawGithubRepo, RawRepoMetric, RepoDay, RepositoryDim, RepoSnapshot

pytestmark = pytest.mark.django_db


def a_former_name(github_id: int, name: str, began: int = 60, ended: int = 30) -> RepositoryDim:
    """A closed version of a repository, in days before now."""
    now = timezone.now()
    return RepositoryDim.objects.create(
        github_id=github_id,
        repo_full_name=name,
        repo_url=f"https://github.com/{name}",
        valid_from=now - timedelta(days=began),
        valid_to=now - timedelta(days=ended),
        is_current=False,
    )


def a_payload(run, github_id: int = 1, kind: str = "repository", **given):
    """A stored payload that was received as its run began."""
    facts = {
        "github_id": github_id,
        "repo_full_name": "octo/widget",
        "fetch_timestamp": run.execution_date,
        "last_seen_at": run.execution_date,
        "content_hash": "c0ffee" * 10,
        "execution": run,
    } | given
    if kind == "repository":
        return RawGithubRepo.objects.create(api_response={"id": github_id}, source_type="established", **facts)
    return RawRepoMetric.objects.create(metric_type=kind, metric_data={"nodes": []}, **facts)


def day_of(run, github_id: int = 1):
    return repository.days_up_to(github_id, run.snapshot_date)[0]


def test_a_repository_is_found_by_its_name_of_now(django_assert_num_queries):
    a_repo(a_published_run(), "octo/widget")
    with django_assert_num_queries(1):
        assert repository.known_as("octo/widget").github_id == 1


def test_a_repository_is_found_by_a_name_it_had():
    a_repo(a_published_run(), "octo/widget", github_id=7)
    a_former_name(7, "octo/gadget")
    known = repository.known_as("octo/gadget")
    assert (known.github_id, known.name) == (7, "octo/widget")
    assert [version.repo_full_name for version in known.versions] == ["octo/gadget", "octo/widget"]


@pytest.mark.parametrize("asked", ["OCTO/Widget", "octo/WIDGET"])
def test_case_does_not_matter(asked):
    a_repo(a_published_run(), "octo/widget")
    assert repository.known_as(asked).name == "octo/widget"


@pytest.mark.parametrize("asked", ["octo/gadget", "Octo/Gadget"])
def test_a_name_that_another_repository_took_over_is_that_ones(asked):
    run = a_published_run()
    a_repo(run, "octo/renamed", github_id=7)
    a_former_name(7, "octo/gadget")
    a_repo(run, "octo/gadget", github_id=8)
    assert repository.known_as(asked).github_id == 8


def test_an_old_name_in_another_case_does_not_win_over_the_one_who_bears_it_now():
    run = a_published_run()
    a_repo(run, "octo/renamed", github_id=7)
    a_former_name(7, "Octo/Gadget")
    a_repo(run, "octo/gadget", github_id=8)
    assert repository.known_as("Octo/Gadget").github_id == 8


def test_of_two_that_still_bear_a_name_the_later_one_has_it():
    old = a_run(execution_date=timezone.now() - timedelta(days=9))
    a_repo(old, "octo/widget", github_id=7)
    a_repo(a_published_run(), "octo/widget", github_id=8)
    assert repository.known_as("octo/widget").github_id == 8


def test_of_two_that_bore_a_name_the_later_one_is_meant():
    run = a_published_run()
    for github_id, ended in ((7, 30), (8, 10)):
        a_repo(run, f"octo/now-{github_id}", github_id=github_id)
        a_former_name(github_id, "octo/gadget", began=ended + 5, ended=ended)
    assert repository.known_as("octo/gadget").github_id == 8


@pytest.mark.parametrize("asked", ["octo/nothing", "octo/wid\0get", "octo/%", "octo/_idget", "/"])
def test_an_unknown_name_is_nobodys(asked):
    a_repo(a_published_run(), "octo/widget")
    assert repository.known_as(asked) is None


def test_what_is_known_says_which_days_were_ranked():
    first = a_published_run(execution_date=timezone.now() - timedelta(days=4))
    repo = a_past_day(first)
    last = a_published_run()
    another_day(repo, last, is_current=True)
    known = repository.known_as("octo/widget")
    assert (known.now.first_day, known.now.last_day) == (first.snapshot_date, last.snapshot_date)


def a_past_day(run) -> RepositoryDim:
    """A repository whose only day is over."""
    repo = a_repo(run).repo
    RepoSnapshot.objects.update(is_current=False)
    return repo


def another_day(repo: RepositoryDim, run, **given) -> RepoSnapshot:
    """A further day of a repository."""
    zero = dict.fromkeys(("velocity_part", "activity_part", "render_boost", "age_penalty"), Decimal(0))
    facts = {"snapshot_date": run.snapshot_date, "stream": "python", "stars": 120, "data_quality_score": Decimal(1)}
    facts |= {"is_current": False, "created_at": run.execution_date, "github_id": repo.github_id}
    return RepoSnapshot.objects.create(repo=repo, execution=run, **zero | facts | given)


def test_days_come_newest_first_and_not_after_the_day_asked_for():
    runs = [a_published_run(execution_date=timezone.now() - timedelta(days=days)) for days in (3, 2, 1)]
    repo = a_past_day(runs[0])
    for run in runs[1:]:
        another_day(repo, run)
    found = repository.days_up_to(1, runs[1].snapshot_date)
    assert [day.snapshot_date for day in found] == [runs[1].snapshot_date, runs[0].snapshot_date]
    assert found[0].run_at == runs[1].execution_date


def test_a_long_history_is_read_for_a_month_only():
    run = a_published_run()
    repo = a_repo(run).repo
    for days in range(1, 50):
        another_day(repo, run, snapshot_date=run.snapshot_date - timedelta(days=days))
    assert len(repository.days_up_to(1, None)) == repository.HISTORY_DAYS + 1


def ranked(run, ranks, language: str = "Python") -> None:
    for rank in ranks:
        a_repo(run, f"octo/{language}-{rank}", language=language, rank_in_language=rank, rank_overall=rank)


@pytest.mark.parametrize(
    ("own", "expected"), [(1, [2, 3, 4, 5, 6]), (5, [3, 4, 6, 7, 2]), (9, [4, 5, 6, 7, 8]), (8, [5, 6, 7, 9, 4])]
)
def test_the_neighbours_are_the_nearest_of_the_language(own, expected):
    run = a_published_run()
    ranked(run, range(1, 10))
    ranked(run, range(1, 10), "Go")
    row = RepoDay.objects.get(language="Python", rank_in_language=own)
    assert [other.rank_in_language for other in repository.neighbours(row)] == sorted(expected)
    assert {other.language for other in repository.neighbours(row)} == {"Python"}


def test_the_neighbours_of_a_past_day_are_those_of_that_day():
    yesterday = a_published_run(execution_date=timezone.now() - timedelta(days=1))
    ranked(yesterday, (1, 2))
    RepoSnapshot.objects.update(is_current=False)
    ranked(a_published_run(), (3, 4))
    row = RepoDay.objects.get(rank_in_language=1)
    assert [other.rank_in_language for other in repository.neighbours(row)] == [2]


def test_without_a_language_or_a_rank_there_are_no_neighbours():
    run = a_published_run()
    ranked(run, (1, 2))
    a_repo(run, "octo/odd", github_id=90, language=None, rank_in_language=1)
    a_repo(run, "octo/new", github_id=91, rank_in_language=None)
    assert [repository.neighbours(RepoDay.objects.get(github_id=key)) for key in (90, 91)] == [[], []]


def test_of_each_kind_the_newest_payload_up_to_the_run_is_found_without_its_body():
    before = a_published_run(execution_date=timezone.now() - timedelta(days=2))
    run = a_published_run(execution_date=timezone.now() - timedelta(days=1))
    later = a_run()
    described = a_payload(run)
    a_payload(before)
    a_repo(run, raw_repo=described)
    a_payload(before, kind="commits")
    commits = a_payload(run, kind="commits")
    a_payload(later, kind="commits")
    a_payload(run, github_id=2, kind="issues")
    found = repository.payloads_behind(day_of(run))
    assert {payload.kind: payload.raw_id for payload in found} == {"repository": described.pk, "commits": commits.pk}
    assert all("body" in payload.get_deferred_fields() for payload in found)


def test_an_id_that_two_kinds_share_confuses_nothing():
    run = a_published_run()
    described = a_payload(run)
    a_repo(run, raw_repo=described)
    for kind in ("commits", "issues", "commits", "files", "issues"):
        a_payload(run, kind=kind)
    newest = {row.metric_type: row.pk for row in RawRepoMetric.objects.order_by("pk")}
    found = repository.payloads_behind(day_of(run))
    assert {payload.kind: payload.raw_id for payload in found} == {"repository": described.pk} | newest


def test_a_description_that_was_pruned_is_not_replaced_by_another():
    run = a_published_run()
    a_payload(run)
    a_repo(run, raw_repo=None)
    assert repository.payloads_behind(day_of(run)) == []


def test_a_payload_is_found_only_under_its_repository():
    run = a_published_run()
    stored = a_payload(run, kind="commits")
    assert repository.payload(1, "commits", stored.pk).body == {"nodes": []}
    assert repository.payload(2, "commits", stored.pk) is None
    assert repository.payload(1, "issues", stored.pk) is None
    assert repository.payload(1, "commits", 10**30) is None
