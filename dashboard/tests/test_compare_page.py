import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from dashboard.comparison import MOST_NAMES, compare_query, is_name, read_names, short_names, table
from dashboard.tests.asked import asked
from dashboard.tests.builders import a_published_run, a_repo, a_run, many_repos, once_called, star_days_of
from pipeline.models import RepoSnapshot
from pipeline.models.analytics import TrendingRepo


def text_of(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html.partition("<main")[2])).strip()


def words(client, *names: str) -> str:
    response = client.get("/compare/", {"repos": ",".join(names)} if names else {})
    assert response.status_code == 200
    return text_of(response.content.decode())


def names_in(query: str):
    return read_names(QueryDict(query))


# -- Names -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", []),
        ("repos=a/b,c/d", ["a/b", "c/d"]),
        ("repos=a/b&repos=c/d", ["a/b", "c/d"]),
        ("repos=+a/b+,,+c/d%0A", ["a/b", "c/d"]),
        ("repos=a/b,A/B,a/b", ["a/b"]),
        ("repos=https://github.com/a/b,github.com/c/d/,http://www.github.com/e/f", ["a/b", "c/d", "e/f"]),
    ],
)
def test_names_are_read(query, names):
    assert names_in(query).names == names


def test_what_is_no_name_is_named():
    found = names_in("repos=a/b,foo,a/b/c,/")
    assert found.names == ["a/b"]
    assert "“foo”, “a/b/c”" in found.notices[0]
    assert "not written as owner/name" in found.notices[0]


@pytest.mark.parametrize("query", ["repos=" + "x/y," * 1000, "repos=a/%00"])
def test_a_list_that_cannot_be_read_is_left_out_as_a_whole(query):
    found = names_in(query)
    assert found.names == []
    assert len(found.notices) == 1


def test_only_so_many_names_are_looked_up():
    found = names_in("repos=" + ",".join(f"a/{number}" for number in range(20)))
    assert len(found.names) == MOST_NAMES
    assert f"Only the first {MOST_NAMES} names were looked up." in found.notices


@pytest.mark.parametrize(
    ("text", "answer"), [("a/b", True), ("a/b/c", False), ("a", False), ("/b", False), ("a/", False), ("", False)]
)
def test_what_a_name_is(text, answer):
    assert is_name(text) is answer


def test_addresses_of_comparisons_hold_any_name():
    assert compare_query(["a/b", 'c/"d&"']) == "?repos=a/b,c/%22d%26%22"
    assert compare_query([]) == "?"


@pytest.mark.parametrize(
    ("full", "short"),
    [
        (["a/x", "b/y"], ["x", "y"]),
        (["a/x", "b/x"], ["a/x", "b/x"]),
        (["a/" + "n" * 40, "b/m"], ["n" * 23 + "…", "m"]),
        (["a/" + "n" * 40, "b/" + "n" * 41], ["1. " + "n" * 23 + "…", "2. " + "n" * 23 + "…"]),
    ],
)
def test_short_names_stay_different(full, short):
    assert short_names(full) == short


# -- The best value --------------------------------------------------------------------------------------------


def line(label: str, **columns: list):
    count = len(next(iter(columns.values())))
    rows = [TrendingRepo(**PARTS | {name: values[at] for name, values in columns.items()}) for at in range(count)]
    lines = [line for group in table(rows) for line in group.lines if line.label == label]
    return [(value.text, value.is_best) for value in lines[0].values]


PARTS = dict.fromkeys(("velocity_part", "activity_part", "render_boost", "age_penalty"), Decimal(0)) | {
    "data_quality_score": Decimal("0.97"),
    "snapshot_date": date(2026, 11, 21),
    "stars": 1,
}


def test_the_highest_value_is_best_and_of_ranks_the_lowest():
    assert line("Stars", stars=[7, 12345, 3]) == [("7", False), ("12,345", True), ("3", False)]
    assert line("Rank", rank_overall=[7, 2]) == [("7", False), ("2", True)]


def test_who_share_the_highest_value_are_all_best():
    assert line("Commits", commits_last_7_days=[9, 9, 1]) == [("9", True), ("9", True), ("1", False)]


def test_nothing_is_best_where_all_are_the_same_or_one_is_known():
    assert line("Commits", commits_last_7_days=[9, 9]) == [("9", False), ("9", False)]
    assert line("Commits", commits_last_7_days=[9, None]) == [("9", False), ("unknown", False)]
    assert line("Commits", commits_last_7_days=[None, None]) == [("unknown", False), ("unknown", False)]


def test_facts_and_parts_of_the_score_are_not_judged():
    assert line("Rank in its language", rank_in_language=[1, 2]) == [("1", False), ("2", False)]
    assert line("Activity", activity_part=[Decimal("74.516"), Decimal("0")]) == [("+74.52", False), ("0.00", False)]


def test_the_use_of_render_is_a_word():
    answers = [("yes, render.yaml in the root", False), ("no", False), ("unknown", False)]
    assert line("Uses Render", uses_render=[True, False, None]) == answers


# -- The page --------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_two_repositories_are_shown_side_by_side_in_the_order_asked_for(client):
    run = a_published_run()
    a_repo(run, "octo/few", stars=10, rank_overall=2, momentum_score=Decimal("1.25"))
    a_repo(run, "octo/many", stars=2000, rank_overall=1, momentum_score=Decimal("80.25"))
    text = words(client, "octo/few", "octo/many")
    assert "Metric octo/ few octo/ many" in text
    assert "Rank 2 best 1" in text
    assert "Momentum 1.3 best 80.3" in text
    assert "Stars 10 best 2,000" in text


@pytest.mark.django_db
def test_up_to_three_have_one_chart_and_four_a_picture_each(client):
    run = a_published_run()
    for number in range(1, 5):
        star_days_of(a_repo(run, f"octo/widget-{number}"), [number, number * 2])
    names = [f"octo/widget-{number}" for number in range(1, 5)]
    three = client.get("/compare/", {"repos": ",".join(names[:3])}).content.decode()
    four = client.get("/compare/", {"repos": ",".join(names)}).content.decode()
    assert 'id="compared-stars"' in three
    assert "widget-1 3, widget-2 6, widget-3 9." in three
    assert "compare-multiples" not in three
    assert 'id="compared-stars"' not in four
    assert "chart.umd" not in four
    assert "2 of 30 days known: from 4 to 8 a day, 12 in all" in text_of(four)


@pytest.mark.django_db
def test_without_any_star_history_the_chart_says_so(client):
    run = a_published_run()
    a_repo(run, "octo/a")
    a_repo(run, "octo/b")
    assert "No star history is known of these yet." in words(client, "octo/a", "octo/b")


@pytest.mark.django_db
def test_names_that_are_not_found_are_named(client):
    run = a_published_run()
    many_repos(run, 2)
    a_repo(run, "octo/gone")
    RepoSnapshot.objects.filter(repo__repo_full_name="octo/gone").update(is_current=False)
    text = words(client, "octo/widget-001", "octo/nothing", "octo/gone", "octo/widget-002")
    assert "“octo/nothing” is not known here." in text
    assert "“octo/gone” is not in the current ranking." in text
    assert "Side by side" in text


@pytest.mark.django_db
def test_a_former_name_is_told_and_the_same_repository_is_shown_once(client):
    run = a_published_run()
    once_called(a_repo(run, "octo/new"), "octo/old")
    a_repo(run, "octo/other")
    text = words(client, "octo/old", "octo/new", "octo/other")
    assert "“octo/old” is now called “octo/new”." in text
    assert "Metric octo/ new octo/ other Rank since" in text


@pytest.mark.django_db
def test_more_than_four_are_cut_with_a_notice(client):
    many_repos(a_published_run(), 6)
    text = words(client, *(f"octo/widget-{number:03}" for number in range(1, 7)))
    assert "At most 4 can be compared at once; “octo/widget-005”, “octo/widget-006” left out." in text
    assert "Add a repository" not in text


@pytest.mark.django_db
def test_nothing_asked_for_is_explained_and_the_first_four_are_offered(client):
    many_repos(a_published_run(), 6)
    text = words(client)
    assert "Nothing to compare yet" in text
    assert "Begin with octo/widget-004 rank 4, 100 stars, +7 in 7 days" in text
    assert "widget-005" not in text
    html = client.get("/compare/").content.decode()
    every = ",".join(f"octo/widget-{number:03}" for number in range(1, 5))
    assert f'href="?repos={every}"' in html


@pytest.mark.django_db
def test_one_is_kept_and_company_is_offered(client):
    many_repos(a_published_run(), 6)
    html = client.get("/compare/?repos=octo/widget-002").content.decode()
    assert "One more is needed" in text_of(html)
    assert 'href="?repos=octo/widget-002,octo/widget-001"' in html
    assert 'href="?repos=octo/widget-002,octo/widget-002"' not in html


@pytest.mark.django_db
def test_each_can_be_removed_and_one_added(client):
    many_repos(a_published_run(), 3)
    html = client.get("/compare/?repos=octo/widget-001,octo/widget-002").content.decode()
    assert 'href="?repos=octo/widget-002" aria-label="Remove octo/widget-001"' in html
    assert '<input type="hidden" name="repos" value="octo/widget-001,octo/widget-002">' in html
    assert "widget-003" in words(client, "octo/widget-001,octo/widget-002", "octo/widget-003")


@pytest.mark.django_db
def test_before_any_run_the_page_says_which_commands_fill_it(client):
    text = words(client)
    assert "There is nothing to compare yet" in text
    assert "make demo" in text


@pytest.mark.django_db
def test_a_later_run_that_failed_is_told(client):
    many_repos(a_published_run(), 2)
    a_run(status="failed")
    assert "failed and published nothing" in words(client, "octo/widget-001", "octo/widget-002")


@pytest.mark.django_db
def test_unknown_values_read_unknown_and_never_0_or_none(client):
    run = a_published_run()
    unknown = {
        "stars_gained_7d": None,
        "momentum_score": None,
        "forks": None,
        "rank_overall": None,
        "language": None,
        "uses_render": None,
        "created_at": None,
    }
    a_repo(run, "octo/mystery", **unknown)
    a_repo(run, "octo/widget", commits_last_7_days=3)
    text = words(client, "octo/mystery", "octo/widget")
    for words_of_line in ("Forks unknown 10", "In 7 days unknown +7", "Uses Render unknown no", "Commits unknown 3"):
        assert words_of_line in text
    assert "None" not in text


@pytest.mark.django_db
def test_hostile_names_are_text(client):
    run = a_published_run()
    names = ['octo/"><svg:onload=alert(3)>', "octo/" + "n" * 200]
    for name in names:
        a_repo(run, name, description="<script>alert(1)</script>")
    html = client.get("/compare/", {"repos": ",".join([*names, "<b>x</b>"])}).content.decode()
    assert "<svg:onload" not in html
    assert "<b>x" not in html
    assert "Side by side" in html


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["?repos=%00", "?repos=%FF/%FE", "?repos[]=a/b", "?repos=" + "a/b," * 900, "?at=x&page=9"]
)
def test_no_address_breaks_the_page(client, query):
    many_repos(a_published_run(), 2)
    assert client.get(f"/compare/{query}").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("number", [0, 1, 2, 3, 4, 6])
def test_few_queries_however_many_are_compared(client, number):
    many_repos(a_published_run(), 50)
    names = ",".join(f"octo/widget-{place:03}" for place in range(1, number + 1))
    with CaptureQueriesContext(connection) as queries:
        client.get("/compare/", {"repos": names})
    assert asked(queries) <= 8


@pytest.mark.django_db
def test_only_reading_is_answered(client):
    assert client.head("/compare/").status_code == 200
    assert client.post("/compare/").status_code == 405
