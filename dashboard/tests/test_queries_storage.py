import pytest
from django.core.cache import caches

from dashboard.queries.storage import database_bytes
from dashboard.tests.builders import a_published_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_known():
    caches["default"].clear()


def test_the_database_has_a_size_in_bytes():
    a_published_run()
    assert database_bytes() > 100_000


def test_the_size_is_asked_for_once_a_minute(django_assert_num_queries, time_machine, settings):
    settings.TRENDER_SIZE_SECONDS = 60
    time_machine.move_to("2026-11-21T10:00:00+00:00", tick=False)
    with django_assert_num_queries(1):
        assert database_bytes() == database_bytes()
    time_machine.shift(60)
    with django_assert_num_queries(1):
        database_bytes()
