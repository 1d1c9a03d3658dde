"""A page's view of the metrics: rows of repositories and of one's own services. No database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.html import format_html
from django.utils.safestring import SafeString

from dashboard.cells import MUTED_UNKNOWN, external_link, name_link, number
from dashboard.ecosystem import deploy_href
from dashboard.ranking import repo_href
from dashboard.templatetags.figures import count, duration, one_decimal
from marketing.models import BlueprintMetric

LEAST_SUCCESS = Decimal(80)
NOT_KNOWN_HERE = SafeString('<span class="muted">not known here</span>')
NO_ADDRESS = SafeString('<span class="muted">no address</span>')
NONE_FINISHED = SafeString('<span class="muted">none finished</span>')


@dataclass(frozen=True, slots=True)
class RepositoryRow:
    """One repository with a deploy button, its cells safe to put into a page as they are."""

    name: SafeString
    stars: SafeString
    button: SafeString
    execution_id: int | None


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """One service; `is_flagged` where less than 80 % of its finished deploys succeeded."""

    name: str
    repository: SafeString
    deploys: SafeString
    finished: SafeString
    seconds: SafeString
    success: SafeString
    verdict: SafeString
    is_flagged: bool
    problem: str


@dataclass(frozen=True, slots=True)
class Services:
    """One's own services as they were last read, the flagged ones first."""

    day: date
    made_at: datetime
    rows: list[ServiceRow]

    @property
    def flagged(self) -> int:
        return sum(row.is_flagged for row in self.rows)


def repository_list(rows: Sequence[BlueprintMetric]) -> list[RepositoryRow]:
    return [
        RepositoryRow(_name(row), number(count(row.stars)), _button(row), row.execution_id) for row in rows
    ]  # fmt: skip


def service_list(rows: Sequence[BlueprintMetric]) -> Services | None:
    """None where no service has ever been read."""
    if not rows:
        return None
    shown = sorted(map(_service, rows), key=lambda row: not row.is_flagged)
    return Services(rows[0].metric_date, max(row.created_at for row in rows), shown)


def _service(row: BlueprintMetric) -> ServiceRow:
    is_flagged = row.success_rate is not None and row.success_rate < LEAST_SUCCESS
    nothing_finished = row.finished_deploys == 0
    return ServiceRow(
        name=row.service_name,
        repository=_name(row) if row.repo_full_name else NOT_KNOWN_HERE,
        deploys=number(count(row.deploys)),
        finished=number(count(row.finished_deploys)),
        seconds=number(duration(row.deploy_seconds)),
        success=NONE_FINISHED if nothing_finished else number(one_decimal(row.success_rate)),
        verdict=_verdict(row.success_rate, is_flagged),
        is_flagged=is_flagged,
        problem=row.problem,
    )


def _verdict(rate: Decimal | None, is_flagged: bool) -> SafeString:
    """A sign and a word, so that the colour only repeats what they say."""
    if rate is None:
        return MUTED_UNKNOWN
    if is_flagged:
        return format_html('<span class="sheet__flag">▼ under {} %</span>', LEAST_SUCCESS)
    return format_html('<span class="sheet__fine">✓ {} % or more</span>', LEAST_SUCCESS)


def _name(row: BlueprintMetric) -> SafeString:
    owner, _, name = row.repo_full_name.rpartition("/")
    return name_link(repo_href(row.repo_full_name), owner, name)


def _button(row: BlueprintMetric) -> SafeString:
    href = deploy_href(row.deploy_button_url, f"https://github.com/{row.repo_full_name}")
    return external_link(href, "Deploy") if href else NO_ADDRESS
