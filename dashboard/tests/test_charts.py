import json
import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from dashboard.charts import Chart, Series, Sparkline, number, sparkline
from dashboard.templatetags.charts import chart_figure

DAYS = ["2026-11-19", "2026-11-20", "2026-11-21"]
STARS = Series("Stars gained", [12, None, 1500])


def a_chart(**changes) -> Chart:
    given = {
        "id": "stars",
        "kind": "line",
        "title": "Stars gained a day",
        "summary": "From 12 to 1,500 stars a day.",
        "labels": DAYS,
        "series": [STARS],
        "unit": "stars",
    }
    return Chart(**{**given, **changes})


def names(**changes) -> Chart:
    return a_chart(kind="bar", is_time=False, labels=["web", "worker"], series=[Series("Services", [3, 0])], **changes)


# -- Data for the script ---------------------------------------------------------------------------------------


def test_the_data_are_what_the_script_draws():
    assert a_chart().as_json() == {
        "kind": "line",
        "isTime": True,
        "isSingle": False,
        "unit": "stars",
        "rightUnit": "",
        "labels": DAYS,
        "series": [
            {"name": "Stars gained", "role": "accent", "axis": "left", "places": 0, "values": [12, None, 1500]},
        ],
    }


def test_decimals_become_numbers():
    series = a_chart(series=[Series("Score", [Decimal("80.25"), None, Decimal("3")], decimals=2)]).as_json()["series"]
    assert json.loads(json.dumps(series))[0]["values"] == [80.25, None, 3.0]
    assert series[0]["places"] == 2


@pytest.mark.parametrize(
    ("labels", "filled"),
    [
        (["2026-11-18", "2026-11-19", "2026-11-21"], ["2026-11-18", "2026-11-19", "2026-11-20", "2026-11-21"]),
        (["2026-11-01", "2026-11-08", "2026-11-22"], ["2026-11-01", "2026-11-08", "2026-11-15", "2026-11-22"]),
        (["2026-11-20T09:03", "2026-11-20T10:03", "2026-11-21T10:03"], None),
    ],
)
def test_missing_days_are_unknown_ones(labels, filled):
    data = a_chart(labels=labels, series=[Series("Stars", [1, 2, 3])]).as_json()
    assert data["labels"] == (filled or labels)
    known = {"values": [1, 2, None, 3]} if filled and filled[2] not in labels else {"values": [1, 2, 3]}
    assert data["series"][0].items() >= known.items()


@given(st.sets(st.integers(0, 400), min_size=1, max_size=40))
def test_days_are_filled_evenly_and_none_is_lost(offsets):
    labels = [(date(2026, 1, 1) + timedelta(days=each)).isoformat() for each in sorted(offsets)]
    values = list(range(len(labels)))
    data = a_chart(labels=labels, series=[Series("Stars", values)]).as_json()
    drawn = dict(zip(data["labels"], data["series"][0]["values"], strict=True))
    steps = {
        date.fromisoformat(after) - date.fromisoformat(before)
        for before, after in zip(data["labels"], data["labels"][1:], strict=False)
    }
    assert len(steps) <= 1
    assert [drawn[label] for label in labels] == values
    assert sum(value is not None for value in drawn.values()) == len(values)


# -- The table -------------------------------------------------------------------------------------------------


def test_the_table_shows_the_newest_day_first():
    table = a_chart().table()
    assert table.head == ("Day", "Stars gained")
    assert table.rows == (("2026-11-21", ("1,500",)), ("2026-11-20", ("unknown",)), ("2026-11-19", ("12",)))
    assert a_chart().caption == "Stars gained a day (stars), newest first"


def test_the_table_of_names_keeps_their_order():
    assert names(heading="Service", unit="").table().head == ("Service", "Services")
    assert names(unit="").table().rows == (("web", ("3",)), ("worker", ("0",)))
    assert names(unit="").caption == "Stars gained a day"


def test_two_axes_name_their_units_over_the_columns():
    velocity = Series("Velocity", [1.25, 2, None], "muted", "right")
    chart = a_chart(series=[STARS, velocity], right_unit="%")
    assert chart.table().head == ("Day", "Stars gained (stars)", "Velocity (%)")
    assert chart.table().rows[-1] == ("2026-11-19", ("12", "1.3"))
    assert chart.caption == "Stars gained a day, newest first"


def test_moments_are_in_utc_without_seconds():
    table = a_chart(labels=["2026-11-21T07:03:08+00:00"], series=[Series("Tasks", [4])]).table()
    assert table.head[0] == "Time (UTC)"
    assert table.rows == (("2026-11-21 07:03", ("4",)),)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [(None, 1, "unknown"), (0, 0, "0"), (1234567, 0, "1,234,567"), (0.05, 1, "0.1"), (Decimal("-2.345"), 2, "-2.35")],
)
def test_numbers_are_as_on_the_pages(value, places, text):
    assert number(value, places) == text


# -- States ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("values", [[], [None, None, None]])
def test_without_a_value_a_sentence_takes_the_place(values):
    chart = a_chart(labels=DAYS[: len(values)], series=[replace(STARS, values=values)], empty="Run the pipeline.")
    html = render_to_string("dashboard/_chart.html", {"chart": chart})
    assert chart.is_empty
    assert "Run the pipeline." in html
    assert "<canvas" not in html
    assert "data-chart" not in html


def test_one_day_is_said_to_be_one():
    chart = a_chart(series=[replace(STARS, values=[None, 7, None])])
    html = render_to_string("dashboard/_chart.html", {"chart": chart})
    assert chart.is_single
    assert "One day so far." in html
    assert "<canvas" in html


def test_one_name_is_a_whole_chart():
    assert not a_chart(kind="bar", is_time=False, labels=["web"], series=[Series("Services", [1])]).is_single


@pytest.mark.parametrize(("count", "size"), [(1, "s"), (3, "s"), (4, "m"), (10, "l"), (16, "xl"), (17, "xxl")])
def test_the_height_follows_the_number_of_bars(count, size):
    labels = [f"name {index}" for index in range(count)]
    bars = [Series("First", [1] * count)]
    assert a_chart(kind="bar", is_time=False, labels=labels, series=bars).size == size
    stack = [*bars, Series("Second", [1] * count, "muted")]
    assert a_chart(kind="stacked", is_time=False, labels=labels, series=stack).size == size


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": "Stars gained"}, "its id must be"),
        ({"series": []}, "0 series"),
        ({"series": [replace(STARS, name=name) for name in "abcd"]}, "4 series"),
        ({"series": [STARS, STARS]}, "same colour"),
        ({"series": [Series("Stars", [1])]}, "not every label"),
        ({"series": [Series("Stars", [1, 2, float("nan")])]}, "not a number"),
        ({"series": [Series("Stars", [1, 2, Decimal("Infinity")])]}, "not a number"),
        ({"is_time": False}, "joins moments"),
        ({"kind": "stacked", "series": [replace(STARS, axis="right")]}, "share one axis"),
        ({"labels": DAYS[::-1]}, "ascending"),
        ({"labels": ["2026-11-19", "2026-11-19", "2026-11-20"]}, "ascending"),
        ({"labels": ["2026-11-19", "2026-11-20", "2026-11-31"]}, "ascending"),
        ({"labels": ["2026-11-19", "2026-11-20", "2026-11-21T01:00"]}, "ascending"),
        ({"labels": ["2026-11-19T01:00", "2026-11-20T01:00", "2026-11-21T01:00Z"]}, "ascending"),
        ({"labels": ["20261119", "20261120", "20261121"]}, "ascending"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_a_reason(changes, reason):
    with pytest.raises(ValueError, match=reason):
        a_chart(**changes)


# -- Markup ----------------------------------------------------------------------------------------------------


def test_the_figure_says_the_same_without_the_picture():
    html = render_to_string("dashboard/_chart.html", {"chart": a_chart()})
    assert '<canvas role="img" aria-label="From 12 to 1,500 stars a day.">' in html
    assert "<caption>Stars gained a day (stars), newest first</caption>" in html
    assert '<th scope="col" class="num">Stars gained</th>' in html
    assert '<tr><th scope="row">2026-11-20</th><td class="num">unknown</td></tr>' in html
    data = re.search(r'<script id="stars-data" type="application/json">(.*?)</script>', html).group(1)
    assert json.loads(data) == a_chart().as_json()


def test_the_same_chart_is_made_once_and_another_one_is_another():
    chart_figure.cache_clear()
    first = chart_figure(a_chart())
    assert chart_figure(a_chart(labels=list(DAYS))) is first
    assert "New title" in chart_figure(a_chart(title="New title"))
    assert "9,999" in chart_figure(a_chart(series=[replace(STARS, values=[1, 2, 9999])]))
    assert chart_figure.cache_info().misses == 3


def test_hostile_names_stay_text():
    bad = "</script><script>alert(1)</script>"
    chart = a_chart(
        kind="bar", is_time=False, title=bad, summary=bad, labels=[bad, '"'], series=[Series(bad, [1, 2])], unit=bad
    )
    assert "<script>" not in render_to_string("dashboard/_chart.html", {"chart": chart})


def test_bars_in_colours_have_a_key_and_lines_have_none():
    pair = [STARS, replace(STARS, name="Others", role="muted")]
    assert "chart__key-muted" in render_to_string("dashboard/_chart.html", {"chart": a_chart(kind="bar", series=pair)})
    assert "chart__key" not in render_to_string("dashboard/_chart.html", {"chart": a_chart(series=pair)})


# -- Sparklines ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "path", "last", "text"),
    [
        ([], "", (None, None), "unknown"),
        ([None, None], "", (None, None), "unknown"),
        ([12], "M94 2h0", (94, 2), "1 day: 12"),
        ([0, 0], "M2 22l92 0", (94, 22), "2 days: from 0 to 0 a day, 0 in all"),
        ([0, 5, 10], "M2 22l46-10 46-10", (94, 2), "3 days: from 0 to 10 a day, 15 in all"),
        ([1, 3, None, 3, None], "M2 15l23-13M71 2h0", (71, 2), "3 of 5 days known: from 1 to 3 a day, 7 in all"),
        ([None, 7], "M94 2h0", (94, 2), "1 of 2 days known: 7"),
        ([-10, 10], "M2 22l92-20", (94, 2), "2 days: from -10 to 10 a day, 0 in all"),
        ([1500, 750], "M2 2l92 10", (94, 12), "2 days: from 750 to 1,500 a day, 2,250 in all"),
    ],
)
def test_sparklines_run_from_zero_to_the_highest_of_the_row(values, path, last, text):
    assert sparkline(values) == Sparkline(path, *last, text, 96, 24)


def test_rows_with_a_shared_maximum_compare():
    assert sparkline([5, 10], maximum=20).path == "M2 17l92-5"
    assert sparkline([30], maximum=20).last_y == 2


def test_steps_other_than_days_are_named():
    assert sparkline([1, 2], per="week").text == "2 weeks: from 1 to 2 a week, 3 in all"


def points_of(path: str) -> list[tuple[int, int]]:
    """The points of a path that says where it begins and then how far each point is from the one before."""
    points: list[tuple[int, int]] = []
    for stretch in filter(None, path.split("M")):
        begin, _, rest = stretch.replace("h0", "").partition("l")
        x, y = map(int, begin.split())
        points.append((x, y))
        steps = [int(number) for number in re.findall(r"-?\d+", rest)]
        for right, down in zip(steps[::2], steps[1::2], strict=True):
            x, y = x + right, y + down
            points.append((x, y))
    return points


counts = st.lists(st.none() | st.integers(-(10**9), 10**12), max_size=120)


@given(counts, st.none() | st.integers(0, 10**12))
def test_sparklines_stay_inside_and_say_how_much_is_known(values, maximum):
    spark = sparkline(values, maximum=maximum)
    points = points_of(spark.path)
    assert len(points) == sum(value is not None for value in values)
    assert all(2 <= x <= 94 and 2 <= y <= 22 for x, y in points)
    assert [x for x, _ in points] == sorted(x for x, _ in points)
    assert ((spark.last_x, spark.last_y) == (None, None)) == (not points)
    if points:
        assert (spark.last_x, spark.last_y) == points[-1]


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=30))
def test_higher_values_are_never_drawn_lower(values):
    heights = [y for _, y in points_of(sparkline(values).path)]
    by_value = sorted(zip(values, heights, strict=True), key=lambda pair: (pair[0], -pair[1]))
    assert [height for _, height in by_value] == sorted(heights, reverse=True)


def test_a_hundred_sparklines_stay_light():
    spark = sparkline([index * 37 % 1000 for index in range(30)])
    html = render_to_string("dashboard/_sparkline.html", {"spark": spark})
    assert len(html) < 320
    assert 'role="img" aria-label="30 days: from 0 to 999 a day,' in html
    assert "<path" not in render_to_string("dashboard/_sparkline.html", {"spark": sparkline([None])})
