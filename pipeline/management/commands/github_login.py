"""manage.py github_login: get a token or check one; print what it may do; write .env on request."""

import getpass
import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.core.management.base import CommandParser

from pipeline.github.errors import GitHubError
from pipeline.github.oauth import CALLBACK_PORT, LoginFailed, WebFlow, mask, verify, web_address

VARIABLE = "GITHUB_ACCESS_TOKEN"


class Command(BaseCommand):
    help = "Get a GitHub token through the browser, or check a personal one; prints its scopes and limits."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--token", help="check this token instead; - asks for it without showing it")
        parser.add_argument("--client-id", help="the OAuth app's client id, for the browser flow")
        parser.add_argument("--port", type=int, default=CALLBACK_PORT, help="of the local callback (default 8000)")
        parser.add_argument("--write-env", action="store_true", help=f"keep the token as {VARIABLE} in .env")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            token = self.token(options)
            identity = verify(token, settings.GITHUB_API_BASE_URL)
        except (LoginFailed, GitHubError) as error:
            raise CommandError(f"{error} {getattr(error, 'remedy', '')}".strip()) from None
        self.stdout.write(f"Token {mask(token)} belongs to {identity.login}.")
        self.stdout.write(f"Scopes: {', '.join(identity.scopes) or 'none, which is enough for public data'}.")
        for name, (remaining, limit) in identity.limits.items():
            self.stdout.write(f"{name}: {remaining} of {limit} requests left.")
        if options["write_env"]:
            path = write_env(settings.BASE_DIR / ".env", token)
            self.stdout.write(f"Written to {path.name} as {VARIABLE}; nobody else may read the file.")

    def token(self, options: dict[str, Any]) -> str:
        if options["token"] is not None:
            asks = options["token"] == "-"  # noqa: S105 - a dash, not a token
            return str(getpass.getpass("GitHub token: ") if asks else options["token"]).strip()
        if not options["client_id"]:
            raise CommandError("Give --token, or --client-id of an OAuth app whose callback is http://127.0.0.1:8000.")
        secret = getpass.getpass("The app's client secret: ").strip()
        flow = WebFlow(web_address(settings.GITHUB_API_BASE_URL), options["client_id"], secret, options["port"])
        self.stdout.write(f"Open this address and allow it:\n{flow.address}")
        return flow.wait()


def write_env(path: Path, token: str) -> Path:
    """Set the variable in a .env file, all other lines left as they are; readable by the owner alone."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    kept = [line for line in lines if not line.startswith(f"{VARIABLE}=")]
    partial = path.with_name(f"{path.name}.new")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write("\n".join([*kept, f"{VARIABLE}={token}"]) + "\n")
    partial.replace(path)
    return path
