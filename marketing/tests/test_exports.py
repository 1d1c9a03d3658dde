"""The exports as files: what is in them, under which filters, and that nobody's secrets are."""

import io
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from openpyxl import load_workbook

from dashboard.tests.builders import a_language_day, a_past_repo, a_project, a_published_run, a_repo, a_run
from marketing.exports import files
from marketing.exports.kinds import EXPORTS
from marketing.tests.exporting import (
    DAY,
    FORMS,
    NAMES,
    ROOT,
    a_lead,
    a_metric,
    a_reading,
    body,
    document,
    fill,
    lines,
    sheet,
)

pytestmark = pytest.mark.django_db

every_export = pytest.mark.parametrize("name", NAMES)
HEADINGS = {export.name: export.resource().headings for export in EXPORTS}


# -- Every export ----------------------------------------------------------------------------------------------


@every_export
def test_the_three_forms_hold_the_same_rows(client, name):
    fill(3)
    written = lines(client, f"{name}.csv")
    assert len(written) == len(document(client, f"{name}.json")["rows"]) == len(sheet(client, f"{name}.xlsx")) == 3
    assert tuple(written[0]) == tuple(sheet(client, f"{name}.xlsx")[0]) == HEADINGS[name]


@every_export
def test_an_export_without_rows_has_its_columns(client, name):
    assert body(client.get(f"{ROOT}{name}.csv")).decode().count("\r\n") == 1
    empty = document(client, f"{name}.json")
    assert (empty["rows"], empty["run"], empty["date"]) == ([], None, None)
    assert tuple(empty["columns"].values()) == HEADINGS[name]
    assert sheet(client, f"{name}.xlsx") == []


@every_export
def test_import_exports_own_dataset_is_the_csv_file(client, name):
    fill(2)
    export = next(each for each in EXPORTS if each.name == name)
    resource = export.resource()
    read = document(client, f"{name}.json")["rows"]
    dataset = resource.export([resource.prepared({column: row[column] for column in resource.names}) for row in read])
    assert dataset.headers == list(HEADINGS[name])
    assert len(dataset) == 2
    names = [row["repository"] for row in lines(client, f"{name}.csv")] if name != "platforms" else []
    assert [row[dataset.headers.index("repository")] for row in dataset] == names if names else True


@every_export
def test_ten_rows_and_two_hundred_need_the_same_queries(client, name):
    fill(10)
    with CaptureQueriesContext(connection) as few:
        lines(client, f"{name}.csv")
    run = a_published_run()
    for number in range(190):
        a_project(run, f"octo/more-{number}")
        a_lead(f"octo/more-{number}", github_id=1000 + number)
        a_metric(f"octo/more-{number}", github_id=1000 + number)
        a_reading(f"more-{number}")
    with CaptureQueriesContext(connection) as many:
        assert len(lines(client, f"{name}.csv")) == 200
    assert len(few) == len(many) <= 8


@every_export
@pytest.mark.parametrize("form", FORMS)
def test_a_files_name_says_what_it_is_of_which_day_and_that_it_is_made_up(client, name, form):
    run = a_published_run(is_demo=True)
    response = client.get(f"{ROOT}{name}.{form}")
    day = run.snapshot_date
    assert response["Content-Disposition"] == f'attachment; filename="trender-demo-{name}-{day}.{form}"'
    assert response["X-Robots-Tag"] == "noindex"
    assert response.getvalue()


def test_a_file_that_does_not_exist_is_not_found(client):
    for address in ("nothing.csv", "trending.pdf", "trending"):
        assert client.get(ROOT + address).status_code == 404


def test_a_file_is_only_read_and_its_head_costs_no_rows(client):
    fill()
    assert client.post(f"{ROOT}trending.csv").status_code == 405
    with CaptureQueriesContext(connection) as queries:
        head = client.head(f"{ROOT}trending.xlsx")
    assert head["Content-Type"].endswith("spreadsheetml.sheet")
    assert not any("previous_rank" in query["sql"] for query in queries)


# -- Values ----------------------------------------------------------------------------------------------------


def test_numbers_stay_numbers_days_are_iso_and_unknown_is_empty(client):
    run = a_published_run()
    a_repo(run, momentum_score=Decimal("80.289500"), stars_gained_7d=None, language=None, uses_render=None)
    [line] = lines(client, "trending.csv")
    assert (line["momentum (score)"], line["stars"]) == ("80.289500", "100")
    assert (line["stars gained in 7 days"], line["language"]) == ("", "")
    assert line["created (UTC)"] == "2020-01-02T03:04:05+00:00"
    assert line["day"] == str(run.snapshot_date)
    [row] = document(client, "trending.json")["rows"]
    assert (row["momentum_score"], row["stars_gained_7d"], row["unknown_parts"]) == (80.2895, None, [])
    [cells] = sheet(client, "trending.xlsx")
    assert (cells["momentum (score)"], cells["stars"], cells["made up"]) == (80.2895, 100, False)
    assert (cells["stars gained in 7 days"], cells["language"]) == (None, None)
    assert cells["created (UTC)"] == datetime(2020, 1, 2, 3, 4, 5)
    assert cells["day"].date() == run.snapshot_date


def test_days_and_moments_of_a_workbook_are_shown_as_iso(client):
    a_repo(a_published_run())
    book = load_workbook(io.BytesIO(body(client.get(f"{ROOT}trending.xlsx"))))
    head, row = book["Rows"].iter_rows()
    formats = {title.value: cell.number_format for title, cell in zip(head, row, strict=True)}
    assert (formats["day"], formats["created (UTC)"]) == ("yyyy-mm-dd", 'yyyy-mm-dd"T"hh:mm:ss"Z"')


def test_a_row_names_the_pages_that_prove_it(client, settings):
    settings.TRENDER_BASE_URL = "https://trender.example"
    run = a_published_run()
    a_repo(run, "octo/widget")
    [row] = document(client, "trending.json")["rows"]
    assert row["page"] == "https://trender.example/repo/octo/widget/"
    assert row["run_page"] == f"https://trender.example/meta/?run={run.execution_id}"


def test_json_says_what_it_is_of_which_run_and_under_which_filters(client):
    run = a_published_run()
    a_repo(run, uses_render=True)
    found = document(client, "trending.json?render=1&sort=-stars&view=cards")
    assert (found["export"], found["title"], found["is_demo"]) == ("trending", "Trending repositories", False)
    assert found["filters"] == {"render": "1", "sort": "-stars"}
    assert (found["run"], found["date"]) == (run.execution_id, str(run.snapshot_date))
    assert found["run_page"].endswith(f"/meta/?run={run.execution_id}")
    assert found["columns"]["star_velocity"] == "star velocity (% in 7 days)"


def test_a_workbook_says_the_same_on_a_sheet_of_its_own(client):
    run = a_published_run()
    book = load_workbook(io.BytesIO(body(client.get(f"{ROOT}trending.xlsx?q=%3D1"))))
    about = dict(book["About"].iter_rows(values_only=True))
    assert (about["Run"], about["Filters"], about["Made up"]) == (run.execution_id, "q: =1", False)


# -- Hostile texts ---------------------------------------------------------------------------------------------

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠x", " =1", "\u200b=1"]
BREAKING = "bell\x07 null-less \x0b\x1b[31m \ufffe\uffff </t></is> ]]> & _x0041_ 🚀 عربي"


def test_no_text_becomes_a_formula_in_csv_or_a_workbook(client):
    run = a_published_run()
    for number, text in enumerate(FORMULAS):
        a_repo(run, f"octo/{number}", description=text)
    assert {line["description"][0] for line in lines(client, "trending.csv")} == {"'"}
    book = load_workbook(io.BytesIO(body(client.get(f"{ROOT}trending.xlsx"))))
    cells = [cell for row in book["Rows"].iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]
    assert {row["description"][0] for row in sheet(client, "trending.xlsx")} == {"'"}
    # JSON is read by programs: there the text is the text.
    assert sorted(row["description"] for row in document(client, "trending.json")["rows"]) == sorted(FORMULAS)


def test_control_characters_break_no_file(client):
    a_repo(a_published_run(), description=BREAKING)
    clean = "bell null-less  [31m  </t></is> ]]> & _x0041_ 🚀 عربي"
    assert lines(client, "trending.csv")[0]["description"] == clean
    assert sheet(client, "trending.xlsx")[0]["description"] == clean.replace("_x0041_", "_x005F_x0041_")
    assert document(client, "trending.json")["rows"][0]["description"] == BREAKING


def test_a_text_longer_than_a_cell_is_cut_with_a_mark_in_a_workbook_only(client):
    long = "word " * 8000
    a_repo(a_published_run(), description=long)
    assert len(lines(client, "trending.csv")[0]["description"]) == len(long)
    cut = sheet(client, "trending.xlsx")[0]["description"]
    assert (len(cut), cut.endswith("[cut]")) == (32_767, True)


def test_half_a_character_is_left_out():
    row = {"text": "a\ud800b", "list": ["\udfff", {"\ud800k": 1}]}
    assert files.sound(row) == {"text": "ab", "list": ["", {"k": 1}]}


def test_addresses_that_are_not_of_the_web_are_left_out(client):
    run = a_published_run()
    a_project(run, "octo/bad", deploy_button_url="javascript:alert(1)", repo_url="javascript:alert(1)")
    a_metric("octo/bad", deploy_button_url="https://render.com.evil.example/deploy")
    for name in ("trending", "showcase", "blueprints", "snapshots"):
        written = body(client.get(f"{ROOT}{name}.csv")).decode()
        assert "javascript:" not in written
        assert "evil.example" not in written


# -- What is not for everybody ---------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMS)
def test_contact_and_notes_of_a_lead_are_in_no_public_file(client, form):
    a_published_run()
    a_lead()
    text = str(sheet(client, "leads.xlsx")) if form == "xlsx" else body(client.get(f"{ROOT}leads.{form}")).decode()
    assert "octo/widget" in text
    assert not [secret for secret in ("ann@", "example.org", "Call on Monday") if secret in text]


# -- Filters ---------------------------------------------------------------------------------------------------


def repositories(client, address: str) -> set[str]:
    return {line["repository"] for line in lines(client, address)}


@pytest.mark.parametrize("name", ["trending", "showcase", "leads", "blueprints", "snapshots"])
def test_the_filters_keep_the_rows_meant(client, name):
    run = a_published_run()
    for number, (full_name, language, uses) in enumerate(
        [("octo/snake", "Python", True), ("octo/gopher", "Go", False)]
    ):
        row = a_project(run, full_name, language=language, uses_render=uses)
        a_lead(full_name, github_id=row.github_id)
        a_metric(full_name, github_id=row.github_id)
        a_language_day(run.snapshot_date, language)
        assert number < 2
    assert repositories(client, f"{name}.csv?language=go") == {"octo/gopher"}
    assert repositories(client, f"{name}.csv?render=1") == {"octo/snake"}
    assert repositories(client, f"{name}.csv?q=GOPH") == {"octo/gopher"}
    assert repositories(client, f"{name}.csv?q=nothing") == set()


def test_the_platform_report_is_narrowed_by_name_and_day(client):
    a_language_day(DAY)
    a_language_day(DAY - timedelta(days=7))
    a_published_run()
    a_reading("render")
    a_reading("vercel", report_date=DAY - timedelta(days=7))
    assert [line["platform"] for line in lines(client, "platforms.csv")] == ["render", "vercel"]
    assert [line["platform"] for line in lines(client, "platforms.csv?q=verc")] == ["vercel"]
    assert [line["platform"] for line in lines(client, f"platforms.csv?at={DAY - timedelta(days=7)}")] == ["vercel"]


def test_made_up_readings_are_no_part_of_real_ones(client):
    a_published_run()
    a_reading("render", is_demo=True)
    a_metric(is_demo=True)
    assert lines(client, "platforms.csv") == lines(client, "blueprints.csv") == []


@pytest.mark.parametrize(
    ("address", "names"),
    [
        ("trending.csv?sort=stars", ["octo/big", "octo/small"]),
        ("trending.csv?sort=-stars", ["octo/small", "octo/big"]),
        ("trending.csv?sort=gain&window=30d", ["octo/small", "octo/big"]),
        ("showcase.csv?sort=name", ["octo/big", "octo/small"]),
        ("showcase.csv?sort=gain&window=24h", ["octo/big", "octo/small"]),
        ("snapshots.csv?sort=-stars", ["octo/small", "octo/big"]),
        ("leads.csv?sort=stars", ["octo/big", "octo/small"]),
        ("leads.csv?sort=velocity", ["octo/small", "octo/big"]),
        ("leads.csv?sort=-name", ["octo/small", "octo/big"]),
        ("blueprints.csv?sort=-stars", ["octo/small", "octo/big"]),
    ],
)
def test_the_order_is_the_one_asked_for(client, address, names):
    run = a_published_run()
    a_project(run, "octo/big", stars=900, stars_gained_24h=5, stars_gained_30d=5)
    a_project(run, "octo/small", stars=100, stars_gained_24h=None, stars_gained_30d=50)
    a_lead("octo/big", github_id=1, stars=900, star_velocity=None)
    a_lead("octo/small", github_id=2, stars=100)
    a_metric("octo/big", github_id=1, stars=900)
    a_metric("octo/small", github_id=2, stars=100)
    assert [line["repository"] for line in lines(client, address)] == names


@pytest.fixture
def three_days():
    now = timezone.now()
    days = [now.date() - timedelta(days=back) for back in (2, 1, 0)]
    for back, name in ((2, "octo/first"), (1, "octo/second")):
        a_past_repo(a_run(execution_date=now - timedelta(days=back)), name, github_id=10 + back)
    a_repo(a_published_run(execution_date=now), "octo/third", github_id=10)
    for day in days:
        a_language_day(day)
    return days


def test_snapshots_are_of_the_days_asked_for(client, three_days):
    first, second, third = three_days
    everything = [line["repository"] for line in lines(client, "snapshots.csv")]
    assert everything == ["octo/third", "octo/second", "octo/first"]
    assert repositories(client, f"snapshots.csv?from={second}") == {"octo/second", "octo/third"}
    assert repositories(client, f"snapshots.csv?to={second}") == {"octo/first", "octo/second"}
    assert repositories(client, f"snapshots.csv?from={second}&to={second}") == {"octo/second"}
    assert repositories(client, f"snapshots.csv?at={first}") == {"octo/first"}
    assert document(client, f"snapshots.json?from={second}&to={third}")["filters"] == {
        "sort": "day", "from": str(second), "to": str(third),
    }  # fmt: skip


def test_a_past_days_ranking_is_that_days(client, three_days):
    assert repositories(client, f"trending.csv?at={three_days[0]}") == {"octo/first"}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("trending.csv?window=1y", "1y"),
        ("trending.xlsx?language=klingon", "klingon"),
        ("trending.json?sort=luck", "luck"),
        ("trending.csv?at=yesterday", "yesterday"),
        ("trending.csv?colour=red", "colour"),
        ("trending.csv?from=2026-01-01", "from"),
        ("leads.csv?window=7d", "window"),
        ("showcase.csv?at=2026-01-01", "at"),
        ("snapshots.csv?from=soon", "soon"),
        ("snapshots.csv?to=2026-13-01", "2026-13-01"),
        ("snapshots.csv?from=2026-02-01&to=2026-01-01", "before the first"),
        ("trending.csv?q=" + "a" * 101, "q"),
    ],
)
def test_what_is_no_choice_is_refused_in_a_sentence(client, address, said):
    response = client.get(ROOT + address)
    text = response.content.decode()
    assert (response.status_code, response["Content-Type"]) == (400, "text/plain; charset=utf-8")
    assert said in text
    assert (text.count("\n"), len(text) < 300) == (1, True)


def test_campaign_marks_and_the_looks_of_a_page_change_nothing(client):
    fill(2)
    assert len(lines(client, "leads.csv?utm_source=x&view=cards&page=2")) == 2


# -- Many rows -------------------------------------------------------------------------------------------------


def test_rows_are_read_a_chunk_at_a_time_as_they_are_sent():
    taken = []

    def rows():
        for number in range(10_000):
            taken.append(number)
            yield dict.fromkeys(resource.names, number)

    resource = next(export for export in EXPORTS if export.name == "platforms").resource()
    sent = files.in_chunks(files.csv_lines(resource, rows()), 500)
    assert taken == []
    assert next(sent).count("\r\n") == 500
    assert len(taken) == 499
    parts = files.in_chunks(files.json_lines(resource, {"export": "platforms"}, rows()), 500)
    next(parts)
    assert len(taken) <= 499 + 500


def test_the_database_is_asked_for_a_chunk_of_rows_at_a_time(monkeypatch, rf):
    from django.db.models import QuerySet

    from marketing.exports.asked import public_file
    from marketing.exports.kinds import BY_NAME

    sizes = []
    monkeypatch.setattr(QuerySet, "iterator", lambda rows, chunk_size=None: sizes.append(chunk_size) or iter(()))
    list(files.csv_file(public_file(rf.get("/"), BY_NAME["trending"])))
    assert sizes == [500]


def test_more_rows_than_a_worksheet_holds_are_refused_in_a_sentence(client, monkeypatch):
    fill(3)
    monkeypatch.setattr(files, "MOST_ROWS", 2)
    response = client.get(f"{ROOT}trending.xlsx")
    assert response.status_code == 400
    assert response.content.decode().count("\n") == 1
    assert len(lines(client, "trending.csv")) == 3


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", FORMS)
def test_a_file_is_whole_outside_of_a_transaction_and_leaves_none_open(client, form):
    fill(30)
    assert len(body(client.get(f"{ROOT}snapshots.{form}"))) > 1000
    response = client.get(f"{ROOT}snapshots.{form}")
    next(iter(response.streaming_content))
    response.close()
    # What was begun for the reading is over: the next write is kept.
    a_lead("octo/after", github_id=99)
    connection.close()
    assert repositories(client, "leads.csv?q=after") == {"octo/after"}


def test_the_rank_before_is_that_of_the_day_before(client):
    now = timezone.now()
    a_past_repo(a_run(execution_date=now - timedelta(days=1)), "octo/old-name", github_id=10, rank_overall=8)
    a_repo(a_published_run(execution_date=now), "octo/new-name", github_id=10, rank_overall=2)
    [line] = lines(client, "trending.csv")
    assert (line["rank"], line["rank before"]) == ("2", "8")
