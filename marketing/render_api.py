"""The one door to Render's API: services and deploys, read inside a deadline, a size cap and a few attempts.

The key goes into one header of requests to RENDER_API_BASE_URL and nowhere else: redirects are refused, and it is cut
out of every answer before that is read.
"""

import logging
import random
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from pipeline.detection.untrusted import UntrustedTextError, clean_text, load_json
from trender.masking import mask

log = logging.getLogger(__name__)

USER_AGENT = "trender/0.1 (+https://github.com/topics/trender)"
CONNECT_SECONDS, READ_SECONDS = 5.0, 15.0
REQUEST_SECONDS = 45.0  # for all attempts at one request
ATTEMPTS = 3
PAGE = 100  # the most that Render gives at once
MOST_PAGES = 20
MOST_BYTES = 8 * 2**20
BLOCK = 65_536
LONGEST_WORDS = 200
SERVICE_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")

Item = dict[str, Any]


class RenderApiError(Exception):
    """There is no answer to be had. `remedy` says what helps; `permanent` that the same request will fail again."""

    permanent = True
    remedy = "Render's API has changed, or this is a bug in Trender."

    def sentence(self) -> str:
        return f"{str(self).rstrip('.')}. {self.remedy}"


class BadKey(RenderApiError):
    remedy = "Set RENDER_API_KEY to a key that Render accepts; account settings at dashboard.render.com make one."


class NotAllowed(RenderApiError):
    remedy = "The key's account may not read this; use the key of a member of the workspace."


class Missing(RenderApiError):
    remedy = "Check RENDER_API_BASE_URL; a service may also have been deleted in between."


class Limited(RenderApiError):
    """Render asks to wait, for `wait` seconds where it says how long."""

    permanent = False
    remedy = "The next reading asks again."

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class Trouble(RenderApiError):
    """A fault of Render's, or of the way there."""

    permanent = False
    remedy = "Check the network and RENDER_API_BASE_URL; the next reading asks again."


class BadAnswer(RenderApiError):
    remedy = "Render's answer could not be read; check RENDER_API_BASE_URL."


class OutOfTime(RenderApiError):
    remedy = "Render's API was too slow for one reading; the next one begins anew."


@dataclass(slots=True)
class Deadline:
    """A moment of time.monotonic() at which something must be through."""

    seconds: float
    at: float = field(init=False)

    def __post_init__(self) -> None:
        self.at = time.monotonic() + self.seconds

    def left(self) -> float:
        return self.at - time.monotonic()


class KeyAuth(AuthBase):
    """Sets the Authorization header itself, so that no .netrc of the machine gets in between."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


class PlainSession(requests.Session):
    """Follows no redirect and reads none's body: the key is for one host."""

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        return None


class RenderApi:
    """Reads services and their deploys; every method raises a RenderApiError where there is no answer.

    `seconds` are for everything that is read through this object, `backoff` is the first wait between two attempts.
    """

    def __init__(self, base_url: str, key: str, *, seconds: float = 120.0, backoff: float = 1.0) -> None:
        self._base_url, self._key, self._backoff = base_url.rstrip("/"), key, backoff
        self._whole = Deadline(seconds)
        self._session = PlainSession()
        # What is not compressed cannot be a small body that stands for gigabytes.
        self._session.headers.update(
            {"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "identity"}
        )

    def services(self) -> list[Item]:
        """Every service that the key may see, as Render describes it."""
        return list(self._items("/services", "service", {}))

    def deploys(self, service_id: str, since: datetime) -> list[Item]:
        """The service's deploys that were created after `since` (aware UTC), the newest first."""
        if not SERVICE_ID.fullmatch(service_id):
            raise BadAnswer("a service's id has signs that no id of Render's has")
        asked = {"createdAfter": since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}
        return list(self._items(f"/services/{service_id}/deploys", "deploy", asked))

    # -- pages ---------------------------------------------------------------------------------------------------
    def _items(self, path: str, kind: str, params: Mapping[str, str]) -> Iterator[Item]:
        """The `kind` objects of all pages. Each comes with a cursor; the next page begins after the last one's."""
        cursor, seen = "", set[str]()
        for _ in range(MOST_PAGES):
            page = self._page(path, {**params, "limit": str(PAGE), **({"cursor": cursor} if cursor else {})})
            yield from (_object(entry, kind) for entry in page)
            cursor = _cursor(page[-1]) if len(page) >= PAGE else ""
            if not cursor:
                return
            if cursor in seen:
                raise BadAnswer("Render's pages go round in a circle")
            seen.add(cursor)
        raise BadAnswer(f"Render has more than {MOST_PAGES * PAGE:,} entries for one list")

    def _page(self, path: str, params: Mapping[str, str]) -> list[object]:
        answer = self._get(path, params)
        if not isinstance(answer, list):
            raise BadAnswer("Render's answer is not a list")
        if len(answer) > PAGE:
            raise BadAnswer("Render's answer is longer than what was asked for")
        return answer

    # -- attempts ------------------------------------------------------------------------------------------------
    def _get(self, path: str, params: Mapping[str, str]) -> object:
        """Up to three attempts with growing, jittered waits, or those that Render asks for."""
        deadline = Deadline(min(REQUEST_SECONDS, self._whole.left()))
        for number in range(1, ATTEMPTS + 1):
            if deadline.left() <= 0:
                raise OutOfTime("there was no time left to ask Render")
            try:
                return self._get_once(path, params, deadline)
            except RenderApiError as error:
                wait = self._wait_after(error, number)
                if wait is None or wait > deadline.left():
                    raise
                log.info("attempt %d failed: %s", number, error)
                time.sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _wait_after(self, error: RenderApiError, number: int) -> float | None:
        if error.permanent or number == ATTEMPTS:
            return None
        if isinstance(error, Limited) and error.wait is not None:
            return error.wait
        return self._backoff * 2.0 ** (number - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - jitter, not a secret

    # -- one attempt ---------------------------------------------------------------------------------------------
    def _get_once(self, path: str, params: Mapping[str, str], deadline: Deadline) -> object:
        try:
            with self._session.get(
                self._base_url + path, params=params, auth=KeyAuth(self._key), stream=True, allow_redirects=False,
                timeout=(CONNECT_SECONDS, READ_SECONDS),
            ) as response:  # fmt: skip
                raw = self._read(response, deadline)
        except requests.RequestException as error:  # its text may hold what the request was written with
            raise Trouble(f"no answer from {self._host} ({type(error).__name__})") from None
        except ValueError:
            raise BadKey("the key has signs that no header may have") from None
        refuse(response.status_code, response.headers, self._words(raw))
        return self._parsed(raw)

    def _read(self, response: requests.Response, deadline: Deadline) -> bytes:
        """The body, however slowly it comes and however long it is; with the key cut out wherever it is repeated."""
        if response.headers.get("Content-Encoding", "").strip().lower() not in ("", "identity"):
            raise BadAnswer("the body is in an encoding that was not asked for")
        body = bytearray()
        try:
            while block := response.raw.read1(BLOCK, decode_content=False):
                body += block
                if len(body) > MOST_BYTES:
                    raise BadAnswer(f"the body is larger than {MOST_BYTES:,} bytes")
                if deadline.left() <= 0:
                    raise Trouble("the body came too slowly")
        except (HTTPError, OSError) as error:
            raise Trouble(f"the connection broke inside the body ({type(error).__name__})") from None
        length = response.headers.get("Content-Length", "")
        if length.isascii() and length.isdigit() and len(length) < 13 and len(body) < int(length):
            raise Trouble("the body ended early")
        return bytes(body).replace(self._key.encode(), b"***") if self._key else bytes(body)

    def _parsed(self, raw: bytes) -> object:
        try:
            return load_json(raw, max_bytes=MOST_BYTES)
        except UntrustedTextError as error:
            raise BadAnswer(f"Render's answer is not JSON: {error}") from None

    def _words(self, raw: bytes) -> str:
        """Render's own message in an error, in one line and without what looks like a secret; "" if there is none."""
        try:
            answer = load_json(raw, max_bytes=BLOCK)
        except UntrustedTextError:
            return ""
        text = answer.get("message") if isinstance(answer, dict) else None
        return plain(text, LONGEST_WORDS).replace(self._key, "***") if isinstance(text, str) else ""

    @property
    def _host(self) -> str:
        return urlsplit(self._base_url).hostname or "Render"


def refuse(status: int, headers: Mapping[str, str], words: str) -> None:
    """Raise the error that an answer's status stands for; nothing for 200."""
    if status == 200:
        return
    said = f"Render answered {status}{f' ({words})' if words else ''}"
    if status == 401:
        raise BadKey(said)
    if status == 403:
        raise NotAllowed(said)
    if status in (404, 410):
        raise Missing(said)
    if status == 429:
        raise Limited(said, seconds_to_wait(headers, datetime.now(UTC)))
    if status >= 500 or status == 408:
        raise Trouble(said)
    raise BadAnswer(said)


def seconds_to_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """From Retry-After, seconds or a date, else Ratelimit-Reset in seconds; None where neither says."""
    for name in ("Retry-After", "Ratelimit-Reset"):
        text = headers.get(name, "").strip()
        if text.isascii() and text.isdigit() and len(text) <= 6:
            return float(text)
    try:
        moment = parsedate_to_datetime(headers.get("Retry-After", ""))
        return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def plain(text: str, longest: int) -> str:
    """A text of Render's in one line, without secrets, at most so long."""
    return mask(" ".join(clean_text(text).split()))[:longest]


def _object(entry: object, kind: str) -> Item:
    found = entry.get(kind) if isinstance(entry, dict) else None
    if not isinstance(found, dict):
        raise BadAnswer(f"an entry of Render's list is no {kind}")
    return found


def _cursor(entry: object) -> str:
    """The entry's cursor, "" where it has none that can be sent back."""
    cursor = entry.get("cursor") if isinstance(entry, dict) else None
    return cursor if isinstance(cursor, str) and len(cursor) < 1000 else ""
