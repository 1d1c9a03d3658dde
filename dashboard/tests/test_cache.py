import gzip

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard.tests.builders import a_published_run, a_repo, a_run, publish

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def with_a_cache(settings):
    settings.TRENDER_PAGE_CACHE_SECONDS = 60
    cache.clear()
    yield
    cache.clear()


def test_the_second_reader_costs_one_look_at_the_pointer(client):
    a_repo(a_published_run())
    first = client.get("/")
    with CaptureQueriesContext(connection) as queries:
        second = client.get("/")
    assert second.content == first.content
    assert len(queries) == 2


def test_a_known_pointer_is_not_asked_for_again_within_its_second(client, settings):
    settings.TRENDER_POINTER_SECONDS = 60
    a_repo(a_published_run())
    client.get("/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/")
    assert len(queries) == 0


def test_a_newly_published_run_shows_at_once(client):
    a_repo(a_published_run(), "octo/first")
    client.get("/")
    run = a_run()
    a_repo(run, "octo/second")
    publish(run)
    assert b"second" in client.get("/").content


def test_a_run_that_fails_shows_at_once(client):
    a_repo(a_published_run())
    client.get("/")
    a_run(status="failed")
    assert b"published nothing" in client.get("/").content


def test_every_choice_has_its_own_page(client):
    run = a_published_run()
    a_repo(run, "octo/snake", description="hiss")
    a_repo(run, "octo/gopher", description="dig")
    assert b"gopher" not in client.get("/?q=hiss").content
    assert b"gopher" in client.get("/").content


def test_an_unchanged_page_is_not_sent_twice(client):
    a_repo(a_published_run())
    first = client.get("/")
    again = client.get("/", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == "no-cache"
    assert client.get("/", headers={"if-none-match": '"other"'}).status_code == 200


def test_who_takes_gzip_gets_gzip(client):
    a_repo(a_published_run())
    plain = client.get("/")
    packed = client.get("/", headers={"accept-encoding": "gzip, br"})
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in packed["Vary"]
    assert "Content-Encoding" not in plain.headers


def test_an_answer_from_the_cache_has_the_same_headers(client):
    a_repo(a_published_run())
    first, second = client.get("/"), client.get("/")
    assert {name: first[name] for name in first.headers if name != "Server-Timing"} == {
        name: second[name] for name in second.headers if name != "Server-Timing"
    }
    assert second["X-Frame-Options"] == "DENY"


def test_what_is_not_marked_is_not_kept(client):
    assert "ETag" not in client.get("/healthz").headers
    with CaptureQueriesContext(connection) as queries:
        client.get("/readyz")
        client.get("/readyz")
    assert len(queries) > 2


def test_every_answer_says_what_it_took(client):
    assert client.get("/").headers["Server-Timing"].startswith("app;dur=")
    assert client.get("/healthz").headers["Server-Timing"].startswith("app;dur=")


def test_two_hosts_do_not_share_an_answer(client, settings):
    settings.ALLOWED_HOSTS = ["a.example", "b.example"]
    a_repo(a_published_run())
    client.get("/", headers={"host": "a.example"})
    with CaptureQueriesContext(connection) as queries:
        client.get("/", headers={"host": "b.example"})
    assert len(queries) > 2
