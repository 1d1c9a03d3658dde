"""A wrong value stops start-up with a sentence that names its variable, and never shows a token."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from environ import Env

from trender import env as readers

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def env() -> Env:
    return Env()


@pytest.mark.parametrize(
    ("text", "value"),
    [("true", True), ("1", True), ("YES", True), (" on ", True), ("false", False), ("0", False), ("No", False)],
)
def test_a_switch_is_read_from_the_usual_words(monkeypatch, env, text, value):
    monkeypatch.setenv("DEBUG", text)
    assert readers.flag(env, "DEBUG", default=not value) is value


@pytest.mark.parametrize("default", [True, False])
def test_an_empty_switch_has_its_default(monkeypatch, env, default):
    monkeypatch.setenv("DEBUG", " ")
    assert readers.flag(env, "DEBUG", default=default) is default


@pytest.mark.parametrize("text", ["flase", "2", "none", "true false"])
def test_a_misspelt_switch_is_refused(monkeypatch, env, text):
    monkeypatch.setenv("DEBUG", text)
    with pytest.raises(ImproperlyConfigured, match=f"DEBUG must be true or false, not '{text}'"):
        readers.flag(env, "DEBUG", default=False)


@pytest.mark.parametrize(("text", "value"), [("", 40), ("1", 1), ("90", 90), (" 7 ", 7)])
def test_a_whole_number_within_its_limits_is_read(monkeypatch, env, text, value):
    monkeypatch.setenv("TRENDER_CONCURRENCY", text)
    assert readers.whole_number(env, "TRENDER_CONCURRENCY", default=40, low=1, high=90) == value


@pytest.mark.parametrize("text", ["0", "91", "-1", "8.5", "many", "1e1", "٣"])
def test_a_number_that_is_none_or_out_of_its_limits_is_refused(monkeypatch, env, text):
    monkeypatch.setenv("TRENDER_CONCURRENCY", text)
    with pytest.raises(ImproperlyConfigured, match="TRENDER_CONCURRENCY must be a whole number from 1 to 90"):
        readers.whole_number(env, "TRENDER_CONCURRENCY", default=40, low=1, high=90)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", "https://api.github.com"),
        ("https://github.example/api/v3/", "https://github.example/api/v3"),
        ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
    ],
)
def test_an_address_is_read_without_its_last_slash(monkeypatch, env, text, value):
    monkeypatch.setenv("GITHUB_API_BASE_URL", text)
    assert readers.http_url(env, "GITHUB_API_BASE_URL", default="https://api.github.com") == value


@pytest.mark.parametrize(
    "text", ["api.github.com", "ftp://github.example", "https://", "http://host:port", "http://[::1"]
)
def test_what_is_no_http_address_is_refused(monkeypatch, env, text):
    monkeypatch.setenv("GITHUB_API_BASE_URL", text)
    with pytest.raises(ImproperlyConfigured, match="GITHUB_API_BASE_URL must be an address such as https://"):
        readers.http_url(env, "GITHUB_API_BASE_URL", default="https://api.github.com")


@pytest.mark.parametrize("text", ["", "redis://127.0.0.1:6379/0", "rediss://:password@redis.example"])
def test_the_address_of_a_redis_is_read(monkeypatch, env, text):
    monkeypatch.setenv("REDIS_URL", text)
    assert readers.redis_url(env, "REDIS_URL") == text


@pytest.mark.parametrize("text", ["http://hidden.example", "hidden.example:6379", "redis://", "redis://hidden:port"])
def test_what_is_no_redis_is_refused_without_being_shown(monkeypatch, env, text):
    monkeypatch.setenv("REDIS_URL", text)
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL must be an address such as redis://") as refused:
        readers.redis_url(env, "REDIS_URL")
    assert "hidden" not in str(refused.value)


def test_a_list_drops_blanks_and_empty_entries(monkeypatch, env):
    monkeypatch.setenv("RENDER_EMPLOYEES", " ada, ,grace,")
    assert readers.words(env, "RENDER_EMPLOYEES") == ["ada", "grace"]


@pytest.mark.parametrize(
    ("access_token", "token", "expected"),
    [
        ("", "", ()),
        ("ghp_a", "", ("ghp_a",)),
        ("", "ghp_b", ("ghp_b",)),
        ("ghp_a", "ghp_b", ("ghp_a",)),
        (" ghp_a, ghp_b,ghp_a ", "", ("ghp_a", "ghp_b")),
    ],
)
def test_tokens_come_from_either_variable_each_of_them_once(monkeypatch, env, access_token, token, expected):
    monkeypatch.setenv("GITHUB_ACCESS_TOKEN", access_token)
    monkeypatch.setenv("GITHUB_TOKEN", token)
    assert readers.github_tokens(env) == expected


@pytest.mark.parametrize("name", ["GITHUB_ACCESS_TOKEN", "GITHUB_TOKEN"])
@pytest.mark.parametrize("token", ["ghp_hidden word", "ghp_hidden\nword", "ghp_hiddén"])
def test_a_token_that_cannot_be_one_is_refused_without_being_shown(monkeypatch, env, name, token):
    monkeypatch.setenv("GITHUB_ACCESS_TOKEN", "")
    monkeypatch.setenv(name, token)
    with pytest.raises(ImproperlyConfigured, match=name) as caught:
        readers.github_tokens(env)
    assert "hidd" not in str(caught.value)


def test_a_server_database_needs_a_secret_key(monkeypatch, env, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY must be set"):
        readers.secret_key(env, tmp_path, required=True)


def test_the_embedded_database_gets_a_secret_key_that_stays_and_that_only_its_owner_reads(monkeypatch, env, tmp_path):
    monkeypatch.setenv("SECRET_KEY", "")
    first = readers.secret_key(env, tmp_path, required=False)
    assert len(first) >= 50
    assert readers.secret_key(env, tmp_path, required=False) == first
    assert stat.S_IMODE((tmp_path / ".secret_key").stat().st_mode) == 0o600


def load_settings(**variables: str) -> subprocess.CompletedProcess[str]:
    """Loads the settings in a process of their own, as every command does at its start."""
    environment = {**os.environ, "SECRET_KEY": "a-key-for-this-test", **variables}
    command = [sys.executable, "-c", "import trender.settings"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "perhaps"),
        ("DATABASE_URL", "mysql://someone@host/name"),
        ("DATABASE_URL", "postgres://user:password@host:port/name"),
        ("DATABASE_URL", "trender.sqlite3"),
        ("GITHUB_API_BASE_URL", "github"),
        ("TRENDER_CONCURRENCY", "1000"),
        ("TRENDER_LEAD_VELOCITY", "0.5"),
        ("TRENDER_STEADY_LEAD_WEEKS", "52"),
        ("GITHUB_ACCESS_TOKEN", "ghp_hidden word"),
    ],
)
def test_start_up_stops_with_one_sentence_that_names_the_variable(name, value):
    stopped = load_settings(**{name: value})
    assert stopped.returncode != 0
    sentence = stopped.stderr.strip().splitlines()[-1]
    assert sentence.startswith(f"django.core.exceptions.ImproperlyConfigured: {name} ")
    assert "ghp_hidden" not in stopped.stdout + stopped.stderr
    assert "password@" not in sentence.replace("user:password@host:5432", "")


def test_the_example_file_documents_every_variable_with_its_default():
    """The file is also what the suite takes its environment from, so that .env cannot change a test."""
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    documented = dict(re.findall(r"^# ([A-Z_]+)=(.*)$", example, re.MULTILINE))
    sources = [(ROOT / "trender" / name).read_text(encoding="utf-8") for name in ("settings.py", "env.py")]
    read = set(re.findall(r'\b(?:env\.str\(|env, )"([A-Z_]+)"', "\n".join(sources)))
    assert set(documented) == read | {"GITHUB_TOKEN"}
    assert load_settings(**{**documented, "SECRET_KEY": "a-key-for-this-test"}).returncode == 0
    assert not re.search(r"^[^#\n]", example, re.MULTILINE), "every value is commented out"


def settings_value(name: str, **variables: str) -> str:
    """One setting as text, read in a process of its own."""
    environment = {**os.environ, "SECRET_KEY": "a-key-for-this-test", **variables}
    command = [sys.executable, "-c", f"import trender.settings as s; print(s.{name})"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout.strip()


def test_on_render_name_and_address_are_those_that_the_platform_gives(monkeypatch):
    monkeypatch.delenv("ALLOWED_HOSTS", raising=False)
    given = {"RENDER_EXTERNAL_HOSTNAME": "t.onrender.com", "RENDER_EXTERNAL_URL": "https://t.onrender.com"}
    assert settings_value("ALLOWED_HOSTS", **given) == "['t.onrender.com']"
    assert settings_value("TRENDER_BASE_URL", **given, TRENDER_BASE_URL="") == "https://t.onrender.com"
    own = {"ALLOWED_HOSTS": "trender.example", "TRENDER_BASE_URL": "https://trender.example"}
    assert settings_value("ALLOWED_HOSTS + [s.TRENDER_BASE_URL]", **given, **own) == (
        "['trender.example', 'https://trender.example']"
    )


@pytest.mark.parametrize(
    "text", ["hooks.example", "ftp://hooks.example/hidden", "https://", "https://h/hidd en", "https://u:hidden@h/"]
)
def test_a_webhook_that_cannot_be_one_is_refused_without_being_shown(monkeypatch, env, text):
    monkeypatch.setenv("TRENDER_ALERT_WEBHOOK", text)
    with pytest.raises(ImproperlyConfigured, match="TRENDER_ALERT_WEBHOOK must be an address") as caught:
        readers.webhook_url(env, "TRENDER_ALERT_WEBHOOK")
    assert "hidd" not in str(caught.value)


def test_a_webhook_may_be_on_any_host_with_any_path(monkeypatch, env):
    for text in ("", "http://127.0.0.1:9000/a?b=c", "https://hooks.example/services/T/B/x"):
        monkeypatch.setenv("TRENDER_ALERT_WEBHOOK", text)
        assert readers.webhook_url(env, "TRENDER_ALERT_WEBHOOK") == text


def test_renders_api_has_its_own_address_and_a_key_that_fits_a_header():
    assert settings_value("RENDER_API_BASE_URL", RENDER_API_BASE_URL="") == "https://api.render.com/v1"
    assert settings_value("RENDER_API_KEY", RENDER_API_KEY=" rnd_0123456789abcdef ") == "rnd_0123456789abcdef"


@pytest.mark.parametrize("text", ["hidden", "hidden hidden hidden", "hiddén-hidden-hidden"])
def test_a_token_that_is_short_or_cannot_stand_in_a_header_is_refused_without_being_shown(monkeypatch, env, text):
    monkeypatch.setenv("METRICS_TOKEN", text)
    with pytest.raises(ImproperlyConfigured, match="METRICS_TOKEN must be 16 or more") as caught:
        readers.access_token(env, "METRICS_TOKEN")
    assert "hidd" not in str(caught.value)


def test_one_of_a_few_words_is_read_whatever_its_case(monkeypatch, env):
    monkeypatch.setenv("LOG_LEVEL", " info")
    assert readers.one_of(env, "LOG_LEVEL", default="WARNING", choices=("INFO", "WARNING")) == "INFO"
    monkeypatch.setenv("LOG_LEVEL", "loud")
    with pytest.raises(ImproperlyConfigured, match="LOG_LEVEL must be INFO or WARNING, not 'loud'"):
        readers.one_of(env, "LOG_LEVEL", default="WARNING", choices=("INFO", "WARNING"))
