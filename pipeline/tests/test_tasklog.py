"""What a run did, task by task: threads, nesting, retries and failures."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pipeline.tasklog import TaskLog, current_task, fail_current_task

THREADS = 16


@pytest.fixture
def log():
    return TaskLog()


def together(count, work):
    """Run `work(n)` in `count` threads that all begin at once."""
    barrier = threading.Barrier(count)

    def wait_and_work(number):
        barrier.wait(timeout=10)
        return work(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(wait_and_work, range(count)))


def test_a_task_is_running_inside_and_successful_after(log):
    with log.task("search", stream="python") as task:
        assert (task.status, task.seconds, task.finished_at) == ("running", None, None)
        assert current_task.get() is task
        task.items = 3
    assert (task.name, task.stream, task.status, task.error) == ("search", "python", "success", "")
    assert (task.items, task.attempts) == (3, 1)
    assert task.seconds >= 0
    assert task.finished_at >= task.started_at
    assert current_task.get() is None


def test_the_time_of_a_task_is_measured(log):
    with log.task("sleep") as task:
        time.sleep(0.02)
    assert 0.02 <= task.seconds < 5


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError("no such page"), "ValueError: no such page"),
        (KeyError("id"), "KeyError: 'id'"),
        (RuntimeError(), "RuntimeError: "),
        (KeyboardInterrupt(), "KeyboardInterrupt: "),
    ],
)
def test_a_failure_is_recorded_and_raised_again(log, error, text):
    with pytest.raises(type(error)) as caught, log.task("search") as task:
        raise error
    assert caught.value is error
    assert (task.status, task.error) == ("failed", text)
    assert task.seconds is not None
    assert current_task.get() is None


def test_the_text_of_a_failure_is_cut_and_holds_nothing_that_a_database_refuses(log):
    with pytest.raises(ValueError, match="nul"), log.task("search") as task:
        raise ValueError("nul \x00 and \ud800 and " + "x" * 10_000)
    assert task.error.startswith("ValueError: nul  and  and xxx")
    assert len(task.error) == 2000


def test_a_task_that_goes_on_after_a_failure_is_failed_with_its_items(log):
    with log.task("histories") as task:
        fail_current_task("acme/tool: timed out")
        task.items = 11
    assert (task.status, task.error, task.items) == ("failed", "acme/tool: timed out", 11)


def test_a_failure_without_a_word_is_a_failure(log):
    with log.task("histories") as task:
        fail_current_task("")
    assert task.status == "failed"
    assert task.error


def test_an_exception_says_more_than_the_failure_before_it(log):
    def get_worse():
        fail_current_task("acme/tool: timed out")
        raise ValueError("worse")

    with pytest.raises(ValueError, match="worse"), log.task("histories") as task:
        get_worse()
    assert task.error == "ValueError: worse"


def test_outside_a_task_a_failure_or_a_retry_is_nobodys(log):
    fail_current_task("nobody")
    log.count_retry(ValueError())
    assert log.tasks == []


# --- nesting ----------------------------------------------------------------------------------------------------------


def test_retries_are_counted_on_the_innermost_task_of_the_thread(log):
    with log.task("outer") as outer:
        log.count_retry(ValueError())
        with log.task("inner", parent=outer) as inner:
            log.count_retry(ValueError())
            log.count_retry(ValueError())
        log.count_retry(ValueError())
    assert (outer.attempts, inner.attempts) == (3, 3)


def test_a_failed_inner_task_leaves_the_outer_one_as_it_is(log):
    with log.task("outer") as outer:
        with pytest.raises(ValueError, match="inner"), log.task("inner", parent=outer) as inner:
            raise ValueError("inner")
        assert current_task.get() is outer
    assert (outer.status, inner.status) == ("success", "failed")


def test_only_tasks_without_children_are_leaves_and_only_leaves_count(log):
    with log.task("outer") as outer:
        with log.task("one", parent=outer) as one:
            pass
        with log.task("two", parent=outer) as two:
            pass
    one.seconds, two.seconds, outer.seconds = 2.0, 3.5, 9.0
    assert [task.is_leaf for task in (outer, one, two)] == [False, True, True]
    assert log.leaf_seconds() == 5.5


def test_a_leaf_that_still_runs_counts_nothing_yet(log):
    with log.task("one"):
        assert log.leaf_seconds() == 0.0


def test_draining_gives_what_changed_in_the_order_of_starting(log):
    with log.task("outer") as outer, log.task("inner", parent=outer) as inner:
        assert [task.number for task in log.drain()] == [1, 2]
        assert log.drain() == []
    assert [task.name for task in log.drain()] == ["outer", "inner"]
    assert log.drain() == []
    assert inner.parent is outer


# --- threads ----------------------------------------------------------------------------------------------------------


def test_tasks_of_many_threads_have_numbers_of_their_own(log):
    def work(_):
        for _ in range(50):
            with log.task("leaf"):
                pass

    together(THREADS, work)
    assert [task.number for task in log.tasks] == list(range(1, THREADS * 50 + 1))
    assert {task.status for task in log.tasks} == {"success"}


def test_retries_in_many_threads_stay_with_their_own_task(log):
    def work(number):
        with log.task(f"leaf {number}") as task:
            for _ in range(number):
                log.count_retry(ValueError())
                time.sleep(0)
        return task.attempts

    assert together(THREADS, work) == [number + 1 for number in range(THREADS)]


def test_failures_in_many_threads_stay_with_their_own_task(log):
    def work(number):
        with log.task("leaf") as task:
            time.sleep(0.001)
            if number % 2:
                fail_current_task(f"trouble {number}")
        return task.error

    assert together(4, work) == ["", "trouble 1", "", "trouble 3"]


def test_a_thread_knows_nothing_of_the_task_of_the_one_that_started_it(log):
    with log.task("outer") as outer:
        assert together(2, lambda _: current_task.get()) == [None, None]
        together(2, lambda _: log.count_retry(ValueError()))
    assert outer.attempts == 1


def test_children_may_start_in_many_threads(log):
    def work(_):
        with log.task("leaf", parent=outer):
            pass

    with log.task("outer") as outer:
        together(THREADS, work)
    assert sum(task.parent is outer for task in log.tasks) == THREADS
    assert not outer.is_leaf


def test_nothing_is_lost_or_told_twice_while_others_drain(log):
    drained = []

    def work(number):
        if number == 0:
            for _ in range(200):
                drained.extend(log.drain())
            return
        for _ in range(50):
            with log.task("leaf"):
                pass

    together(THREADS, work)
    drained += log.drain()
    numbers = [task.number for task in drained]
    assert set(numbers) == set(range(1, (THREADS - 1) * 50 + 1))
    assert max(numbers.count(number) for number in set(numbers)) <= 2  # once started, once ended
