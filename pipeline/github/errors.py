"""What can go wrong at GitHub's door. Each error carries the decision (try again? wait how long?) and the remedy."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from requests.structures import CaseInsensitiveDict

LEAST_LIMIT_WAIT = 60.0
LONGEST_LIMIT_WAIT = 86_400.0
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


class OutOfTime(GitHubError):
    """Nothing was sent: the run has to publish what it has read."""

    remedy = "GitHub was too slow for one run; the next one goes on from what is stored by now."


def may_pass(error: GitHubError) -> bool:
    """Whether the same may succeed a little later in the same run."""
    return not error.permanent and not isinstance(error, QueryTooHeavy | BudgetExhausted)


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
    if status == 429 or (status in (401, 403) and _is_limit(status, headers, message)):
        return _rate_limited(status, headers, message, now)
    if status == 401:
        if authorised:
            return BadToken(f"GitHub refused the token ({message})", status=status)
        return TokenNeeded(message, status=status)
    kinds = {403: Forbidden, 404: NotFound, 410: NotFound, 451: NotFound, 408: ServerTrouble, 409: EmptyRepository}
    if status in kinds:
        return kinds[status](message, status=status)
    return (ServerTrouble if status >= 500 else RefusedRequest)(message, status=status)


def classify_graphql(
    answer: object, headers: Mapping[str, str] | None = None, now: datetime | None = None
) -> GitHubError | None:
    """The error that a GraphQL answer of status 200 stands for as a whole; None when it holds data, maybe in part.

    `headers` say until when a limit holds, as with classify().
    """
    if not isinstance(answer, dict):
        return BadAnswer("GitHub's GraphQL answer is not an object")
    errors = graphql_errors(answer)
    text = _short("; ".join(str(e.get("message", "")) for e in errors))
    if any(_is_graphql_limit(e) for e in errors):
        return _rate_limited(200, CaseInsensitiveDict(headers or {}), text, now or datetime.now(UTC))
    if any(is_heavy(e) for e in errors) and not _is_partial(answer, errors):
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


def graphql_errors(answer: Mapping[str, object]) -> list[dict[str, object]]:
    """The errors of a GraphQL answer that are objects, as they should be."""
    errors = answer.get("errors")
    return [e for e in errors if isinstance(e, dict)] if isinstance(errors, list) else []


def is_heavy(error: Mapping[str, object]) -> bool:
    """Whether a GraphQL error says that the query, or the part at its path, is too much to ask at once."""
    return error_type(error) in HEAVY_TYPES or _has_word(str(error.get("message", "")), TIMEOUT_WORDS)


def error_type(error: Mapping[str, object]) -> str:
    extensions = error.get("extensions")
    return str(error.get("type") or (extensions.get("code") if isinstance(extensions, dict) else None))


def seconds_until(value: str | None, now: datetime) -> float | None:
    """Seconds (a day at most) from a Retry-After value, a number or an HTTP date; None when it is neither."""
    if value is None:
        return None
    try:
        wait = float(int(value.strip()[:20]))
    except ValueError:
        moment = _http_date(value)
        if moment is None:
            return None
        wait = (moment - now).total_seconds()
    return min(max(wait, 0.0), LONGEST_LIMIT_WAIT)


def whole(text: str | None) -> int | None:
    """A header's number of up to twelve plain digits; None for anything else."""
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else None


def _http_date(value: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value)
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _is_graphql_limit(error: Mapping[str, object]) -> bool:
    words_count = not error.get("path")  # beside a path they may be some repository's
    return error_type(error) in LIMIT_TYPES or (words_count and _has_word(str(error.get("message", "")), LIMIT_WORDS))


def _is_limit(status: int, headers: Mapping[str, str], message: str) -> bool:
    """A refused token counts against a limit too, so that with 401 only the words tell."""
    if _has_word(message, LIMIT_WORDS):
        return True
    return status != 401 and ("Retry-After" in headers or whole(headers.get("X-RateLimit-Remaining")) == 0)


def _rate_limited(status: int, headers: Mapping[str, str], message: str, now: datetime) -> RateLimited:
    """Retry-After first, else the reset when nothing remains, else a minute."""
    wait = seconds_until(headers.get("Retry-After"), now)
    if wait is not None:
        return RateLimited(message, wait=wait, secondary=True, status=status)
    reset = whole(headers.get("X-RateLimit-Reset"))
    if whole(headers.get("X-RateLimit-Remaining")) == 0 and reset is not None:
        wait = min(max(reset - now.timestamp(), 0.0) + 1, LONGEST_LIMIT_WAIT)
        return RateLimited(message, wait=wait, secondary=False, status=status)
    return RateLimited(message, wait=LEAST_LIMIT_WAIT, secondary=True, status=status)


def _is_partial(answer: Mapping[str, object], errors: list[dict[str, object]]) -> bool:
    """Whether only parts were too heavy: each of those errors says where, and something else was answered."""
    data = answer.get("data")
    found = isinstance(data, dict) and any(value is not None for key, value in data.items() if key != "rateLimit")
    return found and all(isinstance(e.get("path"), list) and e["path"] for e in errors if is_heavy(e))


def _has_word(text: str, words: tuple[str, ...]) -> bool:
    return any(word in text.lower() for word in words)


def _message(status: int, body: object) -> str:
    text = body.get("message") if isinstance(body, dict) else None
    return _short(f"{status}: {text}" if isinstance(text, str) and text else f"{status} without a message")


def _short(text: str) -> str:
    """One line of at most 300 characters: it goes to logs and tables."""
    return " ".join(text.split())[:300]
