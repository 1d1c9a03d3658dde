"""The client against real sockets that misbehave: bytes too many, too few, too slow, or none."""

import contextlib
import gzip
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator

import pytest

from pipeline.github import body as body_module
from pipeline.github import client as client_module
from pipeline.github.budget import Budget
from pipeline.github.client import GitHubClient
from pipeline.github.errors import BadAnswer, ConnectionTrouble, GitHubError

Talk = Callable[[socket.socket], None]
JSON = b'{"id": 1, "text": "' + b"x" * 3000 + b'"}'


class Listener:
    """Accepts connections, reads each request to its empty line and lets `talk` answer; counts both."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.talk: Talk = lambda connection: None
        self.connections = self.requests = 0
        self.closed = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while self._read_head(connection):
                self.requests += 1
                self.talk(connection)

    def _read_head(self, connection: socket.socket) -> bool:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            block = connection.recv(1)
            if not block:
                return False
            head += block
        return True

    def close(self) -> None:
        self.closed.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def client(listener: Listener) -> GitHubClient:
    return GitHubClient(listener.url, Budget(("ghp_0123456789",)), backoff=0)


def head(*lines: str, status: str = "200 OK") -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status}", "Content-Type: application/json", *lines, "", ""]).encode()


def says(*blocks: bytes, hang_up: bool = False) -> Talk:
    def talk(connection: socket.socket) -> None:
        connection.sendall(b"".join(blocks))
        if hang_up:
            connection.close()

    return talk


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    connection.close()


def chunked(*blocks: bytes, last: bytes = b"0\r\n\r\n") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(block), block) for block in blocks) + last


def bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(bytes(2**20)) for _ in range(megabytes)) + packer.flush()


GZIPPED = gzip.compress(JSON)


@pytest.mark.parametrize(
    "blocks",
    [
        (head(f"Content-Length: {len(JSON)}"), JSON),
        (head("Transfer-Encoding: chunked"), chunked(JSON[:10], JSON[10:])),
        (head("Transfer-Encoding: chunked", "Content-Encoding: gzip"), chunked(GZIPPED[:10], GZIPPED[10:])),
        (head(f"Content-Length: {len(GZIPPED)}", "Content-Encoding: x-gzip"), GZIPPED),
        (head("Content-Length: nonsense", "Connection: close"), JSON),
        (head("Content-Length: ²".encode().decode("latin-1"), "Connection: close"), JSON),
    ],
)
def test_a_whole_body_is_read(listener: Listener, client: GitHubClient, blocks: tuple[bytes, ...]) -> None:
    listener.talk = says(*blocks, hang_up=b"Connection: close" in blocks[0])

    assert client.get("/x").data["id"] == 1


def test_a_connection_is_kept_for_the_next_request(listener: Listener, client: GitHubClient) -> None:
    listener.talk = says(head("Transfer-Encoding: chunked"), chunked(JSON))

    for _ in range(5):
        client.get("/x")

    assert (listener.requests, listener.connections) == (5, 1)


@pytest.mark.parametrize(
    ("talk", "kind", "words"),
    [
        (says(head("Content-Length: 9000"), JSON, hang_up=True), ConnectionTrouble, "body"),
        (says(head("Transfer-Encoding: chunked"), chunked(JSON, last=b""), hang_up=True), ConnectionTrouble, "broke"),
        (says(head("Transfer-Encoding: chunked"), b"zz\r\nodd"), ConnectionTrouble, "broke"),
        (says(head("Content-Encoding: gzip"), GZIPPED[:20], hang_up=True), ConnectionTrouble, "ended early"),
        (says(head("Content-Encoding: gzip", "Content-Length: 5"), b"plain"), BadAnswer, "Content-Encoding"),
        (says(head(), JSON[:-1], hang_up=True), BadAnswer, "not JSON"),
        (says(head("Content-Length: 40"), b'{"a": 1}' * 5), BadAnswer, "not JSON"),
        (says(hang_up=True), ConnectionTrouble, "no answer"),
        (says(b"nonsense\r\n\r\n"), ConnectionTrouble, "no answer"),
        (says(head(*[f"X-{n}: 1" for n in range(200)])), ConnectionTrouble, "no answer"),
        (says(head("X-Long: " + "x" * 70_000)), ConnectionTrouble, "no answer"),
        (reset, ConnectionTrouble, "no answer"),
    ],
)
def test_a_broken_answer_is_tried_three_times(
    listener: Listener, client: GitHubClient, talk: Talk, kind: type[GitHubError], words: str
) -> None:
    listener.talk = talk

    with pytest.raises(kind, match=words):
        client.get("/x")

    assert listener.requests == 3


def test_a_reset_in_the_middle_is_tried_again(listener: Listener, client: GitHubClient) -> None:
    def talk(connection: socket.socket) -> None:
        if listener.requests == 1:
            connection.sendall(head("Content-Length: 9000") + JSON)
            reset(connection)
        else:
            connection.sendall(head(f"Content-Length: {len(JSON)}") + JSON)

    listener.talk = talk

    assert client.get("/x").data["id"] == 1


@pytest.mark.parametrize(
    "blocks",
    [
        (head("Content-Length: 200000"), b"[" + b" " * 199_998 + b"]"),
        (head("Transfer-Encoding: chunked"), chunked(b"[" + b" " * 199_998 + b"]")),
        (head("Transfer-Encoding: chunked", "Content-Encoding: gzip"), chunked(bomb(16))),
    ],
)
def test_a_body_has_a_size_cap(
    listener: Listener, client: GitHubClient, monkeypatch: pytest.MonkeyPatch, blocks: tuple[bytes, ...]
) -> None:
    monkeypatch.setattr(client_module, "MOST_BYTES", 100_000)
    listener.talk = says(*blocks)

    with pytest.raises(BadAnswer, match="larger than 100,000 bytes"):
        client.get("/x")


def test_a_bomb_is_never_unpacked_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    unpacked: list[int] = []
    decompressor, packed = zlib.decompressobj, bomb(16)

    class Counting:
        def __init__(self, wbits: int) -> None:
            self.inner = decompressor(wbits=wbits)

        def decompress(self, block: bytes, most: int) -> bytes:
            found = self.inner.decompress(block, most)
            unpacked.append(len(found))
            return found

    class Response:
        headers = {"Content-Encoding": "gzip"}

        class raw:
            @staticmethod
            def read1(size: int, decode_content: bool) -> bytes:
                return packed

    monkeypatch.setattr(body_module.zlib, "decompressobj", Counting)

    with pytest.raises(BadAnswer):
        body_module.read_body(Response(), time.monotonic() + 5, 50_000)  # type: ignore[arg-type]

    assert sum(unpacked) == 50_001


def test_a_slow_drip_ends_at_the_deadline(
    listener: Listener, client: GitHubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drip(connection: socket.socket) -> None:
        connection.sendall(head("Content-Length: 100000"))
        while not listener.closed.wait(0.01):
            connection.sendall(b" ")

    monkeypatch.setattr(client_module, "DEADLINE_SECONDS", 0.1)
    listener.talk = drip
    started = time.monotonic()

    with pytest.raises(ConnectionTrouble, match="too slowly"):
        client.get("/x")

    assert time.monotonic() - started < 1


def test_silence_ends_at_the_read_timeout(
    listener: Listener, client: GitHubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "READ_SECONDS", 0.03)
    listener.talk = lambda connection: None

    with pytest.raises(ConnectionTrouble, match="ReadTimeout"):
        client.get("/x")


def test_silence_inside_a_body_ends_at_the_read_timeout(
    listener: Listener, client: GitHubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "READ_SECONDS", 0.03)
    listener.talk = says(head("Content-Length: 9000"), JSON)

    with pytest.raises(ConnectionTrouble, match="broke inside the body"):
        client.get("/x")


def test_nobody_there_is_connection_trouble() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]

    with pytest.raises(ConnectionTrouble, match=f"no answer from 127.0.0.1:{port}"):
        GitHubClient(f"http://127.0.0.1:{port}", Budget(()), backoff=0).get("/x")


def test_a_redirect_with_a_body_is_followed(listener: Listener, client: GitHubClient) -> None:
    def talk(connection: socket.socket) -> None:
        moved = head("Location: /repositories/1", f"Content-Length: {len(JSON)}", status="301 Moved Permanently")
        connection.sendall((moved if listener.requests == 1 else head(f"Content-Length: {len(JSON)}")) + JSON)

    listener.talk = talk

    assert client.get("/repos/a/b").data["id"] == 1
    assert (listener.requests, listener.connections) == (2, 1)


def test_a_redirects_body_has_a_cap_too(
    listener: Listener, client: GitHubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "MOST_BYTES", 1000)
    listener.talk = says(head("Location: /x", f"Content-Length: {len(JSON)}", status="301 Moved"), JSON)

    with pytest.raises(BadAnswer, match="larger"):
        client.get("/repos/a/b")
