"""One request in, one answer out: who may ask, what it costs, and which part of the server knows the answer."""

import json
import re
import time
from datetime import datetime

from pipeline.demo import graph, rest
from pipeline.demo.faults import Faults
from pipeline.demo.journal import Entry, Journal
from pipeline.demo.limits import Limits, resource_of
from pipeline.demo.messages import Answer, Request, json_answer, not_found, problem
from pipeline.demo.mix import unit
from pipeline.demo.universe import Universe

MODELLED_LATENCY = 0.1  # the latency at which GraphQL's modelled seconds are slept in full
NO_USER_AGENT = "Request forbidden by administrative rules. Please make sure your request has a User-Agent header."
GATEWAY_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>"


class Api:
    """The server without its sockets."""

    def __init__(self, universe: Universe, latency: float, limits: bool) -> None:
        self.universe, self.latency = universe, latency
        self.limits, self.faults, self.journal = Limits(limits), Faults(), Journal()
        self.closed = self.faults.ended

    def answer(self, request: Request) -> Answer:
        """The answer to any request; it is in the journal, unless it is one to the control endpoints."""
        if request.path.startswith("/_demo/"):
            return control(self, request)
        started, in_flight = time.perf_counter(), self.journal.begin()
        answer = Answer(500)
        try:
            answer = self._github(request, in_flight)
        finally:
            seconds = time.perf_counter() - started
            told = (request.method, request.path, answer.status, answer.points, seconds, answer.seconds)
            self.journal.end(Entry(*told, query=request.query_string))
        return answer

    def _github(self, request: Request, in_flight: int) -> Answer:
        """GitHub's answer with the headers that every one has."""
        resource = resource_of(request.path)
        answer = self._refusal(request) or self.faults.answer(request)
        if answer is None:
            self._wait(self.latency * (0.7 + 0.6 * unit(len(self.journal.entries), in_flight)))
            began = time.perf_counter()
            answer = self.limits.refusal(request.token, resource, in_flight) or self._served(request)
            slowed = answer.seconds * self.latency / MODELLED_LATENCY
            self.limits.spend(request.token, resource, answer.points, slowed)
            self._wait(slowed - (time.perf_counter() - began))  # working the answer out is a part of its time
        request_id = f"DEMO:{len(self.journal.entries):X}:{in_flight:X}"
        common = {"X-GitHub-Request-Id": request_id, "X-GitHub-Media-Type": "github.v3; format=json"}
        answer.headers = {**self.limits.headers(request.token, resource), **common, **answer.headers}
        return answer

    def _refusal(self, request: Request) -> Answer | None:
        """The answer to those who do not say who they are, or say it wrongly."""
        if not request.headers.get("user-agent"):
            return problem(403, NO_USER_AGENT)
        claims_token = bool(request.headers.get("authorization"))
        if request.token.startswith("bad") or (claims_token and not request.token):
            return problem(401, "Bad credentials")
        if request.path == "/graphql" and not request.token:
            return problem(403, "API rate limit exceeded for 127.0.0.1. GraphQL needs a token.")
        return None

    def _served(self, request: Request) -> Answer:
        if request.path == "/graphql":
            return self._graphql(request)
        if request.method not in ("GET", "HEAD"):
            return not_found()
        if request.path == "/rate_limit":
            return self._rate_limit(request.token)
        answer = rest.answer(request, self.universe.view())
        answer.points = 0 if answer.status == 304 and request.token else 1
        return answer

    def _rate_limit(self, token: str) -> Answer:
        """Every limit's state; asking for it costs nothing."""
        resources = {name: self.limits.state(token, name) for name in ("core", "search", "code_search", "graphql")}
        return json_answer(200, {"resources": resources, "rate": resources["core"]})

    def _graphql(self, request: Request) -> Answer:
        payload = graph.read_payload(request.body) if request.method == "POST" else None
        if payload is None:
            return problem(400, "Problems parsing JSON") if request.method == "POST" else not_found()
        weighed = graph.weigh(*payload)
        if weighed.too_long:
            html = {"Content-Type": "text/html; charset=utf-8"}
            return Answer(502, GATEWAY_PAGE, html, points=1, seconds=graph.MOST_SECONDS)
        rate_limit = self.limits.graphql_state(request.token, weighed.points)
        answer = json_answer(200, graph.execute(weighed, self.universe.view(), rate_limit))
        answer.points, answer.seconds = weighed.points, weighed.seconds
        return answer

    def _wait(self, seconds: float) -> None:
        """Sleeps, but no longer than the server lives."""
        if seconds > 0:
            self.closed.wait(seconds)


def control(api: Api, request: Request) -> Answer:
    """The endpoints under `/_demo/` that a demo or a test steers the server with."""
    steps = {"GET /_demo/log": _log, "POST /_demo/now": _set_now, "POST /_demo/faults": _set_faults}
    step = steps.get(f"{request.method} {request.path}")
    if step is None:
        return not_found()
    try:
        return step(api, request)
    except (ValueError, KeyError, TypeError, re.error) as error:
        return problem(422, f"{type(error).__name__}: {error}")


def _log(api: Api, request: Request) -> Answer:
    return json_answer(200, api.journal.summary())


def _set_now(api: Api, request: Request) -> Answer:
    """{"now": ISO} stops the clock at a moment, {"now": null} lets it run with the computer's."""
    text = json.loads(request.body)["now"]
    api.universe.now = None if text is None else datetime.fromisoformat(text)
    return json_answer(200, {"now": api.universe.moment().iso})


def _set_faults(api: Api, request: Request) -> Answer:
    described = json.loads(request.body)
    api.faults.set(described)
    return json_answer(200, {"faults": len(described)})
