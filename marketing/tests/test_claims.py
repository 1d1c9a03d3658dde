"""Claims: which runs count, what their numbers become, and that none is rounded in its own favour."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from dashboard.tests.builders import a_run
from marketing.claims import CLOSED, ENDED, ENOUGH, KINDS, NOT_COUNTED, PERIOD, SLUGS, claims
from marketing.queries.claims import ended_runs, measured_runs
from pipeline.models.runs import WorkflowExecution

UNTIL = datetime(2026, 11, 21, 11, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
Status, Trigger = WorkflowExecution.Status, WorkflowExecution.Trigger


def made(number, **given):
    """A run that is not saved: an hour after the one with a smaller number, at the full hour."""
    facts = {
        "execution_id": number,
        "execution_date": UNTIL.replace(minute=0) - HOUR * (100 - number),
        "status": Status.SUCCESS,
        "trigger": Trigger.SCHEDULE,
        "total_duration_seconds": Decimal(60),
        "parallel_speedup_factor": Decimal(5),
        "repos_processed": 400,
        "requests_sent": 60,
        "tasks_executed": 100,
        "tasks_succeeded": 100,
    }
    return WorkflowExecution(**facts | given)


def ten(**lists):
    """Ten runs; each keyword gives one value for each of them."""
    return [made(90 + place, **{name: values[place] for name, values in lists.items()}) for place in range(10)]


def claim(slug, runs, until=UNTIL):
    return next(claim for claim in claims(runs, until) if claim.slug == slug)


@pytest.mark.parametrize("slug", SLUGS)
@pytest.mark.parametrize("number", [0, 1, 9])
def test_below_ten_runs_nothing_is_claimed(slug, number):
    found = claim(slug, [made(80 + place) for place in range(number)])
    assert (found.value, found.text) == (None, f"not enough runs yet ({number} of 10)")
    assert found.sentence == ""
    assert len(found.runs) == number


@pytest.mark.parametrize("slug", SLUGS)
def test_from_ten_runs_on_everything_is_claimed(slug):
    found = claim(slug, [made(80 + place) for place in range(10)])
    assert found.is_enough
    assert found.sentence.startswith("In the 30 days to 21 November 2026, ")
    assert found.sentence.endswith(".")
    assert len(found.runs) == 10


@pytest.mark.parametrize(
    ("good", "others", "text"),
    [
        (10, [], "100 %"),
        (999, [Status.FAILED], "99.9 %"),
        (9999, [Status.FAILED], "99.9 %"),  # 99.99: never 100
        (2, [Status.FAILED], None),
        (2, [Status.PARTIAL] * 8, "20 %"),  # a part failed
        (20, [Status.ABANDONED], "95.2 %"),  # 95.238
        (11, [Status.FAILED], "91.6 %"),  # 91.667: never 91.7
        (0, [Status.FAILED] * 10, "0 %"),
    ],
)
def test_the_share_of_runs_that_succeeded_is_rounded_down(good, others, text):
    runs = [made(number) for number in range(good)] + [made(99, status=status) for status in others]
    found = claim("success", runs)
    assert (found.text == text) if text else not found.is_enough


def test_the_count_says_how_the_runs_ended():
    runs = ten(status=[Status.SUCCESS] * 7 + [Status.PARTIAL, Status.FAILED, Status.ABANDONED])
    found = claim("runs", runs)
    assert (found.text, found.value) == ("10", 10)
    assert found.sentence.endswith("10 runs of the pipeline ended: 7 success, 1 partial, 1 failed, 1 abandoned.")


@pytest.mark.parametrize(
    ("factors", "text"),
    [
        (["5.00"] * 10, "5.0×"),
        (["5.04"] * 5 + ["5.19"] * 5, "5.1×"),  # the middle is 5.115
        (["7.99"] * 10, "7.9×"),
        (["0.96"] * 10, "0.9×"),
        (["1.00"] * 9 + ["99.00"], "1.0×"),  # one good run moves nothing
    ],
)
def test_the_speedup_is_the_middle_one_rounded_down(factors, text):
    assert claim("speedup", ten(parallel_speedup_factor=[Decimal(factor) for factor in factors])).text == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (["4.000"] * 10, "4.0 s"),
        (["4.101"] * 10, "4.2 s"),
        (["59.901"] * 10, "1 min 0 s"),
        (["134.001"] * 10, "2 min 15 s"),
        (["10.0"] * 5 + ["20.0"] * 5, "15.0 s"),
    ],
)
def test_the_duration_is_the_middle_one_rounded_up(seconds, text):
    assert claim("duration", ten(total_duration_seconds=[Decimal(value) for value in seconds])).text == text


@pytest.mark.parametrize(
    ("requests", "repositories", "text"),
    [
        ([40] * 10, [400] * 10, "0.10"),
        ([41] * 10, [400] * 10, "0.11"),  # 0.1025
        ([443] * 10, [405] * 10, "1.10"),  # 1.0938
        ([100] * 10, [400] * 5 + [0] * 5, "0.50"),  # what failed runs asked for counts too
        ([100] * 10, [0] * 10, None),
    ],
)
def test_requests_per_repository_are_added_up_and_rounded_up(requests, repositories, text):
    found = claim("requests", ten(requests_sent=requests, repos_processed=repositories))
    assert (found.text == text) if text else not found.is_enough


@pytest.mark.parametrize(
    ("succeeded", "text"), [([100] * 10, "100 %"), ([100] * 9 + [99], "99.9 %"), ([66] * 10, "66 %")]
)
def test_tasks_that_succeeded_are_added_up(succeeded, text):
    assert claim("tasks", ten(tasks_succeeded=succeeded)).text == text


def test_tasks_that_failed_are_never_rounded_away():
    runs = ten(tasks_executed=[100_000] * 10, tasks_succeeded=[100_000] * 9 + [99_999])
    assert claim("tasks", runs).text == "99.9 %"


def test_runs_whose_record_was_never_closed_say_nothing_of_times_and_requests():
    runs = ten(status=[Status.ABANDONED] + [Status.SUCCESS] * 9)
    assert [claim(slug, runs).is_enough for slug in ("runs", "success")] == [True, True]
    assert not any(claim(slug, runs).is_enough for slug in ("tasks", "speedup", "duration", "requests"))


def test_an_unknown_speedup_or_duration_is_left_out_and_not_zero():
    runs = [made(number) for number in range(80, 90)]
    runs += [made(90, parallel_speedup_factor=None, total_duration_seconds=None)]
    assert [claim(slug, runs).text for slug in ("speedup", "duration")] == ["5.0×", "1 min 0 s"]
    assert 90 not in claim("speedup", runs).runs


# -- Hours kept ------------------------------------------------------------------------------------------------


def on(*minutes, start=0):
    """Scheduled runs, one an hour up to that of `UNTIL`, at these minutes; None for an hour without one."""
    first = UNTIL.replace(minute=0) - HOUR * len(minutes)
    moments = [
        first + HOUR * place + timedelta(minutes=minute) for place, minute in enumerate(minutes) if minute is not None
    ]
    return [made(number, execution_date=moment) for number, moment in enumerate(moments)]


@pytest.mark.parametrize(
    ("runs", "text", "words"),
    [
        (on(*[0] * 12), "100 %", "12 of 12 hours"),
        (on(*[5] * 12), "100 %", "12 of 12 hours"),
        (on(*[0] * 11, 6), "91.6 %", "11 of 12 hours"),  # late
        (on(*[0] * 10, None, None), "83.3 %", "10 of 12 hours"),  # the worker has been off since
        (on(*[0] * 5, *[None] * 5, *[0] * 5), "66.6 %", "10 of 15 hours"),
        (on(*[40] * 12), "0 %", "0 of 12 hours"),
    ],
)
def test_hours_in_which_nothing_ran_on_time_count(runs, text, words):
    found = claim("hours", runs)
    assert found.text == text
    assert words in found.sentence


def test_two_runs_in_an_hour_keep_it_once():
    again = made(99, execution_date=UNTIL.replace(minute=0) - HOUR + timedelta(minutes=2))
    runs = [*on(*[0] * 12), again]
    assert claim("hours", runs).text == "100 %"


def test_the_hour_that_goes_on_is_not_counted():
    runs = [*on(*[0] * 12), made(99, execution_date=UNTIL.replace(minute=0))]
    assert "12 of 12 hours" in claim("hours", runs).sentence


def test_runs_that_people_began_keep_no_hour():
    runs = on(*[0] * 12)
    for run in runs[:5]:
        run.trigger = Trigger.MANUAL
    assert not claim("hours", runs).is_enough


def test_ten_scheduled_runs_within_few_hours_are_not_enough():
    assert not claim("hours", [made(number, execution_date=UNTIL - HOUR) for number in range(12)]).is_enough


# -- Which runs ------------------------------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("status", Status.values)
def test_runs_that_ended_count(status):
    a_run(status=status, execution_date=UNTIL - HOUR, finished_at=UNTIL - HOUR)
    assert len(measured_runs(UNTIL)) == (status in ENDED)
    assert set(Status.values) - set(ENDED) == {"running", "skipped"}


@pytest.mark.django_db
@pytest.mark.parametrize("trigger", Trigger.values)
def test_made_up_history_and_rebuilds_do_not_count(trigger):
    a_run(trigger=trigger, execution_date=UNTIL - HOUR)
    assert len(measured_runs(UNTIL)) == (trigger not in ("history", "from_raw"))
    assert set(NOT_COUNTED) == {"history", "from_raw"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("finished", "counts"),
    [
        (UNTIL, True),
        (UNTIL + timedelta(seconds=1), False),
        (UNTIL - PERIOD, False),
        (UNTIL - PERIOD + timedelta(seconds=1), True),
        (None, False),
    ],
)
def test_the_30_days_are_counted_by_the_end_of_a_run(finished, counts):
    a_run(execution_date=UNTIL - HOUR, finished_at=finished)
    assert len(measured_runs(UNTIL)) == counts


@pytest.mark.django_db
def test_the_newest_run_comes_first_and_both_ways_of_reading_give_the_same(django_assert_num_queries):
    runs = [a_run(execution_date=UNTIL - HOUR * number) for number in range(12, 0, -1)]
    with django_assert_num_queries(1):
        found = claims(measured_runs(UNTIL), UNTIL)
    assert found == claims(list(ended_runs(UNTIL)), UNTIL)
    assert found[0].runs == tuple(run.execution_id for run in reversed(runs))


def test_every_claim_has_its_formula_and_its_own_name():
    assert len({kind.name for kind in KINDS}) == len(set(SLUGS)) == len(KINDS)
    assert all(kind.formula.endswith(".") for kind in KINDS)
    assert ENOUGH == 10
    assert set(CLOSED) < set(ENDED)
