"""The waits between tries: as declared, never past the end of the run, over at once when the run ends."""

import threading
import time

import pytest

from pipeline.retry import Patience, Retry


def seconds_of(patience, retry, **options):
    """(tries, seconds) when every try fails at once."""
    started = time.monotonic()
    tries = list(patience.tries(retry, **options))
    return tries, time.monotonic() - started


@pytest.mark.parametrize("attempts", [1, 2, 3])
def test_there_are_as_many_tries_as_declared_when_all_fail(attempts):
    assert seconds_of(Patience(), Retry(attempts))[0] == list(range(1, attempts + 1))


def test_between_two_tries_is_the_declared_wait():
    tries, seconds = seconds_of(Patience(), Retry(3, 0.1))
    assert tries == [1, 2, 3]
    assert 0.2 <= seconds < 5


def test_a_try_that_succeeds_is_the_last():
    tries = Patience().tries(Retry(3, 60))
    assert next(tries) == 1
    tries.close()


def test_the_longest_wait_bounds_what_is_declared():
    tries, seconds = seconds_of(Patience(longest=0.01), Retry(3, 60))
    assert (tries, seconds < 5) == ([1, 2, 3], True)


def test_a_wait_that_would_outlast_the_run_is_not_begun():
    tries, seconds = seconds_of(Patience(until=time.monotonic() + 59), Retry(3, 60))
    assert (tries, seconds < 1) == ([1], True)


def test_a_try_needs_room_for_as_long_as_the_one_before_took():
    patience = Patience(until=time.monotonic() + 0.3)
    made = []
    for number in patience.tries(Retry(2, 0.05)):
        made.append(number)
        time.sleep(0.2)
    assert made == [1]


def test_a_run_that_ends_wakes_who_waits():
    patience = Patience()
    threading.Timer(0.05, patience.end).start()
    tries, seconds = seconds_of(patience, Retry(2, 60))
    assert (tries, seconds < 5) == ([1], True)
    assert patience.is_over


def test_patience_is_over_at_its_moment():
    assert Patience(until=time.monotonic() - 1).is_over
    assert not Patience(until=time.monotonic() + 60).is_over


def test_the_tick_goes_on_while_waiting_and_may_end_it():
    ticks = []

    def tick():
        ticks.append(1)
        if len(ticks) == 2:
            raise KeyError("enough")

    with pytest.raises(KeyError):
        seconds_of(Patience(), Retry(2, 60), tick=tick)
    assert len(ticks) == 2
