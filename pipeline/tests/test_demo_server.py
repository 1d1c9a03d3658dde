"""The embedded GitHub over real HTTP on the loopback."""

import http.client
import io
import json
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from pathlib import Path

import pytest
import requests
from graphql import parse

from pipeline.demo.cost import Cost
from pipeline.demo.limits import Limits
from pipeline.demo.server import Server, serve
from pipeline.demo.universe import Universe
from pipeline.github import queries
from pipeline.github.queries import Part, Wanted

ANCHOR = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
WEEK_AGO = (NOW - timedelta(days=7)).strftime("%Y-%m-%dT%H:%M:%SZ")
SINCE = {"committedSince": WEEK_AGO, "updatedSince": WEEK_AGO}
HERE = Path(__file__).resolve().parents[2]
ALL_PARTS = tuple(Part)


class Client:
    """A reader with a token."""

    def __init__(self, server: Server) -> None:
        self.server, self.session = server, requests.Session()
        self.session.trust_env = False
        self.session.headers.update({"Authorization": "Bearer ghp_demo", "User-Agent": "tests"})

    def get(self, path: str, **options) -> requests.Response:
        return self.session.get(self.server.url + path, timeout=10, **options)

    def post(self, path: str, content: object) -> requests.Response:
        return self.session.post(self.server.url + path, json=content, timeout=10)

    def search(self, words: str, **parameters: object) -> list[dict]:
        answer = self.get("/search/repositories", params={"q": words, "sort": "stars", "per_page": 100, **parameters})
        assert answer.status_code == 200, answer.text
        return answer.json()["items"]

    def ask(self, query: str, variables: dict | None = None) -> dict:
        answer = self.post("/graphql", {"query": query, "variables": variables or {}})
        assert answer.status_code == 200, answer.text
        return answer.json()

    def repositories(self, wanted: list[Wanted]) -> dict:
        return self.ask(queries.repositories_query(wanted), queries.used_variables(wanted, SINCE))


@pytest.fixture(scope="module")
def universe() -> Universe:
    return Universe(anchor=ANCHOR, now=NOW)


@pytest.fixture(scope="module")
def start(universe: Universe) -> Iterator[Callable[..., Server]]:
    servers: list[Server] = []

    def started(**options) -> Server:
        servers.append(serve(universe, **options))
        return servers[-1]

    yield started
    for server in servers:
        server.close()


@pytest.fixture(scope="module")
def shared(start: Callable[..., Server]) -> Client:
    return Client(start())


@pytest.fixture
def client(shared: Client) -> Client:
    shared.server.now = NOW
    shared.post("/_demo/faults", [])
    return shared


@pytest.fixture
def fresh(start: Callable[..., Server]) -> Iterator[Callable[..., Client]]:
    clients: list[Client] = []

    def made(**options) -> Client:
        clients.append(Client(start(**options)))
        return clients[-1]

    yield made
    for one in clients:
        one.session.close()
        one.server.close()


# Searches and lists


def test_a_search_is_paged_without_overlap(client: Client) -> None:
    first = client.get("/search/repositories", params={"q": "language:Python", "sort": "stars", "per_page": 60})
    assert set(first.links) == {"next", "last"}
    second = client.session.get(first.links["next"]["url"], timeout=10)
    assert {"first", "prev"} <= set(second.links)
    items = first.json()["items"] + second.json()["items"]
    assert len({item["id"] for item in items}) == len(items) == 120
    assert [item["stargazers_count"] for item in items] == sorted((i["stargazers_count"] for i in items), reverse=True)
    assert first.json()["total_count"] >= 130


def test_a_search_ends_after_a_thousand_results(client: Client) -> None:
    assert client.get("/search/repositories?q=language:Go&per_page=100&page=10").status_code == 200
    refused = client.get("/search/repositories?q=language:Go&per_page=100&page=11")
    assert refused.status_code == 422
    assert "first 1000" in refused.json()["message"]


def test_search_results_are_whole_repository_objects(client: Client) -> None:
    item = client.search("language:Go")[0]
    whole = client.get(f"/repos/{item['full_name']}").json()
    assert {key: value for key, value in item.items() if key != "score"}.items() <= whole.items()
    assert item["topics"]
    assert item["owner"]["login"] == item["full_name"].split("/")[0]


def test_code_search_finds_files_in_the_root_only(client: Client) -> None:
    answer = client.get("/search/code", params={"q": "filename:render.yaml path:/", "per_page": 100}).json()
    assert answer["total_count"] >= 90
    assert {item["path"] for item in answer["items"]} == {"render.yaml"}
    hit = answer["items"][0]
    assert "stargazers_count" not in hit["repository"]
    query = queries.repositories_query([Wanted(hit["repository"]["node_id"], (), ("render.yaml",))])
    assert client.ask(query)["data"]["repo0"]["file0"]["oid"] == hit["sha"]


def test_code_search_needs_a_token(client: Client) -> None:
    answer = client.get("/search/code?q=filename:render.yaml", headers={"Authorization": None})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/orgs/demo--render/repos", 200),
        ("/users/demo--render/repos", 200),
        ("/users/demo--employee-one/repos", 200),
        ("/orgs/demo--employee-one/repos", 404),
        ("/orgs/demo--nobody/repos", 404),
        ("/users/demo--nobody", 404),
        ("/users/demo--render", 200),
        ("/user", 200),
        ("/repos/demo--nobody/nothing", 404),
        ("/repositories/12", 404),
        ("/search/repositories?q=", 422),
        ("/repos/demo--render-examples/not-yet-begun/commits", 409),
        ("/no/such/page", 404),
    ],
)
def test_status_of(client: Client, path: str, status: int) -> None:
    assert client.get(path).status_code == status


def test_commits_are_listed_newest_first(client: Client) -> None:
    name = client.search("language:Python")[0]["full_name"]
    commits = client.get(f"/repos/{name}/commits", params={"since": WEEK_AGO, "per_page": 5}).json()
    dates = [commit["commit"]["committer"]["date"] for commit in commits]
    assert dates == sorted(dates, reverse=True)


# What every answer has


def test_bad_credentials_and_missing_user_agents_are_refused(client: Client) -> None:
    assert client.get("/user", headers={"Authorization": "Bearer bad_token"}).status_code == 401
    assert client.get("/user", headers={"Authorization": "Bearer"}).status_code == 401
    nameless = http.client.HTTPConnection(client.server.url.removeprefix("http://"), timeout=10)
    nameless.request("GET", "/rate_limit")
    assert nameless.getresponse().status == 403
    nameless.close()
    assert client.session.post(
        f"{client.server.url}/graphql", json={"query": "{ rateLimit { cost } }"}, headers={"Authorization": None}
    ).status_code in (401, 403)


def test_an_unchanged_answer_is_304(client: Client) -> None:
    first = client.get("/repos/demo--odd-corner/markup-parser")
    again = client.get("/repos/demo--odd-corner/markup-parser", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    client.server.now = NOW + timedelta(days=3)
    changed = client.get("/repos/demo--odd-corner/markup-parser", headers={"If-None-Match": first.headers["ETag"]})
    assert changed.status_code == 200


def test_rate_limit_headers_are_on_every_answer(client: Client) -> None:
    headers = client.get("/search/repositories?q=language:Go").headers
    assert headers["X-RateLimit-Resource"] == "search"
    assert headers["X-RateLimit-Limit"] == "30"
    assert {"X-RateLimit-Remaining", "X-RateLimit-Used", "X-RateLimit-Reset", "X-GitHub-Request-Id"} <= set(headers)


def test_a_lone_surrogate_goes_over_the_wire_as_an_escape(client: Client) -> None:
    raw = client.get("/repos/demo--odd-corner/half-emoji-cache").content
    assert rb"half \ud83d and" in raw
    node_id = json.loads(raw)["node_id"]
    assert "\ud83d" in client.repositories([Wanted(node_id, (Part.METADATA,))])["data"]["repo0"]["description"]


# Star history


def test_star_history_comes_in_weeks_newest_first(client: Client) -> None:
    repository = client.search("language:Go created:<2025-01-01")[5]
    answer = client.get(f"/repos/{repository['full_name']}/stargazers/history", params={"per_page": 40})
    weeks = answer.json()
    assert len(weeks) == 30
    assert [week["week"] for week in weeks] == sorted((week["week"] for week in weeks), reverse=True)
    assert all(datetime.fromtimestamp(week["week"], UTC).strftime("%w %H:%M") == "0 00:00" for week in weeks)
    assert client.get(f"/repositories/{repository['id']}/stargazers/history?per_page=30").json() == weeks
    older = client.session.get(answer.links["next"]["url"], timeout=10).json()
    assert older[0]["week"] == weeks[-1]["week"] - 7 * 86_400


def test_star_history_agrees_with_the_count_as_the_clock_moves(client: Client) -> None:
    repository = client.search("language:TypeScript")[2]
    path = f"/repositories/{repository['id']}"
    client.server.now = NOW - timedelta(days=30)
    before = client.get(path).json()["stargazers_count"]
    client.server.now = NOW
    first, last = (NOW - timedelta(days=30)).replace(hour=0), NOW
    days = {}
    for week in client.get(f"{path}/stargazers/history?per_page=30").json():
        days |= {week["week"] + n * 86_400: gained for n, gained in enumerate(week["days"])}
    gained = sum(n for day, n in days.items() if first.timestamp() < day <= last.timestamp())
    client.server.now = first + timedelta(days=1)
    rest_of_first_day = client.get(path).json()["stargazers_count"] - before
    assert repository["stargazers_count"] - before == gained + rest_of_first_day


# Renames and ends


def test_a_renamed_repository_answers_with_a_redirect_from_its_day_on(universe: Universe, client: Client) -> None:
    renamed = next(r for r in universe.repositories if r.full_name.changes)
    day, new_name = renamed.full_name.changes[0]
    old_name = renamed.full_name.first
    client.server.now = datetime.combine(date.fromordinal(day), datetime.min.time(), UTC) - timedelta(minutes=1)
    assert client.get(f"/repos/{old_name}").json()["full_name"] == old_name
    assert client.get(f"/repos/{new_name}").status_code == 404
    client.server.now += timedelta(minutes=2)
    moved = client.get(f"/repos/{old_name}/stargazers/history?per_page=2", allow_redirects=False)
    assert moved.status_code == 301
    assert moved.headers["Location"].endswith(f"/repositories/{renamed.id}/stargazers/history?per_page=2")
    assert len(client.get(f"/repos/{old_name}/stargazers/history?per_page=2").json()) == 2
    data = client.repositories([Wanted(renamed.node_id, (Part.IDENTITY,))])["data"]
    assert data["repo0"]["nameWithOwner"] == new_name
    assert new_name in [item["full_name"] for item in client.search(f"user:{new_name.split('/')[0]}")]


def test_a_deleted_repository_is_not_found_at_its_place(universe: Universe, client: Client) -> None:
    gone = next(r for r in universe.repositories if r.gone)
    there = [item["node_id"] for item in client.search("language:Go")[:2]]
    answer = client.repositories([Wanted(node_id, (Part.IDENTITY,)) for node_id in (there[0], gone.node_id, there[1])])
    assert answer["data"]["repo1"] is None
    assert answer["data"]["repo2"]["id"] == there[1]
    assert [(error["type"], error["path"]) for error in answer["errors"]] == [("NOT_FOUND", ["repo1"])]
    answer = client.ask("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", {"ids": [*there, gone.node_id]})
    assert answer["data"]["nodes"][2] is None
    assert answer["errors"][0]["path"] == ["nodes", 2]
    client.server.now = NOW - timedelta(days=6)
    assert "errors" not in client.repositories([Wanted(gone.node_id, (Part.IDENTITY,))])


# GraphQL


@pytest.mark.parametrize("parts", [*[c for n in (0, 1, 2) for c in combinations(ALL_PARTS, n)], ALL_PARTS])
def test_every_query_of_the_pipeline_is_answered(client: Client, parts: tuple[Part, ...]) -> None:
    ids = [item["node_id"] for item in client.search("language:TypeScript", per_page=3)]
    wanted = [Wanted(ids[0], parts), Wanted(ids[1], parts, ("README.md", 'no"such'), ("apps", "")), Wanted(ids[2])]
    answer = client.repositories(wanted)
    assert "errors" not in answer
    assert set(answer["data"]) == {"rateLimit", "repo0", "repo1", "repo2"}
    assert answer["data"]["repo1"]["file0"]["text"].startswith("# ")
    assert answer["data"]["repo1"]["file1"] is None
    assert answer["data"]["rateLimit"]["cost"] == 1


def test_graphql_and_rest_say_the_same(client: Client) -> None:
    items = client.search("language:Python", per_page=20)
    answer = client.repositories([Wanted(item["node_id"], (Part.IDENTITY, Part.METADATA)) for item in items])
    for n, item in enumerate(items):
        repository = answer["data"][f"repo{n}"]
        assert (repository["databaseId"], repository["nameWithOwner"]) == (item["id"], item["full_name"])
        assert (repository["stargazerCount"], repository["forkCount"]) == (item["stargazers_count"], item["forks"])
        assert repository["pushedAt"] == item["pushed_at"]
        assert [node["topic"]["name"] for node in repository["repositoryTopics"]["nodes"]] == item["topics"]
        unsettled = repository["openIssues"]["totalCount"] + repository["openPullRequests"]["totalCount"]
        assert unsettled == item["open_issues_count"]


@pytest.mark.parametrize(
    ("part", "path"), [(Part.COMMITS, "defaultBranchRef.target.history"), (Part.CLOSED_ISSUES, "closedIssues")]
)
def test_a_long_connection_has_more_pages(universe: Universe, client: Client, part: Part, path: str) -> None:
    busiest = max(universe.repositories, key=lambda r: r.work.commits_a_week)
    wanted = [Wanted(busiest.node_id, (part,))]

    def page(query: str) -> dict:
        found = client.ask(query, queries.used_variables(wanted, SINCE))["data"]["repo0"]
        for key in path.split("."):
            found = found[key]
        return found

    first = page(queries.repositories_query(wanted))
    assert first["pageInfo"]["hasNextPage"]
    second = page(queries.more_pages_query(part, busiest.node_id, first["pageInfo"]["endCursor"]))
    nodes = [json.dumps(node) for node in first["nodes"] + second["nodes"]]
    assert len(first["nodes"]) == 100
    assert len(set(nodes)) == len(nodes) == min(first["totalCount"], 200)


def test_an_empty_repository_has_no_branch(client: Client) -> None:
    node_id = client.get("/repos/demo--render-examples/not-yet-begun").json()["node_id"]
    repository = client.repositories([Wanted(node_id, ALL_PARTS)])["data"]["repo0"]
    assert (repository["isEmpty"], repository["defaultBranchRef"], repository["rootTree"]) == (True, None, None)


def test_the_root_tree_changes_only_with_the_files(client: Client) -> None:
    ids = [item["node_id"] for item in client.search("language:Go", per_page=30)]

    def trees() -> list[dict]:
        data = client.repositories([Wanted(node_id, (Part.ROOT_TREE,)) for node_id in ids])["data"]
        return [data[f"repo{n}"]["rootTree"] for n in range(len(ids))]

    now = trees()
    client.server.now = NOW - timedelta(hours=20)
    assert trees() == now
    names = {entry["name"]: entry["type"] for entry in now[0]["entries"]}
    assert names["README.md"] == "blob"
    assert names["go.mod"] == "blob"


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ('{ repository(owner: "demo--nobody", name: "x") { id } }', "NOT_FOUND"),
        ('{ node(id: "R_x") { id } }', "NOT_FOUND"),
        ("{ nothing }", None),
        ("{ rateLimit {", None),
    ],
)
def test_graphql_errors_have_githubs_form(client: Client, query: str, kind: str | None) -> None:
    answer = client.ask(query)
    assert answer["errors"][0]["message"]
    assert kind is None or answer["errors"][0]["type"] == kind
    assert not any(answer.get("data", {}).values())


@pytest.mark.parametrize(
    ("issues", "kind"),
    [
        ("issues(first: 200) { totalCount }", "EXCESSIVE_PAGINATION"),
        ("issues { nodes { id } }", "MISSING_PAGINATION_BOUNDARIES"),
        ('issues(first: 1, after: "?") { totalCount }', "INVALID_CURSOR_ARGUMENTS"),
    ],
)
def test_pages_out_of_bounds_are_refused(client: Client, issues: str, kind: str) -> None:
    answer = client.ask(f'{{ repository(owner: "demo--odd-corner", name: "markup-parser") {{ {issues} }} }}')
    assert answer["errors"][0]["type"] == kind


def weigh(count: int, parts: tuple[Part, ...]) -> Cost:
    wanted = [Wanted(f"R_{number}", parts) for number in range(count)]
    return Cost(parse(queries.repositories_query(wanted)), SINCE)


HYDRATION = (Part.COMMITS, Part.CLOSED_ISSUES, Part.ROOT_TREE, Part.METADATA)


@pytest.mark.parametrize(
    ("count", "parts", "least", "most"),
    [
        (1, HYDRATION, 0.1, 0.3),
        (20, HYDRATION[:2], 1, 2),
        (20, HYDRATION, 1, 3),
        (100, HYDRATION[:2], 10, 15),
        (100, HYDRATION, 10, 25),
        (100, (Part.PACKAGE_JSON,), 0.5, 4),
    ],
)
def test_a_query_takes_longer_than_in_proportion_to_what_it_holds(
    count: int, parts: tuple[Part, ...], least: float, most: float
) -> None:
    assert least < weigh(count, parts).seconds < most


@pytest.mark.parametrize(("count", "status"), [(20, 200), (100, 502)])
def test_a_query_beyond_ten_seconds_is_a_502_page(client: Client, count: int, status: int) -> None:
    ids = [item["node_id"] for item in client.search("language:Go")[:count]]
    wanted = [Wanted(node_id, (Part.COMMITS, Part.CLOSED_ISSUES)) for node_id in ids]
    query = {"query": queries.repositories_query(wanted), "variables": SINCE}
    answer = client.post("/graphql", query)
    assert (len(ids), answer.status_code) == (count, status)
    assert answer.headers["Content-Type"].startswith("text/html" if status == 502 else "application/json")


# Clock, journal, faults


def test_the_clock_is_moved_over_http(client: Client) -> None:
    today = client.search("language:Python")[0]["stargazers_count"]
    answer = client.post("/_demo/now", {"now": "2026-10-01T12:00:00+00:00"})
    assert answer.json() == {"now": "2026-10-01T12:00:00Z"}
    earlier = client.search("language:Python")
    assert earlier[0]["stargazers_count"] < today
    assert all(item["created_at"] <= "2026-10-01T12:00:00Z" for item in earlier)
    assert client.post("/_demo/now", {"now": "soon"}).status_code == 422


def test_the_journal_counts_by_endpoint(fresh: Callable[..., Client]) -> None:
    client = fresh()
    item = client.search("language:Go", per_page=1)[0]
    client.get(f"/repos/{item['full_name']}/stargazers/history")
    client.repositories([Wanted(item["node_id"], (Part.COMMITS,))])
    summary = client.get("/_demo/log").json()
    assert summary["requests"] == 3
    assert summary["by_endpoint"]["GET /repos/:owner/:name/stargazers/history 200"] == 1
    assert (summary["points"], summary["most_in_flight"]) == (3, 1)
    assert summary["graphql_seconds"] > 0.1
    assert client.server.log[0].path == "/search/repositories"


@pytest.mark.parametrize(
    ("fault", "status", "text"),
    [
        ({"status": 503, "body": "<html>busy</html>"}, 503, "<html>busy</html>"),
        ({"action": "secondary", "seconds": 2}, 403, "secondary rate limit"),
        ({"action": "primary"}, 403, "API rate limit exceeded"),
        ({"action": "garbage", "body": "{]"}, 200, "{]"),
        ({"action": "graphql_error", "type": "RATE_LIMITED"}, 200, "RATE_LIMITED"),
    ],
)
def test_a_fault_strikes_as_often_as_told(client: Client, fault: dict, status: int, text: str) -> None:
    client.post(
        "/_demo/faults", [{"match": "GET /user$", "times": 1, "skip": 1, "headers": {"X-Fault": "yes"}, **fault}]
    )
    answers = [client.get("/user") for _ in range(3)]
    assert ["X-Fault" in answer.headers for answer in answers] == [False, True, False]
    assert answers[1].status_code == status
    assert text in answers[1].text


@pytest.mark.parametrize("action", ["reset", "truncate"])
def test_a_fault_breaks_the_connection(client: Client, action: str) -> None:
    client.post("/_demo/faults", [{"match": "/user", "action": action}])
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        client.get("/user")
    assert client.get("/user").status_code == 200


def test_a_stall_delays_and_then_answers(client: Client) -> None:
    client.post("/_demo/faults", [{"match": "/user", "action": "stall", "seconds": 0.2}])
    began = time.perf_counter()
    assert client.get("/user").status_code == 200
    assert time.perf_counter() - began > 0.2


@pytest.mark.parametrize("faults", [[{"match": "("}], [{"match": "x", "action": "explode"}], [{"nothing": 1}], "x"])
def test_a_fault_that_makes_no_sense_is_refused(client: Client, faults: object) -> None:
    assert client.post("/_demo/faults", faults).status_code == 422


# Limits and load


def test_without_a_token_sixty_requests_are_allowed(fresh: Callable[..., Client]) -> None:
    client = fresh(limits=True)
    del client.session.headers["Authorization"]
    answers = [client.get("/users/demo--render") for _ in range(61)]
    assert [answer.status_code for answer in answers] == [200] * 60 + [403]
    assert answers[-1].headers["X-RateLimit-Remaining"] == "0"
    assert int(answers[-1].headers["X-RateLimit-Reset"]) > time.time()


def test_the_limit_of_searches_is_its_own(fresh: Callable[..., Client]) -> None:
    client = fresh(limits=True)
    codes = [client.get("/search/code?q=filename:render.yaml&per_page=1").status_code for _ in range(10)]
    assert codes == [200] * 9 + [403]
    assert client.get("/search/repositories?q=language:Go&per_page=1").status_code == 200
    limits = client.get("/rate_limit").json()["resources"]
    assert (limits["code_search"]["remaining"], limits["search"]["used"], limits["core"]["used"]) == (0, 1, 0)


def test_an_authorised_304_costs_nothing(fresh: Callable[..., Client]) -> None:
    client = fresh(limits=True)
    etag = client.get("/users/demo--render").headers["ETag"]
    again = client.get("/users/demo--render", headers={"If-None-Match": etag})
    assert (again.status_code, again.headers["X-RateLimit-Used"]) == (304, "1")


def test_storms_meet_the_secondary_limits() -> None:
    clock = [1000.0]
    limits = Limits(enforced=True, clock=lambda: clock[0])
    for _ in range(900):
        assert limits.refusal("t", "core", 1) is None
        limits.spend("t", "core", 1)
    refused = limits.refusal("t", "core", 1)
    assert refused is not None
    assert (refused.status, refused.headers["Retry-After"]) == (403, "60")
    assert limits.refusal("another", "core", 1) is None
    limits.spend("t", "graphql", 1, 59.0)
    assert limits.refusal("t", "graphql", 1) is None
    limits.spend("t", "graphql", 1, 1.5)
    assert limits.refusal("t", "graphql", 1) is not None
    clock[0] += 61
    assert limits.refusal("t", "core", 1) is None
    assert limits.refusal("t", "core", 101) is not None


def test_an_exhausted_graphql_budget_is_an_error_with_status_200() -> None:
    limits = Limits(enforced=True, clock=lambda: 1000.0)
    limits.spend("t", "graphql", 5000)
    refused = limits.refusal("t", "graphql", 1)
    assert refused is not None
    assert (refused.status, b"RATE_LIMITED" in refused.body) == (200, True)


def test_forty_readers_are_served_at_once(fresh: Callable[..., Client]) -> None:
    client = fresh(latency=0.05)
    names = [item["full_name"] for item in client.search("language:Go", per_page=40)]

    def read(name: str) -> int:
        with requests.Session() as session:
            session.trust_env = False
            headers = {"User-Agent": "tests", "Authorization": "Bearer ghp_demo"}
            urls = [f"{client.server.url}/repos/{name}/stargazers/history?per_page=30"] * 5
            return sum(session.get(url, headers=headers, timeout=10).status_code == 200 for url in urls)

    with ThreadPoolExecutor(40) as pool:
        assert sum(pool.map(read, names)) == 200
    assert client.get("/_demo/log").json()["most_in_flight"] > 20


def test_latency_slows_graphql_in_proportion_to_its_work(fresh: Callable[..., Client]) -> None:
    client = fresh(latency=0.02)
    ids = [item["node_id"] for item in client.search("language:Go", per_page=20)]
    began = time.perf_counter()
    client.repositories([Wanted(node_id, (Part.COMMITS,)) for node_id in ids])
    # The modelled seconds are those at a latency of 0.1 s, so a fifth of them here.
    assert time.perf_counter() - began > weigh(20, (Part.COMMITS,)).seconds / 5


# The process


def process(*options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "pipeline.demo", "--anchor", "2026-11-21", "--now", "2026-11-21T10:00:00+00:00"]
    return subprocess.Popen(
        [*command, *options], cwd=HERE, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    )


@pytest.mark.parametrize("ending", ["signal", "stdin"])
def test_the_process_says_its_address_and_ends_when_told(ending: str) -> None:
    with process("--until-stdin-closes") as child:
        assert isinstance(child.stdout, io.TextIOBase)
        url = child.stdout.readline().strip()
        assert url.startswith("http://127.0.0.1:")
        with requests.Session() as session:
            session.trust_env = False
            assert session.get(f"{url}/rate_limit", headers={"User-Agent": "tests"}, timeout=10).status_code == 200
            began = time.perf_counter()
            if ending == "signal":
                child.send_signal(signal.SIGTERM)
            else:
                child.stdin.close()
            assert child.wait(timeout=5) == 0
        assert time.perf_counter() - began < 1.5


def test_a_closed_server_frees_its_port(universe: Universe) -> None:
    with serve(universe) as first:
        port = int(first.url.rsplit(":", 1)[1])
    with serve(universe, port=port) as second:
        assert second.url == first.url
