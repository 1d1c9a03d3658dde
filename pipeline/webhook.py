"""Posts one JSON object to one address: a few tries within a deadline that holds whatever the other side does.

With http.client, not requests: a redirect is an answer like any other, proxies and credentials of the environment play
no part, and a socket of our own can be closed from outside, which is what ends an answer that drips byte by byte. The
address is the operator's, so any host is as good as another.
"""

import http.client
import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

log = logging.getLogger(__name__)

TRY_AGAIN = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Patience:
    """All in seconds; `waits` stand between the tries, so there is one try more than waits."""

    one_try: float = 10.0
    in_all: float = 30.0
    waits: tuple[float, ...] = (1.0, 3.0)


@dataclass(slots=True)
class Attempt:
    """One try in a thread of its own: looking a name up cannot be interrupted, but it need not be waited for."""

    url: str
    body: bytes
    status: int = 0
    error: str = ""
    connection: http.client.HTTPConnection | None = None
    done: threading.Event = field(default_factory=threading.Event)

    def run(self, seconds: float) -> None:
        threading.Thread(target=self._send, args=(seconds,), name="webhook", daemon=True).start()
        if not self.done.wait(seconds):
            self.error = f"no answer within {seconds:.0f} s"
            self._hang_up()

    def _send(self, seconds: float) -> None:
        try:
            self.connection = connection = _connection(self.url, seconds)
            target = urlsplit(self.url)
            path = f"{target.path or '/'}?{target.query}" if target.query else target.path or "/"
            headers = {"Content-Type": "application/json", "User-Agent": "trender", "Connection": "close"}
            connection.request("POST", path, self.body, headers)
            self.status = connection.getresponse().status  # what else the answer says is nobody's concern
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.error = type(error).__name__
        finally:
            self.done.set()
            self._hang_up()

    def _hang_up(self) -> None:
        connection = self.connection
        if connection is None:
            return
        if connection.sock is not None:
            with suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            connection.close()


def post(url: str, payload: Mapping[str, object], patience: Patience | None = None) -> bool:
    """Whether the other side took it (2xx). Never raises, and never takes longer than `patience.in_all` seconds.

    Tried again after 5xx, 408, 425, 429, no answer and no connection; any other answer is final, redirects as well.
    """
    patience = patience or Patience()
    body = json.dumps(payload, ensure_ascii=True).encode()
    deadline = time.monotonic() + patience.in_all
    for number in range(len(patience.waits) + 1):
        wait = patience.waits[number - 1] if number else 0.0
        if deadline - time.monotonic() <= wait:
            break
        time.sleep(wait)
        attempt = Attempt(url, body)
        attempt.run(min(patience.one_try, deadline - time.monotonic()))
        if not attempt.error and 200 <= attempt.status < 300:
            return True
        log.warning("alert not taken, try %d: %s", number + 1, attempt.error or f"answer {attempt.status}")
        if not attempt.error and attempt.status < 500 and attempt.status not in TRY_AGAIN:
            break
    return False


def _connection(url: str, seconds: float) -> http.client.HTTPConnection:
    target = urlsplit(url)
    host, port = target.hostname or "", target.port
    if target.scheme == "https":
        return http.client.HTTPSConnection(host, port, timeout=seconds, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=seconds)
