"""The HTTP server on the loopback: sockets, threads and bytes, nothing of GitHub."""

import contextlib
import socket
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread

from pipeline.demo.api import Api
from pipeline.demo.journal import Entry
from pipeline.demo.messages import Answer, Request
from pipeline.demo.universe import Universe

LOOPBACK = "127.0.0.1"
MOST_BODY = 16 * 2**20  # bytes
STOP_WITHIN = 0.05  # seconds between looks at whether to stop


class Handler(BaseHTTPRequestHandler):
    """One connection, kept alive from request to request."""

    protocol_version = "HTTP/1.1"
    server_version, sys_version = "demo", ""
    disable_nagle_algorithm = True  # small answers would else wait for the other side's delayed acknowledgement
    wbufsize = -1
    timeout = 120  # seconds that an idle connection is kept

    server: "Sockets"

    def do_GET(self) -> None:
        """Answers a request of any method."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > MOST_BODY:
            self.close_connection = True
            return self._send(Answer(413))
        body = self.rfile.read(int(length))
        headers = {name.lower(): value for name, value in self.headers.items()}
        return self._send(self.server.answer(Request(self.command, self.path, headers, body, self.server.url)))

    do_POST = do_HEAD = do_PUT = do_PATCH = do_DELETE = do_GET

    def _send(self, answer: Answer) -> None:
        if answer.cut == "reset":
            return self._reset()
        bodyless = answer.status in (HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED)
        promised = len(answer.body) * 2 if answer.cut else len(answer.body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if not bodyless:
            self.send_header("Content-Length", str(promised))
        self.end_headers()
        if not bodyless and self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()
        self.close_connection = self.close_connection or bool(answer.cut)
        return None

    def _reset(self) -> None:
        """Closes with a reset instead of a farewell: lingering for no time drops what is unsent."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        self.close_connection = True
        self.connection.close()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing on the terminal; the journal has it all."""


class Sockets(ThreadingHTTPServer):
    """A thread for each connection; closing it ends all of them."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, port: int, answer: Callable[[Request], Answer]) -> None:
        self.answer = answer
        self.connections: set[socket.socket] = set()
        self.lock = Lock()
        super().__init__((LOOPBACK, port), Handler)
        self.url = f"http://{LOOPBACK}:{self.server_address[1]}"

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Serves one connection to its end; those that the other side breaks are nobody's concern."""
        if not isinstance(request, socket.socket):
            return
        with self.lock:
            self.connections.add(request)
        try:
            with contextlib.suppress(OSError):
                self.finish_request(request, client_address)
        finally:
            with self.lock:
                self.connections.discard(request)
            self.shutdown_request(request)

    def hang_up(self) -> None:
        """Ends every connection that is still open."""
        with self.lock:
            for connection in self.connections:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)


class Server:
    """A running embedded GitHub; also a context manager that closes it."""

    def __init__(self, universe: Universe, port: int, latency: float, limits: bool) -> None:
        self.universe = universe
        self.api = Api(universe, latency, limits)
        self.sockets = Sockets(port, self.api.answer)
        self.url = self.sockets.url
        self.thread = Thread(target=self.sockets.serve_forever, args=(STOP_WITHIN,), name="demo GitHub", daemon=True)
        self.thread.start()

    @property
    def log(self) -> list[Entry]:
        """Every request so far: method, path, query, status, points, seconds."""
        return self.api.journal.entries

    @property
    def now(self) -> datetime | None:
        """The moment that the server is at; None means the computer's clock."""
        return self.universe.now

    @now.setter
    def now(self, moment: datetime | None) -> None:
        self.universe.now = moment

    def close(self) -> None:
        """Stops within a tenth of a second, whatever is under way; closing twice is harmless."""
        self.api.closed.set()
        self.sockets.shutdown()
        self.sockets.server_close()
        self.sockets.hang_up()
        self.thread.join()

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def serve(universe: Universe, *, port: int = 0, latency: float = 0.0, limits: bool = False) -> Server:
    """Starts an embedded GitHub in a thread of this process.

    Port 0 takes a free one, `latency` is the seconds that a request takes, `limits` makes it hold to GitHub's limits.
    """
    return Server(universe, port, latency, limits)
