"""Faults on request: answers that fail the way GitHub's do, set over `POST /_demo/faults`."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Lock
from typing import Any

from pipeline.demo.limits import SECONDARY
from pipeline.demo.messages import Answer, Request, json_answer, problem

HALF_A_BODY = b'{"total_count": 100, "incomplete_results": false, "items": [{"id": 1000'


@dataclass
class Fault:
    """One fault: `match` is looked for in "METHOD path?query"; after `skip` hits it strikes `times` times.

    Either `status` with `body` and `headers`, or an `action` of ACTIONS; `seconds` are those of a stall or a wait.
    """

    match: str
    times: int = 1
    skip: int = 0
    status: int = 500
    body: str = ""
    headers: dict[str, str] | None = None
    action: str = ""
    seconds: float = 1
    type: str = "SERVICE_UNAVAILABLE"

    def strikes(self, line: str) -> bool:
        """Whether it strikes this request; counts down."""
        if not re.search(self.match, line):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        self.times -= 1
        return self.times >= 0


class Faults:
    """The faults in force, the first that matches strikes."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.lock = Lock()
        self.ended = Event()

    def set(self, described: list[dict[str, Any]]) -> None:
        """Puts these faults in the place of all others; TypeError or re.error if one cannot be understood."""
        faults = [Fault(**one) for one in described]
        for fault in faults:
            re.compile(fault.match)
            if fault.action and fault.action not in ACTIONS:
                raise TypeError(f"unknown action {fault.action!r}")
        with self.lock:
            self.faults = faults

    def answer(self, request: Request) -> Answer | None:
        """The failing answer for a request that a fault strikes; None for all others, and after a stall."""
        line = f"{request.method} {request.target}"
        with self.lock:
            fault = next((one for one in self.faults if one.strikes(line)), None)
        if fault is None:
            return None
        if fault.action == "stall":
            self.ended.wait(fault.seconds)  # a server that closes does not wait for it
            return None
        answer = ACTIONS[fault.action](fault) if fault.action else _plain(fault)
        answer.headers.update(fault.headers or {})
        return answer


def _plain(fault: Fault) -> Answer:
    if not fault.body:
        return problem(fault.status, "fault")
    kind = "text/html; charset=utf-8" if fault.body.startswith("<") else "application/json; charset=utf-8"
    return Answer(fault.status, fault.body.encode("utf-8", "surrogatepass"), {"Content-Type": kind})


def _secondary(fault: Fault) -> Answer:
    return problem(403, SECONDARY, {"Retry-After": f"{fault.seconds:g}"})


def _primary(fault: Fault) -> Answer:
    reset = str(int(time.time() + fault.seconds))
    return problem(
        403, "API rate limit exceeded for user ID 1.", {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": reset}
    )


def _garbage(fault: Fault) -> Answer:
    return Answer(
        200,
        fault.body.encode() or b"\x00\xff neither JSON nor text",
        {"Content-Type": "application/json; charset=utf-8"},
    )


def _graphql_error(fault: Fault) -> Answer:
    message = fault.body or "Something went wrong while executing your query."
    return json_answer(200, {"data": None, "errors": [{"type": fault.type, "message": message}]})


ACTIONS: dict[str, Callable[[Fault], Answer]] = {
    "reset": lambda fault: Answer(200, cut="reset"),
    "truncate": lambda fault: Answer(
        200, HALF_A_BODY, {"Content-Type": "application/json; charset=utf-8"}, cut="truncate"
    ),
    "stall": lambda fault: Answer(200),
    "secondary": _secondary,
    "primary": _primary,
    "garbage": _garbage,
    "graphql_error": _graphql_error,
}
