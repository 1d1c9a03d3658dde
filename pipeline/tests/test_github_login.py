"""manage.py github_login: tokens are checked, never shown, and kept only on request."""

import json
import stat
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from django.core.management import CommandError, call_command

from pipeline.demo.server import Server
from pipeline.github.oauth import LoginFailed, WebFlow, mask, web_address
from pipeline.management.commands import github_login

TOKEN = "ghp_0123456789abcdefghijKLMNOPQRSTUV"


@pytest.fixture(autouse=True)
def embedded(server: Server, settings: Any, tmp_path: Path) -> None:
    settings.GITHUB_API_BASE_URL = server.url
    settings.BASE_DIR = tmp_path


def test_a_good_token_is_described_but_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("github_login", "--token", TOKEN)
    out = capsys.readouterr().out
    assert "belongs to" in out
    assert "core:" in out
    assert "graphql:" in out
    assert TOKEN not in out
    assert "ghp_...STUV" in out


def test_a_token_is_asked_for_without_showing_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(github_login.getpass, "getpass", lambda prompt: TOKEN)
    call_command("github_login", "--token", "-")
    assert "belongs to" in capsys.readouterr().out


def test_a_refused_token_ends_with_the_remedy_and_changes_nothing(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="GITHUB_ACCESS_TOKEN"):
        call_command("github_login", "--token", "bad_token_0123456789", "--write-env")
    assert not (tmp_path / ".env").exists()


def test_env_keeps_its_other_lines_and_is_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text("# mine\nDEBUG=true\nGITHUB_ACCESS_TOKEN=old\n")
    call_command("github_login", "--token", TOKEN, "--write-env")
    assert path.read_text() == f"# mine\nDEBUG=true\nGITHUB_ACCESS_TOKEN={TOKEN}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_without_token_and_app_it_says_what_to_give() -> None:
    with pytest.raises(CommandError, match="--client-id"):
        call_command("github_login")


@pytest.mark.parametrize(("token", "shown"), [("short", "(hidden)"), (TOKEN, "ghp_...STUV"), ("", "(hidden)")])
def test_a_mask_shows_the_ends_of_long_tokens_only(token: str, shown: str) -> None:
    assert mask(token) == shown


def test_the_site_of_an_api_address_is_found() -> None:
    assert web_address("https://api.github.com") == "https://github.com"
    assert web_address("https://ghe.example/api/v3") == "https://ghe.example"


def come_back(flow: WebFlow, **changes: str) -> int:
    """What a browser does after the user allowed it; the callback's status."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(flow.address).query).items()}
    query = {"code": "c0de", "state": asked["state"]} | changes
    address = f"{asked['redirect_uri']}?{'&'.join(f'{k}={v}' for k, v in query.items())}"
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def login(flow: WebFlow, *visits: dict[str, str]) -> tuple[list[int], str]:
    seen: list[int] = []
    browser = threading.Thread(target=lambda: seen.extend(come_back(flow, **visit) for visit in visits))
    browser.start()
    token = flow.wait(5)
    browser.join()
    return seen, token


@responses.activate
def test_the_browser_flow_exchanges_the_code_for_a_token() -> None:
    responses.add_passthru("http://127.0.0.1")
    exchange = responses.post("https://github.example/login/oauth/access_token", json={"access_token": TOKEN})
    flow = WebFlow("https://github.example", "app", "s3cret", port=0)
    assert login(flow, {}) == ([200], TOKEN)
    form = parse_qs(str(exchange.calls[0].request.body))
    assert form["code"] == ["c0de"]
    assert form["client_secret"] == ["s3cret"]
    assert "s3cret" not in flow.address


@responses.activate
def test_a_callback_of_another_login_is_refused() -> None:
    responses.add_passthru("http://127.0.0.1")
    responses.post("https://github.example/login/oauth/access_token", json={"access_token": TOKEN})
    flow = WebFlow("https://github.example", "app", "s3cret", port=0)
    assert login(flow, {"state": "guess"}, {"code": ""}, {})[0] == [400, 400, 200]


@responses.activate
@pytest.mark.parametrize(
    "answer", [{"error": "bad_verification_code", "error_description": "The code is wrong."}, {}, [], None]
)
def test_a_refused_code_is_a_failed_login(answer: object) -> None:
    responses.add_passthru("http://127.0.0.1")
    responses.post("https://github.example/login/oauth/access_token", body=json.dumps(answer))
    with pytest.raises(LoginFailed, match="no token"):
        login(WebFlow("https://github.example", "app", "s3cret", port=0), {})


def test_nobody_coming_back_ends_the_wait() -> None:
    with pytest.raises(LoginFailed, match="Nobody came back"):
        WebFlow("https://github.example", "app", "s3cret", port=0).wait(0.05)


def test_a_taken_port_is_said() -> None:
    flow = WebFlow("https://github.example", "app", "s3cret", port=0)
    with pytest.raises(LoginFailed, match="is taken"):
        WebFlow("https://github.example", "app", "s3cret", port=urlsplit(flow.redirect).port or 0)
    flow._server.server_close()
