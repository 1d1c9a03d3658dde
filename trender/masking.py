"""Takes secrets out of a text before it leaves the process: into a log, an alert, an error message of a command."""

import re

# What looks like a secret, whoever's it is: GitHub's and Render's keys, what follows an Authorization scheme, and the
# password in an address. The first group stays, so that a reader sees which kind it was.
SHAPES = (
    re.compile(r"\b(gh[a-z]_|github_pat_|rnd_)[A-Za-z0-9_.-]{10,}"),
    re.compile(r"(?i)\b(bearer |basic |authorization: token )[^\s\"',]{6,}"),
    re.compile(r"(://[^\s/:@\"']*:)[^\s/@\"']+(?=@)"),
)
HIDDEN = "***"
SHORTEST_KNOWN = 8  # a shorter value would take ordinary words out of the text


def mask(text: str) -> str:
    """The text with `***` for every secret of the settings, whatever its shape, and for what looks like one."""
    for secret in known_secrets():
        text = text.replace(secret, HIDDEN)
    for shape in SHAPES:
        text = shape.sub(rf"\1{HIDDEN}", text)
    return text


def known_secrets() -> list[str]:
    """The values that this process was given; none before the settings are loaded. The longest first."""
    from django.conf import settings

    if not settings.configured:
        return []
    values = [
        *getattr(settings, "GITHUB_TOKENS", ()),
        *(getattr(settings, name, "") for name in ("RENDER_API_KEY", "METRICS_TOKEN", "SECRET_KEY")),
        getattr(settings, "TRENDER_ALERT_WEBHOOK", ""),
        settings.DATABASES.get("default", {}).get("PASSWORD", ""),
    ]
    return sorted((value for value in values if len(value or "") >= SHORTEST_KNOWN), key=len, reverse=True)
