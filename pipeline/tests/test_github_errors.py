"""What each answer of GitHub means: which error, whether to try again, and how long to wait."""

from datetime import UTC, datetime

import pytest

from pipeline.github.errors import (
    BadAnswer,
    BadToken,
    EmptyRepository,
    Forbidden,
    GitHubError,
    NotFound,
    NotReady,
    QueryTooHeavy,
    RateLimited,
    RefusedRequest,
    ServerTrouble,
    TokenNeeded,
    classify,
    classify_graphql,
    seconds_until,
    whole,
)

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
IN_AN_HOUR = str(int(NOW.timestamp()) + 3600)
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
PAGE = "<html><body>Unicorn!</body></html>"


def judged(status: int, headers: dict[str, str], body: object, *, authorised: bool = True) -> GitHubError | None:
    return classify(status, headers, body, authorised=authorised, now=NOW)


@pytest.mark.parametrize("status", [200, 201, 204, 205, 301, 302, 304, 307, 308])
def test_answers_and_redirects_are_no_errors(status: int) -> None:
    assert judged(status, {}, None) is None


@pytest.mark.parametrize(
    ("status", "body", "kind", "permanent"),
    [
        (202, {}, NotReady, False),
        (400, {"message": "Problems parsing JSON"}, RefusedRequest, True),
        (401, {"message": "Bad credentials"}, BadToken, True),
        (403, {"message": "Must have push access to view"}, Forbidden, True),
        (403, None, Forbidden, True),
        (403, PAGE, Forbidden, True),
        (404, {"message": "Not Found"}, NotFound, True),
        (404, PAGE, NotFound, True),
        (405, None, RefusedRequest, True),
        (408, PAGE, ServerTrouble, False),
        (409, {"message": "Git Repository is empty."}, EmptyRepository, True),
        (410, {"message": "Issues are disabled for this repo"}, NotFound, True),
        (422, {"message": "Validation Failed", "errors": [7]}, RefusedRequest, True),
        (451, {"message": "Repository access blocked"}, NotFound, True),
        (500, {"message": "Server Error"}, ServerTrouble, False),
        (502, PAGE, ServerTrouble, False),
        (503, "", ServerTrouble, False),
        (599, ["odd"], ServerTrouble, False),
    ],
)
def test_a_status_stands_for_an_error(status: int, body: object, kind: type[GitHubError], permanent: bool) -> None:
    error = judged(status, {}, body)

    assert type(error) is kind
    assert (error.permanent, error.status or status) == (permanent, status)
    assert error.remedy


def test_without_a_token_401_asks_for_one() -> None:
    error = judged(401, {}, {"message": "Requires authentication"}, authorised=False)

    assert isinstance(error, TokenNeeded)
    assert "GITHUB_ACCESS_TOKEN" in error.remedy


def test_a_bad_token_stops_the_run_and_names_the_variable() -> None:
    error = judged(401, {}, {"message": "Bad credentials"})

    assert isinstance(error, BadToken)
    assert error.stops_run
    assert "GITHUB_ACCESS_TOKEN" in error.remedy


def test_a_bad_token_stays_one_when_the_address_has_no_requests_left() -> None:
    headers = {"X-RateLimit-Limit": "60", "X-RateLimit-Remaining": "0", "X-RateLimit-Reset": IN_AN_HOUR}

    assert isinstance(judged(401, headers, {"message": "Bad credentials"}), BadToken)


@pytest.mark.parametrize(
    ("status", "headers", "body", "wait", "secondary"),
    [
        (403, {"Retry-After": "30"}, SECONDARY, 30, True),
        (403, {"retry-after": "0"}, None, 0, True),
        (429, {"Retry-After": "Sat, 21 Nov 2026 10:02:00 GMT"}, SECONDARY, 120, True),
        (429, {"Retry-After": "Sat, 21 Nov 2026 09:00:00 GMT"}, SECONDARY, 0, True),
        (429, {}, None, 60, True),
        (429, {"Retry-After": "soon"}, PAGE, 60, True),
        (403, {}, SECONDARY, 60, True),
        (403, {}, {"message": "You have triggered an abuse detection mechanism."}, 60, True),
        (403, {"X-RateLimit-Remaining": "14", "X-RateLimit-Reset": IN_AN_HOUR}, SECONDARY, 60, True),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": IN_AN_HOUR}, None, 3601, False),
        (403, {"X-RateLimit-Remaining": "0"}, {"message": "API Rate Limit Exceeded for 192.0.2.1"}, 60, True),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9" * 40}, None, 60, True),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "²"}, None, 60, True),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9" * 12}, None, 86_400, False),
        (403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1000"}, None, 1, False),
        (401, {}, {"message": "Maximum number of login attempts: too many requests"}, 60, True),
        (429, {"Retry-After": "9" * 5000}, None, 86_400, True),
    ],
)
def test_a_limit_says_how_long_to_wait(
    status: int, headers: dict[str, str], body: object, wait: float, secondary: bool
) -> None:
    error = judged(status, headers, body)

    assert isinstance(error, RateLimited)
    assert (error.wait, error.secondary, error.permanent) == (wait, secondary, False)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("", None),
        ("x", None),
        ("1.5", None),
        ("nan", None),
        ("60", 60),
        (" 60 ", 60),
        ("-5", 0),
        ("Sat, 21 Nov 2026 10:00:30 GMT", 30),
        ("Sat, 21 Nov 2026 12:00:30 +0200", 30),
        ("Sat, 21 Nov 2026 10:00:30", 30),
        ("Sat, 99 Nov 2026 10:00:30 GMT", None),
        ("Sat, 21 Nov 2026 10:00:30 +99999999999", None),
        ("Fri, 31 Dec 9999 23:59:59 -2300", None),
    ],
)
def test_a_wait_is_seconds_or_a_date(value: str | None, seconds: float | None) -> None:
    assert seconds_until(value, NOW) == seconds


@pytest.mark.parametrize(("text", "number"), [("12", 12), (" 0 ", 0), ("", None), (None, None), ("-1", None)])
def test_a_headers_number_is_plain_digits(text: str | None, number: int | None) -> None:
    assert whole(text) == number


def test_a_message_is_one_short_line() -> None:
    error = judged(500, {}, {"message": "first\nsecond " + "x" * 1000})

    assert str(error).startswith("500: first second xxx")
    assert len(str(error)) == 300


HEAVY = {"type": "RESOURCE_LIMITS_EXCEEDED", "message": "Resource limits for this query exceeded."}
GONE = {"type": "NOT_FOUND", "path": ["repo0"], "message": "Could not resolve to a node"}


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (None, BadAnswer),
        ([], BadAnswer),
        ("null", BadAnswer),
        ({}, BadAnswer),
        ({"data": None}, BadAnswer),
        ({"data": "null"}, BadAnswer),
        ({"data": {}}, BadAnswer),
        ({"data": None, "errors": "odd"}, BadAnswer),
        ({"message": "Something went wrong"}, ServerTrouble),
        ({"data": None, "errors": [{"message": "Something went wrong while executing your query."}]}, ServerTrouble),
        ({"data": None, "errors": [{}]}, ServerTrouble),
        ({"errors": [{"message": 'Parse error on "=" (EQUALS) at [7, 80]'}]}, RefusedRequest),
        ({"errors": [{"type": "MAX_NODE_LIMIT_EXCEEDED", "message": "1,000,000 nodes"}]}, QueryTooHeavy),
        ({"data": {"repo0": None}, "errors": [{**HEAVY, "path": ["repo0", "issues"]}]}, QueryTooHeavy),
        ({"data": {"rateLimit": {"cost": 1}, "repo0": None}, "errors": [{**HEAVY, "path": ["repo0"]}]}, QueryTooHeavy),
        ({"data": {"repo0": {"id": 1}}, "errors": [HEAVY]}, QueryTooHeavy),
        ({"data": None, "errors": [{"message": "Something went wrong. This may be the result of a timeout"}]},
         QueryTooHeavy),
        ({"data": None, "errors": [{"message": "We couldn't respond to your request in time."}]}, QueryTooHeavy),
        ({"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}, RateLimited),
        ({"errors": [{"type": "RATE_LIMIT", "message": "already exceeded"}]}, RateLimited),
        ({"errors": [{"extensions": {"code": "RATE_LIMITED"}, "message": "no"}]}, RateLimited),
        ({"data": None, "errors": [{"message": "You have exceeded a secondary rate limit."}]}, RateLimited),
        ({"errors": [None, 7, {"message": {"odd": True}}]}, RefusedRequest),
    ],
)  # fmt: skip
def test_a_graphql_answer_without_data_is_an_error(answer: object, kind: type[GitHubError]) -> None:
    assert type(classify_graphql(answer)) is kind


@pytest.mark.parametrize(
    "answer",
    [
        {"data": {"repo0": {"databaseId": 1}}},
        {"data": {"repo0": None}, "errors": [GONE]},
        {"data": None, "errors": [GONE]},
        {"data": {"repo0": {"databaseId": 1}, "repo1": None}, "errors": [{**HEAVY, "path": ["repo1"]}]},
        {"data": {"repo0": None}, "errors": [{**GONE, "message": "rate limit/timeless"}]},
    ],
)
def test_a_graphql_answer_with_data_is_one_even_in_part(answer: object) -> None:
    assert classify_graphql(answer) is None


def test_a_graphql_limit_waits_for_its_reset_where_the_headers_know_it() -> None:
    limited = {"errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]}
    used_up = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": IN_AN_HOUR}

    known, unknown = classify_graphql(limited, used_up, NOW), classify_graphql(limited, {}, NOW)

    assert isinstance(known, RateLimited)
    assert isinstance(unknown, RateLimited)
    assert (known.wait, known.secondary, unknown.wait, unknown.secondary) == (3601, False, 60, True)
