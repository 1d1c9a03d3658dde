"""Readers of environment variables that stop start-up with a sentence when a value is wrong."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environ import Env


def flag(env: Env, name: str, default: bool) -> bool:
    """A switch: true/false, 1/0, yes/no or on/off; anything else is an error, not False."""
    text = env.str(name, default="").strip().lower()
    if text == "":
        return default
    if text in ("1", "true", "yes", "on"):
        return True
    if text in ("0", "false", "no", "off"):
        return False
    raise ImproperlyConfigured(f"{name} must be true or false, not {text!r}.")


def whole_number(env: Env, name: str, default: int, low: int, high: int) -> int:
    text = env.str(name, default="").strip()
    if text == "":
        return default
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise ImproperlyConfigured(f"{name} must be a whole number from {low} to {high}, not {text!r}.")
    return int(text)


def words(env: Env, name: str, default: str = "") -> list[str]:
    """A comma-separated list, blanks and empty entries dropped."""
    return [word.strip() for word in env.str(name, default=default).split(",") if word.strip()]


def http_url(env: Env, name: str, default: str) -> str:
    """An http(s) address without a trailing slash."""
    text = (env.str(name, default="").strip() or default).rstrip("/")
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ImproperlyConfigured(f"{name} must be an address such as {default}, not {text!r}.")
    return text


def webhook_url(env: Env, name: str) -> str:
    """An http(s) address, empty for none. The value is never shown: whoever knows a webhook's address may use it."""
    text = env.str(name, default="").strip()
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        is_address = is_address and "@" not in parts.netloc  # a password would have to be sent in a header
    except ValueError:
        is_address = False
    if text and (not is_address or not text.isascii() or not text.isprintable() or " " in text):
        raise ImproperlyConfigured(f"{name} must be an address such as https://hooks.example/trender, or empty.")
    return text


def access_token(env: Env, name: str) -> str:
    """A token that clients send in a header, empty for none; at least 16 characters. The value is never shown."""
    text = env.str(name, default="").strip()
    if text and (len(text) < 16 or not text.isascii() or not text.isprintable() or " " in text):
        raise ImproperlyConfigured(f"{name} must be 16 or more letters, digits and signs without blanks, or empty.")
    return text


def redis_url(env: Env, name: str) -> str:
    """Where a Redis is, empty for none. The value may hold a password and is never shown."""
    text = env.str(name, default="").strip()
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("redis", "rediss") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if text and not is_address:
        raise ImproperlyConfigured(f"{name} must be an address such as redis://127.0.0.1:6379/0, or empty.")
    return text


def one_of(env: Env, name: str, default: str, choices: tuple[str, ...]) -> str:
    """One of a few words, whatever the case."""
    text = env.str(name, default="").strip() or default
    found = next((choice for choice in choices if choice.lower() == text.lower()), None)
    if found is None:
        raise ImproperlyConfigured(f"{name} must be {', '.join(choices[:-1])} or {choices[-1]}, not {text!r}.")
    return found


def github_tokens(env: Env) -> tuple[str, ...]:
    """GITHUB_ACCESS_TOKEN, else GITHUB_TOKEN; several are separated by commas. The value is never shown."""
    name = "GITHUB_ACCESS_TOKEN" if env.str("GITHUB_ACCESS_TOKEN", default="").strip() else "GITHUB_TOKEN"
    tokens = words(env, name)
    for token in tokens:
        if not token.isascii() or not token.isprintable() or " " in token:
            raise ImproperlyConfigured(f"{name} holds a character that no GitHub token has; paste it again.")
    return tuple(dict.fromkeys(tokens))


def secret_key(env: Env, base_dir: Path, required: bool) -> str:
    """SECRET_KEY, or, where the database is the embedded one, a key made once and kept beside it.

    A deployment with a server database has several machines that must share the key, so it has to be set there.
    """
    key = env.str("SECRET_KEY", default="")
    if key:
        return key
    if required:
        raise ImproperlyConfigured("SECRET_KEY must be set when DATABASE_URL names a server database.")
    path = base_dir / ".secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii").strip() or secrets.token_urlsafe(50)
    except OSError:
        return secrets.token_urlsafe(50)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(key := secrets.token_urlsafe(50))
    return key
