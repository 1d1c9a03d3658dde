"""Requests and answers as the parts of the server hand them to each other."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

DOCUMENTATION = "https://docs.github.com/rest"


@dataclass(frozen=True)
class Request:
    """One request.

    `target` is path and query as sent, `headers` have lower-case names, `base` is the server's own address.
    """

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    base: str

    @property
    def path(self) -> str:
        """The path without query and trailing slash."""
        return self.target.partition("?")[0].rstrip("/") or "/"

    @property
    def query_string(self) -> str:
        """The query as sent, without the question mark."""
        return self.target.partition("?")[2]

    @property
    def query(self) -> dict[str, str]:
        """The query's parameters; the last of a repeated one counts."""
        return dict(parse_qsl(self.query_string))

    @property
    def token(self) -> str:
        """What follows `Bearer` or `token` in the Authorization header; empty if there is none."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token.strip() if scheme.lower() in ("bearer", "token") else ""


@dataclass
class Answer:
    """One answer; `cut` says how the connection is to be ended instead: "reset", or "truncate" after half the body."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: str = ""
    points: int = 0
    seconds: float = 0.0  # GraphQL's modelled seconds


def json_answer(status: int, content: object, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer with a JSON body; a lone surrogate goes over the wire as an escape, as from GitHub."""
    return Answer(
        status,
        json.dumps(content).encode("ascii"),
        {"Content-Type": "application/json; charset=utf-8", **(headers or {})},
    )


def problem(status: int, message: str, headers: Mapping[str, str] | None = None, **more: object) -> Answer:
    """GitHub's JSON for an error."""
    return json_answer(
        status, {"message": message, **more, "documentation_url": DOCUMENTATION, "status": str(status)}, headers
    )


def not_found() -> Answer:
    """GitHub's 404."""
    return problem(404, "Not Found")
