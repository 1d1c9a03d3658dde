"""A request to end reaches the run of this process and those of the processes it made, and interrupts nothing else."""

import multiprocessing
import os
import signal

import pytest

from pipeline import stopping


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping._Request, "own", False)
    monkeypatch.setattr(stopping._Request, "shared", None)


def test_nobody_is_asked_to_end_at_first() -> None:
    assert not stopping.requested()
    stopping.check()


def test_sigterm_is_noted_while_listening_and_has_its_usual_effect_after() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stopping.listening():
        os.kill(os.getpid(), signal.SIGTERM)
        assert stopping.requested()
    assert signal.getsignal(signal.SIGTERM) == before
    with pytest.raises(stopping.StopRequested, match="asked to end"):
        stopping.check()


def test_a_request_reaches_processes_that_were_made_before_it() -> None:
    stopping.share()
    context = multiprocessing.get_context("fork")
    told = context.Event()

    def work() -> None:
        while not stopping.requested():
            told.wait(0.01)
        told.set()

    process = context.Process(target=work)
    process.start()
    stopping.request()
    assert told.wait(10)
    process.join(10)
