import json
import re
from datetime import timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.provenance import TRACKED
from dashboard.repo_page import deploy_href, file_href
from dashboard.tests.asked import asked
from dashboard.tests.builders import a_published_run, a_repo, a_run, publish
from dashboard.tests.test_queries_repository import a_former_name, a_payload, another_day
from pipeline.etl import dimensions
from pipeline.models import RenderEnrichment, RepositoryDim, RepoSnapshot, StagedRepo, StarDay

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> \u202egnp.exe {{ 7|add:7 }} <img src=x onerror=alert(2)>"
PARTS = {
    "star_velocity": Decimal("12.345284"),
    "activity_score": Decimal("17.2"),
    "velocity_part": Decimal("4.938114"),
    "activity_part": Decimal("10.32"),
    "render_boost": Decimal("3.051623"),
    "age_penalty": Decimal("-1.830974"),
    "momentum_score": Decimal("16.478763"),
    "stars": 9372,
    "stars_gained_7d": 1157,
    "commits_last_7_days": 34,
    "issues_closed_last_7_days": 5,
    "active_contributors": 7,
}


def page(client, address: str = "/repo/octo/widget/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def words(client, address: str = "/repo/octo/widget/") -> str:
    """The page's text as it reads: no tags, single spaces."""
    body = page(client, address).partition("<body>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body))


def stage(run, github_id: int = 1, name: str = "octo/widget", **given) -> StagedRepo:
    facts = {
        "repo_url": f"https://github.com/{name}",
        "stars": 100,
        "topics": ["widgets", "tools"],
        "pushed_at": run.execution_date,
        "data_quality_score": Decimal(1),
        "stream": "python",
        "loaded_at": run.execution_date,
        "execution": run,
    }
    return StagedRepo.objects.create(github_id=github_id, repo_full_name=name, **facts | given)


def on_render(run, **given) -> None:
    """The repository as a project with an API, a worker and a database."""
    staged = stage(run)
    a_repo(run, uses_render=True, **PARTS)
    RepositoryDim.objects.update(render_category="blueprint")
    facts = {
        "render_category": "blueprint",
        "render_services": [
            {"name": "api", "type": "web", "runtime": "python", "plan": "starter", "region": None},
            {"name": "mail", "type": "worker", "runtime": "python", "plan": None, "region": None},
            {"name": "main", "type": "postgres", "runtime": None, "plan": "free", "region": None},
        ],
        "connections": [["api", "main", "database"], ["mail", "elsewhere", "service"], ["api", "shared", "env_group"]],
        "env_groups": ["shared"],
        "service_count": 3,
        "render_complexity_score": Decimal("3.6"),
        "blueprint_quality": Decimal("0.67"),
        "documentation_score": Decimal("7.5"),
        "has_blueprint_button": True,
        "deploy_button_url": "https://render.com/deploy?repo=https://github.com/octo/widget",
    }
    RenderEnrichment.objects.create(
        repo=staged, repo_full_name="octo/widget", loaded_at=run.execution_date, **facts | given
    )


def test_the_first_screen_says_why_it_is_trending(client):
    on_render(a_published_run())
    text = words(client)
    head, _, rest = text.partition("All its numbers")
    assert "octo/ widget" in head
    assert "Star velocity 0.4 × 12.345284 %: 1,157 stars gained in 7 days, in percent of 9,372 +4.94" in head
    assert "0.6 × 17.2, the sum of 0.4 × 34 commits = 13.6 0.3 × 5 closed issues = 1.5" in head
    assert "Momentum The sum 16.48" in head
    assert "Without the Render bonus it would be 13.73 :" in head
    assert "4.938114 + 10.320000 + 3.051623 − 1.830974 = 16.478763" in head
    assert "Momentum points 16.48" in rest


def test_the_parts_on_the_page_add_up_to_the_momentum_on_the_page(client):
    on_render(a_published_run())
    table = page(client).partition('<table class="waterfall__table">')[2].partition("</table>")[0]
    shown = [
        Decimal(text.replace("−", "-").replace(",", "")) for text in re.findall(r'<td class="num">(.*?)</td>', table)
    ]
    assert len(shown) == 5
    assert sum(shown[:4]) == shown[4]


def test_unknown_values_read_unknown_and_never_0(client):
    a_repo(
        a_published_run(),
        description=None,
        language=None,
        created_at=None,
        forks=None,
        stars_gained_7d=None,
        momentum_score=None,
        weeks_gaining=None,
        unknown_parts=["stars_gained_7d"],
    )
    text = words(client)
    assert "Momentum points unknown Stars 100 Forks unknown Stars gained 24 h unknown Stars gained 7 d unknown" in text
    assert "Its momentum is unknown" in text
    assert "Language unknown" in text
    assert "Its language is unknown, so there is nothing to put beside it" in text
    assert "Partial data: stars gained unknown" in text
    assert "None" not in text.replace("None:", "")


def test_topics_last_push_and_age_are_told(client):
    run = a_published_run()
    stage(run)
    a_repo(run)
    text = words(client)
    assert "widgets tools" in text
    assert "Created 2020-01-02 Last push 2 minutes ago Data read 2 minutes ago" in text


def test_ranks_are_told_with_their_movement(client):
    yesterday = a_published_run(execution_date=timezone.now() - timedelta(days=1))
    before = a_repo(yesterday, rank_overall=9, rank_in_language=3)
    RepoSnapshot.objects.update(is_current=False)
    run = a_published_run()
    another_day(before.repo, run, language=before.language, is_current=True, rank_overall=7, rank_in_language=4)
    text = words(client)
    assert "Rank 7 ▲ 2" in text
    assert "Rank in Python 4 ▼ 1" in text


def test_the_same_few_queries_for_ten_days_and_for_a_year(client):
    run = a_published_run()
    on_render(run)
    ids = [row.repo for row in RepoSnapshot.objects.all()]
    with CaptureQueriesContext(connection) as few:
        page(client)
    for days in range(1, 200):
        another_day(ids[0], run, snapshot_date=run.snapshot_date - timedelta(days=days), rank_in_language=1)
    for number in range(2, 60):
        a_repo(run, f"octo/other-{number}", rank_in_language=number)
        a_payload(run, kind="commits")
    with CaptureQueriesContext(connection) as many:
        page(client)
    assert asked(few) == asked(many) <= 8


def test_a_month_is_drawn_and_one_day_is_said_to_be_too_little(client):
    run = a_published_run()
    a_repo(run)
    StarDay.objects.create(github_id=1, day=run.snapshot_date, stars_gained=5)
    html = page(client)
    assert "Not enough history yet: one day is known, and a line needs two." in html
    assert html.count('data-chart="') == 3


def test_a_star_history_that_was_never_read_is_no_row_of_zeros(client):
    a_repo(a_published_run())
    assert "Its star history has not been read yet." in words(client)


def test_neighbours_stand_beside_it_and_can_be_compared(client):
    run = a_published_run()
    a_repo(run, rank_in_language=1, stars_gained_24h=3, stars_gained_7d=30)
    a_repo(run, "octo/second", rank_in_language=2, stars_gained_24h=4, stars_gained_7d=40)
    html, text = page(client), words(client)
    assert "The 1 Python repository whose rank in the language is nearest to its own." in text
    assert 'href="/compare/?repos=octo/widget,octo/second"' in html
    assert re.search(r"2 octo/second 100 \+40 10.0", text)
    assert re.search(r"2 octo/second 100 \+4 10.0", words(client, "/repo/octo/widget/?window=24h"))


def test_alone_in_its_language_it_has_nobody_beside_it(client):
    a_repo(a_published_run(), rank_in_language=1)
    assert "No other Python repository is ranked" in words(client)


def test_versions_say_what_changed(client):
    run = a_published_run()
    a_repo(run, github_id=7)
    a_former_name(7, "octo/gadget")
    text = words(client)
    assert "name from octo/gadget to octo/widget" in text
    assert "description from none to Turns things into other things." in text
    assert "uses Render from unknown to no" in text
    assert "First seen, as octo/gadget" in text


def test_the_words_for_changes_cover_all_tracked_columns():
    assert set(TRACKED) == set(dimensions.TRACKED)


# -- Render ----------------------------------------------------------------------------------------------------


def test_render_users_have_their_services_drawn_and_listed(client):
    on_render(a_published_run())
    html, text = page(client), words(client)
    assert (
        "Complexity 3.6 of 10 Blueprint quality 0.67 of 1 Documentation 7.5 of 10 Deploy button in its README" in text
    )
    assert "api web python starter" in text
    assert "mail worker python not stated" in text
    assert "api reads of main (Postgres) , shared (environment group)" in text
    assert "mail reads of elsewhere (service, not in this file)" in text
    assert "Environment groups: shared" in text
    assert html.count('<g class="diagram__arrow">') == 3
    assert html.count("diagram__box--missing") == 1
    assert 'href="https://github.com/octo/widget/blob/HEAD/render.yaml" rel="noopener noreferrer nofollow ugc"' in html
    assert 'href="https://render.com/deploy?repo=https://github.com/octo/widget" rel="noopener' in html


def test_a_file_that_cannot_be_used_says_why(client):
    on_render(
        a_published_run(),
        problem="The YAML holds more than 20 aliases.",
        render_services=[],
        connections=[],
        env_groups=[],
        service_count=None,
        blueprint_quality=None,
    )
    text = words(client)
    assert "Its render.yaml could not be used: The YAML holds more than 20 aliases." in text
    assert "Services and databases unknown" in text
    assert "Architecture" not in text


def test_without_render_there_is_no_word_of_it(client):
    a_repo(a_published_run())
    assert "How it uses Render" not in words(client)


def test_names_in_a_blueprint_are_text(client):
    services = [{"name": HOSTILE, "type": "<i>", "runtime": "<b>", "plan": None}]
    on_render(a_published_run(), render_services=services, connections=[[HOSTILE, HOSTILE * 2, "service"]])
    html = page(client)
    assert not re.search(r"<script>|<img (?!src=./badge/)|<i>|<b>", html)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://render.com/deploy", True),
        ("https://www.render.com/deploy?repo=x", True),
        ("http://RENDER.com/deploy", True),
        ("javascript:alert(1)//render.com", False),
        ("https://render.com.evil.example/deploy", False),
        ("https://evil.example/render.com", False),
        ("https://render.com@evil.example/", False),
        ("https://evil.example\\@render.com/", False),
        ("//render.com/deploy", False),
        ("https://[render.com", False),
        (None, False),
    ],
)
def test_a_deploy_button_leads_to_render_or_nowhere(url, expected):
    assert deploy_href(url) == (url if expected else None)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://github.com/a/b", "", None])
def test_a_file_on_no_web_address_is_no_link(url):
    assert file_href(url) is None


# -- Where the numbers come from -------------------------------------------------------------------------------


def test_a_number_leads_back_to_what_github_sent(client):
    run = a_published_run()
    described, commits = a_payload(run), a_payload(run, kind="commits")
    stage(run, raw_repo=described)
    a_repo(run, raw_repo=described)
    html, text = page(client), words(client)
    snapshot = RepoSnapshot.objects.get()
    assert f"snapshot {snapshot.pk} of {run.snapshot_date}, computed by run {run.pk}" in text
    assert f'href="/meta/?run={run.pk}"' in html
    assert f'href="/repo/octo/widget/payload/repository-{described.pk}.json"' in html
    assert f'href="/repo/octo/widget/payload/commits-{commits.pk}.json"' in html
    assert "c0ffeec0ffee" in text
    assert "Files in the root not stored: pruned since, or not received up to that run" in text


def test_a_pruned_payload_is_told(client):
    a_repo(a_published_run(), raw_repo=None)
    assert "has been pruned: payloads are kept for 14 days" in words(client)


def test_a_stored_payload_is_given_as_received(client):
    run = a_published_run()
    stored = a_payload(run)
    a_repo(run)
    response = client.get(f"/repo/octo/widget/payload/repository-{stored.pk}.json")
    assert json.loads(response.content) == {"id": 1}
    assert response.content == b'{\n  "id": 1\n}'
    assert response["Content-Type"] == "application/json"
    assert response["X-Robots-Tag"] == "noindex"


def test_a_payload_of_another_repository_is_not_given(client):
    run = a_published_run()
    stored = a_payload(run, github_id=2)
    a_repo(run)
    a_repo(run, "octo/other")
    assert client.get(f"/repo/octo/widget/payload/repository-{stored.pk}.json").status_code == 404
    assert client.get(f"/repo/octo/other/payload/repository-{stored.pk}.json").status_code == 200


@pytest.mark.parametrize("key", ["commits-1", "repository-999", f"repository-{10**40}", "repository-x", "-1", "<b>-1"])
def test_a_payload_that_is_not_there_is_not_found(client, key):
    a_repo(a_published_run())
    assert client.get(f"/repo/octo/widget/payload/{key}.json").status_code == 404


# -- The time machine ------------------------------------------------------------------------------------------


@pytest.fixture
def two_days():
    """A repository that was renamed and gained stars between the day before yesterday and now."""
    before = a_published_run(execution_date=timezone.now() - timedelta(days=2))
    old = a_former_name(1, "octo/gadget", began=30, ended=1)
    another_day(old, before, stars=80, rank_overall=9, momentum_score=Decimal(3), velocity_part=Decimal(3))
    now = a_published_run()
    a_repo(now, github_id=1, stars=100, rank_overall=5)
    return before, now


def test_a_past_day_is_shown_with_its_facts_and_words(client, two_days):
    before, _ = two_days
    text = words(client, f"/repo/octo/widget/?at={before.snapshot_date}")
    assert f"The ranking published for {before.snapshot_date} , as it was then." in text
    assert "octo/ gadget" in text
    assert "Rank 9" in text
    assert "Momentum points 3.00 Stars 80" in text
    assert "Last push" not in text


def test_from_a_past_day_a_link_leads_back_to_now(client, two_days):
    before, _ = two_days
    html = page(client, f"/repo/octo/widget/?at={before.snapshot_date}&window=30d")
    assert 'href="/repo/octo/widget/?window=30d">Back to now' in html


def test_a_day_without_a_ranking_of_it_shows_the_last_one_before(client, two_days):
    before, _ = two_days
    between = before.snapshot_date + timedelta(days=1)
    text = words(client, f"/repo/octo/widget/?at={between}")
    assert f"It was not ranked on {between}. What is shown is of {before.snapshot_date}, the last day before." in text
    assert "Stars 80" in text


@pytest.mark.parametrize("at", ["2001-01-01", "2999-01-01", "yesterday", "2026-13-45"])
def test_a_day_that_cannot_be_shown_falls_back_to_the_newest_and_says_so(client, two_days, at):
    before, now = two_days
    text = words(client, f"/repo/octo/widget/?at={at}")
    assert f"There is no ranking of “{at}”: days from {before.snapshot_date} to {now.snapshot_date}" in text
    assert "Stars 100" in text


def test_what_a_project_declared_on_a_past_day_is_said_to_be_not_kept(client):
    before = a_published_run(execution_date=timezone.now() - timedelta(days=2))
    on_render(before)
    RepoSnapshot.objects.update(is_current=False)
    another_day(RepositoryDim.objects.get(), a_published_run(), is_current=True)
    text = words(client, f"/repo/octo/widget/?at={before.snapshot_date}")
    assert "What its render.yaml declares is kept for ranked repositories as they are now: see it there ." in text


def test_a_repository_that_left_the_ranking_shows_its_last_day(client):
    old = a_published_run(execution_date=timezone.now() - timedelta(days=3))
    a_repo(old, stars=77)
    RepoSnapshot.objects.update(is_current=False)
    a_repo(a_published_run(), "octo/other")
    text = words(client)
    assert f"It has left the ranking: {old.snapshot_date} is the last day it was ranked." in text
    assert "Stars 77" in text
    assert "could not be read since" not in page(client)


def test_a_row_whose_stream_failed_today_is_marked_with_its_age(client):
    yesterday = a_published_run(("go",), execution_date=timezone.now() - timedelta(days=1))
    a_repo(yesterday, stream="go")
    today = a_run(status="partial", error_details=[{"stream": "go", "step": "read", "error": "502", "remedy": ""}])
    publish(today, ("python",))
    text = words(client)
    assert f"Of {yesterday.snapshot_date}" in text
    assert "It has left the ranking" not in text


# -- Addresses -------------------------------------------------------------------------------------------------


def test_an_old_name_leads_to_the_name_of_now_with_what_was_asked(client):
    a_repo(a_published_run(), github_id=7)
    a_former_name(7, "octo/gadget")
    response = client.get("/repo/octo/gadget/?window=30d&at=2026-01-01")
    assert (response.status_code, response["Location"]) == (301, "/repo/octo/widget/?window=30d&at=2026-01-01")


def test_another_case_leads_to_the_written_name(client):
    a_repo(a_published_run(), "Octo/Widget")
    response = client.get("/repo/octo/widget/")
    assert (response.status_code, response["Location"]) == (301, "/repo/Octo/Widget/")


def test_an_old_name_that_is_another_repositorys_now_shows_that_one(client):
    run = a_published_run()
    a_repo(run, "octo/renamed", github_id=7)
    a_former_name(7, "octo/widget")
    a_repo(run, github_id=8, stars=4321)
    assert "Stars 4,321" in words(client)


@pytest.mark.parametrize("name", ["octo/a b", "octo/ü%41", "octo/a?b#c", "octo/<b>", 'octo/"x"', "octo/名"])
def test_odd_characters_are_quoted_rightly(client, name):
    run = a_published_run()
    a_repo(run, name, github_id=7, rank_in_language=1)
    a_repo(run, "octo/widget", rank_in_language=2)
    a_former_name(7, "octo/former")
    address = client.get("/repo/octo/former/")["Location"]
    assert client.get(address).status_code == 200
    assert f'href="{address}"' in page(client)


@pytest.mark.parametrize("address", ["/repo/octo/nothing/", "/repo/a%00b/c/", "/repo/%ff/x/", f"/repo/{'x' * 500}/y/"])
def test_an_unknown_name_is_not_found_and_search_is_offered(client, address):
    a_repo(a_published_run())
    response = client.get(address)
    html = response.content.decode()
    assert response.status_code == 404
    assert "No repository of this name is ranked here" in html
    assert re.search(r'<form[^>]*action="/"[^>]*role="search"', html)
    assert "The ranking was last read" in html


def test_before_any_run_an_unknown_name_says_what_fills_the_ranking(client):
    response = client.get("/repo/octo/widget/")
    assert response.status_code == 404
    assert "manage.py run_pipeline" in response.content.decode()


def test_what_a_repository_says_about_itself_is_text(client):
    run = a_published_run(notes=["<b>note</b>"])
    stage(run, topics=[HOSTILE])
    a_repo(run, description=HOSTILE, language="<i>C</i>", repo_url="javascript:alert(1)")
    html = page(client)
    assert not re.search(r"<script>|<img (?!src=./badge/)|<i>|<b>|javascript:", html)
    assert re.search(r"<bdi>[^<]*\u202e[^<]*</bdi>", html)


def test_the_page_holds_no_style_and_no_script_of_its_own(client):
    on_render(a_published_run())
    html = page(client)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=", html)
    scripts = re.findall(r"<script([^>]*)>", html)
    assert all("src=" in script or 'type="application/json"' in script for script in scripts)


def test_headings_are_in_order(client):
    on_render(a_published_run())
    levels = [int(level) for level in re.findall(r"<h([1-6])", page(client))]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_an_unknown_parameter_is_told(client):
    a_repo(a_published_run())
    assert "The address says “sort”, which this page does not know" in words(client, "/repo/octo/widget/?sort=stars")


def test_an_unchanged_page_is_not_sent_twice(client, time_machine):
    a_repo(a_published_run())
    time_machine.move_to(timezone.now(), tick=False)
    first = client.get("/repo/octo/widget/")
    assert first["Cache-Control"] == "no-cache"
    assert client.get("/repo/octo/widget/", headers={"if-none-match": first["ETag"]}).status_code == 304


def test_only_reading_is_answered(client):
    assert client.post("/repo/octo/widget/").status_code == 405
    assert client.post("/repo/octo/widget/payload/commits-1.json").status_code == 405


def test_peoples_addresses_in_a_stored_payload_are_not_published(client):
    run = a_published_run()
    stored = a_payload(run)
    body = {"nodes": [{"author": {"name": "Made Up", "email": "made.up@example.org"}}], "email": None}
    type(stored).objects.filter(pk=stored.pk).update(api_response=body)
    a_repo(run)
    shown = client.get(f"/repo/octo/widget/payload/repository-{stored.pk}.json").json()
    assert shown["nodes"][0]["author"] == {"name": "Made Up", "email": "(an e-mail address, not shown here)"}
    assert shown["email"] is None
