"""Widgets: what is chosen, what is to be pasted, and that it sets no cookie and may be kept."""

from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from django.conf import settings
from django.http import QueryDict

from dashboard.tests.builders import a_language_day, a_published_run, a_repo, many_repos, once_called
from dashboard.views.embed import THEMES as EMBED_THEMES
from marketing.widgets import THEMES, Choice, badge, card, read_choice, top

ADDRESS = "/for-marketing/widgets/"
HOSTILE = "octo/<script>\"&')](x"


class Tags(HTMLParser):
    """[(tag, {attribute: value})] as a browser reads a text."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def base():
    return settings.TRENDER_BASE_URL.rstrip("/")


# -- What is to be pasted --------------------------------------------------------------------------------------


def test_a_card_is_a_frame_with_the_whole_address():
    [(tag, attributes)] = Tags(card("octo/widget", "dark").snippets[0].text).found
    assert tag == "iframe"
    assert attributes == {
        "src": f"{base()}/embed/octo/widget/?theme=dark",
        "title": "octo/widget on Trender",
        "width": "400",
        "height": "200",
        "loading": "lazy",
    }


def test_a_card_that_follows_the_reader_asks_for_no_theme():
    assert card("octo/widget", "system").path == "/embed/octo/widget/"


@pytest.mark.parametrize(
    ("choice", "language", "path", "title"),
    [
        (Choice(), "", "/embed/top/", "Repositories gaining momentum, by Trender"),
        (Choice(render=True), "", "/embed/top/?render=1", "Repositories gaining momentum, by Trender"),
        (
            Choice(theme="light", language="go", render=True),
            "Go",
            "/embed/top/?language=go&render=1&theme=light",
            "Go repositories gaining momentum, by Trender",
        ),
    ],
)
def test_a_list_carries_its_filters_and_its_theme(choice, language, path, title):
    widget = top(choice, language)
    [(_, attributes)] = Tags(widget.snippets[0].text).found
    assert widget.path == path
    assert attributes["src"] == f"{base()}{path}"
    assert attributes["title"] == title


def test_a_badge_comes_in_three_forms():
    page, picture = f"{base()}/repo/octo/widget/", f"{base()}/badge/octo/widget.svg"
    forms = {snippet.form: snippet.text for snippet in badge("octo/widget").snippets}
    assert forms["Markdown"] == f"[![Rank on Trender]({picture})]({page})"
    assert Tags(forms["HTML"]).found == [
        ("a", {"href": page}),
        ("img", {"src": picture, "alt": "Rank on Trender", "height": "20"}),
    ]
    assert forms["reStructuredText"].splitlines() == [
        f".. image:: {picture}",
        f"   :target: {page}",
        "   :alt: Rank on Trender",
    ]


@pytest.mark.parametrize("widget", [card(HOSTILE, "dark"), badge(HOSTILE)], ids=["card", "badge"])
def test_no_name_leaves_its_place_in_a_snippet(widget):
    for snippet in widget.snippets:
        assert "<script" not in snippet.text
        assert {tag for tag, _ in Tags(snippet.text).found} <= {"iframe", "a", "img"}
        assert quote(HOSTILE) in snippet.text
    assert all(")](x" not in snippet.text for snippet in badge(HOSTILE).snippets)


def test_the_themes_are_those_of_the_embeds():
    assert tuple(THEMES) == EMBED_THEMES


# -- What is chosen --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "choice", "notices"),
    [
        ("", Choice(), 0),
        ("q=octo/widget&theme=dark&language=go&render=1", Choice("octo/widget", "dark", "go", True), 0),
        ("q=https://github.com/octo/widget/", Choice("octo/widget"), 0),
        ("q=+octo+", Choice("octo"), 0),
        ("theme=pink", Choice(), 1),
        ("language=klingon&theme=light", Choice(theme="light"), 1),
        ("render=yes", Choice(), 1),
        ("render=0", Choice(), 0),
        ("q=%00", Choice(), 1),
        ("q=" + "x" * 301, Choice(), 1),
    ],
)
def test_what_an_address_cannot_mean_is_named_and_left_out(query, choice, notices):
    read, said = read_choice(QueryDict(query), {"go": "Go"})
    assert read == choice
    assert len(said) == notices
    assert all(len(notice) < 120 for notice in said)


def found(client, query=""):
    page = client.get(f"{ADDRESS}{query}")
    assert page.status_code == 200
    return page.content.decode()


@pytest.mark.django_db
def test_without_a_choice_the_first_of_the_ranking_is_shown(client):
    many_repos(a_published_run(), 3)
    assert '<iframe src="/embed/octo/widget-001/"' in found(client)


@pytest.mark.django_db
@pytest.mark.parametrize("q", ["octo/widget-002", "OCTO/Widget-002", "get-002", "https://github.com/octo/widget-002"])
def test_a_repository_is_found_by_its_name_or_a_part_of_it(client, q):
    many_repos(a_published_run(), 3)
    assert '<iframe src="/embed/octo/widget-002/"' in found(client, f"?q={q}")


@pytest.mark.django_db
def test_a_repository_is_found_by_the_name_it_had(client):
    once_called(a_repo(a_published_run(), "octo/new"), "octo/old")
    assert '<iframe src="/embed/octo/new/"' in found(client, "?q=octo/old")


@pytest.mark.django_db
def test_others_that_fit_are_offered_with_the_same_choice(client):
    many_repos(a_published_run(), 9)
    words = found(client, "?q=widget&theme=dark&render=1")
    assert '<a href="?q=octo%2Fwidget-002&amp;render=1&amp;theme=dark"><bdi>octo/widget-002</bdi></a>' in words
    assert "octo/widget-006" in words
    assert "octo/widget-007" not in words


@pytest.mark.django_db
def test_a_name_that_nothing_has_is_said_and_the_first_is_shown(client):
    many_repos(a_published_run(), 3)
    words = found(client, "?q=%3Cb%3Enothing")
    assert "No repository of the current ranking is called “&lt;b&gt;nothing”" in words
    assert '<iframe src="/embed/octo/widget-001/"' in words


@pytest.mark.django_db
def test_snippets_are_shown_as_text(client):
    a_repo(a_published_run(), "octo/widget")
    words = found(client)
    assert f"&lt;iframe src=&quot;{base()}/embed/octo/widget/&quot;" in words
    assert f'src="{base()}' not in words


@pytest.mark.django_db
def test_the_list_s_language_is_chosen_from_those_there_are(client):
    run = a_published_run()
    a_repo(run, language="Go")
    a_language_day(run.snapshot_date, "Go")
    words = found(client, "?language=go")
    assert '<option value="go" selected>Go</option>' in words
    assert '<iframe src="/embed/top/?language=go"' in words


@pytest.mark.django_db
@pytest.mark.parametrize("number", [10, 200])
@pytest.mark.parametrize("query", ["", "?q=widget", "?q=octo/widget-001", "?q=nothing"])
def test_at_most_seven_queries_for_10_repositories_and_for_200(client, django_assert_max_num_queries, number, query):
    many_repos(a_published_run(), number)
    with django_assert_max_num_queries(7):
        found(client, query)


@pytest.mark.django_db
def test_before_a_ranking_the_page_says_what_will_be_here(client):
    assert "No repository is ranked yet" in found(client)
    assert "iframe" not in found(client)


# -- What the page promises ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_may_frame_this_site_and_no_other_and_other_pages_may_not(client):
    a_repo(a_published_run())
    policy = client.get(ADDRESS)["Content-Security-Policy"]
    assert "frame-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "frame-src" not in client.get("/for-marketing/")["Content-Security-Policy"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "seconds", "words"),
    [
        ("/embed/octo/widget/", 600, "a card or a list for 10 minutes"),
        ("/embed/top/", 600, "a card or a list for 10 minutes"),
        ("/badge/octo/widget.svg", 3600, "a badge for an hour"),
    ],
)
def test_widgets_set_no_cookie_and_may_be_kept_as_long_as_the_page_says(client, address, seconds, words):
    a_repo(a_published_run())
    widget = client.get(address)
    assert widget.status_code == 200
    assert not widget.cookies
    assert "Cookie" not in widget.get("Vary", "")
    assert widget["Cache-Control"] == f"public, max-age={seconds}"
    assert words in found(client)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/embed/octo/widget/", "/embed/top/"])
def test_frames_may_be_shown_by_everybody(client, address):
    a_repo(a_published_run())
    frame = client.get(address)
    assert "X-Frame-Options" not in frame
    assert "frame-ancestors *" in frame["Content-Security-Policy"]
