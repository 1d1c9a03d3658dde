import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard import listing
from dashboard.queries import ranking
from dashboard.tests.builders import a_published_run, many_repos
from pipeline.models import RepoSnapshot

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def with_rows_kept(settings):
    settings.TRENDER_ROWS_KEPT = 10
    listing.KEPT.clear()
    yield
    listing.KEPT.clear()


def pieces(gain_column: str = "stars_gained_7d", highest=None):
    return listing.listed(list(ranking.as_listed(ranking.ranked_repos())), NOW, gain_column, highest)


def test_a_row_is_made_once_and_looks_the_same():
    many_repos(a_published_run(), 3)
    first = pieces()
    with CaptureQueriesContext(connection) as queries:
        assert [piece.name for piece in pieces()] == [piece.name for piece in first]
    assert len(queries) == 1  # the rows themselves, but no star days


def test_another_window_is_another_row():
    many_repos(a_published_run(), 1)
    assert pieces()[0].gained == "+7"
    assert "unknown" in pieces("stars_gained_24h")[0].gained


def test_bars_compare_with_the_list_they_are_in():
    many_repos(a_published_run(), 1)
    score = ranking.ranked_repos().get().momentum_score
    assert 'value="100.0"' in pieces(highest=score)[0].momentum
    assert 'value="50.0"' in pieces(highest=score * 2)[0].momentum


def test_the_next_snapshot_of_a_repository_is_another_row():
    many_repos(a_published_run(), 1)
    pieces()
    row = RepoSnapshot.objects.get()
    RepoSnapshot.objects.filter(pk=row.pk).delete()
    row.pk, row.stars = row.pk + 1, 4321
    row.save(force_insert=True)
    assert pieces()[0].stars == "4,321"


def test_no_more_rows_are_kept_than_there_is_room_for():
    many_repos(a_published_run(), 12)
    pieces()
    assert len(listing.KEPT) <= 10
