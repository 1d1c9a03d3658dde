from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from dashboard.queries import compare
from dashboard.tests.builders import a_published_run, a_repo, a_run, many_repos, once_called
from pipeline.models import RepoSnapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def since():
    return (timezone.now() - timedelta(days=7)).date()


def test_names_of_now_are_found_however_they_are_written(django_assert_num_queries):
    run = a_published_run()
    a_repo(run, "Octo/Widget", github_id=7)
    a_repo(run, "octo/gadget", github_id=8)
    with django_assert_num_queries(1):
        found = compare.github_ids(["octo/WIDGET", "octo/gadget", "octo/nothing"])
    assert found == {"octo/widget": 7, "octo/gadget": 8}


def test_a_former_name_leads_to_the_repository():
    once_called(a_repo(a_published_run(), "octo/new", github_id=7), "octo/old")
    assert compare.github_ids(["octo/old"]) == {"octo/old": 7}


def test_a_name_that_was_given_to_another_repository_is_that_ones():
    run = a_published_run()
    once_called(a_repo(run, "octo/moved", github_id=7), "octo/widget")
    a_repo(run, "octo/widget", github_id=8)
    assert compare.github_ids(["octo/widget"]) == {"octo/widget": 8}


def test_a_name_with_a_null_character_is_nobodys():
    assert compare.github_ids(["octo/\0"]) == {}


def test_a_row_is_found_by_name_with_its_rank_of_the_day_before(since):
    yesterday = a_run(execution_date=timezone.now() - timedelta(days=1))
    old = a_repo(yesterday, github_id=7, rank_overall=5)
    RepoSnapshot.objects.filter(pk=old.pk).update(is_current=False)
    today = a_published_run()
    facts = {"stars": 1, "momentum_score": Decimal(1), "data_quality_score": Decimal(1), "created_at": timezone.now()}
    parts = dict.fromkeys(("velocity_part", "activity_part", "render_boost", "age_penalty"), Decimal(0))
    RepoSnapshot.objects.create(
        repo=old.repo,
        github_id=7,
        snapshot_date=today.snapshot_date,
        stream="python",
        is_current=True,
        execution=today,
        rank_overall=2,
        **facts | parts,
    )
    row = compare.ranked_by_name("octo/widget", since)
    assert (row.rank_overall, row.previous_rank) == (2, 5)


def test_who_is_unknown_or_not_ranked_now_has_no_row(since):
    a_repo(a_published_run(), "octo/gone")
    RepoSnapshot.objects.update(is_current=False)
    assert compare.ranked_by_name("octo/gone", since) is None
    assert compare.ranked_by_name("octo/nothing", since) is None


def test_what_a_repository_says_of_itself_is_known_when_it_is_not_ranked():
    a_repo(a_published_run(), "octo/gone", description="Still here.")
    RepoSnapshot.objects.update(is_current=False)
    assert compare.newest_version("octo/gone").description == "Still here."
    assert compare.newest_version("octo/nothing") is None


def test_the_first_by_rank_leave_out_who_is_chosen_already(django_assert_num_queries):
    many_repos(a_published_run(), 6)
    with django_assert_num_queries(1):
        first = compare.first_by_rank(3, [1])
    assert [row.rank_overall for row in first] == [2, 3, 4]
