"""Metrics of blueprints: the repositories with a deploy button, and how one's own services on Render deploy."""

from datetime import datetime

from django.conf import settings
from django.db import transaction

from dashboard.queries.publication import last_published_run
from marketing.blueprints.own_services import OwnServices, read_own_services
from marketing.models import BlueprintMetric
from marketing.queries.blueprints import current_buttons
from marketing.render_api import RenderApi

__all__ = ["read_metrics"]

NO_KEY = "RENDER_API_KEY is not set."
NO_SERVICE = "A deploy button says nothing of how deploys go; Render tells that of one's own services only."


def read_metrics(now: datetime) -> str:
    """Keep the day's rows of all repositories with a deploy button and of one's own services; one sentence on them.

    The same day again replaces them. Services that could not be read keep the rows they have, and the repositories'
    rows say why.
    """
    own = read_services(now)
    published = last_published_run()
    is_demo = bool(published and published.execution.is_demo)
    rows = [
        BlueprintMetric(
            github_id=button.github_id,
            repo_full_name=button.repo_full_name,
            metric_date=now.date(),
            deploy_button_url=button.deploy_button_url,
            stars=button.stars,
            problem=own.problem or NO_SERVICE,
            execution_id=button.execution_id,
            is_demo=is_demo,
            created_at=now,
        )
        for button in current_buttons()
    ]
    with transaction.atomic():
        today = BlueprintMetric.objects.filter(metric_date=now.date())
        today.filter(service_id="").delete()
        if own.rows is not None:
            today.exclude(service_id="").delete()
        BlueprintMetric.objects.bulk_create([*rows, *(own.rows or [])])
    return f"Blueprint metrics of {now.date()}: {_many(len(rows), 'repository')} with a deploy button; {own.sentence}"


def read_services(now: datetime) -> OwnServices:
    if not settings.RENDER_API_KEY:
        return OwnServices(None, NO_KEY)
    return read_own_services(RenderApi(settings.RENDER_API_BASE_URL, settings.RENDER_API_KEY), now)


def _many(number: int, word: str) -> str:
    return f"{number:,} {word if number == 1 else f'{word[:-1]}ies'}"
