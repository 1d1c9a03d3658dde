import pytest
from django.db import OperationalError, connection, connections
from django.db.migrations.recorder import MigrationRecorder

from dashboard.tests.builders import a_published_run


def test_healthz_needs_no_database(client):
    # Without the mark, pytest-django refuses every query.
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok")
    assert response["Content-Type"].startswith("text/plain")
    assert "no-store" in response["Cache-Control"]


@pytest.mark.django_db
def test_ready_before_the_first_run(client):
    response = client.get("/readyz")
    assert response.status_code == 200
    assert response.json() == {"database": True, "migrations": True, "last_good_run_age_seconds": None}


@pytest.mark.django_db
def test_ready_with_the_age_of_the_last_good_run(client):
    a_published_run()
    age = client.get("/readyz").json()["last_good_run_age_seconds"]
    assert 120 <= age < 180


@pytest.mark.django_db
def test_not_ready_while_migrations_are_missing(client):
    a_published_run()
    MigrationRecorder(connection).migration_qs.filter(app="pipeline").latest("name").delete()
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"database": True, "migrations": False, "last_good_run_age_seconds": None}


@pytest.mark.django_db
def test_not_ready_without_a_database(client, monkeypatch):
    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connections["default"], "ensure_connection", refuse)
    response = client.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"database": False, "migrations": False, "last_good_run_age_seconds": None}
