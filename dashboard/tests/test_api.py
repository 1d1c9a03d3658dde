import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from dashboard.api.parameters import LISTED_CHOICES, SHAPES
from dashboard.queries import ranking
from dashboard.tests.asked import asked
from dashboard.tests.builders import (
    a_language_day,
    a_past_repo,
    a_published_run,
    a_repo,
    a_run,
    many_repos,
    publish,
    the_day_before,
)
from pipeline.models import RepositoryDim, TaskRun, WorkflowExecution

pytestmark = pytest.mark.django_db

LISTS = ("trending", "languages", "render", "runs", "repositories/octo/widget/history")
HOSTILE = '<script>alert(1)</script>\u2028 \u202egnp.exe \x07 "quoted" =1+1 ' + "x" * 300


def get(client, path: str, status: int = 200) -> dict:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == status, response.content
    assert response["Content-Type"].startswith("application/json")
    return response.json()


def names(answer: dict) -> list[str]:
    return [item["repo_full_name"] for item in answer["items"]]


# -- The ranking -----------------------------------------------------------------------------------------------


def test_a_row_has_all_its_numbers_under_the_names_of_the_warehouse(client):
    run = a_published_run()
    a_repo(run, momentum_score=Decimal("80.289545"), rank_overall=1, commits_last_7_days=5, data_quality_score="0.95")
    item = get(client, "trending")["items"][0]
    assert item["momentum_score"] == 80.289545
    assert item["data_quality_score"] == 0.95
    assert (item["stars"], item["forks"], item["commits_last_7_days"], item["rank_overall"]) == (100, 10, 5, 1)
    assert item["created_at"] == "2020-01-02T03:04:05Z"
    assert item["snapshot_date"] == run.snapshot_date.isoformat()
    assert set(ranking.GAINS.values()) <= item.keys()


def test_unknown_is_null_and_the_parts_are_named(client):
    a_repo(
        a_published_run(),
        **dict.fromkeys(("description", "language", "stars_gained_7d", "momentum_score", "forks", "rank_overall")),
        unknown_parts=["stars_gained_7d", "commits_last_7_days"],
    )
    item = get(client, "trending")["items"][0]
    unknown = ("description", "language", "stars_gained_7d", "momentum_score", "forks", "rank_overall", "previous_rank")
    assert [item[name] for name in unknown] == [None] * len(unknown)
    assert item["unknown_parts"] == ["stars_gained_7d", "commits_last_7_days"]


def test_links_are_whole_addresses_of_this_site(client, settings):
    settings.TRENDER_BASE_URL = "https://trender.example"
    a_repo(a_published_run(), "octo/widget")
    assert get(client, "trending")["items"][0]["links"] == {
        "page": "https://trender.example/repo/octo/widget/",
        "api": "https://trender.example/api/v1/repositories/octo/widget",
        "history": "https://trender.example/api/v1/repositories/octo/widget/history",
        "badge": "https://trender.example/badge/octo/widget.svg",
        "embed": "https://trender.example/embed/octo/widget/",
    }


def test_an_answer_says_which_run_it_comes_from(client):
    run = a_published_run(is_demo=True)
    snapshot = get(client, "trending")["snapshot"]
    assert (snapshot["run_id"], snapshot["is_demo"]) == (run.pk, True)
    assert snapshot["snapshot_date"] == run.snapshot_date.isoformat()
    assert snapshot["published_at"].startswith(f"{run.execution_date:%Y-%m-%dT%H:%M:%S}")


def test_before_any_run_lists_are_empty_and_say_so(client):
    for path in ("trending", "languages", "render", "runs"):
        answer = get(client, path)
        assert (answer["items"], answer["paging"]["total"], answer["paging"]["pages"]) == ([], 0, 1)
        assert answer["snapshot"] == {"run_id": None, "published_at": None, "snapshot_date": None, "is_demo": False}


def test_a_list_is_walked_by_its_links(client, settings):
    settings.TRENDER_BASE_URL = "http://testserver"
    many_repos(a_published_run(), 5)
    found, address = [], "http://testserver/api/v1/trending?page_size=2&q=widget&utm_source=x&view=cards"
    while address:
        answer = client.get(address).json()
        found += names(answer)
        address = answer["paging"]["next"]
    assert found == [f"octo/widget-{number:03}" for number in range(1, 6)]
    assert answer["paging"] == {
        "page": 3,
        "page_size": 2,
        "pages": 3,
        "total": 5,
        "next": None,
        "previous": "http://testserver/api/v1/trending?page_size=2&q=widget&page=2",
    }


def test_beyond_the_last_page_there_is_nothing_and_a_way_back(client):
    many_repos(a_published_run(), 3)
    answer = get(client, "trending?page=9&page_size=2")
    assert answer["items"] == []
    assert answer["paging"]["next"] is None
    assert answer["paging"]["previous"].endswith("page=2&page_size=2")


def test_a_past_day_is_given_as_it_was(client):
    yesterday = a_published_run(execution_date=timezone.now() - timedelta(days=1))
    a_past_repo(yesterday, "octo/then")
    run = a_published_run()
    a_repo(run, "octo/now")
    a_language_day(yesterday.snapshot_date)
    answer = get(client, f"trending?at={yesterday.snapshot_date}")
    assert answer["snapshot"]["snapshot_date"] == yesterday.snapshot_date.isoformat()
    assert names(answer) == ["octo/then"]


# -- Parameters ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("window=1y", "window"),
        ("render=yes", "render"),
        ("q=" + "x" * 101, "q"),
        ("q=%00", "q"),
        ("sort=beauty", "sort"),
        ("sort=--stars", "sort"),
        ("page=0", "page"),
        ("page=two", "page"),
        ("page=1001", "page"),
        ("page_size=101", "page_size"),
        ("page_size=0", "page_size"),
        ("language=klingon", "language"),
        ("at=1999-01-01", "at"),
        ("at=yesterday", "at"),
        ("page=9999999999999999999999", "page"),
    ],
)
def test_a_bad_value_is_an_error_that_names_its_parameter(client, query, parameter):
    a_repo(a_published_run())
    error = get(client, f"trending?{query}", 422)["error"]
    assert (error["code"], error["parameter"]) == ("bad_parameter", parameter)
    assert len(error["message"]) < 300


def test_a_misspelt_parameter_is_an_error_that_lists_what_there_is(client):
    error = get(client, "trending?langauge=go", 422)["error"]
    assert (error["code"], error["parameter"]) == ("unknown_parameter", "langauge")
    assert "language, window, render" in error["message"]


def test_parameters_of_other_addresses_are_unknown(client):
    assert get(client, "languages?window=7d", 422)["error"]["parameter"] == "window"
    assert get(client, "render?category=friendly", 422)["error"]["parameter"] == "category"


def test_empty_values_are_no_choice(client):
    a_repo(a_published_run())
    empty = "&".join(f"{name}=" for name in SHAPES if name != "category")
    assert names(get(client, f"trending?{empty}")) == ["octo/widget"]


def test_long_choices_are_shortened_in_an_error(client):
    run = a_published_run()
    a_repo(run)
    for number in range(LISTED_CHOICES + 5):
        a_language_day(run.snapshot_date, f"L{number}")
    assert get(client, "trending?language=x", 422)["error"]["message"].endswith("and 5 more.")


# -- One repository --------------------------------------------------------------------------------------------


def test_a_repository_has_the_parts_of_its_score_and_they_add_up(client):
    parts = {"velocity_part": "2.8", "activity_part": "12.6", "render_boost": "3.08", "age_penalty": "-1.848"}
    given = {name: Decimal(value) for name, value in parts.items()}
    a_repo(a_published_run(), **given, momentum_score=sum(given.values()))
    found = get(client, "repositories/octo/widget")["repository"]
    assert {name: found[name] for name in parts} == {name: float(value) for name, value in parts.items()}
    assert sum(found[name] for name in parts) == pytest.approx(found["momentum_score"], abs=1e-6)
    assert found["is_current"] is True


def test_a_renamed_repository_is_found_under_its_name_of_now(client, settings):
    run = a_published_run()
    earlier = timezone.now() - timedelta(days=9)
    a_past_repo(a_run(execution_date=earlier), "octo/old", github_id=1)
    a_repo(run, "octo/new", github_id=1)
    for tail in ("", "/history?page_size=2"):
        response = client.get(f"/api/v1/repositories/octo/old{tail}")
        assert response.status_code == 301
        assert response["Location"] == f"{settings.TRENDER_BASE_URL}/api/v1/repositories/octo/new{tail}"
        assert response["Access-Control-Allow-Origin"] == "*"


def test_a_name_in_another_case_leads_to_the_name_as_it_is_written(client):
    a_repo(a_published_run(), "Octo/Widget")
    assert client.get("/api/v1/repositories/octo/widget")["Location"].endswith("/api/v1/repositories/Octo/Widget")


@pytest.mark.parametrize("name", ["octo/missing", "octo/%00", "octo/'--", "%F0%9F%9A%80/%E2%80%AE"])
def test_a_name_nobody_has_is_not_found(client, name):
    a_repo(a_published_run())
    for tail in ("", "/history"):
        error = get(client, f"repositories/{name}{tail}", 404)["error"]
        assert (error["code"], error["parameter"]) == ("not_found", None)


def test_history_is_every_day_under_every_name_the_newest_first(client):
    now = timezone.now()
    yesterday, today = a_run(execution_date=now - timedelta(days=1)), a_published_run()
    a_past_repo(yesterday, "octo/other", github_id=7, stars=100)
    a_repo(today, "octo/widget", github_id=7, stars=110)
    answer = get(client, "repositories/octo/widget/history")
    assert [(day["repo_full_name"], day["stars"]) for day in answer["items"]] == [
        ("octo/widget", 110),
        ("octo/other", 100),
    ]
    assert [day["snapshot_date"] for day in answer["items"]] == [
        today.snapshot_date.isoformat(),
        the_day_before(today.snapshot_date).isoformat(),
    ]
    at = get(client, f"repositories/octo/widget?at={yesterday.snapshot_date}")
    assert (at["repository"]["stars"], at["repository"]["is_current"], at["render"]) == (100, False, None)
    assert get(client, "repositories/octo/widget?at=2001-01-01", 422)["error"]["parameter"] == "at"


# -- Render, languages, runs -----------------------------------------------------------------------------------


def a_project(run, name: str, category: str, **given) -> None:
    row = a_repo(run, name, uses_render=True, **given)
    RepositoryDim.objects.filter(pk=row.repo_id).update(render_category=category)


def test_render_projects_are_given_by_category(client):
    run = a_published_run()
    a_project(run, "octo/one", "official", momentum_score=Decimal(1))
    a_project(run, "octo/two", "community", momentum_score=Decimal(2))
    a_repo(run, "octo/none")
    assert names(get(client, "render")) == ["octo/two", "octo/one"]
    a_language_day(run.snapshot_date)
    assert names(get(client, "render?language=python&page_size=1")) == ["octo/two"]
    only = get(client, "render?category=official")
    assert names(only) == ["octo/one"]
    assert only["items"][0]["render_services"] is None
    assert get(client, "repositories/octo/one")["render"]["render_category"] == "official"
    assert get(client, "repositories/octo/none")["render"] is None


def test_languages_lead_to_their_pages_and_rows(client, settings):
    a_repo(a_published_run(), language="C++", momentum_score=Decimal("2.5"))
    item = get(client, "languages")["items"][0]
    assert (item["language"], item["slug"], item["repositories"], item["momentum_total"]) == (
        "C++",
        "c-plus-plus",
        1,
        2.5,
    )
    assert item["links"]["page"] == f"{settings.TRENDER_BASE_URL}/language/c-plus-plus/"


SECRET = "ghp_0123456789abcdefghij0123456789abcdef"


def a_failed_run() -> WorkflowExecution:
    error = {"stream": "go", "step": "read stream", "error": f"401 for {SECRET}", "remedy": "Mend it.", "trace": SECRET}
    run = a_run(status="failed", error_details=[error], github_state={"token": SECRET}, requests_sent=5)
    given = {"execution": run, "started_at": run.execution_date, "status": "failed", "error": SECRET}
    parent = TaskRun.objects.create(number=1, name="github_to_raw", **given)
    TaskRun.objects.create(
        number=2, name="search", stream="go", parent=parent, seconds=Decimal("1.5"), items=3, **given
    )
    return run


def test_a_run_tells_what_failed_and_the_remedy_but_no_error_text(client):
    run = a_failed_run()
    answer = get(client, f"runs/{run.pk}")
    assert answer["failures"] == [{"stream": "go", "step": "read stream", "remedy": "Mend it."}]
    assert [(task["number"], task["parent"], task["name"], task["seconds"]) for task in answer["tasks"]] == [
        (1, None, "github_to_raw", None),
        (2, 1, "search", 1.5),
    ]
    assert answer["requests_sent"] == 5
    for address in (f"/api/v1/runs/{run.pk}", "/api/v1/runs"):
        assert SECRET.encode() not in client.get(address).content


def test_what_a_run_that_was_cut_off_did_is_unknown(client):
    a_run(status="abandoned", repos_processed=0)
    item = get(client, "runs")["items"][0]
    assert (item["status"], item["repos_processed"], item["requests_sent"]) == ("abandoned", None, None)


@pytest.mark.parametrize("number", ["0", "999", "99999999999999999999999", "x"])
def test_a_run_that_never_was_is_not_found(client, number):
    a_run()
    assert get(client, f"runs/{number}", 404)["error"]["code"] == "not_found"


# -- The form of answers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["nothing", "trending/", "repositories/a", "trending/x/y", "docs/"])
def test_what_is_not_there_is_told_as_json(client, path):
    assert get(client, path, 404)["error"]["code"] == "not_found"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("path", ["", "trending", "runs/1", "docs", "openapi.json", "nothing"])
def test_nothing_is_written_here(method, path):
    response = getattr(Client(enforce_csrf_checks=True), method)(f"/api/v1/{path}")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response.json()["error"]["code"] == "method_not_allowed"


def test_head_is_answered_as_get_without_a_body(client):
    a_repo(a_published_run())
    response = client.head("/api/v1/trending")
    assert (response.status_code, response.content) == (200, b"")
    assert client.head("/api/v1/nothing").status_code == 404


def test_other_sites_may_read(client):
    for path in ("trending", "nothing", "trending?page=x", "openapi.json"):
        assert client.get(f"/api/v1/{path}")["Access-Control-Allow-Origin"] == "*"
    preflight = client.options("/api/v1/trending")
    assert (preflight.status_code, preflight["Access-Control-Allow-Methods"]) == (204, "GET, HEAD, OPTIONS")


def test_a_fault_is_told_without_its_inside(client, monkeypatch, caplog):
    def broken(filters, language, *, is_of_one_day):
        raise RuntimeError(SECRET)

    monkeypatch.setattr(ranking, "found", broken)
    error = get(client, "trending", 500)["error"]
    assert (error["code"], SECRET in error["message"]) == ("internal_error", False)
    assert "RuntimeError" in caplog.text


def test_a_fault_outside_of_the_views_is_told_as_json_too(client, monkeypatch, settings):
    settings.TRENDER_PAGE_CACHE_SECONDS = 60
    client.raise_request_exception = False

    def broken():
        raise RuntimeError("no database")

    monkeypatch.setattr("dashboard.cache.pointer_state", broken)
    assert get(client, "trending", 500)["error"]["code"] == "internal_error"
    assert b"<html" in client.get("/").content


def test_an_unchanged_answer_is_not_sent_twice_and_costs_no_query_of_its_own(client, settings):
    settings.TRENDER_PAGE_CACHE_SECONDS = 60
    cache.clear()
    a_repo(a_published_run())
    first = client.get("/api/v1/trending")
    with CaptureQueriesContext(connection) as queries:
        again = client.get("/api/v1/trending", headers={"if-none-match": first["ETag"]})
    assert (again.status_code, again.content, len(queries)) == (304, b"", 2)
    assert again["Access-Control-Allow-Origin"] == "*"
    assert first["Cache-Control"] == "no-cache"
    run = a_run()
    publish(run)
    assert client.get("/api/v1/trending", headers={"if-none-match": first["ETag"]}).status_code == 200
    cache.clear()


def test_hostile_texts_are_data(client):
    a_repo(a_published_run(), 'octo/"><svg onload=alert(3)>', description=HOSTILE, repo_url="javascript:alert(1)")
    response = client.get("/api/v1/trending")
    item = response.json()["items"][0]
    assert (item["repo_full_name"], item["description"]) == ('octo/"><svg onload=alert(3)>', HOSTILE)
    assert item["repo_url"] is None
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response.content.isascii()
    assert "<" not in item["links"]["page"]


@pytest.mark.parametrize("path", [*LISTS, "repositories/octo/widget"])
def test_ten_rows_and_fifty_need_the_same_few_queries(client, path):
    def grow(first: int, last: int) -> None:
        for number in range(first, last):
            run = a_run(execution_date=timezone.now() - timedelta(days=number))
            a_project(run, f"octo/widget-{number}", "community", language=f"L{number}")

    run = a_published_run()
    a_project(run, "octo/widget", "community")
    grow(1, 10)
    with CaptureQueriesContext(connection) as few:
        get(client, path)
    grow(10, 50)
    with CaptureQueriesContext(connection) as many:
        get(client, path)
    assert asked(few) == asked(many) <= 8


def test_a_run_of_many_tasks_needs_the_same_few_queries(client):
    run = a_failed_run()
    with CaptureQueriesContext(connection) as few:
        get(client, f"runs/{run.pk}")
    for number in range(3, 40):
        given = {"execution": run, "started_at": run.execution_date, "status": "success"}
        TaskRun.objects.create(number=number, name="search", **given)
    with CaptureQueriesContext(connection) as many:
        get(client, f"runs/{run.pk}")
    assert asked(few) == asked(many) <= 8


# -- The description -------------------------------------------------------------------------------------------


def test_the_index_leads_to_every_address(client, settings):
    settings.TRENDER_BASE_URL = ""
    index = get(client, "")
    described = get(client, "openapi.json")["paths"]
    assert set(index["addresses"].values()) == set(described) - {"/api/v1/"}
    assert index["openapi"] == "/api/v1/openapi.json"


def test_the_description_names_every_parameter_that_is_read(client):
    described = get(client, "openapi.json")
    for path, operations in described["paths"].items():
        operation = operations["get"]
        parameters = [entry["name"] for entry in operation.get("parameters", []) if entry["in"] == "query"]
        assert set(parameters) <= set(SHAPES), path
        assert operation["responses"]["200"]["content"]["application/json"]["schema"]
        if parameters:
            assert "422" in operation["responses"], path
    trending = described["paths"]["/api/v1/trending"]["get"]["parameters"]
    assert [entry["name"] for entry in trending] == list(SHAPES)[:-1]


def test_every_reference_of_the_description_leads_somewhere(client):
    described = get(client, "openapi.json")
    text = json.dumps(described)
    references = set(re.findall(r'"#/components/schemas/(\w+)"', text))
    assert references
    assert references <= described["components"]["schemas"].keys()


def test_answers_hold_what_the_description_says(client):
    a_repo(a_published_run())
    described = get(client, "openapi.json")["components"]["schemas"]
    item = get(client, "trending")["items"][0]
    assert item.keys() == described["TrendingRepository"]["properties"].keys()


def test_the_documentation_is_served_from_here_without_inline_script(client):
    html = client.get("/api/v1/docs").content.decode()
    assert 'data-openapi="/api/v1/openapi.json"' in html
    assert "<header" in html
    assert "https://" not in html
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []
    assert "style=" not in html


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("width", "scheme"), [(1440, "light"), (1440, "dark"), (360, "dark"), (768, "light")])
def test_the_documentation_works_in_a_browser_under_the_sites_own_policy(live_server, page, width, scheme):
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    a_repo(a_published_run(), "octo/shown-by-trying")
    answer = page.goto(f"{live_server.url}/api/v1/docs")
    assert "unsafe" not in answer.headers["content-security-policy"]
    page.click("#operations-Repositories-trending .opblock-summary-control")
    page.click(".try-out__btn")
    page.click(".btn.execute")
    page.wait_for_selector("text=octo/shown-by-trying")
    page.click("section.models button")
    assert page.evaluate("document.documentElement.classList.contains('dark-mode')") is (scheme == "dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert complaints == []
