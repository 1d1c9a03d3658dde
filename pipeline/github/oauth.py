"""Getting and checking a token: GitHub's OAuth web flow with a local callback, and what a token may do."""

import hmac
import secrets
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import requests

from pipeline.github.budget import Budget
from pipeline.github.client import USER_AGENT, GitHubClient
from pipeline.github.errors import BadToken, ConnectionTrouble

CALLBACK_PORT = 8000
PATIENCE_SECONDS = 300.0


class LoginFailed(Exception):
    """The text says what to do."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose token it is, its scopes, and {resource: (remaining, limit)} requests of the running hour or minute."""

    login: str
    scopes: tuple[str, ...]
    limits: dict[str, tuple[int, int]]


def verify(token: str, base_url: str) -> Identity:
    """Ask GitHub about a token. Raises a GitHubError, BadToken when it is refused."""
    client = GitHubClient(base_url, Budget((token,)))
    user, rates = client.get("/user"), client.get("/rate_limit")
    login = user.data.get("login") if isinstance(user.data, dict) else None
    if not isinstance(login, str):
        raise BadToken("GitHub does not say whose token it is")
    scopes = tuple(s.strip() for s in user.headers.get("X-OAuth-Scopes", "").split(",") if s.strip())
    resources = rates.data.get("resources") if isinstance(rates.data, dict) else None
    limits = {
        name: (row["remaining"], row["limit"])
        for name, row in (resources or {}).items()
        if name in ("core", "search", "code_search", "graphql") and isinstance(row, dict)
    }
    return Identity(login, scopes, limits)


def mask(token: str) -> str:
    """Enough of a token to tell it from others, never the whole."""
    return f"{token[:4]}...{token[-4:]}" if len(token) >= 16 else "(hidden)"


def web_address(base_url: str) -> str:
    """The site that belongs to an API address: github.com, or the Enterprise server itself."""
    parts = urlsplit(base_url)
    return "https://github.com" if parts.hostname == "api.github.com" else f"{parts.scheme}://{parts.netloc}"


class WebFlow:
    """One login: send the user to `address`, then `wait` for GitHub to send them back with a code."""

    def __init__(self, web: str, client_id: str, client_secret: str, port: int = CALLBACK_PORT) -> None:
        self.web, self.client_id, self._secret = web, client_id, client_secret
        self.state = secrets.token_urlsafe(24)
        self.code = ""
        self.arrived = threading.Event()
        try:
            self._server = HTTPServer(("127.0.0.1", port), _handler(self))
        except OSError:
            raise LoginFailed(f"Port {port} is taken; end what listens there, or choose another with --port.") from None
        self.redirect = f"http://127.0.0.1:{self._server.server_port}/callback"

    @property
    def address(self) -> str:
        """Where the user allows it. No scope is asked for: public data needs none."""
        query = urlencode({"client_id": self.client_id, "redirect_uri": self.redirect, "state": self.state})
        return f"{self.web}/login/oauth/authorize?{query}"

    def wait(self, patience: float = PATIENCE_SECONDS) -> str:
        """The token. Raises LoginFailed when nobody comes back in time or GitHub refuses the code."""
        serving = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
        serving.start()
        try:
            if not self.arrived.wait(patience):
                raise LoginFailed(f"Nobody came back from GitHub within {patience:.0f} seconds.")
        finally:
            self._server.shutdown()
            self._server.server_close()
        return self._exchange(self.code)

    def _exchange(self, code: str) -> str:
        form = {
            "client_id": self.client_id, "client_secret": self._secret, "code": code, "redirect_uri": self.redirect,
        }  # fmt: skip
        headers = {"Accept": "application/json", "User-Agent": USER_AGENT}
        try:
            answer = requests.post(f"{self.web}/login/oauth/access_token", data=form, headers=headers, timeout=(5, 15))
            said = answer.json()
        except (requests.RequestException, ValueError) as error:
            raise ConnectionTrouble(f"no token from {self.web} ({type(error).__name__})") from None
        token = said.get("access_token") if isinstance(said, dict) else None
        if not isinstance(token, str) or not token:
            reason = said.get("error_description", "") if isinstance(said, dict) else ""
            raise LoginFailed(f"GitHub gave no token. {str(reason)[:200]}".strip())
        return token


def _handler(flow: WebFlow) -> type[BaseHTTPRequestHandler]:
    """Answers the browser that GitHub sends back; only the login that was begun here counts."""

    class Callback(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            given = {name: values[0] for name, values in parse_qs(parts.query).items()}
            is_ours = hmac.compare_digest(given.get("state", "").encode(), flow.state.encode())
            if parts.path != "/callback" or not is_ours or not given.get("code"):
                self._say(400, "This is not the login that was begun in the terminal.")
                return
            self._say(200, "Trender has what it needs. This window can be closed.")
            flow.code = given["code"]
            flow.arrived.set()

        def _say(self, status: int, text: str) -> None:
            body = text.encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the address holds the code."""

    return Callback
