import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard import language_page
from dashboard.tests.asked import asked
from dashboard.tests.builders import (
    a_language_day,
    a_past_repo,
    a_project,
    a_published_run,
    a_repo,
    a_run,
    a_service_day,
    publish,
    the_day_before,
)
from pipeline.models import RepoSnapshot

pytestmark = pytest.mark.django_db


def page(client, address: str = "/language/python/") -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.content.decode()


def words(client, address: str = "/language/python/") -> str:
    """The page's text as it reads: no tags, single spaces."""
    body = page(client, address).partition("<body>")[2]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body)).replace("\xa0", " ")


def shown_names(html: str) -> list[str]:
    table = html.partition("table--language")[2].partition("</table>")[0]
    return re.findall(r"octo/</span>([\w-]+)", table)


def a_ranking(language: str = "Python", number: int = 1, slug: str = "python", **given):
    """A published run with so many repositories of the language, and the sums of its day."""
    run = a_published_run((slug,))
    for place in range(1, number + 1):
        facts = {"momentum_score": Decimal(1000 - place), "rank_overall": place, "rank_in_language": place}
        a_repo(run, f"octo/widget-{place:03}", language=language, **facts | given)
    a_language_day(run.snapshot_date, language, repositories=number)
    return run


def three_rows():
    """Rows in the order of their momentum, whose every other column is in another order or unknown."""
    run = a_published_run()
    columns = (
        *("stars", "stars_gained_7d", "stars_gained_24h", "stars_gained_30d", "star_velocity", "forks"),
        *("commits_last_7_days", "issues_closed_last_7_days", "active_contributors"),
    )
    rows = (("apple", 3, 1), ("pear", 2, 5), ("fig", 1, 3))
    for place, (name, momentum, value) in enumerate(rows, 1):
        made = {"created_at": datetime(2020 + value, 1, 1, tzinfo=UTC), "momentum_score": Decimal(momentum)}
        a_repo(run, f"octo/{name}", rank_overall=place, rank_in_language=place, **dict.fromkeys(columns, value) | made)
    nothing = dict.fromkeys((*columns[1:], "momentum_score", "created_at"))
    a_repo(run, "octo/blank", stars=0, rank_overall=4, rank_in_language=4, **nothing)
    a_language_day(run.snapshot_date, repositories=4)
    return run


def test_the_header_figures_are_those_of_the_languages_day(client):
    run = a_ranking()
    day = run.snapshot_date
    a_language_day(day, "Go", repositories=3, stars=5, momentum_total=Decimal(90))
    sums = {"repositories": 8, "render_repositories": 2, "stars": 1234, "stars_gained_7d": 56}
    a_language_day(day, "Rust", **sums, momentum_total=Decimal(50))
    a_repo(run, "octo/crab", language="Rust")
    text = words(client, "/language/rust/")
    assert "Repositories 8 ranked On Render 25 % 2 with a render.yaml Stars 1,234 of all of them" in text
    assert "Stars gained +56 in 7 days Average momentum 6.3 points Rank 2 of 3 languages" in text


def test_sums_that_are_not_known_read_unknown(client):
    a_ranking()
    assert "Stars gained unknown in 7 days Average momentum unknown points Rank 1 of 1 languages" in words(client)


def test_fifty_rows_a_page_and_the_rest_on_the_next(client):
    a_ranking(number=51)
    html = page(client)
    assert len(shown_names(html)) == 50
    assert "Top 50 of 51 repositories" in words(client)
    assert 'rel="next" href="?page=2"' in html
    assert shown_names(page(client, "/language/python/?page=2")) == ["widget-051"]
    assert shown_names(page(client, "/language/python/?page=99")) == ["widget-051"]


def test_ten_rows_and_fifty_need_the_same_few_queries(client):
    run = a_ranking(number=10)
    with CaptureQueriesContext(connection) as few:
        page(client, "/language/python/?sort=forks")
    for number in range(11, 61):
        a_repo(run, f"octo/more-{number}", momentum_score=Decimal(number))
        a_project(run, f"octo/shop-{number}", language="Python")
        a_language_day(run.snapshot_date - timedelta(days=number))
        a_service_day(run.snapshot_date, f"type-{number}")
    with CaptureQueriesContext(connection) as many:
        page(client, "/language/python/?sort=-forks")
    assert asked(few) == asked(many) <= 8


def test_other_languages_are_not_listed(client):
    a_repo(a_ranking(), "octo/gopher", language="Go")
    assert shown_names(page(client)) == ["widget-001"]


BY_VALUE = ["gain", "stars", "velocity", "commits", "issues", "contributors", "forks", "created"]


@pytest.mark.parametrize("sort", BY_VALUE)
def test_every_column_sorts_both_ways_with_the_unknown_last(client, sort):
    three_rows()
    falling = shown_names(page(client, f"/language/python/?sort={sort}"))
    rising = shown_names(page(client, f"/language/python/?sort=-{sort}"))
    # Stars are always known: the one with none is first when it is turned round.
    assert falling == ["pear", "fig", "apple", "blank"]
    assert rising == (["blank", "apple", "fig", "pear"] if sort == "stars" else ["apple", "fig", "pear", "blank"])


def test_momentum_and_name_sort_both_ways(client):
    three_rows()
    assert shown_names(page(client)) == ["apple", "pear", "fig", "blank"]
    assert shown_names(page(client, "/language/python/?sort=-momentum")) == ["fig", "pear", "apple", "blank"]
    assert shown_names(page(client, "/language/python/?sort=name")) == ["apple", "blank", "fig", "pear"]
    assert shown_names(page(client, "/language/python/?sort=-name")) == ["pear", "fig", "blank", "apple"]


def test_the_sorted_column_says_so_and_turns_round(client):
    three_rows()
    html = page(client, "/language/python/?sort=forks")
    assert html.count("aria-sort=") == 1
    assert re.search(r'aria-sort="descending"><a href="\?sort=-forks">Forks</a>', html)
    html = page(client, "/language/python/?sort=-name")
    assert re.search(r'aria-sort="descending"><a href="\?sort=name">Repository</a>', html)


def test_an_order_that_there_is_not_falls_back_with_a_notice(client):
    three_rows()
    html = page(client, "/language/python/?sort=password")
    assert "“password” is no sort this page knows; it shows momentum." in html
    assert shown_names(html) == ["apple", "pear", "fig", "blank"]


def test_the_window_chooses_the_gain_that_is_shown_and_sorted_by(client):
    run = a_ranking(stars_gained_24h=1, stars_gained_7d=22, stars_gained_30d=333)
    a_repo(run, "octo/burst", stars_gained_24h=9, stars_gained_7d=10, stars_gained_30d=11)
    assert shown_names(page(client, "/language/python/?sort=gain&window=24h")) == ["burst", "widget-001"]
    assert shown_names(page(client, "/language/python/?sort=gain&window=30d")) == ["widget-001", "burst"]
    text = words(client, "/language/python/?window=30d")
    assert "Gained 30 d" in text
    assert "+333" in text
    assert "+22" not in text


def test_search_and_only_render_narrow_the_rows(client):
    run = a_ranking()
    a_repo(run, "octo/shop", uses_render=True, description="Sells things")
    assert shown_names(page(client, "/language/python/?render=1")) == ["shop"]
    assert shown_names(page(client, "/language/python/?q=SELLS")) == ["shop"]
    text = words(client, "/language/python/?q=nothing-like-it")
    assert "No repository matches" in text
    assert "Reset the filters" in text


def test_a_row_has_every_column_and_the_unknown_is_a_word(client):
    run = a_ranking(
        number=0,
    )
    a_repo(
        run,
        "octo/full",
        stars=12345,
        forks=678,
        star_velocity=Decimal("1.25"),
        commits_last_7_days=31,
        issues_closed_last_7_days=32,
        active_contributors=33,
        momentum_score=Decimal("80.25"),
        rank_in_language=1,
        rank_overall=9,
    )
    unknown = ("stars_gained_7d", "momentum_score", "forks", "created_at")
    a_repo(run, "octo/blank", stars=0, description=None, rank_overall=10, rank_in_language=2, **dict.fromkeys(unknown))
    text = words(client)
    assert "octo/ full Turns things into other things. 80.3 +7 12,345 1.3 31 32 33 678 2020-01-02" in text
    assert "octo/ blank unknown unknown 0 " + "unknown " * 6 in text
    assert "None" not in text


def test_the_movement_is_that_of_the_rank_in_the_language(client):
    run = a_ranking(number=0)
    yesterday = a_run(execution_date=run.execution_date - timedelta(days=1))
    facts = {"github_id": 77, "rank_overall": 50}
    a_past_repo(yesterday, "octo/climber", rank_in_language=5, **facts)
    a_repo(run, "octo/climber", rank_in_language=2, **facts)
    html = page(client)
    assert "3 up from rank 5 the day before" in html


@pytest.mark.parametrize(
    ("name", "slug"), [("C++", "c-plus-plus"), ("C#", "c-sharp"), ("Jupyter Notebook", "jupyter-notebook")]
)
def test_languages_with_odd_names_have_pages(client, name, slug):
    a_ranking(name)
    html = page(client, f"/language/{slug}/")
    assert shown_names(html) == ["widget-001"]
    assert f"<h1>{name}: what is gaining momentum</h1>" in html
    assert f"Trender does not search for {name}" in html


def test_a_slug_in_capitals_is_the_same_page(client):
    a_ranking()
    assert shown_names(page(client, "/language/Python/")) == ["widget-001"]


def test_of_typescript_the_page_says_what_is_searched_for(client):
    a_ranking("TypeScript", slug="typescript")
    html = page(client, "/language/typescript/")
    assert "<h1>TypeScript (Next.js 16 or newer): what is gaining momentum</h1>" in html
    assert "package.json asks for Next.js 16 or newer" in html
    assert '<a href="/language/typescript/" aria-current="page">' in html


def test_a_language_that_was_never_ranked_is_not_found(client):
    a_ranking()
    for slug in ("cobol", "<script>", "x" * 300, "%00"):
        response = client.get(f"/language/{slug}/")
        assert response.status_code == 404
        assert b"<script>alert" not in response.content


def test_before_any_run_the_languages_of_the_header_say_which_commands_fill_them(client):
    for slug in ("python", "typescript", "go"):
        assert "make demo" in words(client, f"/language/{slug}/")
    assert client.get("/language/rust/").status_code == 404


def test_a_language_of_the_header_without_any_row_yet_says_so(client):
    a_ranking()
    text = words(client, "/language/go/")
    assert "No Go repository has been ranked yet" in text
    assert "What is ranked" in text


def test_a_language_with_earlier_rows_only_says_so_and_shows_its_course(client):
    run = a_ranking()
    earlier = run.snapshot_date - timedelta(days=3)
    a_language_day(earlier, "Rust", stars_gained_7d=4321)
    text = words(client, "/language/rust/")
    assert "No Rust repository is ranked now The last ranking that held some is that of" in text
    assert f'href="?at={earlier}"' in page(client, "/language/rust/")
    assert "4,321" in text


def test_the_ranking_of_an_earlier_day_is_shown_as_it_was(client):
    now = a_ranking()
    earlier = now.snapshot_date - timedelta(days=5)
    run = a_run(execution_date=now.execution_date - timedelta(days=5))
    a_past_repo(run, "octo/was-here", rank_in_language=1, rank_overall=1)
    a_language_day(earlier, repositories=77, stars_gained_7d=88)
    a_language_day(earlier - timedelta(days=1), stars_gained_7d=99)
    address = f"/language/python/?at={earlier}"
    html, text = page(client, address), words(client, address)
    assert shown_names(html) == ["was-here"]
    assert f"The ranking published for {earlier} , as it was then." in text
    assert "Repositories 77 ranked" in text
    assert "2 days from" in html
    assert 'href="/language/python/?">Back to now' in html
    assert "What projects declare is known of now only." in text


def test_a_day_without_a_ranking_leads_to_the_one_before(client):
    now = a_ranking()
    earlier = now.snapshot_date - timedelta(days=5)
    a_language_day(earlier)
    address = f"/language/python/?at={now.snapshot_date - timedelta(days=2)}"
    text = words(client, address)
    assert f"No Python repository was ranked on {now.snapshot_date - timedelta(days=2)}" in text
    assert "The ranking published for" not in text
    assert f'href="?at={earlier}"' in page(client, address)


def test_a_day_out_of_reach_falls_back_with_a_notice(client):
    a_ranking()
    assert "There is no ranking of “1999-01-01”" in words(client, "/language/python/?at=1999-01-01")


def test_its_render_projects_are_listed_ten_at_most_whatever_the_filters(client):
    run = a_ranking()
    for number in range(12):
        a_project(run, f"octo/shop-{number:02}", language="Python", momentum_score=Decimal(number))
    a_project(run, "octo/gopher", language="Go")
    table = page(client, "/language/python/?q=widget").partition("table--projects")[2].partition("</table>")[0]
    names = re.findall(r"octo/</span>([\w-]+)", table)
    assert names == [f"shop-{number:02}" for number in range(11, 1, -1)]


def test_the_course_shows_stars_work_and_services_of_90_days(client):
    run = a_ranking()
    for back, gained in ((1, 501), (89, 502), (90, 503)):
        day = run.snapshot_date - timedelta(days=back)
        a_language_day(day, stars_gained_7d=gained, commits_last_7_days=gained + 100)
    a_service_day(run.snapshot_date, "web", "Python", services=4)
    a_service_day(run.snapshot_date, "web", "Go", services=40)
    html, text = page(client), words(client)
    assert "501" in text
    assert "502" in text
    assert "503" not in text
    assert "Services declared by Python projects, 3 days from" in html
    assert "A web service that answers HTTP requests from the internet. 1 4 +4" in text


def test_without_declared_services_the_chart_says_so(client):
    a_ranking()
    assert "No project written in it has declared a service yet" in words(client)


def test_rows_of_a_stream_that_failed_are_marked_with_their_day(client):
    yesterday = a_published_run(("python",), execution_date=timezone.now() - timedelta(days=1))
    a_repo(yesterday, "octo/late")
    today = a_run()
    publish(today, ("render",))
    a_repo(today, "octo/fresh")
    a_language_day(today.snapshot_date, repositories=2)
    text = words(client)
    assert f"late Of {the_day_before(today.snapshot_date)}" in text
    assert "Of the run that was published 2 minutes ago" in text


def test_what_repositories_say_about_themselves_is_text(client):
    hostile = "<script>alert(1)</script> \u202egnp.exe <img src=x onerror=alert(2)>" + "w" * 300
    a_repo(a_ranking("<i>C</i>"), 'octo/"><svg onload=alert(3)>', description=hostile, language="<i>C</i>")
    html = page(client, "/language/ici/")
    for live in ("<script>alert", "<img", "<svg onload", "<i>"):
        assert live not in html
    assert re.search(r"<bdi>[^<]*\u202e[^<]*</bdi>", html)


def test_only_reading_is_answered(client):
    a_ranking()
    assert client.head("/language/python/").status_code == 200
    assert client.post("/language/python/").status_code == 405


def test_nothing_on_the_page_needs_inline_script_or_style(client):
    a_ranking(number=2)
    assert not re.search(r"<script(?![^>]*(src=|application/json))|<style|\sstyle=|\son\w+=", page(client))


def test_rows_that_are_kept_show_a_change_of_the_same_day(client, settings):
    settings.TRENDER_ROWS_KEPT = 10
    language_page.KEPT.clear()
    a_ranking(stars=77_111)
    assert "77,111" in page(client)
    run = a_run()
    RepoSnapshot.objects.update(stars=77_222, execution=run)
    publish(run)
    assert "77,222" in page(client)
    language_page.KEPT.clear()
