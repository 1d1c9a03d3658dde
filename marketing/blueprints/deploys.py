"""How deploys went, from what Render's API says of them. Pure: no request, no database."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from statistics import median
from typing import Any
from urllib.parse import urlsplit

# Render's words for a deploy: a "deactivated" one was live until a newer one took its place. What is under way
# (created, queued, *_in_progress) has not ended, and a canceled one was ended by somebody: neither says how it went.
SUCCEEDED = frozenset({"live", "deactivated"})
FAILED = frozenset({"build_failed", "update_failed", "pre_deploy_failed"})

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)")
GITHUB_HOSTS = frozenset({"github.com", "www.github.com"})
FULL_NAME = re.compile(r"[A-Za-z0-9-]{1,100}/[A-Za-z0-9._-]{1,100}")
LONGEST_DEPLOY = 30 * 86_400.0


@dataclass(frozen=True, slots=True)
class DeployFigures:
    """`deploys` counts all, `finished` those that succeeded or failed; the others are None where nothing is known.

    `median_seconds` is of those that succeeded, from start (creation where no start is known) to end.
    `success_rate` is in percent of the finished ones.
    """

    deploys: int
    finished: int
    median_seconds: Decimal | None
    success_rate: Decimal | None


def deploy_figures(deploys: Sequence[Mapping[str, Any]], since: datetime) -> DeployFigures:
    """Of the deploys that were created at `since` or later; one without a readable moment is left out."""
    recent = [each for each in deploys if (created := moment(each.get("createdAt"))) is not None and created >= since]
    succeeded = [each for each in recent if str(each.get("status")) in SUCCEEDED]
    finished = len(succeeded) + sum(str(each.get("status")) in FAILED for each in recent)
    seconds = [taken for each in succeeded if (taken := seconds_taken(each)) is not None]
    return DeployFigures(
        deploys=len(recent),
        finished=finished,
        median_seconds=_rounded(Decimal(str(median(seconds))), "0.1") if seconds else None,
        success_rate=_rounded(Decimal(100 * len(succeeded)) / finished, "0.01") if finished else None,
    )


def seconds_taken(deploy: Mapping[str, Any]) -> float | None:
    """From its start to its end; None where that is not known or cannot be."""
    began = moment(deploy.get("startedAt")) or moment(deploy.get("createdAt"))
    ended = moment(deploy.get("finishedAt"))
    if began is None or ended is None:
        return None
    taken = (ended - began).total_seconds()
    return taken if 0 <= taken <= LONGEST_DEPLOY else None


def moment(text: object) -> datetime | None:
    """A moment of Render's as aware UTC; None for anything else."""
    if not isinstance(text, str) or not MOMENT.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def github_name(url: object) -> str | None:
    """ "owner/name" of a repository's address at github.com, in lower case; None for any other."""
    if not isinstance(url, str):
        return None
    try:
        parts = urlsplit(url.strip())
    except ValueError:
        return None
    name = parts.path.strip("/").removesuffix(".git")
    is_github = parts.scheme in ("http", "https") and parts.netloc.lower() in GITHUB_HOSTS
    return name.lower() if is_github and FULL_NAME.fullmatch(name) else None


def _rounded(value: Decimal, places: str) -> Decimal:
    return value.quantize(Decimal(places), ROUND_HALF_UP)
