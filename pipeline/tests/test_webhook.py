"""Posting to a real server on loopback that fails in every way an operator's may."""

import json
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from pipeline import webhook
from pipeline.tests.receiver import Receiver, receiving
from pipeline.webhook import Patience, post
from trender.tests.naps import noted_naps

QUICK = Patience(one_try=0.5, in_all=2.0, waits=(0.05, 0.1))


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as server:
        yield server


def test_a_payload_arrives_as_json_at_the_whole_address(receiver):
    assert post(receiver.url, {"event": "run_failed", "text": "ü"}, QUICK) is True
    ((path, headers, body),) = receiver.received
    assert path == "/hooks/a?b=c"
    assert headers["Content-Type"] == "application/json"
    assert json.loads(body) == {"event": "run_failed", "text": "ü"}


@pytest.mark.parametrize("status", [500, 502, 503, 408, 429])
def test_a_passing_failure_is_tried_again(receiver, status):
    receiver.statuses = [status, status, 200]
    assert post(receiver.url, {}, QUICK) is True
    assert len(receiver.received) == 3


def test_it_gives_up_after_three_tries(receiver, caplog):
    receiver.statuses = [500]
    assert post(receiver.url, {}, QUICK) is False
    assert len(receiver.received) == 3
    assert [line.split(", ")[1] for line in caplog.messages] == [f"try {n}: answer 500" for n in (1, 2, 3)]


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 410])
def test_redirects_are_not_followed_and_refusals_not_repeated(receiver, status):
    receiver.statuses = [status]
    assert post(receiver.url, {}, QUICK) is False
    assert [path for path, _, _ in receiver.received] == ["/hooks/a?b=c"]


def test_the_waits_grow(receiver, monkeypatch):
    slept = noted_naps(monkeypatch, webhook)
    receiver.statuses = [500]
    post(receiver.url, {}, Patience(one_try=5))
    assert slept == [0.0, 1.0, 3.0]


def test_an_answer_that_drips_ends_with_its_time_and_so_does_its_connection(receiver):
    receiver.drips = True
    began = time.monotonic()
    assert post(receiver.url, {}, Patience(one_try=0.3, in_all=5.0, waits=())) is False
    assert time.monotonic() - began < 1.5
    assert receiver.was_left.wait(5), "the other side notices that nobody listens any more"


def test_all_tries_together_end_with_the_deadline(receiver):
    receiver.drips = True
    began = time.monotonic()
    assert post(receiver.url, {}, Patience(one_try=0.4, in_all=0.6, waits=(0.01, 0.01))) is False
    assert time.monotonic() - began < 1.5


def test_a_refused_connection_is_an_answer_too():
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert post(f"http://127.0.0.1:{port}/", {}, QUICK) is False


def test_a_server_that_speaks_something_else_is_an_answer_too():
    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            for _ in range(3):
                connection, _ = server.accept()
                with connection:
                    connection.recv(1000)
                    connection.sendall(b"220 mail.example ESMTP\r\n")

        threading.Thread(target=speak, daemon=True).start()
        assert post(f"http://127.0.0.1:{server.getsockname()[1]}/", {}, QUICK) is False


def test_a_tls_address_without_tls_is_an_answer_too(receiver):
    assert post(receiver.url.replace("http:", "https:"), {}, QUICK) is False


def test_the_address_does_not_stand_in_the_log(receiver, caplog):
    receiver.statuses = [500]
    post(receiver.url, {}, QUICK)
    assert "hooks" not in caplog.text
