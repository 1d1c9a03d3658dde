"""The one door to GitHub: REST and GraphQL over one pooled session, inside one budget."""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from pipeline.detection.untrusted import UntrustedTextError, load_json
from pipeline.github.body import ACCEPTED_ENCODING, MOST_BYTES, read_body
from pipeline.github.budget import Budget, Grant
from pipeline.github.errors import (
    BadAnswer,
    BadToken,
    BudgetExhausted,
    ConnectionTrouble,
    GitHubError,
    NotFound,
    QueryTooHeavy,
    RateLimited,
    RefusedRequest,
    classify,
    classify_graphql,
    graphql_errors,
)

log = logging.getLogger(__name__)
T = TypeVar("T")

API_VERSION = "2022-11-28"
USER_AGENT = "trender/0.1 (+https://github.com/topics/trender)"
CONNECT_SECONDS, READ_SECONDS, DEADLINE_SECONDS = 5.0, 15.0, 45.0
ATTEMPTS = 3
MOST_REDIRECTS = 3
SHORTEST_SECRET = 8  # a shorter token is none, and cutting it out of answers would damage them


@dataclass(frozen=True, slots=True)
class Answer:
    """What GitHub answered. `data` is parsed JSON (None for an empty body); `links` maps rel to URL."""

    status: int
    data: Any
    headers: Mapping[str, str]
    links: Mapping[str, str] = field(default_factory=dict)
    not_modified: bool = False
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class GraphQLAnswer:
    """Data of a GraphQL query, with the errors that left holes in it: [{"type", "path", "message"}, ...].

    `seconds` is the time from sending to the body's end, without the waits before.
    """

    data: dict[str, Any]
    errors: list[dict[str, Any]]
    seconds: float = 0.0


@dataclass(slots=True)
class Deadline:
    """The moment of time.monotonic() at which a request's attempts must be through."""

    at: float = field(default_factory=lambda: time.monotonic() + DEADLINE_SECONDS)

    def extend(self, seconds: float) -> None:
        """Time spent waiting for leave to send is not GitHub's."""
        self.at += seconds


@dataclass(slots=True)
class Remembered:
    """An earlier answer that may be asked for again with its ETag."""

    etag: str
    body: Any
    link: str


class TokenAuth(AuthBase):
    """Sets the Authorization header itself, so that no .netrc of the machine gets in between."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if self._token:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class PlainSession(requests.Session):
    """Leaves redirects to the client: requests would read their bodies whole, with no cap and no deadline."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


class GitHubClient:
    """Safe to share between threads. Every method raises a GitHubError when there is no answer to be had."""

    def __init__(
        self,
        base_url: str,
        budget: Budget,
        *,
        connections: int = 32,
        remembered: MutableMapping[str, Remembered] | None = None,
        on_retry: Callable[[GitHubError], None] = lambda error: None,
        backoff: float = 1.0,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.budget = budget
        self.not_modified = 0
        self.remembered = {} if remembered is None else remembered
        self.renewed: set[str] = set()
        self._on_retry = on_retry
        self._backoff = backoff
        self._lock = threading.Lock()
        self._session = PlainSession()
        self._session.headers.update(
            {"User-Agent": USER_AGENT, "X-GitHub-Api-Version": API_VERSION, "Accept-Encoding": ACCEPTED_ENCODING}
        )
        adapter = HTTPAdapter(pool_connections=4, pool_maxsize=connections)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def get(self, path: str, params: Mapping[str, str | int] | None = None, *, remember: bool = False) -> Answer:
        """GET a REST path, or an address that GitHub gave for one.

        With `remember`, the answer's ETag is kept and asked with the next time, which is free.
        """
        url = path if path.startswith("http") else self.base_url + path
        if not self._is_home(url):
            raise RefusedRequest("this address is not GitHub's API")  # the token goes nowhere else
        prepared = requests.Request("GET", url, params=params).prepare().url or url
        resource = resource_of(urlsplit(prepared).path)
        return self._with_retries(lambda deadline: self._get_once(prepared, resource, remember, deadline))

    def get_pages(
        self, path: str, params: Mapping[str, str | int], *, most: int, remember: bool = False
    ) -> Iterator[Any]:
        """The bodies of a paged GET, following Link rel=next for at most `most` pages."""
        answer = self.get(path, {"per_page": 100, **params}, remember=remember)
        yield answer.data
        for _ in range(most - 1):
            following = answer.links.get("next")
            if not following or not self._is_home(following):
                return
            answer = self.get(following, remember=remember)
            yield answer.data

    def graphql(self, query: str, variables: Mapping[str, Any], *, estimate: float = 1.0) -> GraphQLAnswer:
        """Send a query. `estimate` is the time it will take in seconds; see Budget.

        Raises QueryTooHeavy at once, without another try: the caller has to ask for less.
        """
        return self._with_retries(lambda deadline: self._graphql_once(query, variables, estimate, deadline))

    @property
    def graphql_url(self) -> str:
        """<base>/graphql, or /api/graphql beside an Enterprise server's /api/v3."""
        if self.base_url.endswith("/api/v3"):
            return self.base_url.removesuffix("/v3") + "/graphql"
        return self.base_url + "/graphql"

    # -- one attempt ---------------------------------------------------------------------------------------------
    def _get_once(self, url: str, resource: str, remember: bool, deadline: Deadline) -> Answer:
        known = self.remembered.get(url) if remember else None
        headers = {"Accept": "application/vnd.github+json"} | ({"If-None-Match": known.etag} if known else {})
        target: str | None = url
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._send("GET", target or url, resource, deadline, headers=headers)
            target = self._detour(target or url, answer)
            if target is None:
                break
            resource = resource_of(urlsplit(target).path)
        if answer.status == 304:
            return self._unchanged(answer, known)
        _refuse_detour(answer)
        if remember:
            self._remember(url, answer)
        return answer

    def _detour(self, url: str, answer: Answer) -> str | None:
        """Where a redirect leads; None for any other answer, and for a place outside the API."""
        location = answer.headers.get("Location", "")
        if answer.status not in (301, 302, 303, 307, 308) or not location:
            return None
        try:
            target = urljoin(url, location)
        except ValueError:
            return None
        return target if self._is_home(target) and target != url else None

    def _unchanged(self, answer: Answer, known: Remembered | None) -> Answer:
        if known is None:
            raise BadAnswer("GitHub answered 304 though nothing was said to be known", status=304)
        with self._lock:
            self.not_modified += 1
        links = {rel: value["url"] for rel, value in _links(known.link).items()}
        return Answer(304, known.body, answer.headers, links, not_modified=True)

    def _remember(self, url: str, answer: Answer) -> None:
        etag = answer.headers.get("ETag", "")
        if etag and len(etag) < 200 and len(url) < 500:
            with self._lock:
                self.remembered[url] = Remembered(etag, answer.data, answer.headers.get("Link", ""))
                self.renewed.add(url)

    def _graphql_once(
        self, query: str, variables: Mapping[str, Any], estimate: float, deadline: Deadline
    ) -> GraphQLAnswer:
        body = {"query": query, "variables": dict(variables)}
        try:
            answer = self._send("POST", self.graphql_url, "graphql", deadline, json=body, estimate=estimate)
        except GitHubError as error:
            raise _of_graphql(error) from None
        _refuse_detour(answer)
        data = answer.data.get("data")
        self._count_points(data)
        return GraphQLAnswer(data if isinstance(data, dict) else {}, graphql_errors(answer.data), answer.seconds)

    def _send(
        self,
        method: str,
        url: str,
        resource: str,
        deadline: Deadline,
        *,
        headers: Mapping[str, str] | None = None,
        json: Any = None,
        estimate: float = 0.0,
    ) -> Answer:
        """One request inside the budget. Raises the classified error of an answer that is none."""
        asked = time.monotonic()
        with self.budget.spend(resource, estimate=estimate) as grant:
            deadline.extend(time.monotonic() - asked)
            with self._request(method, url, grant, headers=dict(headers or {}), json=json) as response:
                self.budget.learn(grant, response.headers)
                raw = read_body(response, deadline.at, MOST_BYTES)
            seconds = time.monotonic() - grant.started
        return self._answer(response, self._without_tokens(raw), grant, seconds)

    def _request(self, method: str, url: str, grant: Grant, *, headers: dict[str, str], json: Any) -> requests.Response:
        """An answer's head; its body is still to be read."""
        try:
            return self._session.request(
                method, url, headers=headers, json=json, auth=TokenAuth(grant.token),
                timeout=(CONNECT_SECONDS, READ_SECONDS), stream=True, allow_redirects=False,
            )  # fmt: skip
        except requests.RequestException as error:
            host = urlsplit(url).netloc.rpartition("@")[2]
            raise ConnectionTrouble(f"no answer from {host} ({type(error).__name__})") from None
        except ValueError as error:  # its text may hold the token
            raise RefusedRequest(f"the request can't be written ({type(error).__name__})") from None

    def _answer(self, response: requests.Response, raw: bytes, grant: Grant, seconds: float) -> Answer:
        data, unreadable = _parse(raw)
        error = self._error_of(response, data, unreadable, grant)
        if isinstance(error, RateLimited) and not error.secondary:
            self.budget.use_up(grant, error.wait)
        if error is not None:
            raise error
        links = {rel: link["url"] for rel, link in response.links.items() if rel and link.get("url")}
        return Answer(response.status_code, data, response.headers, links, seconds=seconds)

    def _error_of(self, response: requests.Response, data: Any, unreadable: str, grant: Grant) -> GitHubError | None:
        now, status = datetime.now(UTC), response.status_code
        error = classify(status, response.headers, data, authorised=bool(grant.token), now=now)
        if error is None and unreadable and status < 300:
            return BadAnswer(f"GitHub's answer is not JSON: {unreadable}", status=status)
        if error is None and grant.resource == "graphql" and status < 300:
            return classify_graphql(data, response.headers, now)
        return error

    # -- attempts ------------------------------------------------------------------------------------------------
    def _with_retries(self, attempt: Callable[[Deadline], T]) -> T:
        """Up to three attempts with growing, jittered waits inside one deadline; limits pause all threads instead."""
        deadline = Deadline()
        for number in range(1, ATTEMPTS + 1):
            try:
                return attempt(deadline)
            except GitHubError as error:
                if isinstance(error, BadToken):
                    self.budget.close(error)
                wait = self._wait_after(error, number)
                if wait is None or time.monotonic() + wait > deadline.at:
                    raise
                log.info("attempt %d failed: %s", number, error)
                self._on_retry(error)
                time.sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _wait_after(self, error: GitHubError, number: int) -> float | None:
        """Seconds until the next attempt, or None when there is to be none."""
        if isinstance(error, RateLimited):
            # All threads wait in the budget, so this one need not sleep as well. A used up token holds back its own.
            if error.secondary:
                self.budget.pause(error.wait * 2 ** (number - 1))
            return 0.0 if number < ATTEMPTS else None
        if error.permanent or number == ATTEMPTS or isinstance(error, QueryTooHeavy | BudgetExhausted):
            return None
        return float(self._backoff * 2.0 ** (number - 1) * random.uniform(0.5, 1.5))  # noqa: S311 - jitter, not a secret

    def _without_tokens(self, raw: bytes) -> bytes:
        """A body with any token that GitHub echoed cut out, so that it gets into no message, log or table."""
        for token in self.budget.tokens:
            if len(token) >= SHORTEST_SECRET:
                raw = raw.replace(token.encode(), b"***")
        return raw

    def _count_points(self, data: object) -> None:
        cost = data.get("rateLimit") if isinstance(data, dict) else None
        points = cost.get("cost") if isinstance(cost, dict) else None
        with self._lock:
            self.budget.points += points if isinstance(points, int) else 1

    def _is_home(self, url: str) -> bool:
        """Whether an address is at the same host as the API: the token goes nowhere else."""
        try:
            return urlsplit(url)[:2] == urlsplit(self.base_url)[:2]
        except ValueError:
            return False


def resource_of(path: str) -> str:
    """The X-RateLimit-Resource that a REST path is counted under."""
    parent, _, kind = path.rpartition("/")
    if not parent.endswith("/search") or "/repos/" in path or kind == "repos":
        return "core"
    return "code_search" if kind == "code" else "search"


def _of_graphql(error: GitHubError) -> GitHubError:
    """What a status means where it answers a query: 404 is not a repository's, and 502 is the ten seconds' end."""
    if error.status in (502, 504):
        return QueryTooHeavy("GitHub ended the query after its ten seconds", status=error.status)
    if isinstance(error, NotFound):
        return RefusedRequest(f"there is no GraphQL at GITHUB_API_BASE_URL ({error})", status=error.status)
    return error


def _refuse_detour(answer: Answer) -> None:
    if not 200 <= answer.status < 300:
        raise RefusedRequest(f"GitHub answered {answer.status} and no place to go on", status=answer.status)


def _parse(raw: bytes) -> tuple[Any, str]:
    """(parsed JSON, "") or (None, why it could not be read)."""
    if not raw.strip():
        return None, ""
    try:
        return load_json(raw, max_bytes=MOST_BYTES), ""
    except UntrustedTextError as error:
        return None, str(error)


def _links(header: str) -> dict[str, dict[str, str]]:
    return {link.get("rel", ""): link for link in requests.utils.parse_header_links(header)} if header else {}
