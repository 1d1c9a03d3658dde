"""The client with made-up answers: what it sends, what it tries again, what it remembers, where a token goes."""

import gzip
import json
import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import responses
from responses import matchers

from pipeline.github import client as client_module
from pipeline.github.budget import Budget
from pipeline.github.client import GitHubClient, Remembered, resource_of
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
    ServerTrouble,
)
from trender.tests.naps import noted_naps

BASE = "https://api.github.test"
TOKEN = "ghp_0123456789abcdefSECRET"
REPO = f"{BASE}/repos/a/b"


@pytest.fixture
def github() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits between attempts, which are not slept."""
    monkeypatch.setattr(client_module.random, "uniform", lambda low, high: 1.0)
    return noted_naps(monkeypatch, client_module)


@pytest.fixture
def client(naps: list[float]) -> GitHubClient:
    return GitHubClient(BASE, Budget((TOKEN,), longest_wait=0.05))


def anonymous() -> GitHubClient:
    return GitHubClient(BASE, Budget(()), backoff=0)


# What is sent


def test_a_request_says_who_asks_and_which_version(github: responses.RequestsMock, client: GitHubClient) -> None:
    github.get(REPO, json={"id": 1})

    client.get("/repos/a/b")

    sent = github.calls[0].request.headers
    assert sent["Authorization"] == f"Bearer {TOKEN}"
    assert sent["User-Agent"].startswith("trender/")
    assert sent["X-GitHub-Api-Version"] == "2022-11-28"
    assert sent["Accept"] == "application/vnd.github+json"
    assert sent["Accept-Encoding"] == "gzip"


def test_without_a_token_there_is_no_authorization(
    github: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine api.github.test login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    github.get(REPO, json={"id": 1})

    anonymous().get("/repos/a/b")

    assert requests.utils.get_netrc_auth(REPO) == ("somebody", "else")
    assert "Authorization" not in github.calls[0].request.headers


def test_parameters_are_encoded(github: responses.RequestsMock, client: GitHubClient) -> None:
    github.get(f"{BASE}/search/repositories", json={}, match=[matchers.query_param_matcher({"q": 'a b:"c"&d'})])

    client.get("/search/repositories", {"q": 'a b:"c"&d'})


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://api.github.com", "https://api.github.com/graphql"),
        ("https://api.github.com/", "https://api.github.com/graphql"),
        ("https://git.example.test/api/v3", "https://git.example.test/api/graphql"),
        ("https://git.example.test/api/v3/", "https://git.example.test/api/graphql"),
    ],
)
def test_graphql_has_its_own_place_on_an_enterprise_server(base: str, url: str) -> None:
    assert GitHubClient(base, Budget(())).graphql_url == url


@pytest.mark.parametrize(
    ("path", "resource"),
    [
        ("/search/repositories", "search"),
        ("/api/v3/search/repositories", "search"),
        ("/search/code", "code_search"),
        ("/repos/a/b", "core"),
        ("/repos/search/code", "core"),
        ("/repos/a/search", "core"),
        ("/users/search/repos", "core"),
        ("/orgs/search/repos", "core"),
        ("/", "core"),
    ],
)
def test_a_path_is_counted_under_its_resource(path: str, resource: str) -> None:
    assert resource_of(path) == resource


# Trying again


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"status": 500}, ServerTrouble),
        ({"status": 502, "body": "<html>"}, ServerTrouble),
        ({"body": "<html>not json</html>"}, BadAnswer),
        ({"body": '{"cut": '}, BadAnswer),
        ({"body": "NaN"}, BadAnswer),
        ({"body": requests.ConnectionError("reset")}, ConnectionTrouble),
        ({"body": requests.ReadTimeout("slow")}, ConnectionTrouble),
        ({"body": requests.exceptions.ChunkedEncodingError("cut")}, ConnectionTrouble),
    ],
)
def test_a_passing_fault_is_tried_three_times_with_growing_waits(
    github: responses.RequestsMock, naps: list[float], answer: dict[str, Any], kind: type[GitHubError]
) -> None:
    retries: list[GitHubError] = []
    github.get(REPO, **answer)

    with pytest.raises(kind) as caught:
        GitHubClient(BASE, Budget((TOKEN,)), on_retry=retries.append).get("/repos/a/b")

    assert (len(github.calls), naps, len(retries)) == (3, [1.0, 2.0], 2)
    assert caught.value.remedy


def test_the_second_try_may_succeed(github: responses.RequestsMock, client: GitHubClient) -> None:
    github.get(REPO, status=503)
    github.get(REPO, json={"id": 1})

    assert client.get("/repos/a/b").data == {"id": 1}


@pytest.mark.parametrize(
    ("status", "kind"),
    [(404, NotFound), (410, NotFound), (451, NotFound), (422, RefusedRequest), (400, RefusedRequest)],
)
def test_a_permanent_error_is_not_tried_again(
    github: responses.RequestsMock, client: GitHubClient, naps: list[float], status: int, kind: type[GitHubError]
) -> None:
    github.get(REPO, status=status, json={"message": "no"})

    with pytest.raises(kind):
        client.get("/repos/a/b")

    assert (len(github.calls), naps) == (1, [])


def test_a_bad_token_closes_the_budget_for_everybody(github: responses.RequestsMock, client: GitHubClient) -> None:
    github.get(REPO, status=401, json={"message": "Bad credentials"})

    for _ in range(3):
        with pytest.raises(BadToken) as caught:
            client.get("/repos/a/b")

    assert len(github.calls) == 1
    assert "GITHUB_ACCESS_TOKEN" in caught.value.remedy


def test_no_wait_reaches_beyond_the_deadline(
    github: responses.RequestsMock, client: GitHubClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "DEADLINE_SECONDS", 0.5)
    github.get(REPO, status=500)

    with pytest.raises(ServerTrouble):
        client.get("/repos/a/b")

    assert len(github.calls) == 1


def test_waiting_for_leave_does_not_use_up_the_deadline(
    github: responses.RequestsMock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "DEADLINE_SECONDS", 0.1)
    github.get(REPO, status=500)
    github.get(REPO, json={"id": 1})
    budget = Budget((TOKEN,))
    budget.pause(0.15)

    assert GitHubClient(BASE, budget, backoff=0).get("/repos/a/b").data == {"id": 1}


# Limits


def test_a_secondary_limit_pauses_all_threads_and_is_tried_again(
    github: responses.RequestsMock, client: GitHubClient, naps: list[float]
) -> None:
    pauses: list[float] = []
    client.budget.pause = pauses.append  # type: ignore[method-assign]
    github.get(REPO, status=403, headers={"Retry-After": "7"}, json={"message": "secondary rate limit"})

    with pytest.raises(RateLimited):
        client.get("/repos/a/b")

    assert (len(github.calls), pauses, sum(naps)) == (3, [7, 14, 28], 0)


def test_nothing_is_sent_during_a_long_pause(github: responses.RequestsMock, client: GitHubClient) -> None:
    github.get(REPO, status=429, headers={"Retry-After": "600"})

    for _ in range(3):
        with pytest.raises(BudgetExhausted):
            client.get("/repos/a/b")

    assert len(github.calls) == 1


def test_a_used_up_token_leaves_the_work_to_another_one(github: responses.RequestsMock) -> None:
    def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
        if request.headers["Authorization"] == "Bearer ghp_first_token":
            return 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "99999999999"}, "{}"
        return 200, {}, '{"id": 1}'

    github.add_callback("GET", REPO, answer)
    client = GitHubClient(BASE, Budget(("ghp_first_token", "ghp_second_token")), backoff=0)

    assert [client.get("/repos/a/b").data for _ in range(3)] == [{"id": 1}] * 3
    assert len(github.calls) == 4


def test_a_graphql_limit_with_status_200_holds_back_only_graphql(
    github: responses.RequestsMock, client: GitHubClient
) -> None:
    used_up = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "99999999999"}
    limited = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    github.post(f"{BASE}/graphql", json=limited, headers=used_up)
    github.get(REPO, json={"id": 1})

    with pytest.raises(BudgetExhausted):
        client.graphql("{ x }", {})

    assert client.get("/repos/a/b").status == 200  # REST has a budget of its own


# GraphQL


def ask(github: responses.RequestsMock, client: GitHubClient, **answer: Any) -> Any:
    github.post(f"{BASE}/graphql", **answer)
    return client.graphql("query Q($a: Int) { x }", {"a": 1})


def test_a_query_and_its_variables_are_sent_as_json(github: responses.RequestsMock, client: GitHubClient) -> None:
    answer = ask(github, client, json={"data": {"x": 1, "rateLimit": {"cost": 4}}})

    assert json.loads(github.calls[0].request.body) == {"query": "query Q($a: Int) { x }", "variables": {"a": 1}}
    assert (answer.data["x"], answer.errors, client.budget.points) == (1, [], 4)


def test_data_in_part_comes_with_the_errors_that_left_the_holes(
    github: responses.RequestsMock, client: GitHubClient
) -> None:
    hole = {"type": "NOT_FOUND", "path": ["repo1"], "message": "gone"}

    answer = ask(github, client, json={"data": {"repo0": {"id": 1}, "repo1": None}, "errors": [hole, "odd", None]})

    assert (answer.data, answer.errors) == ({"repo0": {"id": 1}, "repo1": None}, [hole])


@pytest.mark.parametrize("status", [502, 504])
@pytest.mark.parametrize("body", ["<html>502</html>", '{"data": "null", "errors": [{"message": "odd"}]}', ""])
def test_the_end_of_the_ten_seconds_is_told_at_once(
    github: responses.RequestsMock, client: GitHubClient, status: int, body: str
) -> None:
    with pytest.raises(QueryTooHeavy):
        ask(github, client, status=status, body=body)

    assert len(github.calls) == 1


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ({"status": 404, "json": {"message": "Not Found"}}, RefusedRequest),
        ({"status": 301, "headers": {"Location": f"{BASE}/elsewhere"}}, RefusedRequest),
        ({"status": 304}, RefusedRequest),
        ({"status": 500, "json": {}}, ServerTrouble),
        ({"json": []}, BadAnswer),
        ({"json": {"data": "null"}}, BadAnswer),
        ({"body": ""}, BadAnswer),
    ],
)
def test_an_answer_that_is_none_has_a_class(
    github: responses.RequestsMock, client: GitHubClient, answer: dict[str, Any], kind: type[GitHubError]
) -> None:
    with pytest.raises(kind) as caught:
        ask(github, client, **answer)

    assert type(caught.value) is kind


@pytest.mark.parametrize("data", ["null", [], 7])
def test_data_of_another_kind_is_none(github: responses.RequestsMock, client: GitHubClient, data: object) -> None:
    answer = ask(github, client, json={"data": data, "errors": [{"path": ["repo0"], "message": "odd"}]})

    assert answer.data == {}


@pytest.mark.parametrize("cost", [None, "4", [], {"cost": "x"}, {"cost": None}])
def test_points_that_are_not_said_count_as_one(
    github: responses.RequestsMock, client: GitHubClient, cost: object
) -> None:
    ask(github, client, json={"data": {"x": 1, "rateLimit": cost}})

    assert client.budget.points == 1


# What is remembered


def test_an_unchanged_answer_comes_from_memory(github: responses.RequestsMock, client: GitHubClient) -> None:
    link = f'<{REPO}?page=2>; rel="next"'
    github.get(REPO, json={"id": 1}, headers={"ETag": 'W/"abc"', "Link": link})
    github.get(REPO, status=304, match=[matchers.header_matcher({"If-None-Match": 'W/"abc"'})])

    first, second = client.get("/repos/a/b", remember=True), client.get("/repos/a/b", remember=True)

    assert (first.data, second.data, second.links) == ({"id": 1}, {"id": 1}, {"next": f"{REPO}?page=2"})
    assert (first.not_modified, second.not_modified, client.not_modified) == (False, True, 1)
    assert client.renewed == {REPO}


def test_what_an_earlier_run_remembered_is_used(github: responses.RequestsMock) -> None:
    github.get(REPO, status=304)
    client = GitHubClient(BASE, Budget((TOKEN,)), remembered={REPO: Remembered('"abc"', [1], "")})

    assert client.get("/repos/a/b", remember=True).data == [1]
    assert client.renewed == set()


def test_an_etag_is_kept_only_when_asked(github: responses.RequestsMock, client: GitHubClient) -> None:
    github.get(REPO, json={}, headers={"ETag": '"abc"'})

    client.get("/repos/a/b")

    assert client.remembered == {}


@pytest.mark.parametrize("etag", ["", '"' + "x" * 200 + '"'])
def test_an_odd_etag_is_not_kept(github: responses.RequestsMock, client: GitHubClient, etag: str) -> None:
    github.get(REPO, json={}, headers={"ETag": etag})

    client.get("/repos/a/b", remember=True)

    assert client.remembered == {}


def test_304_without_having_asked_is_no_answer(github: responses.RequestsMock, client: GitHubClient) -> None:
    github.get(REPO, status=304)

    with pytest.raises(BadAnswer):
        client.get("/repos/a/b")


# Redirects and pages


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("location", [f"{BASE}/repositories/1", "/repositories/1"])
def test_a_redirect_at_home_is_followed_with_the_token(
    github: responses.RequestsMock, client: GitHubClient, status: int, location: str
) -> None:
    github.get(REPO, status=status, headers={"Location": location}, json={"message": "Moved Permanently"})
    github.get(f"{BASE}/repositories/1", json={"id": 1})

    assert client.get("/repos/a/b").data == {"id": 1}
    assert github.calls[1].request.headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize(
    "location",
    [
        None,
        "",
        REPO,
        "https://elsewhere.test/x",
        "http://api.github.test/x",
        "https://api.github.test.evil.test/x",
        "https://api.github.test@evil.test/x",
        "//evil.test/x",
        "https://[bad",
        "file:///etc/passwd",
    ],
)
def test_a_redirect_elsewhere_is_refused(
    github: responses.RequestsMock, client: GitHubClient, location: str | None
) -> None:
    github.get(REPO, status=301, headers={} if location is None else {"Location": location})

    with pytest.raises(RefusedRequest, match="301"):
        client.get("/repos/a/b")

    assert len(github.calls) == 1


def test_a_redirect_in_circles_ends(github: responses.RequestsMock, client: GitHubClient) -> None:
    github.get(REPO, status=302, headers={"Location": "/x"})
    github.get(f"{BASE}/x", status=302, headers={"Location": "/repos/a/b"})

    with pytest.raises(RefusedRequest):
        client.get("/repos/a/b")

    assert len(github.calls) == 4


def test_a_renamed_repository_is_remembered_by_the_address_asked_for(
    github: responses.RequestsMock, client: GitHubClient
) -> None:
    github.get(REPO, status=301, headers={"Location": "/repositories/1"})
    github.get(f"{BASE}/repositories/1", json={"id": 1}, headers={"ETag": '"abc"'})
    github.get(f"{BASE}/repositories/1", status=304, match=[matchers.header_matcher({"If-None-Match": '"abc"'})])

    client.get("/repos/a/b", remember=True)

    assert client.get("/repos/a/b", remember=True).not_modified


def test_pages_follow_their_links(github: responses.RequestsMock, client: GitHubClient) -> None:
    for number in (1, 2, 3):
        link = {"Link": f'<{BASE}/list?page={number + 1}>; rel="next", <{BASE}/list?page=9>; rel="last"'}
        query = {"per_page": "100"} if number == 1 else {"page": str(number)}
        github.get(f"{BASE}/list", json=[number], headers=link, match=[matchers.query_param_matcher(query)])

    assert list(client.get_pages("/list", {}, most=3)) == [[1], [2], [3]]


@pytest.mark.parametrize(
    "link", ["", "nonsense", "<>; rel=next", '<https://evil.test/x>; rel="next"', '<https://[bad>; rel="next"', "<x"]
)
def test_pages_end_where_no_link_leads_on(github: responses.RequestsMock, client: GitHubClient, link: str) -> None:
    github.get(f"{BASE}/list", json=[1], headers={"Link": link})

    assert list(client.get_pages("/list", {}, most=5)) == [[1]]


@pytest.mark.parametrize("url", ["https://evil.test/x", "http://api.github.test/x", "https://[bad"])
def test_the_token_goes_nowhere_else(client: GitHubClient, url: str) -> None:
    with pytest.raises(RefusedRequest):
        client.get(url)


# Secrets


ECHOES: list[Callable[[responses.RequestsMock], None]] = [
    lambda github: github.get(REPO, status=400, json={"message": f"odd {TOKEN}"}),
    lambda github: github.get(REPO, status=400, json={"message": "x" * 280 + f" {TOKEN}"}),
    lambda github: github.get(REPO, status=401, json={"message": f"Bad credentials {TOKEN}"}),
    lambda github: github.get(REPO, status=500, body=f"<html>{TOKEN}</html>"),
    lambda github: github.get(REPO, body=f"{TOKEN} is no JSON"),
    lambda github: github.get(REPO, body=requests.ConnectionError(f"refused {TOKEN}")),
    lambda github: github.get(REPO, body=requests.exceptions.InvalidHeader(f"Bearer {TOKEN}")),
    lambda github: github.get(REPO, body=ValueError(f"Invalid header value b'Bearer {TOKEN}'")),
]


@pytest.mark.parametrize("echo", ECHOES)
def test_no_error_and_no_log_holds_the_token(
    github: responses.RequestsMock,
    client: GitHubClient,
    caplog: pytest.LogCaptureFixture,
    echo: Callable[[responses.RequestsMock], None],
) -> None:
    echo(github)

    with caplog.at_level(logging.DEBUG), pytest.raises(GitHubError) as caught:
        client.get("/repos/a/b")

    told = f"{caught.value!r} {caught.value} {caught.value.__cause__!r} {caplog.text}"
    assert TOKEN not in told
    assert "SECRET" not in told
    assert "ghp_0123" not in told


def test_a_graphql_error_is_told_without_the_token(github: responses.RequestsMock, client: GitHubClient) -> None:
    hole = {"path": ["repo0"], "message": f"no access for {TOKEN}"}

    answer = ask(github, client, json={"data": {"repo0": None}, "errors": [hole]})

    assert answer.errors[0]["message"] == "no access for ***"


def test_credentials_in_the_address_are_not_told(github: responses.RequestsMock) -> None:
    github.get("https://somebody:hidden@api.github.test/x", body=requests.ConnectionError())
    client = GitHubClient("https://somebody:hidden@api.github.test", Budget(()), backoff=0)

    with pytest.raises(ConnectionTrouble, match=r"no answer from api\.github\.test") as caught:
        client.get("/x")

    assert "hidden" not in str(caught.value)


def test_data_is_cleaned_of_what_no_database_takes(github: responses.RequestsMock, client: GitHubClient) -> None:
    github.get(REPO, body=b'{"description": "a\\u0000b\\ud800c", "name": "\xff"}')

    assert client.get("/repos/a/b").data == {"description": "abc", "name": "�"}


def test_a_compressed_body_is_read(github: responses.RequestsMock, client: GitHubClient) -> None:
    github.get(REPO, body=gzip.compress(b'{"id": 1}'), headers={"Content-Encoding": "gzip"})

    assert client.get("/repos/a/b").data == {"id": 1}


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip"])
def test_an_encoding_that_was_not_asked_for_is_refused(
    github: responses.RequestsMock, client: GitHubClient, encoding: str
) -> None:
    github.get(REPO, body=b"\x1f\x8b", headers={"Content-Encoding": encoding})

    with pytest.raises(BadAnswer, match="encoding"):
        client.get("/repos/a/b")
