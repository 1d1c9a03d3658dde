from datetime import date

import pytest
from django.http import QueryDict

from dashboard.filters import Choices, Filters, read_filters

CHOICES = Choices(
    languages={"python": "Python", "c-plus-plus": "C++"},
    sorts=("momentum", "stars"),
    first_day=date(2026, 11, 1),
    last_day=date(2026, 11, 21),
)


def read(address: str, used: tuple[str, ...] | None = None) -> tuple[Filters, list[str]]:
    params = QueryDict(address)
    return read_filters(params, CHOICES) if used is None else read_filters(params, CHOICES, used)


def test_without_parameters_everything_is_the_default():
    assert read("") == (Filters(), [])


def test_every_parameter_is_read():
    filters, notices = read("language=python&window=30d&render=1&q=+web+&sort=-stars&view=cards&page=3&at=2026-11-20")
    assert notices == []
    assert filters == Filters("python", "30d", True, "web", "-stars", "cards", 3, date(2026, 11, 20))


@pytest.mark.parametrize(
    "address",
    [
        "language=cobol",
        "window=1y",
        "render=maybe",
        "sort=-nothing",
        "view=poster",
        "page=0",
        "page=-1",
        "page=99999999999999999999",
        "page=one",
        "at=2026-02-30",
        "at=tomorrow",
        "at=2026-10-31",
        "at=2026-11-22",
        "q=" + "x" * 101,
        "q=%00",
    ],
)
def test_a_bad_value_falls_back_with_one_notice(address):
    filters, notices = read(address)
    assert filters == Filters()
    assert len(notices) == 1


def test_a_bad_value_leaves_the_good_ones():
    filters, notices = read("language=python&window=never")
    assert (filters.language, filters.window) == ("python", "7d")
    assert notices == ["“never” is no window this page knows; it shows 7d."]


def test_a_very_long_value_is_quoted_in_short():
    (notice,) = read("window=" + "x" * 500)[1]
    assert len(notice) < 120


def test_a_parameter_that_no_page_knows_is_named():
    assert read("languge=go")[1] == ["The address says “languge”, which this page does not know and left out."]


@pytest.mark.parametrize("address", ["utm_source=mail", "fbclid=1", "ref=somewhere"])
def test_what_campaigns_hang_on_addresses_is_no_mistake(address):
    assert read(address) == (Filters(), [])


def test_a_page_reads_only_the_parameters_it_uses():
    filters, notices = read("language=python&window=24h", used=("window",))
    assert filters == Filters(window="24h")
    assert notices == ["The address says “language”, which this page does not know and left out."]


def test_an_empty_value_asks_for_nothing():
    assert read("language=&window=&render=&q=&sort=&page=&at=&view=") == (Filters(), [])


def test_a_day_needs_published_days():
    filters, notices = read_filters(QueryDict("at=2026-11-20"), Choices())
    assert filters.at is None
    assert len(notices) == 1


def test_the_address_of_a_choice_leaves_out_defaults():
    assert Filters().query() == "?"
    assert Filters("python", render=True).query(sort="stars") == "?language=python&render=1&sort=stars"


def test_another_choice_begins_on_its_first_page():
    assert Filters(page=4).query(sort="stars") == "?sort=stars"
    assert Filters(page=4, q="web").query(page=5) == "?q=web&page=5"
