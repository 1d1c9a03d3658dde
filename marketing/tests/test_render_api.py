"""The door to Render's API: what it sends, what it tries again, what it refuses, and where the key goes."""

import json
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import responses
from responses import matchers

from marketing import render_api
from marketing.render_api import (
    BadAnswer,
    BadKey,
    Limited,
    Missing,
    NotAllowed,
    OutOfTime,
    RenderApi,
    RenderApiError,
    Trouble,
    seconds_to_wait,
)
from trender.tests.naps import noted_naps

BASE = "https://api.render.test/v1"
KEY = "rnd_0123456789abcdefSECRET"
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
SERVICES = f"{BASE}/services"


@pytest.fixture
def render() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def naps(monkeypatch) -> list[float]:
    """The waits between attempts, which are not slept."""
    monkeypatch.setattr(render_api.random, "uniform", lambda low, high: 1.0)
    return noted_naps(monkeypatch, render_api)


@pytest.fixture
def api(naps) -> RenderApi:
    return RenderApi(BASE, KEY)


def entries(kind: str, *ids: str) -> list[dict[str, Any]]:
    return [{"cursor": f"after-{number}", kind: {"id": number}} for number in ids]


def a_page(first: int, size: int = render_api.PAGE) -> list[dict[str, Any]]:
    return entries("service", *(f"srv-{number}" for number in range(first, first + size)))


# -- What is sent ----------------------------------------------------------------------------------------------


def test_a_request_carries_the_key_and_says_who_asks(render, api):
    render.get(SERVICES, json=[])
    assert api.services() == []
    sent = render.calls[0].request
    assert sent.headers["Authorization"] == f"Bearer {KEY}"
    assert sent.headers["User-Agent"].startswith("trender/")
    assert sent.headers["Accept-Encoding"] == "identity"


def test_a_netrc_of_the_machine_does_not_replace_the_key(render, api, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine api.render.test login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    render.get(SERVICES, json=[])
    api.services()
    assert render.calls[0].request.headers["Authorization"] == f"Bearer {KEY}"


def test_deploys_are_asked_for_from_a_moment_on(render, api):
    asked = {"createdAfter": "2026-11-21T10:00:00Z", "limit": "100"}
    render.get(f"{SERVICES}/srv-1/deploys", json=entries("deploy", "d1"), match=[matchers.query_param_matcher(asked)])
    assert api.deploys("srv-1", NOW) == [{"id": "d1"}]


def test_pages_follow_the_cursor_of_the_last_entry(render, api):
    last = a_page(0)[-1]["cursor"]
    render.get(SERVICES, json=a_page(0), match=[matchers.query_param_matcher({"limit": "100"})])
    following = {"limit": "100", "cursor": last}
    render.get(SERVICES, json=a_page(100, 3), match=[matchers.query_param_matcher(following)])
    assert len(api.services()) == 103


@pytest.mark.parametrize("service_id", ["../owners", "srv-1/../../x", "", "srv 1", "srv-1?x=1", "é"])
def test_an_id_that_is_none_is_not_put_into_an_address(render, api, service_id):
    with pytest.raises(BadAnswer, match="id has signs"):
        api.deploys(service_id, NOW)


# -- What is refused -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind", "attempts"),
    [
        (401, BadKey, 1),
        (403, NotAllowed, 1),
        (404, Missing, 1),
        (400, BadAnswer, 1),
        (204, BadAnswer, 1),
        (302, BadAnswer, 1),
        (408, Trouble, 3),
        (429, Limited, 3),
        (500, Trouble, 3),
        (503, Trouble, 3),
    ],
)
def test_each_status_is_an_error_with_a_remedy(render, api, status, kind, attempts):
    render.get(SERVICES, status=status, json={"message": "no"} if status != 204 else None)
    with pytest.raises(kind) as caught:
        api.services()
    assert len(render.calls) == attempts
    assert caught.value.sentence().startswith(f"Render answered {status}")
    assert caught.value.sentence().endswith(".")
    assert len(caught.value.remedy) > 20


@pytest.mark.parametrize(
    "body",
    [
        "",
        "<html>",
        "{}",
        "null",
        '"services"',
        "[1]",
        "[null]",
        '[{"cursor": "c"}]',
        '[{"service": []}]',
        "[" * 100_000,
        "[NaN]",
        '[{"service": {"id": ' + "9" * 5000 + "}}]",
        json.dumps(a_page(0, 101)),
    ],
)
def test_an_answer_that_is_no_list_of_services_is_refused(render, api, body):
    render.get(SERVICES, body=body)
    with pytest.raises(BadAnswer):
        api.services()
    assert len(render.calls) == 1


def test_pages_that_go_round_in_a_circle_end(render, api):
    render.get(SERVICES, json=a_page(0))
    with pytest.raises(BadAnswer, match="circle"):
        api.services()
    assert len(render.calls) == 2


def test_a_list_without_an_end_is_refused(render, api):
    def page(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        return 200, {}, json.dumps(a_page(100 * len(render.calls)))

    render.add_callback("GET", SERVICES, page)
    with pytest.raises(BadAnswer, match="more than 2,000"):
        api.services()


def test_a_cursor_that_is_no_text_ends_the_list(render, api):
    page = a_page(0)
    page[-1]["cursor"] = {"evil": True}
    render.get(SERVICES, json=page)
    assert len(api.services()) == 100


def test_a_body_larger_than_the_cap_is_refused(render, api, monkeypatch):
    monkeypatch.setattr(render_api, "MOST_BYTES", 1000)
    render.get(SERVICES, body="[" + " " * 2000 + "]")
    with pytest.raises(BadAnswer, match="larger than"):
        api.services()


def test_a_compressed_body_is_refused_unread(render, api):
    render.get(SERVICES, body=b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    with pytest.raises(BadAnswer, match="encoding"):
        api.services()


def test_control_characters_and_lone_surrogates_do_not_get_in(render, api):
    render.get(SERVICES, body='[{"cursor": "c", "service": {"id": "a", "name": "x\\u0000y\\ud800z"}}]')
    assert api.services()[0]["name"] == "xyz"


# -- Attempts --------------------------------------------------------------------------------------------------


def test_the_second_attempt_may_succeed(render, api, naps):
    render.get(SERVICES, status=502)
    render.get(SERVICES, body=requests.ConnectionError("reset"))
    render.get(SERVICES, json=[])
    assert api.services() == []
    assert naps == [1.0, 2.0]


def test_render_says_how_long_to_wait(render, api, naps):
    render.get(SERVICES, status=429, headers={"Retry-After": "7"})
    render.get(SERVICES, json=[])
    api.services()
    assert naps == [7.0]


def test_a_wait_that_is_too_long_ends_the_attempts(render, api, naps):
    render.get(SERVICES, status=429, headers={"Retry-After": "3600"})
    with pytest.raises(Limited):
        api.services()
    assert (len(render.calls), naps) == (1, [])


def test_nothing_is_sent_when_the_time_of_all_requests_is_over(render, naps):
    with pytest.raises(OutOfTime, match="no time left"):
        RenderApi(BASE, KEY, seconds=0.0).services()
    assert len(render.calls) == 0


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"Retry-After": "12"}, 12.0),
        ({"Retry-After": "Sat, 21 Nov 2026 10:00:30 GMT"}, 30.0),
        ({"Retry-After": "Sat, 21 Nov 2020 10:00:30 GMT"}, 0.0),
        ({"Ratelimit-Reset": "9"}, 9.0),
        ({"Retry-After": "-5"}, None),
        ({"Retry-After": "９"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "9" * 400}, None),
        ({}, None),
    ],
)
def test_waits_are_read_from_the_headers(headers, wait):
    assert seconds_to_wait(headers, NOW) == wait


# -- The key ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "answer",
    [
        {"status": 401, "json": {"message": f"bad key {KEY}"}},
        {"status": 500, "body": f"<html>{KEY}</html>"},
        {"status": 400, "body": json.dumps({"message": KEY}).replace("r", "\\u0072")},
        {"body": requests.ConnectionError(f"https://{KEY}@api.render.test")},
        {"status": 307, "headers": {"Location": f"https://evil.test/{KEY}"}},
    ],
)
def test_the_key_is_in_no_error_and_no_log(render, api, caplog, answer):
    caplog.set_level(logging.DEBUG, "marketing")
    render.get(SERVICES, **answer)
    with pytest.raises(RenderApiError) as caught:
        api.services()
    assert KEY not in caught.value.sentence() + repr(caught.value) + caplog.text
    assert caught.value.__cause__ is None


def test_the_key_is_cut_out_of_an_answer_that_repeats_it(render, api):
    render.get(SERVICES, json=[{"cursor": "c", "service": {"id": "srv-1", "name": f"my {KEY} service"}}])
    assert api.services()[0]["name"] == "my *** service"


def test_a_redirect_is_not_followed(render, api):
    render.get(SERVICES, status=302, headers={"Location": "https://evil.test/"})
    with pytest.raises(BadAnswer, match="302"):
        api.services()
    assert len(render.calls) == 1


@pytest.mark.parametrize("key", ["rnd_with\nnewline", "rnd_with\r\nX-Evil: 1", "ключ"])
def test_a_key_that_no_header_can_hold_is_said_to_be_bad(naps, key):
    with pytest.raises(BadKey, match="signs that no header"):
        RenderApi("http://127.0.0.1:9", key).services()


# -- Over real sockets -----------------------------------------------------------------------------------------


@pytest.fixture
def serve() -> Iterator[Callable[[Callable[[socket.socket], None]], str]]:
    """Starts a server that answers every connection by what it is given; the address of its API."""
    listeners: list[socket.socket] = []

    def started(answer: Callable[[socket.socket], None]) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)
        threading.Thread(target=accept, args=(listener, answer), daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/v1"

    yield started
    for listener in listeners:
        listener.close()


def accept(listener: socket.socket, answer: Callable[[socket.socket], None]) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.recv(65_536)
            try:
                answer(connection)
            except OSError:
                pass


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n[")
    for _ in range(200):
        time.sleep(0.02)
        connection.sendall(b" ")


def test_a_body_that_drips_is_ended_at_the_deadline(serve):
    began = time.monotonic()
    with pytest.raises((Trouble, OutOfTime)):
        RenderApi(serve(drip), KEY, seconds=0.4, backoff=0.01).services()
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n[",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n[",
        b"no http at all\r\n\r\n",
    ],
)
def test_a_broken_connection_is_trouble_and_tried_again(serve, naps, sent):
    seen = []

    def answer(connection: socket.socket) -> None:
        seen.append(1)
        connection.sendall(sent)

    with pytest.raises(Trouble):
        RenderApi(serve(answer), KEY).services()
    assert len(seen) == 3


def test_a_server_that_answers_as_render_does_is_understood(serve):
    body = json.dumps([{"cursor": "c", "service": {"id": "srv-1", "name": "web"}}]).encode()

    def answer(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body))

    assert RenderApi(serve(answer), KEY).services() == [{"id": "srv-1", "name": "web"}]
