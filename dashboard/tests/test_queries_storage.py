import pytest

from dashboard.queries.storage import database_bytes
from dashboard.tests.builders import a_published_run

pytestmark = pytest.mark.django_db


def test_the_database_has_a_size_in_bytes():
    a_published_run()
    assert database_bytes() > 100_000


def test_asking_for_the_size_is_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        database_bytes()
