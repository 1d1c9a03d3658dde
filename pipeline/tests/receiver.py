"""A web server on loopback that takes posts, and fails in every way an operator's may."""

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Receiver(ThreadingHTTPServer):
    """Answers with the next of `statuses`, the last for ever; `received` holds (path, headers, body)."""

    daemon_threads = True

    def __init__(self) -> None:
        self.statuses = [200]
        self.drips = False
        self.received: list[tuple[str, dict[str, str], bytes]] = []
        self.ended = threading.Event()
        self.was_left = threading.Event()
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}/hooks/a?b=c"


class Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((self.path, dict(self.headers), body))
        if self.server.drips:
            self._drip()
            return
        statuses = self.server.statuses
        self.send_response(statuses.pop(0) if len(statuses) > 1 else statuses[0])
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    def _drip(self) -> None:
        """A byte now and then, each of which a timeout of the socket would take for a sign of life."""
        try:
            self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
            while not self.server.ended.wait(0.05):
                self.wfile.write(b"x")
                self.wfile.flush()
        except OSError:
            self.server.was_left.set()

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def receiving() -> Iterator[Receiver]:
    with Receiver() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.ended.set()
        server.shutdown()
