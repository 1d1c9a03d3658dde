"""The month's draft as text: which month, which days, and Markdown that holds whatever a repository is called."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from marketing.blog import text
from marketing.blog.facts import Lists, MonthFacts
from marketing.blog.month import counted_until, last_of, missing_days, months_to_draft, name_of, path_of, spans
from marketing.queries.month import EcosystemDay, Newcomer, PublishedDay

NOVEMBER = date(2026, 11, 1)


def day(number):
    return date(2026, 11, number)


# -- Months ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("today", "months"),
    [
        (date(2026, 11, 1), [(2026, 10), (2026, 11)]),
        (date(2026, 11, 3), [(2026, 10), (2026, 11)]),
        (date(2026, 11, 4), [(2026, 11)]),
        (date(2026, 11, 30), [(2026, 11)]),
        (date(2027, 1, 2), [(2026, 12), (2027, 1)]),
        (date(2028, 3, 1), [(2028, 2), (2028, 3)]),
    ],
)
def test_the_first_three_days_are_for_the_month_before_and_the_others_for_the_running_one(today, months):
    assert [(month.year, month.month) for month in months_to_draft(today)] == months


@pytest.mark.parametrize(
    ("month", "last"), [((2026, 2), 28), ((2028, 2), 29), ((2026, 11), 30), ((2026, 12), 31), ((2026, 1), 31)]
)
def test_a_month_ends_on_its_last_day(month, last):
    assert last_of(date(*month, 1)).day == last


@pytest.mark.parametrize(
    ("today", "published", "until"),
    [
        (day(21), {day(21)}, 21),
        (day(21), {day(20)}, 20),
        (day(21), {day(3)}, 20),
        (day(1), {day(1)}, 1),
        (date(2026, 12, 1), {day(3)}, 30),
        (date(2027, 5, 5), {day(3)}, 30),
    ],
)
def test_a_day_counts_as_soon_as_it_has_been_published_or_is_over(today, published, until):
    assert counted_until(NOVEMBER, today, published) == day(until)


def test_missing_days_are_told_as_spans():
    missing = missing_days(NOVEMBER, day(9), {day(3), day(7)})
    assert spans(missing) == "2026-11-01 to 2026-11-02, 2026-11-04 to 2026-11-06, 2026-11-08 to 2026-11-09"
    assert spans([day(5)]) == "2026-11-05"
    assert spans([]) == ""


def test_a_month_has_a_name_and_a_page():
    assert (name_of(NOVEMBER), path_of(NOVEMBER)) == ("November 2026", "/for-marketing/blog/2026-11/")


# -- Text ------------------------------------------------------------------------------------------------------


def a_row(name="octo/widget", **given):
    facts = {
        "repo_full_name": name,
        "language": "Go",
        "snapshot_date": day(7),
        "stars": 1234,
        "stars_gained_30d": 56,
        "momentum_score": Decimal("12.34"),
        "rank_overall": 4,
        "is_demo": False,
    }
    return SimpleNamespace(**facts | given)


def the_facts(**given):
    facts = {
        "month": NOVEMBER,
        "until": day(9),
        "days": [PublishedDay(day(3), 10, 0, 4), PublishedDay(day(7), 12, 0, 5)],
        "stars": {day(2): 40, day(9): 60},
        "ecosystem": {day(3): EcosystemDay(day(3), 5, 900), day(7): EcosystemDay(day(7), 4, 1000)},
        "services": {day(3): 7},
        "newcomers": [Newcomer(9, "octo/new", day(7))],
    }
    return MonthFacts(**facts | given)


def the_body(rows=(), new=(), **given):
    return text.body(the_facts(**given), Lists(list(rows), list(new)))


@pytest.fixture(autouse=True)
def address(settings):
    settings.TRENDER_BASE_URL = "https://trender.example"


def test_the_draft_of_a_month_reads_as_it_should():
    body = the_body([a_row()], [a_row("octo/new")])
    site = "https://trender.example"
    item = f"{site}/repo/octo/widget/?at=2026-11-07&window=30d"
    for part in (
        f"the newest of them by [run 5]({site}/meta/?run=5).",
        "The month is not over: the figures go up to 2026-11-09.",
        f"- Rankings were published on [2 of 9 days]({site}/for-marketing/blog/2026-11/#days): "
        f"[3]({site}/?at=2026-11-03), [7]({site}/?at=2026-11-07).",
        f"- [12]({site}/?at=2026-11-07) repositories were ranked on 2026-11-07, the last of them.",
        f"- From 2026-11-01 to 2026-11-09 they gained [100]({site}/for-marketing/blog/2026-11/#days) stars",
        f"1. [octo/widget]({item}) (Go): [1,234 stars, +56 in 30 days, momentum 12.3]({item})",
        f"[1]({site}/for-marketing/blog/2026-11/#newcomers) repository was ranked for the first time.",
        "- 4: [octo/new](",
        f"- Projects: [from 5 to 4 (-1)]({site}/for-marketing/blog/2026-11/#days), from 2026-11-03 to 2026-11-07.",
        "[from 900 to 1,000 (+100)]",
        "[from 7 to 0 (-7)]",
        "- Nothing was published on 7 days: 2026-11-01 to 2026-11-02, 2026-11-04 to 2026-11-06, "
        "2026-11-08 to 2026-11-09.",
    ):
        assert part in body


def test_a_month_that_is_over_does_not_say_otherwise():
    assert "not over" not in the_body(until=day(30))


def test_what_is_not_known_is_said_and_never_zero():
    body = the_body([a_row(language=None, stars_gained_30d=None, momentum_score=None)], stars={}, ecosystem={})
    assert "The stars that they gained in the month are not known." in body
    assert "Nothing is known of it in this month." in body
    assert "window=30d): [1,234 stars](" in body
    assert "The stars gained are unknown for 3 of the repositories of 2026-11-07." in the_body(
        days=[PublishedDay(day(7), 12, 3, 5)]
    )


def test_a_month_with_one_day_has_no_course():
    body = the_body(ecosystem={day(7): EcosystemDay(day(7), 4, 1000)})
    assert "- Projects: [4](https://trender.example/for-marketing/blog/2026-11/#days) on 2026-11-07." in body


def test_empty_lists_are_sentences():
    body = the_body(newcomers=[])
    assert "No repository has a rank on that day." in body
    assert "No repository was ranked for the first time." in body
    assert "None of them was ranked on 2026-11-07." in the_body()


def test_made_up_figures_say_so_first():
    assert the_body([a_row(is_demo=True)]).startswith("Demo data: every repository in this text is made up.")


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("octo/a_b*c", r"octo/a\_b\*c"),
        ("octo/[x](javascript:alert(1))", r"octo/\[x\]\(javascript\:alert\(1\)\)"),
        ("octo/<script>&amp;", r"octo/\<script\>\&amp;"),
        ("octo/`code`|cell", r"octo/\`code\`\|cell"),
        ("octo/@everyone #1 :tada:", r"octo/\@everyone \#1 \:tada\:"),
        ("octo/a\n# Heading", r"octo/a \# Heading"),
        ("octo/![](x)", r"octo/\!\[\]\(x\)"),
        ("octo/\u202eevil\0", "octo/evil"),
        ("octo/مرحبا-工具😀", "octo/مرحبا-工具😀"),
        ("octo/\\", "octo/\\\\"),
    ],
)
def test_a_name_is_shown_as_it_is_by_markdown(name, shown):
    assert text.escaped(name) == shown
    line = text.item(a_row(name))
    assert line.startswith(f"[{shown}](https://trender.example/repo/octo/")
    assert "\n" not in line


@given(st.text(max_size=80))
def test_no_name_ends_its_link_or_its_line(name):
    line = text.item(a_row(f"octo/{name}"))
    href = line.partition("](")[2].partition(")")[0]
    assert href.endswith("?at=2026-11-07&window=30d")
    assert not set(" <>\n()") & set(href)
    assert len(line.splitlines()) == 1


def test_the_file_begins_with_the_title_in_one_line():
    assert text.as_file("A\ntitle", "Body\n\n") == "# A title\n\nBody\n"
