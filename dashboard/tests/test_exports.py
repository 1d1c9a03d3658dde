import csv
import io
import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard import exports
from dashboard.tests.asked import asked
from dashboard.tests.builders import a_language_day, a_past_repo, a_published_run, a_repo, a_run, many_repos
from pipeline.models import RepositoryDim

pytestmark = pytest.mark.django_db


def body(response) -> str:
    assert response.status_code == 200
    assert response.streaming
    return b"".join(response.streaming_content).decode()


def rows(client, address: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(body(client.get(f"/export/{address}")))))


def objects(client, address: str) -> list[dict]:
    return json.loads(body(client.get(f"/export/{address}")))


def test_numbers_are_exact_and_unknown_is_an_empty_cell(client):
    run = a_published_run()
    a_repo(run, momentum_score=Decimal("80.289500"), stars_gained_7d=None, language=None, uses_render=None)
    [row] = rows(client, "trending.csv")
    assert (row["momentum_score"], row["stars"], row["age_penalty"]) == ("80.289500", "100", "0.000000")
    assert (row["stars_gained_7d"], row["language"], row["uses_render"], row["unknown_parts"]) == ("", "", "", "")
    assert row["created_at"] == "2020-01-02T03:04:05+00:00"
    [item] = objects(client, "trending.json")
    assert (item["momentum_score"], item["stars_gained_7d"], item["unknown_parts"]) == (80.2895, None, [])
    assert item.keys() == row.keys()


def test_all_rows_are_in_the_file_in_the_order_of_the_page(client):
    many_repos(a_published_run(), 101)
    names = [f"octo/widget-{number:03}" for number in range(1, 102)]
    assert [row["repo_full_name"] for row in rows(client, "trending.csv?page=2&view=cards")] == names
    assert [row["repo_full_name"] for row in objects(client, "trending.json")] == names


def test_a_file_of_no_rows_has_its_header(client):
    assert body(client.get("/export/trending.csv")).count("\r\n") == 1
    assert objects(client, "trending.json") == []


def test_the_filters_are_those_of_the_page(client):
    run = a_published_run()
    a_repo(run, "octo/snake", uses_render=True)
    a_repo(run, "octo/gopher", language="Go")
    a_language_day(run.snapshot_date, "Go")
    assert [row["repo_full_name"] for row in rows(client, "trending.csv?language=go")] == ["octo/gopher"]
    assert [row["repo_full_name"] for row in rows(client, "trending.csv?render=1")] == ["octo/snake"]
    assert [row["repo_full_name"] for row in rows(client, "trending.csv?q=goph")] == ["octo/gopher"]


def test_a_bad_filter_is_an_error_and_no_file_of_something_else(client):
    for address in ("trending.csv?window=1y", "render.json?category=x", "runs.csv?language=go"):
        response = client.get(f"/export/{address}")
        assert response.status_code == 422
        assert response.json()["error"]["parameter"] in ("window", "category", "language")


@pytest.mark.parametrize("address", ["nothing.csv", "trending.xml", "history.csv", "history/octo/missing.csv"])
def test_a_table_that_is_not_there_is_not_found(client, address):
    assert client.get(f"/export/{address}").status_code == 404


def test_the_files_name_says_what_it_holds_and_of_which_day(client):
    run = a_published_run()
    a_repo(run, language="C#")
    a_language_day(run.snapshot_date, "C#")
    day = run.snapshot_date
    assert client.get("/export/trending.csv")["Content-Disposition"] == (
        f'attachment; filename="trender-trending-{day}.csv"'
    )
    assert (
        f"trender-trending-c-sharp-{day}.json"
        in client.get("/export/trending.json?language=c-sharp")["Content-Disposition"]
    )
    assert (
        f"trender-history-octo-widget-{day}.csv" in client.get("/export/history/octo/widget.csv")["Content-Disposition"]
    )


def test_made_up_rows_say_so_in_the_file_and_in_its_name(client):
    a_repo(a_published_run(is_demo=True))
    assert "trender-demo-trending-" in client.get("/export/trending.csv")["Content-Disposition"]
    assert rows(client, "trending.csv")[0]["is_demo"] == "true"


HOSTILE_NAME = "octo/=cmd|'/c calc'!A1"
HOSTILE_TEXT = '=HYPERLINK("http://evil.example","click")\r\n\x07,";\u2029 end'


@pytest.mark.parametrize("table", ["trending", "render"])
def test_what_repositories_write_stays_text_in_one_cell(client, table):
    row = a_repo(a_published_run(), HOSTILE_NAME, description=HOSTILE_TEXT, repo_url="javascript:alert(1)")
    RepositoryDim.objects.filter(pk=row.repo_id).update(render_category="community")
    text = body(client.get(f"/export/{table}.csv"))
    [written] = csv.DictReader(io.StringIO(text))
    assert written["description"] == "'" + '=HYPERLINK("http://evil.example","click")  ,";  end'
    assert written["repo_full_name"] == HOSTILE_NAME
    assert written["repo_url"] == ""
    assert "\x07" not in text
    assert text.count("\r\n") == 2
    [item] = objects(client, f"{table}.json")
    assert (item["description"], item["repo_url"]) == (HOSTILE_TEXT, None)


def test_full_width_formulas_and_names_are_made_safe_too(client):
    run = a_published_run()
    for number, sign in enumerate("=+-@＝＋－＠\t"):
        a_repo(run, f"octo/{number}", description=f"{sign}1+1")
    assert {row["description"][0] for row in rows(client, "trending.csv")} == {"'"}


def test_the_history_is_every_day_under_every_name(client):
    now = timezone.now()
    a_past_repo(a_run(execution_date=now - timedelta(days=1)), "octo/old", github_id=7, stars=90)
    a_repo(a_published_run(), "octo/some.thing.csv", github_id=7)
    found = rows(client, "history/octo/some.thing.csv.csv")
    assert [(row["repo_full_name"], row["stars"]) for row in found] == [
        ("octo/some.thing.csv", "100"),
        ("octo/old", "90"),
    ]
    moved = client.get("/export/history/octo/old.json")
    assert (moved.status_code, moved["Location"]) == (301, "/export/history/octo/some.thing.csv.json")


def test_runs_hold_no_error_text_and_nothing_for_what_was_not_measured(client):
    a_run(status="failed", error_details=[{"error": "ghp_secret"}], github_state={"a": "ghp_secret"}, repos_processed=5)
    a_run(status="abandoned", repos_processed=0)
    assert "ghp_secret" not in body(client.get("/export/runs.csv"))
    assert [row["repos_processed"] for row in rows(client, "runs.csv")] == ["", "5"]


def test_languages_are_those_of_the_ranking(client):
    run = a_published_run()
    a_repo(run, "octo/a", momentum_score=Decimal("1.5"))
    a_repo(run, "octo/b", momentum_score=Decimal("2.5"))
    assert [(row["language"], row["momentum_total"]) for row in rows(client, "languages.csv")] == [
        ("Python", "4.000000")
    ]


def test_a_file_may_be_read_by_other_sites_and_is_only_read(client):
    assert client.get("/export/languages.csv")["Access-Control-Allow-Origin"] == "*"
    assert client.head("/export/languages.csv").status_code == 200
    assert client.post("/export/languages.csv").status_code == 405


def test_ten_rows_and_a_hundred_need_the_same_few_queries(client):
    run = a_published_run()
    many_repos(run, 10)
    with CaptureQueriesContext(connection) as few:
        rows(client, "trending.csv")
    for number in range(90):
        a_repo(run, f"octo/more-{number}")
    with CaptureQueriesContext(connection) as many:
        rows(client, "trending.csv")
    assert asked(many) <= 8
    assert len(few) == len(many)


def test_rows_are_sent_as_they_are_read(monkeypatch):
    read = []

    def slow():
        for number in range(3):
            read.append(number)
            yield {"a": number}

    lines = exports.csv_lines(("a",), slow())
    assert next(lines) == "a\r\n"
    assert next(lines) == "0\r\n"
    assert read == [0]
    assert "".join(exports.json_lines(("a",), slow())) == '[\n{"a": 0},\n{"a": 1},\n{"a": 2}\n]\n'


@pytest.mark.django_db(transaction=True)
def test_a_file_is_whole_outside_of_a_transaction_too(client, live_server):
    many_repos(a_published_run(), 30)
    assert len(rows(client, "trending.csv")) == 30
