"""The comparison of platforms: the searches, what is kept of them, the words, and the page."""

from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard.tests.builders import a_published_run
from marketing import platforms
from marketing.models import PlatformReading
from marketing.platforms import searching
from marketing.platforms.catalog import BY_SLUG, PLATFORMS
from marketing.platforms.report import Figures, platform_text, whole_report
from marketing.platforms.searching import INCOMPLETE, NEEDS_TOKEN, OUT_OF_TIME, UNREADABLE, Reader, summed_stars
from pipeline.demo.server import serve
from pipeline.demo.universe import Universe
from pipeline.github.budget import Budget
from pipeline.github.client import GitHubClient
from pipeline.github.errors import BadToken, ServerTrouble

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
TODAY = NOW.date()
WEEK_AGO = NOW - timedelta(days=7)
ADDRESS = "/for-marketing/platforms/"
RENDER, VERCEL = BY_SLUG["render"], BY_SLUG["vercel"]
STATED = {"total_count": 7, "incomplete_results": False, "items": [{"stargazers_count": 5}, {"stargazers_count": 3}]}


class FakeGitHub:
    """Answers every search by `answer`, an error or a body, and keeps what was asked."""

    def __init__(self, answer=STATED, has_token=True):
        self.answer, self.asked = answer, []
        self.budget = SimpleNamespace(has_token=has_token)

    def get(self, path, params=None):
        self.asked.append((path, dict(params or {})))
        answer = self.answer(path, params) if callable(self.answer) else self.answer
        if isinstance(answer, Exception):
            raise answer
        return SimpleNamespace(data=answer)


def read(github, has_token=True, platform=RENDER):
    return Reader(github, has_token=has_token, now=NOW).read(platform)


@pytest.fixture
def github(monkeypatch):
    fake = FakeGitHub()

    @contextmanager
    def opened(now=None):
        yield fake

    monkeypatch.setattr(platforms, "open_github", opened)
    return fake


# -- The searches ----------------------------------------------------------------------------------------------


def test_a_platform_costs_two_requests():
    github = FakeGitHub()
    read(github, platform=BY_SLUG["railway"])
    assert github.asked == [
        ("/search/code", {"q": "filename:railway.json path:/", "per_page": 1}),
        (
            "/search/repositories",
            {"q": '"railway.com" in:readme', "sort": "stars", "order": "desc", "per_page": 100},
        ),
    ]


def test_all_platforms_together_stay_inside_code_search_of_one_minute():
    assert len(PLATFORMS) <= 9
    assert [platform.name for platform in PLATFORMS] == ["Render", "Vercel", "Railway", "Fly.io"]


def test_figures_are_the_totals_and_the_stars_of_the_page():
    found = read(FakeGitHub())
    assert (found["config_files"].total, found["readme_mentions"].total) == (7, 7)
    assert (found["readme_mentions"].stars, found["readme_mentions"].summed) == (8, 2)
    assert found["config_files"].stars is None
    assert found["config_files"].asked_at == "2026-11-21T10:00:00+00:00"


def test_without_a_token_code_search_is_not_even_asked():
    github = FakeGitHub()
    found = read(github, has_token=False)
    assert (found["config_files"].total, found["config_files"].problem) == (None, NEEDS_TOKEN)
    assert found["readme_mentions"].total == 7
    assert [path for path, _ in github.asked] == ["/search/repositories"]


def test_an_incomplete_answer_is_unknown():
    found = read(FakeGitHub(STATED | {"incomplete_results": True}))
    assert [(each.total, each.stars, each.is_incomplete, each.problem) for each in found.values()] == [
        (None, None, True, INCOMPLETE),
        (None, None, True, INCOMPLETE),
    ]


def test_a_failed_search_is_unknown_and_says_what_helps():
    found = read(FakeGitHub(ServerTrouble("502: bad gateway\x00.")))
    assert found["config_files"].total is None
    assert found["config_files"].problem == f"502: bad gateway. {ServerTrouble.remedy}"


@pytest.mark.parametrize(
    "body",
    [None, [], "7", {}, {"total_count": "7"}, {"total_count": True}, {"total_count": -1}, {"total_count": 10**15}],
)
def test_an_answer_that_is_none_of_a_search_is_unknown(body):
    assert read(FakeGitHub(body))["config_files"].problem == UNREADABLE


@pytest.mark.parametrize("items", [None, {}, [1], [{"stargazers_count": None}], [{"stargazers_count": 3}, {}]])
def test_stars_are_unknown_if_one_hit_does_not_say_them(items):
    assert summed_stars(items) == (None, None)


def test_searches_stop_before_the_task_would_be_ended(monkeypatch):
    github = FakeGitHub()
    reader = Reader(github, has_token=True, now=NOW)
    monkeypatch.setattr(searching.time, "monotonic", lambda: reader._until + 1)
    assert {each.problem for each in reader.read(RENDER).values()} == {OUT_OF_TIME}
    assert github.asked == []


def test_the_embedded_github_answers_every_search():
    server = serve(Universe(anchor=TODAY, now=NOW))
    try:
        reader = Reader(GitHubClient(server.url, Budget(("t",))), has_token=True, now=NOW)
        found = {platform.slug: reader.read(platform) for platform in PLATFORMS}
    finally:
        server.close()
    assert all(each.total for searches in found.values() for each in searches.values())
    assert all(searches["readme_mentions"].stars for searches in found.values())
    assert len(server.log) == 8


# -- What is kept ----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_report_is_one_row_a_platform_with_its_evidence(github):
    assert platforms.make_report(NOW) == "Platform report of 2026-11-21: 4 platforms."
    row = PlatformReading.objects.get(platform="vercel")
    assert (row.report_date, row.config_files, row.readme_mentions, row.stars) == (TODAY, 7, 7, 8)
    assert row.evidence["searches"]["config_files"]["query"] == "filename:vercel.json path:/"
    assert row.evidence["searches"]["readme_mentions"]["summed"] == 2
    assert PlatformReading.objects.count() == 4


@pytest.mark.django_db
def test_the_same_day_again_replaces_the_report(github):
    platforms.make_report(NOW)
    github.answer = STATED | {"total_count": 9}
    platforms.make_report(NOW + timedelta(hours=3))
    assert set(PlatformReading.objects.values_list("config_files", flat=True)) == {9}
    assert PlatformReading.objects.count() == 4


@pytest.mark.django_db
def test_a_failure_later_on_the_day_does_not_take_a_figure_away(github):
    platforms.make_report(NOW)
    github.answer = ServerTrouble("503")
    sentence = platforms.make_report(NOW + timedelta(hours=3))
    row = PlatformReading.objects.get(platform="fly")
    assert (row.config_files, row.stars) == (7, 8)
    assert row.evidence["searches"]["config_files"]["asked_at"] == "2026-11-21T10:00:00+00:00"
    assert "Unknown" not in sentence


@pytest.mark.django_db
def test_a_report_in_which_everything_failed_is_kept_as_unknown(github):
    github.answer = BadToken("GitHub refused the token (401)")
    sentence = platforms.make_report(NOW)
    row = PlatformReading.objects.get(platform="render")
    assert (row.config_files, row.readme_mentions, row.stars) == (None, None, None)
    assert "GITHUB_ACCESS_TOKEN" in row.report_text
    assert sentence.startswith("Platform report of 2026-11-21: 4 platforms. Unknown: Render: config files, README")


@pytest.mark.django_db
def test_a_change_is_since_the_newest_report_before(github):
    platforms.make_report(NOW - timedelta(days=14))
    github.answer = STATED | {"total_count": 4}
    platforms.make_report(WEEK_AGO)
    github.answer = STATED | {"total_count": 9}
    platforms.make_report(NOW)
    text = PlatformReading.objects.get(platform="render", report_date=TODAY).report_text
    assert "9 public repositories have a render.yaml in the root (+5 since 2026-11-14)." in text


@pytest.mark.django_db
def test_real_and_made_up_counts_are_never_compared(github):
    a_published_run(is_demo=True, execution_date=WEEK_AGO)
    platforms.make_report(WEEK_AGO)
    a_published_run(execution_date=NOW)
    platforms.make_report(NOW)
    assert "since" not in PlatformReading.objects.get(platform="render", report_date=TODAY).report_text
    assert list(PlatformReading.objects.filter(is_demo=True).values_list("report_date", flat=True).distinct()) == [
        WEEK_AGO.date()
    ]


@pytest.mark.django_db
def test_a_real_report_replaces_a_made_up_one_of_the_same_day(github):
    a_published_run(is_demo=True, execution_date=NOW)
    platforms.make_report(NOW)
    a_published_run(execution_date=NOW)
    github.answer = ServerTrouble("503")
    platforms.make_report(NOW)
    row = PlatformReading.objects.get(platform="render")
    assert (row.is_demo, row.config_files) == (False, None)


# -- The words -------------------------------------------------------------------------------------------------


def figures(files=None, mentions=None, stars=None, summed=None, day=TODAY, **problems):
    return Figures(RENDER, day, files, mentions, stars, summed, problems)


BEFORE = figures(100, 50, 900, 50, date(2026, 11, 14))


@pytest.mark.parametrize(
    ("now", "before", "text"),
    [
        (
            figures(1234, 5678, 91011, 100),
            None,
            "Render: 1,234 public repositories have a render.yaml in the root. 5,678 public repositories have "
            "render.com in their README. The 100 most starred of these have 91,011 stars.",
        ),
        (
            figures(101, 50, 800, 50),
            BEFORE,
            "Render: 101 public repositories have a render.yaml in the root (+1 since 2026-11-14). 50 public "
            "repositories have render.com in their README (unchanged since 2026-11-14). Together they have 800 stars "
            "(-100 since 2026-11-14).",
        ),
        (
            figures(1, 1, 1, 1),
            None,
            "Render: 1 public repository has a render.yaml in the root. 1 public repository has render.com in its "
            "README. It has 1 star.",
        ),
        (
            figures(0, 0, 0, 0),
            None,
            "Render: 0 public repositories have a render.yaml in the root. 0 public repositories have render.com in "
            "their README.",
        ),
        (
            figures(None, None, config_files="No token.", readme_mentions="No answer."),
            BEFORE,
            "Render: the number of files called render.yaml is unknown. No token. How many repositories have "
            "render.com in their README is unknown. No answer.",
        ),
        (
            figures(3, 4),
            figures(None, None, day=date(2026, 11, 14)),
            "Render: 3 public repositories have a render.yaml in the root (the change since 2026-11-14 is unknown). 4 "
            "public repositories have render.com in their README (the change since 2026-11-14 is unknown). Their "
            "stars are unknown.",
        ),
    ],
)
def test_a_paragraph_says_what_was_counted(now, before, text):
    assert platform_text(now, before) == text


def test_the_whole_report_says_what_is_not_counted():
    text = whole_report(TODAY, ["Render: many."], [RENDER, BY_SLUG["railway"]], is_demo=False)
    assert text.startswith("Hosting platforms on GitHub, 2026-11-21\n\nRender: many.\n\nWhat is counted:\n- ")
    for word in ("Private repositories", "sub-folders", "forks", "dashboard", "railway.toml", "page of at most 100"):
        assert word in text
    assert "made-up" not in text
    assert "made-up" in whole_report(TODAY, [], [], is_demo=True)


def test_links_ask_github_the_same():
    assert VERCEL.file_search_url == "https://github.com/search?q=path%3A%2F%5Evercel%5C.json%24%2F&type=code"
    assert VERCEL.readme_search_url == "https://github.com/search?q=%22vercel.com%22+in%3Areadme&type=repositories"


# -- The page --------------------------------------------------------------------------------------------------


@pytest.fixture
def page(client):
    def asked():
        with time_machine.travel(NOW, tick=False):
            answer = client.get(ADDRESS)
        assert answer.status_code == 200
        return answer.content.decode()

    return asked


@pytest.mark.django_db
def test_the_page_shows_figures_changes_text_searches_and_charts(github, page):
    a_published_run(execution_date=NOW)
    platforms.make_report(WEEK_AGO)
    github.answer = STATED | {"total_count": 1209}
    platforms.make_report(NOW)
    html = page()
    assert "1,209" in html
    assert "+1,202" in html
    assert "Changes are since the report of 2026-11-14." in html
    assert "GET /search/code?q=filename:fly.toml path:/" in html
    assert 'href="https://github.com/search?q=path%3A%2F%5Efly%5C.toml%24%2F&amp;type=code"' in html
    assert 'id="platform-railway-data"' in html
    assert "Together" not in html
    assert "The 2 most starred of these have 8 stars" in html


@pytest.mark.django_db
def test_unknown_figures_are_a_word_with_their_reason(github, page):
    a_published_run(execution_date=NOW)
    github.answer = ServerTrouble("502 <b>bad</b>")
    platforms.make_report(NOW)
    html = page()
    assert "Render has unknown figures:" in html
    assert "502 &lt;b&gt;bad&lt;/b&gt;" in html
    assert '<td class="num" data-label="Config files"><span class="muted">unknown</span></td>' in html


@pytest.mark.django_db
def test_without_a_report_the_page_says_when_there_will_be_one(page):
    html = page()
    assert "No report has been made yet" in html
    assert "What is counted, and what is not" in html


@pytest.mark.django_db
def test_a_reading_of_an_unknown_platform_does_not_break_the_page(page):
    PlatformReading.objects.create(platform="gone", report_date=TODAY, created_at=NOW)
    assert "No report has been made yet" in page()


@pytest.mark.django_db
def test_made_up_reports_are_not_shown_beside_real_rows(github, page):
    a_published_run(is_demo=True, execution_date=NOW)
    platforms.make_report(NOW)
    assert "The repositories counted are made up." in page()
    a_published_run(execution_date=NOW)
    assert "No report has been made yet" in page()


@pytest.mark.django_db
def test_one_report_and_fifty_need_the_same_number_of_queries(client):
    a_published_run(execution_date=NOW)
    counts = []
    for reports in (1, 50):
        for number in range(reports):
            day = TODAY - timedelta(days=number)
            for platform in PLATFORMS:
                facts = {"config_files": number, "created_at": NOW}
                PlatformReading.objects.get_or_create(platform=platform.slug, report_date=day, defaults=facts)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(ADDRESS).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 8


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_the_page_is_only_read(client, method):
    assert getattr(client, method)(ADDRESS).status_code == 405
