import re
from html import unescape
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.gantt import MARGIN, Bar, Lane, Span, draw_axis, draw_lane, gantt, most_at_once, nice_step, ticks

SPANS = st.builds(
    Span,
    lane=st.sampled_from(["Python", "Go", "raw_to_staging"]),
    name=st.just("star history"),
    start=st.floats(0, 1000),
    seconds=st.floats(0, 1000),
    status=st.sampled_from(["success", "failed", "running", "cut short"]),
    attempts=st.integers(1, 4),
    is_whole=st.booleans(),
)


def only_lane(*spans: Span) -> Lane:
    chart = gantt(spans)
    assert chart is not None
    [lane] = chart.lanes
    return lane


def overlap(one: Bar, other: Bar) -> bool:
    return one.x < other.x + other.width - 0.011 and other.x < one.x + one.width - 0.011 and one.y == other.y


def test_no_task_is_no_chart():
    assert gantt([]) is None


def test_tasks_in_parallel_stand_below_each_other_and_those_in_a_row_beside():
    first, third, second = only_lane(Span("Go", "a", 0, 4), Span("Go", "b", 1, 2), Span("Go", "c", 5, 5)).bars
    assert first.y < second.y
    assert first.y == third.y
    assert [(bar.x, bar.width) for bar in (first, second, third)] == [(0, 40), (10, 20), (50, 50)]


def test_lanes_come_in_the_order_of_their_first_task():
    chart = gantt([Span("publish", "p", 8, 1), Span("Go", "g", 1, 2, is_inner=True), Span("read", "r", 0, 7)])
    assert [(lane.name, lane.is_inner) for lane in chart.lanes] == [("read", False), ("Go", True), ("publish", False)]


@pytest.mark.parametrize(
    ("span", "kind", "words"),
    [
        (Span("Go", "a", 0, 1), "plain", ""),
        (Span("Go", "a", 0, 1, attempts=3), "retried", "3 tries"),
        (Span("Go", "a", 0, 1, status="failed"), "failed", "failed"),
        (Span("Go", "a", 0, 1, status="failed", attempts=2), "failed", "failed, 2 tries"),
        (Span("Go", "a", 0, 1, status="running"), "open", ""),
        (Span("Go", "a", 0, 1, status="cut short"), "open", ""),
        (Span("Go", "a", 0, 1, is_whole=True, status="failed"), "whole", ""),
    ],
)
def test_failures_and_retries_have_a_shape_and_a_word(span, kind, words):
    [bar] = only_lane(span).bars
    assert (bar.kind, bar.words) == (kind, words)


def test_words_at_the_right_edge_stand_before_their_bar():
    early, late = only_lane(Span("Go", "a", 0, 2, attempts=2), Span("Go", "b", 8, 2, attempts=2)).bars
    assert not early.is_left
    assert early.text_x > early.x + early.width
    assert late.is_left
    assert late.text_x < late.x


def test_a_task_beside_anothers_words_moves_to_the_next_row():
    failed, next_one = only_lane(Span("Go", "a", 0, 2, status="failed"), Span("Go", "b", 2.1, 8)).bars
    assert next_one.y > failed.y


def test_a_task_that_took_no_time_is_still_to_be_seen_and_stays_inside():
    short = only_lane(Span("Go", "a", 0, 10), Span("Go", "b", 10, 0)).bars[1]
    assert short.width > 0
    assert short.x + short.width <= 100


def test_a_lane_says_in_words_what_it_draws():
    spans = [
        Span("Go", "read stream", 0, 9, is_whole=True),
        Span("Go", "search", 0.5, 1),
        Span("Go", "hydrate", 1, 3, attempts=2),
        Span("Go", "hydrate", 1, 2.5, status="failed"),
        Span("Go", "star history", 2, 4, status="running"),
    ]
    assert only_lane(*spans).text == (
        "Go: 4 tasks from 0.5 to 6.0 s, at most 3 at once, 1 failed, 1 tried again, 1 not ended"
    )


@pytest.mark.parametrize(
    ("total", "texts"),
    [
        (5.8, ["0 s", "1 s", "2 s", "3 s", "4 s", "5 s"]),
        (0.4, ["0.00 s", "0.05 s", "0.10 s", "0.15 s", "0.20 s", "0.25 s", "0.30 s", "0.35 s", "0.40 s"]),
        (1300, ["0 s", "200 s", "400 s", "600 s", "800 s", "1,000 s", "1,200 s"]),
    ],
)
def test_the_axis_has_round_seconds(total, texts):
    assert [tick.text for tick in ticks(total)] == texts


@given(st.floats(0.001, 100_000))
def test_there_are_few_ticks_and_all_of_them_inside(total):
    found = ticks(total)
    assert 1 <= len(found) <= 10
    assert all(0 <= tick.x <= 100.01 for tick in found)


@pytest.mark.parametrize(("least", "step"), [(0.7, 1), (1, 1), (1.1, 2), (3, 5), (6, 10), (0.03, 0.05), (70, 100)])
def test_steps_are_one_two_or_five_of_a_power_of_ten(least, step):
    assert nice_step(least) == pytest.approx(step)


def test_one_that_ends_as_another_begins_is_not_at_once_with_it():
    assert most_at_once([Span("Go", "a", 0, 1), Span("Go", "b", 1, 1), Span("Go", "c", 1, 1)]) == 2


@given(st.lists(SPANS, min_size=1, max_size=40))
def test_whatever_a_run_did_nothing_lies_on_another_or_outside(spans):
    chart = gantt(spans)
    assert sum(len(lane.bars) for lane in chart.lanes) == len(spans)
    for lane in chart.lanes:
        assert all(bar.x >= 0 and bar.x + bar.width <= 100.01 for bar in lane.bars)
        assert all(bar.y >= MARGIN and bar.y + bar.height <= lane.height - MARGIN for bar in lane.bars)
        assert not any(overlap(one, other) for n, one in enumerate(lane.bars) for other in lane.bars[:n])


def test_a_lane_is_drawn_as_an_image_with_its_text_and_a_title_for_each_bar():
    chart = gantt([Span("Go", "hydrate", 0, 2, attempts=2), Span("Go", "search", 1, 1.25)])
    svg = ElementTree.fromstring(draw_lane(chart.lanes[0], chart.ticks))
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == chart.lanes[0].text
    titles = [title.text for title in svg.iter("title")]
    assert titles == ["hydrate: success, 2.00 s from 0.00 s on, 2 tries", "search: success, 1.25 s from 1.00 s on"]
    assert [text.text for text in svg.iter("text")] == ["2 tries"]


def test_names_are_escaped_and_nothing_is_styled_inline():
    hostile = '"><script>alert(1)</script>&'
    chart = gantt([Span(hostile, hostile, 0, 1, status="failed")])
    drawn = draw_lane(chart.lanes[0], chart.ticks) + draw_axis(chart.ticks)
    assert "<script>" not in drawn
    assert hostile in unescape(drawn)
    assert not re.search(r"\sstyle=|\son\w+=", drawn)
