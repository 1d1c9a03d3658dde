"""Page, JSON, CSV, feed and view say the same of a repository, whatever the filters."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from html.parser import HTMLParser
from urllib.parse import parse_qs, unquote, urlencode

import pytest
from django.utils import timezone

from dashboard.queries.ranking import GAINS
from dashboard.templatetags.figures import count, gain, one_decimal
from dashboard.tests.builders import a_language_day, a_past_repo, a_published_run, a_repo, a_run
from dashboard.tests.test_feeds import ATOM, entries, feed, text
from pipeline.models import RepositoryDim, RepoSnapshot
from pipeline.models.analytics import LanguageRanking, RenderShowcase, RepoDay, TrendingRepo

pytestmark = pytest.mark.django_db

LANGUAGES = ("Python", "Go", "C++", None)
YESTERDAY = "yesterday"
CHOICES = [
    "",
    "page=2",
    "language=go",
    "language=c-plus-plus&sort=stars",
    "render=1",
    "q=WIDGET-01",
    "q=turns&language=python&render=1",
    "window=24h",
    "window=30d&sort=gain",
    "window=24h&sort=-gain",
    "sort=-stars",
    "sort=created",
    "sort=-name",
    "sort=name&page=2",
    f"at={YESTERDAY}",
    f"at={YESTERDAY}&language=go&sort=-momentum",
    "q=nothing-is-called-this",
]


# -- A small universe ------------------------------------------------------------------------------------------


@pytest.fixture
def day(db) -> str:
    """120 repositories today, and what they were yesterday; some things are unknown. Gives yesterday's date."""
    now = timezone.now()
    earlier = a_run(execution_date=now - timedelta(days=1))
    for number in range(1, 31):
        a_past_repo(earlier, name_of(number), github_id=number, rank_overall=31 - number, **measures(number, 7))
    run = a_published_run()
    for number in range(1, 121):
        a_repo(run, name_of(number), github_id=number, rank_overall=number, **measures(number, 1))
    number_the_ranks_within_languages()
    for language in LANGUAGES[:3]:
        a_language_day(earlier.snapshot_date, language)
        a_language_day(run.snapshot_date, language)
    return earlier.snapshot_date.isoformat()


def name_of(number: int) -> str:
    return f"octo-{number % 7}/widget-{number:03}"


def measures(number: int, factor: int) -> dict:
    """Numbers that differ from row to row; every ninth row knows little."""
    known = {
        "language": LANGUAGES[number % 4],
        "uses_render": number % 3 == 0,
        "created_at": timezone.now() - timedelta(days=number * 11),
        "stars": number * 1013 * factor,
        "forks": number * 17,
        "stars_gained_24h": number % 5,
        "stars_gained_7d": number * 3 % 1000 * factor,
        "stars_gained_30d": number * 31,
        "star_velocity": Decimal(number) / 7,
        "activity_score": Decimal(number) / 3,
        "momentum_score": Decimal(1000 * factor) / number,
        "commits_last_7_days": number * 2,
        "issues_closed_last_7_days": number % 6,
        "active_contributors": number % 8,
    }
    unknown = ("stars_gained_7d", "star_velocity", "commits_last_7_days") if number % 9 == 0 else ()
    return known | dict.fromkeys(unknown)


def number_the_ranks_within_languages() -> None:
    for language in LANGUAGES:
        rows = RepoSnapshot.objects.filter(is_current=True, repo__language=language).order_by("rank_overall")
        for rank, row in enumerate(rows, start=1):
            RepoSnapshot.objects.filter(pk=row.pk).update(rank_in_language=rank)


# -- Reading -------------------------------------------------------------------------------------------------------


class Tables(HTMLParser):
    """The body rows of a page's tables: [{"name": from the row's link, "cells": first text of each cell}]."""

    def __init__(self, html: str, kind: str) -> None:
        super().__init__()
        self.rows: list[dict] = []
        self.kind, self.is_in_table, self.is_in_body, self.wants_text = kind, False, False, False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        given = dict(attributes)
        if tag == "table":
            self.is_in_table = self.kind in (given.get("class") or "")
        elif tag == "tbody":
            self.is_in_body = self.is_in_table
        elif tag == "tr" and self.is_in_body:
            self.rows.append({"name": "", "cells": []})
        elif tag == "td" and self.is_in_body:
            self.rows[-1]["cells"].append("")
            self.wants_text = True
        elif tag == "a" and self.is_in_body and (given.get("href") or "").startswith("/repo/"):
            self.rows[-1]["name"] = unquote(given["href"].removeprefix("/repo/").rstrip("/"))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("tbody", "table"):
            self.is_in_body = False

    def handle_data(self, data: str) -> None:
        if self.is_in_body and self.wants_text and data.strip():
            self.rows[-1]["cells"][-1] = data.strip()
            self.wants_text = False


def table(client, address: str, kind: str) -> list[dict]:
    response = client.get(address)
    assert response.status_code == 200, address
    return Tables(response.content.decode(), kind).rows


def items(client, path: str) -> list[dict]:
    response = client.get(f"/api/v1/{path}")
    assert response.status_code == 200, response.content
    return response.json()["items"]


def file_rows(client, address: str) -> list[dict[str, str]]:
    content = b"".join(client.get(f"/export/{address}").streaming_content).decode()
    return list(csv.DictReader(io.StringIO(content)))


def decimal(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def as_page(item: dict, window: str) -> dict:
    """An item of the API as the home page's table shows it."""
    return {
        "name": item["repo_full_name"],
        "rank": count(item["rank_overall"]),
        "stars": count(item["stars"]),
        "gained": gain(item[GAINS[window]]),
        "momentum": one_decimal(decimal(item["momentum_score"])),
    }


def home_rows(client, query: str) -> Iterator[dict]:
    for row in table(client, f"/?{query}", "table--ranking"):
        rank, _, _, stars, gained, _, momentum = row["cells"]
        yield {"name": row["name"], "rank": rank, "stars": stars, "gained": gained, "momentum": momentum}


def without(query: str, *names: str) -> str:
    return urlencode({name: value for name, [value] in parse_qs(query).items() if name not in names})


# -- The same everywhere -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("choice", CHOICES)
def test_home_page_json_csv_feed_and_view_agree(client, day, choice):
    query = choice.replace(YESTERDAY, day)
    window = parse_qs(query).get("window", ["7d"])[0]
    found = items(client, f"trending?{query}")
    assert bool(found) is ("nothing" not in query)
    assert list(home_rows(client, query)) == [as_page(item, window) for item in found]
    assert_is_in_the_file(found, file_rows(client, f"trending.csv?{query}"), is_whole="page=2" not in query)
    assert_is_in_the_view(found, day if "at=" in query else None)
    assert_is_in_the_feed(items(client, f"trending?{without(query, 'page')}")[:50], feed(client, f"?{query}"), window)


def assert_is_in_the_file(found: list[dict], rows: list[dict[str, str]], *, is_whole: bool) -> None:
    by_id = {int(row["github_id"]): row for row in rows}
    assert len(by_id) == len(rows)
    if is_whole:
        assert [int(row["github_id"]) for row in rows][: len(found)] == [item["github_id"] for item in found]
    for item in found:
        row = by_id[item["github_id"]]
        assert row["repo_full_name"] == item["repo_full_name"]
        for name in ("rank_overall", "previous_rank", "stars", "momentum_score", *GAINS.values()):
            assert (Decimal(row[name]) if row[name] else None) == decimal(item[name]), name


def assert_is_in_the_view(found: list[dict], at: str | None) -> None:
    view = TrendingRepo.objects.all() if at is None else RepoDay.objects.filter(snapshot_date=at)
    by_id = {row.github_id: row for row in view}
    assert found == [] or len(by_id) >= len(found)
    for item in found:
        row = by_id[item["github_id"]]
        for name in ("rank_overall", "rank_in_language", "stars", "forks", "commits_last_7_days", *GAINS.values()):
            assert item[name] == getattr(row, name), name
        for name in ("momentum_score", "star_velocity", "activity_score"):
            assert decimal(item[name]) == getattr(row, name), name


def assert_is_in_the_feed(found: list[dict], top, window: str) -> None:
    told = entries(top)
    assert len(told) == len(found)
    for item, entry in zip(found, told, strict=True):
        assert text(entry, "id").endswith(f"repository/{item['github_id']}")
        assert text(entry, "title").startswith(f"{item['rank_overall']}. {item['repo_full_name']}: ")
        assert gain(item[GAINS[window]]) in text(entry, "title")
        assert f"Momentum {one_decimal(decimal(item['momentum_score']))}," in text(entry, "summary")
    assert top.tag == f"{ATOM}feed"


@pytest.mark.parametrize(
    "choice", ["", "window=30d&sort=-gain", "render=1&sort=velocity", "sort=commits", "q=widget-1"]
)
@pytest.mark.parametrize(("slug", "language"), [("python", "Python"), ("c-plus-plus", "C++")])
def test_a_languages_page_and_json_agree(client, day, slug, language, choice):
    window = parse_qs(choice).get("window", ["7d"])[0]
    found = items(client, f"trending?language={slug}&page_size=50&{choice}")
    shown = table(client, f"/language/{slug}/?{choice}", "table--language")
    assert found
    assert [[row["name"], row["cells"][0], *row["cells"][2:10]] for row in shown] == [
        [
            item["repo_full_name"],
            count(item["rank_in_language"]),
            one_decimal(decimal(item["momentum_score"])),
            gain(item[GAINS[window]]),
            count(item["stars"]),
            one_decimal(decimal(item["star_velocity"])),
            count(item["commits_last_7_days"]),
            count(item["issues_closed_last_7_days"]),
            count(item["active_contributors"]),
            count(item["forks"]),
        ]
        for item in found
    ]


def test_the_render_page_and_json_agree(client, day):
    for row in RepoSnapshot.objects.filter(is_current=True, github_id__lte=20):
        category = ("official", "employee", "community", "blueprint")[row.github_id % 4]
        RepositoryDim.objects.filter(pk=row.repo_id).update(render_category=category, uses_render=True)
    found = items(client, "render")
    assert {item["github_id"] for item in found} == set(RenderShowcase.objects.values_list("github_id", flat=True))
    shown = {row["name"]: row["cells"][3:6] for row in table(client, "/render/", "table--projects")}
    assert shown == {
        item["repo_full_name"]: [
            count(item["stars"]),
            gain(item["stars_gained_7d"]),
            one_decimal(decimal(item["momentum_score"])),
        ]
        for item in found
    }
    rows = file_rows(client, "render.csv")
    assert [(row["repo_full_name"], int(row["stars"])) for row in rows] == [
        (item["repo_full_name"], item["stars"]) for item in found
    ]


@pytest.mark.parametrize("number", [3, 9, 18])
@pytest.mark.parametrize("is_of_yesterday", [False, True])
def test_a_repositorys_page_json_and_history_agree(client, day, number, is_of_yesterday):
    query = f"?at={day}" if is_of_yesterday else ""
    item = client.get(f"/api/v1/repositories/{name_of(number)}{query}").json()["repository"]
    html = client.get(f"/repo/{name_of(number)}/{query}").content.decode()
    metrics = re.sub(r"<span>.*?</span>", "", html.partition('id="metrics"')[2].partition("</dl>")[0])
    shown = {
        re.sub(r"\s+", " ", name).strip(): value
        for name, value in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", metrics)
        if name != "Stars gained "
    }
    assert shown["Stars"] == count(item["stars"])
    assert shown["Forks"] == count(item["forks"])
    assert shown["Commits"] == count(item["commits_last_7_days"])
    assert shown["Activity score"] == one_decimal(decimal(item["activity_score"]))
    gains = [value for name, value in re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", metrics) if name == "Stars gained "]
    assert gains == [gain(item[column]) for column in GAINS.values()]
    history = {row["snapshot_date"]: row for row in items(client, f"repositories/{name_of(number)}/history")}
    assert history[item["snapshot_date"]].items() <= item.items()
    rows = {row["snapshot_date"]: row for row in file_rows(client, f"history/{name_of(number)}.csv")}
    assert rows.keys() == history.keys()
    assert Decimal(rows[item["snapshot_date"]]["momentum_score"]) == decimal(item["momentum_score"])


def test_languages_of_json_csv_and_view_agree(client, day):
    found = items(client, "languages")
    rows = file_rows(client, "languages.csv")
    view = list(LanguageRanking.objects.order_by("rank_overall"))
    assert [item["language"] for item in found] == [row["language"] for row in rows] == [row.language for row in view]
    assert len(found) == 3
    for item, row, seen in zip(found, rows, view, strict=True):
        assert decimal(item["momentum_total"]) == Decimal(row["momentum_total"]) == seen.momentum_total
        assert item["repositories"] == int(row["repositories"]) == seen.repositories


def test_runs_of_json_and_csv_agree(client, day):
    found = items(client, "runs")
    assert [(str(item["execution_id"]), item["status"], str(item["repos_processed"])) for item in found] == [
        (row["execution_id"], row["status"], row["repos_processed"]) for row in file_rows(client, "runs.csv")
    ]
