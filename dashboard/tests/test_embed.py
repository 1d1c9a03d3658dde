import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.tests.asked import asked
from dashboard.tests.builders import a_language_day, a_published_run, a_repo, many_repos, star_days_of

pytestmark = pytest.mark.django_db

CARD = "/embed/octo/widget/"
TOP = "/embed/top/"


def words(response) -> str:
    body = response.content.decode().partition("<body>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body)).strip()


def test_a_card_says_the_repositorys_numbers_and_how_old_they_are(client):
    run = a_published_run()
    repo = a_repo(run, stars=12345, stars_gained_7d=392, momentum_score=Decimal("80.251"), rank_overall=12)
    star_days_of(repo, [1, 2, 3])
    text = words(client.get(CARD))
    assert "octo/ widget Rank 12" in text
    assert "Stars 12,345 Gained 7 d +392 Momentum 80.3" in text
    assert f"As of {run.execution_date:%Y-%m-%d %H:%M} UTC by Trender" in text
    assert "3 of 30 days known: from 1 to 3 a day, 6 in all" in client.get(CARD).content.decode()


def test_unknown_values_read_unknown(client):
    a_repo(a_published_run(), stars_gained_7d=None, momentum_score=None, rank_overall=None)
    text = words(client.get(CARD))
    assert "Rank unknown" in text
    assert "Gained 7 d unknown Momentum unknown Stars a day, 30 d unknown" in text


def test_made_up_numbers_are_called_so(client):
    a_repo(a_published_run(is_demo=True))
    assert "Demo data of" in words(client.get(CARD))


def test_links_leave_the_frame(client):
    a_repo(a_published_run())
    links = re.findall(r"<a [^>]*>", client.get(CARD).content.decode())
    assert len(links) == 2
    assert all('href="/repo/octo/widget/" target="_blank" rel="noopener"' in link for link in links)


def test_who_is_not_ranked_gets_a_card_that_says_so(client):
    a_published_run()
    response = client.get("/embed/octo/%3Cscript%3Ealert(1)/")
    assert response.status_code == 404
    assert "not in Trender's current ranking" in words(response)
    assert "<script" not in response.content.decode()


@pytest.mark.parametrize("address", [CARD, TOP, "/embed/octo/nothing/"])
def test_only_embeds_may_be_framed_and_they_load_nothing_but_styles(client, address):
    a_repo(a_published_run())
    response = client.get(address, headers={"cookie": f"sessionid={'a' * 32}"})
    policy = response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response.headers
    assert "frame-ancestors *" in policy
    assert "default-src 'none'; style-src 'self';" in policy
    assert "script" not in response.content.decode()
    assert "public" in response["Cache-Control"]
    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("address", ["/", "/compare/", "/badge/octo/widget.svg", "/nowhere"])
def test_other_answers_refuse_to_be_framed(client, address):
    a_repo(a_published_run())
    response = client.get(address)
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]


@pytest.mark.parametrize("warm", [False, True])
def test_the_headers_are_the_same_from_the_cache(client, settings, warm):
    settings.TRENDER_PAGE_CACHE_SECONDS = 60
    a_repo(a_published_run(), f"octo/warm-{warm}")
    address = f"/embed/octo/warm-{warm}/"
    if warm:
        client.get(address)
    response = client.get(address)
    assert "X-Frame-Options" not in response.headers
    assert "frame-ancestors *" in response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("query", "attribute"),
    [
        ("", '<html lang="en">'),
        ("?theme=system", '<html lang="en">'),
        ("?theme=dark", '<html lang="en" data-theme="dark">'),
        ("?theme=light", '<html lang="en" data-theme="light">'),
        ('?theme="><script>', '<html lang="en">'),
    ],
)
def test_the_theme_is_the_readers_or_the_one_asked_for(client, query, attribute):
    a_repo(a_published_run())
    for address in (CARD, TOP):
        assert attribute in client.get(address + query).content.decode()


def test_the_top_five_in_their_order(client):
    many_repos(a_published_run(), 7)
    html = client.get(TOP).content.decode()
    assert re.findall(r"<b>(widget-\d+)</b>", html) == [f"widget-{rank:03}" for rank in range(1, 6)]
    assert "Gaining momentum" in words(client.get(TOP))


def test_the_top_of_a_language_or_of_render(client):
    run = a_published_run(("python", "go"))
    a_repo(run, "octo/snake", rank_overall=1, uses_render=True)
    a_repo(run, "octo/gopher", rank_overall=2, language="Go", stream="go")
    a_language_day(run.snapshot_date, "Go")
    of_go, on_render = words(client.get(f"{TOP}?language=go")), words(client.get(f"{TOP}?render=1"))
    assert of_go.startswith("Go gaining momentum 2 octo/ gopher")
    assert on_render.startswith("On Render, gaining momentum 1 octo/ snake")
    assert "snake" not in of_go
    assert "gopher" not in on_render


def test_what_cannot_be_asked_for_falls_back_with_a_notice(client):
    a_repo(a_published_run())
    text = words(client.get(f"{TOP}?language=klingon"))
    assert "“klingon” is no language this page knows" in text
    assert "widget" in text


def test_a_list_without_rows_says_so(client):
    text = words(client.get(TOP))
    assert "No repository fits." in text
    assert "Nothing has been published yet" in text


def test_hostile_names_are_text(client):
    a_repo(a_published_run(), 'octo/"><svg onload=alert(3)>\u202e', rank_overall=1)
    html = client.get(TOP).content.decode()
    assert "<svg onload" not in html
    assert "<bdi>" in html


@pytest.mark.parametrize(("address", "most"), [(CARD, 5), (TOP, 6)])
def test_a_card_takes_few_queries_however_many_there_are(client, address, most):
    run = a_published_run()
    a_repo(run)
    with CaptureQueriesContext(connection) as few:
        client.get(address)
    many_repos(run, 30)
    with CaptureQueriesContext(connection) as many:
        client.get(address)
    counts = [asked(few), asked(many)]
    assert counts[0] == counts[1] <= most


def test_movement_is_told_beside_the_rank(client):
    yesterday = a_published_run(execution_date=timezone.now() - timedelta(days=1))
    old = a_repo(yesterday, github_id=7, rank_overall=5)
    type(old).objects.filter(pk=old.pk).update(is_current=False)
    old.pk, old.rank_overall, old.is_current = None, 2, True
    old.execution = a_published_run()
    old.snapshot_date = old.execution.snapshot_date
    old.save()
    assert "Rank 2 ▲ 3" in words(client.get(CARD))
