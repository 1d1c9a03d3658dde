import pytest

from dashboard.queries import storage
from dashboard.queries.storage import KEPT_SECONDS, database_bytes
from dashboard.tests.builders import a_published_run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_is_known(monkeypatch):
    monkeypatch.setattr(storage, "_known", {})


def test_the_database_has_a_size_in_bytes():
    a_published_run()
    assert database_bytes() > 100_000


def test_the_size_is_asked_for_once_a_minute(django_assert_num_queries, monkeypatch):
    clock = [1.0]
    monkeypatch.setattr(storage.time, "monotonic", lambda: clock[0])
    with django_assert_num_queries(1):
        assert database_bytes() == database_bytes()
    clock[0] += KEPT_SECONDS
    with django_assert_num_queries(1):
        database_bytes()
