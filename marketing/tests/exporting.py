"""What the tests of the exports share: rows of every export, and files read back."""

import csv
import io
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from openpyxl import load_workbook

from dashboard.tests.builders import a_language_day, a_project, a_published_run
from marketing.models import BlueprintMetric, PlatformReading, SuccessStoryLead

ROOT = "/for-marketing/exports/"
NAMES = ("trending", "showcase", "leads", "platforms", "blueprints", "snapshots")
FORMS = ("csv", "json", "xlsx")
MADE_AT = datetime(2026, 11, 20, 9, 5, tzinfo=UTC)
DAY = date(2026, 11, 20)


def body(response) -> bytes:
    assert response.status_code == 200, response.content
    return response.getvalue()


def lines(client, address: str) -> list[dict[str, str]]:
    """The rows of a CSV file by heading."""
    return list(csv.DictReader(io.StringIO(body(client.get(ROOT + address)).decode())))


def document(client, address: str) -> dict[str, Any]:
    return json.loads(body(client.get(ROOT + address)))


def sheet(client, address: str) -> list[dict[str, Any]]:
    """The rows of a workbook by heading."""
    book = load_workbook(io.BytesIO(body(client.get(ROOT + address))))
    head, *rows = book["Rows"].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def a_lead(name: str = "octo/widget", **given: Any) -> SuccessStoryLead:
    facts = {
        "github_id": 1,
        "rule": "fast",
        "stars": 700,
        "star_velocity": Decimal("51.5"),
        "contact": {"email": "ann@example.org", "blog": "https://example.org"},
        "story": "It grows.",
        "notes": "Call on Monday.",
        "execution_id": 12,
        "found_at": MADE_AT,
        "updated_at": MADE_AT,
    }
    return SuccessStoryLead.objects.create(repo_full_name=name, **facts | given)


def a_reading(platform: str = "render", **given: Any) -> PlatformReading:
    facts = {"report_date": DAY, "config_files": 5, "readme_mentions": None, "stars": 9, "created_at": MADE_AT}
    return PlatformReading.objects.create(platform=platform, **facts | given)


def a_metric(name: str = "octo/shop", **given: Any) -> BlueprintMetric:
    facts = {"github_id": 2, "metric_date": DAY, "stars": 7, "created_at": MADE_AT}
    facts["deploy_button_url"] = "https://render.com/deploy?repo=https://github.com/octo/shop"
    return BlueprintMetric.objects.create(repo_full_name=name, **facts | given)


def fill(number: int = 1, **given: Any):
    """`number` rows of every export; `given` are words of the repositories. Returns the published run."""
    run = a_published_run()
    a_language_day(run.snapshot_date)
    for each in range(1, number + 1):
        a_project(run, f"octo/project-{each}", **given)
        a_lead(f"octo/project-{each}", github_id=each)
        a_reading(f"host-{each}")
        a_metric(f"octo/project-{each}", github_id=each)
    return run
