"""What can go wrong at GitHub's door. Each error carries the decision (try again? wait how long?) and the remedy."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from requests.structures import CaseInsensitiveDict

LEAST_LIMIT_WAIT = 60.0
LIMIT_WORDS = ("rate limit", "abuse detection", "secondary limit", "too many requests")
TIMEOUT_WORDS = ("timedout", "timed out", "timeout", "respond to your request in time", "couldn't respond")
LIMIT_TYPES = {"RATE_LIMITED", "RATE_LIMIT"}
HEAVY_TYPES = {"RESOURCE_LIMITS_EXCEEDED", "MAX_NODE_LIMIT_EXCEEDED", "TIMEOUT"}


class GitHubError(Exception):
    """Base of everything the client raises. `permanent` says that the same request will fail again."""

    permanent = True
    stops_run = False
    remedy = "See the message; the same request will fail again."

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class BadToken(GitHubError):
    stops_run = True
    remedy = "Set GITHUB_ACCESS_TOKEN to a token that GitHub accepts, or unset it to run without one."


class TokenNeeded(GitHubError):
    remedy = "Set GITHUB_ACCESS_TOKEN: GitHub does not answer this without a token."


class Forbidden(GitHubError):
    remedy = "The token may lack a scope, or the owner closed this to others."


class NotFound(GitHubError):
    remedy = "The repository or owner is gone, private or renamed."


class EmptyRepository(GitHubError):
    remedy = "Nothing to do: the repository has no commits."


class RefusedRequest(GitHubError):
    remedy = "The request itself is wrong; this is a bug in Trender or a change at GitHub."


class RateLimited(GitHubError):
    """GitHub asks to wait. `wait` is in seconds and holds for all threads."""

    permanent = False
    remedy = "Wait until the limit resets, or add another token to GITHUB_ACCESS_TOKEN."

    def __init__(self, message: str, *, wait: float, secondary: bool, status: int | None = None) -> None:
        super().__init__(message, status=status)
        self.wait = wait
        self.secondary = secondary


class BudgetExhausted(GitHubError):
    """Nothing was sent: too little of the hour's allowance is left and its reset is too far away."""

    permanent = False
    remedy = "Wait until the limit resets, or add another token to GITHUB_ACCESS_TOKEN."


class NotReady(GitHubError):
    permanent = False
    remedy = "GitHub is still computing the answer; the next run asks again."


class ServerTrouble(GitHubError):
    permanent = False
    remedy = "GitHub answered with a fault of its own; the next run asks again."


class ConnectionTrouble(GitHubError):
    permanent = False
    remedy = "Check the network and GITHUB_API_BASE_URL; the next run asks again."


class BadAnswer(GitHubError):
    permanent = False
    remedy = "GitHub's answer could not be read; the next run asks again."


class QueryTooHeavy(GitHubError):
    """The query is more than GitHub finishes in its ten seconds: ask for fewer repositories at once."""

    permanent = False
    remedy = "Nothing to do: the batch is halved and asked again."


def classify(
    status: int, headers: Mapping[str, str], body: object, *, authorised: bool, now: datetime
) -> GitHubError | None:
    """The error that an answer stands for, or None when it is an answer (2xx, 304 or a redirect).

    `body` is the parsed JSON, or the text where it was none. `now` is needed for waits given as a moment.
    """
    headers = CaseInsensitiveDict(headers)
    if status == 202:
        return NotReady("GitHub is still computing this answer", status=status)
    if status < 400:
        return None
    message = _message(status, body)
    if status == 429 or (status in (401, 403) and _is_limit(headers, message)):
        return _rate_limited(status, headers, message, now)
    if status == 401:
        if authorised:
            return BadToken(f"GitHub refused the token ({message})", status=status)
        return TokenNeeded(message, status=status)
    kinds = {403: Forbidden, 404: NotFound, 410: NotFound, 451: NotFound, 409: EmptyRepository}
    if status in kinds:
        return kinds[status](message, status=status)
    return (ServerTrouble if status >= 500 else RefusedRequest)(message, status=status)


def classify_graphql(answer: object) -> GitHubError | None:
    """The error that a GraphQL answer of status 200 stands for as a whole; None when it holds data, maybe in part."""
    if not isinstance(answer, dict):
        return BadAnswer("GitHub's GraphQL answer is not an object")
    errors = [e for e in answer.get("errors") or [] if isinstance(e, dict)] if _is_list(answer.get("errors")) else []
    types = {str(e.get("type") or _code(e)) for e in errors}
    text = _short("; ".join(str(e.get("message", "")) for e in errors))
    if types & LIMIT_TYPES or any(word in text.lower() for word in LIMIT_WORDS):
        return RateLimited(text, wait=LEAST_LIMIT_WAIT, secondary="RATE_LIMIT" in types)
    if types & HEAVY_TYPES or any(word in text.lower() for word in TIMEOUT_WORDS):
        return QueryTooHeavy(text)
    if isinstance(answer.get("data"), dict) and answer["data"]:
        return None
    if not errors and isinstance(answer.get("message"), str):
        return ServerTrouble(_short(answer["message"]))
    if "data" not in answer and errors:
        return RefusedRequest(f"GitHub refused the query: {text}")
    if any(not e.get("path") for e in errors):
        return ServerTrouble(text or "GitHub answered without data")
    return None if errors else BadAnswer("GitHub answered without data")


def seconds_until(value: str | None, now: datetime) -> float | None:
    """Seconds from a Retry-After value, which is a number of seconds or an HTTP date; None when it is neither."""
    if value is None:
        return None
    try:
        return max(float(int(value.strip())), 0.0)
    except ValueError:
        pass
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    return max((moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds(), 0.0)


def _is_limit(headers: Mapping[str, str], message: str) -> bool:
    return (
        "Retry-After" in headers
        or headers.get("X-RateLimit-Remaining", "").strip() == "0"
        or any(word in message.lower() for word in LIMIT_WORDS)
    )


def _rate_limited(status: int, headers: Mapping[str, str], message: str, now: datetime) -> RateLimited:
    """Retry-After first, else the reset when nothing remains, else a minute."""
    wait = seconds_until(headers.get("Retry-After"), now)
    if wait is not None:
        return RateLimited(message, wait=wait, secondary=True, status=status)
    reset = headers.get("X-RateLimit-Reset", "").strip()
    if headers.get("X-RateLimit-Remaining", "").strip() == "0" and reset.isdigit() and len(reset) < 12:
        return RateLimited(message, wait=max(int(reset) - now.timestamp(), 0.0) + 1, secondary=False, status=status)
    return RateLimited(message, wait=LEAST_LIMIT_WAIT, secondary=True, status=status)


def _message(status: int, body: object) -> str:
    text = body.get("message") if isinstance(body, dict) else None
    return _short(f"{status}: {text}" if isinstance(text, str) and text else f"{status} without a message")


def _short(text: str) -> str:
    """One line of at most 300 characters: it goes to logs and tables."""
    return " ".join(text.split())[:300]


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _code(error: dict[str, object]) -> object:
    extensions = error.get("extensions")
    return extensions.get("code") if isinstance(extensions, dict) else None
