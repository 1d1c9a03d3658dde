"""`python -m pipeline.bench.pages_client PORT PATH SECONDS MOST [NAME=VALUE ...]`: asks for one page, again and again.

A process of its own with plain sockets and no Django: on a machine with few cores a slow client would measure itself.
Prints a JSON object. Loopback only, and it ends after so many seconds or requests, whichever comes first.
"""

import contextlib
import json
import selectors
import socket
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

HOST = "127.0.0.1"
CONNECTIONS = 4
WAIT_SECONDS = 10.0
HEAD_END, LINE_END = b"\r\n\r\n", b"\r\n"


@dataclass
class Connection:
    """A keep-alive connection that asks the same thing each time."""

    port: int
    request: bytes
    buffer: bytes = b""
    is_closing: bool = True
    channel: socket.socket = field(init=False)

    def ask(self) -> None:
        if self.is_closing:
            self.channel = socket.create_connection((HOST, self.port), timeout=WAIT_SECONDS)
            self.channel.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.buffer, self.is_closing = b"", False
        with contextlib.suppress(ConnectionError):  # the answer that does not come says the same
            self.channel.sendall(self.request)

    def answer(self) -> tuple[int, int]:
        """(status, bytes of the body). Asks once more when the server had closed the connection as too long idle."""
        try:
            return self._answer()
        except ConnectionError:
            if self.buffer:
                raise
            self.close()
            self.is_closing = True
            self.ask()
            return self._answer()

    def _answer(self) -> tuple[int, int]:
        while HEAD_END not in self.buffer:
            self._receive()
        head, _, self.buffer = self.buffer.partition(HEAD_END)
        status, length, self.is_closing = read_head(head)
        if length is None:
            length = self._skip_chunks()
        else:
            self._skip(length)
        if self.is_closing:
            self.channel.close()
        return status, length

    def close(self) -> None:
        if not self.is_closing:
            self.channel.close()

    def _skip(self, length: int) -> None:
        while len(self.buffer) < length:
            self._receive()
        self.buffer = self.buffer[length:]

    def _skip_chunks(self) -> int:
        """The bytes of a body that comes in pieces with their lengths before them, the last of which is empty."""
        total = 0
        while True:
            while LINE_END not in self.buffer:
                self._receive()
            line, _, self.buffer = self.buffer.partition(LINE_END)
            length = int(line, 16)
            self._skip(length + len(LINE_END))
            total += length
            if length == 0:
                return total

    def _receive(self) -> None:
        received = self.channel.recv(262_144)
        if not received:
            raise ConnectionError("the server closed the connection in the middle of an answer")
        self.buffer += received


def read_head(head: bytes) -> tuple[int, int | None, bool]:
    """(status, length of the body or None where it comes in chunks, whether the connection is closed after it)."""
    first, *lines = head.split(b"\r\n")
    headers = {
        name.strip().lower(): value.strip().lower() for name, _, value in (line.partition(b":") for line in lines)
    }
    status = int(first.split(b" ", 2)[1])
    is_chunked = headers.get(b"transfer-encoding") == b"chunked"
    length = 0 if status in (204, 304) else None if is_chunked else int(headers[b"content-length"])
    return status, length, headers.get(b"connection") == b"close"


def ask_for(port: int, path: str, headers: Mapping[str, str], seconds: float, most: int) -> dict[str, object]:
    """Ask on all connections at once, on each again as soon as it has its answer, until the time or `most` is over."""
    lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}:{port}", *(f"{name}: {value}" for name, value in headers.items())]
    request = "\r\n".join([*lines, "", ""]).encode("ascii")
    connections = [Connection(port, request) for _ in range(min(CONNECTIONS, most))]
    statuses: Counter[int] = Counter()
    asked, received = len(connections), 0
    started = time.perf_counter()
    try:
        with selectors.DefaultSelector() as waiting:
            for connection in connections:
                _ask(connection, waiting)
            while waiting.get_map():
                for connection in _answered(waiting):
                    status, length = connection.answer()
                    statuses[status] += 1
                    received += length
                    if asked < most and time.perf_counter() - started < seconds:
                        _ask(connection, waiting)
                        asked += 1
    finally:
        for connection in connections:
            connection.close()
    return {"seconds": time.perf_counter() - started, "statuses": statuses, "bytes": received}


def _ask(connection: Connection, waiting: selectors.BaseSelector) -> None:
    connection.ask()
    waiting.register(connection.channel, selectors.EVENT_READ, connection)


def _answered(waiting: selectors.BaseSelector) -> list[Connection]:
    """Those whose answer has begun, which are not waited for any more."""
    ready = waiting.select(WAIT_SECONDS)
    if not ready:
        raise TimeoutError(f"no answer in {WAIT_SECONDS:g} seconds")
    for key, _ in ready:
        waiting.unregister(key.fileobj)
    return [key.data for key, _ in ready]


def main(arguments: Sequence[str]) -> None:
    port, path, seconds, most, *headers = arguments
    pairs = dict(header.split("=", 1) for header in headers)
    sys.stdout.write(json.dumps(ask_for(int(port), path, pairs, float(seconds), int(most))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
