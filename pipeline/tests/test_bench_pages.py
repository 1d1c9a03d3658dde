"""Measuring pages without a stopwatch: the arithmetic, the client, and one small round on a tiny year."""

import http.server
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from pipeline.bench import pages, pages_client
from pipeline.bench.databases import SqliteFiles
from pipeline.bench.pages import Measured, Page, Plan, Throughput
from pipeline.bench.pages_server import web_server
from pipeline.bench.process import ChildFailed
from pipeline.bench.table import over

TINY = Plan(repositories=10, days=3, requests=2, seconds=0.2, more={"DEBUG": "true"})


class TestFigures:
    @pytest.mark.parametrize(("share", "value"), [(50, 50), (99, 99), (100, 100), (1, 1)])
    def test_a_percentile_is_one_of_the_values(self, share: int, value: int) -> None:
        assert pages.percentile(range(100, 0, -1), share) == value

    def test_one_value_is_all_percentiles(self) -> None:
        assert pages.percentile([3.5], 50) == pages.percentile([3.5], 99) == 3.5

    @pytest.mark.parametrize(
        ("header", "found"),
        [("app;dur=12.5", [12.5]), ("db;dur=3, app;dur=7", [7.0]), ("total;dur=3", []), ("", []), ("myapp;dur=1", [])],
    )
    def test_the_servers_own_time_is_read(self, header: str, found: list[float]) -> None:
        assert pages.server_milliseconds(header) == found

    @pytest.mark.parametrize(
        ("inside", "walls", "verdict"),
        [
            ([10.0] * 100, [90.0] * 100, "met"),
            ([], [90.0] * 100, "missed"),
            ([], [10.0] * 100, "met"),
            ([10.0] * 98 + [60.0] * 2, [10.0] * 100, "missed"),
            ([10.0] * 99 + [60.0], [10.0] * 100, "met"),
            ([25.0] * 100, [25.0] * 100, "missed"),
        ],
    )
    def test_a_page_is_judged_by_the_servers_time_where_it_is_said(
        self, inside: list[float], walls: list[float], verdict: str
    ) -> None:
        assert Page("/", 200, 1000, walls, inside).verdict() == verdict

    def test_a_page_that_is_not_there_is_said_and_not_judged(self) -> None:
        cells = Page("/render/", 404, 9, [1.0]).cells()

        assert (cells[1], len(cells), cells[-1]) == ("not there", len(pages.PAGES_HEADER), "")

    def test_a_page_that_fails_is_missed(self) -> None:
        assert Page("/", 500, 9, [1.0]).cells()[-1] == "missed"

    def test_more_than_enough_a_second_is_met(self) -> None:
        assert over(1000).text() == "over 1,000"
        assert [over(1000).verdict(rate) for rate in (999, 1000, 1001)] == ["missed", "missed", "met"]
        assert Throughput("gzip", {"200": 10}, 120, 1500.4).cells()[2:5] == ["10 x 200", "12", "1,500"]

    def test_all_of_it_is_one_text(self) -> None:
        text = Measured(12.5, [Page("/", 200, 130_000, [1.0])], [Throughput("gzip", {"200": 1}, 9, 1.0)]).text()

        assert "home's HTML, KB" in text
        assert text.count("missed") == 2

    def test_paths_name_repositories_of_the_year(self) -> None:
        found = pages.paths(TINY)

        assert len(found) == len(pages.PATHS)
        assert not any("{" in path for path in found)


class Answers(http.server.BaseHTTPRequestHandler):
    """Says 304 to whoever names an ETag, and closes the connection after every third answer."""

    protocol_version = "HTTP/1.1"
    asked = 0

    def do_GET(self) -> None:
        type(self).asked += 1
        is_known, is_chunked = "If-None-Match" in self.headers, "chunked" in self.path
        self.send_response(304 if is_known else 200)
        if type(self).asked % 3 == 0:
            self.send_header("Connection", "close")
        if is_chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif not is_known:
            self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n" if is_chunked else b"" if is_known else b"hello")

    def log_message(self, *arguments: object) -> None:
        """Nothing."""


def close_one_and_answer_the_next(server: socket.socket) -> None:
    first, _ = server.accept()
    first.close()
    second, _ = server.accept()
    with second:
        second.recv(1000)
        second.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")


class TestClient:
    @pytest.fixture
    def port(self) -> Iterator[int]:
        with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            try:
                yield server.server_port
            finally:
                server.shutdown()
                thread.join()

    @pytest.mark.parametrize("path", ["/", "/chunked"])
    def test_it_asks_until_it_has_asked_often_enough(self, port: int, path: str) -> None:
        found = pages_client.ask_for(port, path, {}, seconds=30, most=20)

        assert found["statuses"] == {200: 20}
        assert found["bytes"] == 100

    def test_it_asks_until_the_time_is_over(self, port: int) -> None:
        found = pages_client.ask_for(port, "/", {"If-None-Match": '"a"'}, seconds=0.05, most=10**9)

        assert set(found["statuses"]) == {304}
        assert found["bytes"] == 0
        assert found["seconds"] < 10

    def test_it_asks_again_where_the_server_had_enough_of_waiting(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=close_one_and_answer_the_next, args=[server])
            thread.start()
            connection = pages_client.Connection(server.getsockname()[1], b"GET / HTTP/1.1\r\n\r\n")
            connection.ask()
            answer = connection.answer()
            connection.close()
            thread.join()

        assert answer == (200, 2)

    def test_a_server_that_says_nothing_is_no_measurement(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pages_client, "WAIT_SECONDS", 0.05)
        with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(TimeoutError, match=r"no answer in 0\.05"):
            pages_client.ask_for(server.getsockname()[1], "/", {}, seconds=30, most=20)

    def test_several_clients_add_up(self, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(pages, "MOST_REQUESTS", 8)

        found = pages.throughput(port, "plain", {}, seconds=30)

        assert found.statuses == {"200": 8 * pages.CLIENTS}
        assert found.a_second > 0

    @pytest.mark.parametrize(
        ("head", "found"),
        [
            (b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\nConnection: keep-alive", (200, 12, False)),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked", (200, None, False)),
            (b"HTTP/1.1 304 Not Modified\r\nconnection: Close", (304, 0, True)),
        ],
    )
    def test_the_head_of_an_answer_is_read(self, head: bytes, found: tuple[int, int | None, bool]) -> None:
        assert pages_client.read_head(head) == found


class TestWholeRound:
    @pytest.fixture(autouse=True)
    def at_home(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(settings.BASE_DIR)

    def test_a_tiny_year_is_filled_shown_and_measured(self, tmp_path: Path) -> None:
        measured = pages.measure(SqliteFiles(tmp_path), TINY)

        home = measured.pages[0]
        assert (home.path, home.status, len(home.walls)) == ("/", 200, 2)
        assert home.size > 1000
        assert {page.status for page in measured.pages} <= {200, 301, 302, 404}
        assert measured.throughputs[0].name == "gzip"
        assert set(measured.throughputs[0].statuses) == {"200"}
        assert list(tmp_path.iterdir()) == []

    def test_a_year_that_is_kept_is_used_again(self, tmp_path: Path) -> None:
        plan, files = Plan(repositories=3, days=1, keep=tmp_path / "year.sqlite3"), SqliteFiles(tmp_path)
        with pages.year(files, plan) as (_, first):
            pass
        with pages.year(files, plan) as (url, second):
            pass

        assert first is not None
        assert second is None
        assert url.endswith("year.sqlite3")

    def test_half_a_year_is_not_kept(self, tmp_path: Path) -> None:
        plan = Plan(repositories=3, days=0, keep=tmp_path / "year.sqlite3")

        with pytest.raises(ChildFailed), pages.year(SqliteFiles(tmp_path), plan):
            pass

        assert not plan.keep.exists()

    def test_a_server_that_does_not_start_says_why(self, tmp_path: Path) -> None:
        variables = {"TRENDER_CONCURRENCY": "many"}

        with (
            pytest.raises(ChildFailed, match="TRENDER_CONCURRENCY must be a whole number"),
            web_server(f"sqlite:///{tmp_path / 'a.sqlite3'}", variables),
        ):
            pass
