"""Leads: people set the status and write notes, a lead at a time or, for the status, many in the list."""

import json
from collections.abc import Callable
from typing import Any, cast

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator

from marketing.admin.make_now import Job
from marketing.admin.shared import MadeByRuns
from marketing.models import SuccessStoryLead

Status = SuccessStoryLead.Status
Action = Callable[[Any, HttpRequest, QuerySet[Any]], None]


def status_action(status: Status) -> Action:
    @admin.action(description=f"Set the status to “{status.label.lower()}”", permissions=["change"])
    def act(model_admin: Any, request: HttpRequest, leads: QuerySet[Any]) -> None:
        set_status(request, leads, status)

    act.__name__ = f"set_{status}"
    return act


@transaction.atomic
def set_status(request: HttpRequest, leads: QuerySet[Any], status: Status) -> None:
    """Give these leads the status, with a line in the history of each that had another one; notes stay as they are."""
    others = leads.exclude(status=status)
    changed = list(others.only("pk", "repo_full_name"))
    said = [{"changed": {"fields": [f"Status: {status.label.lower()}"]}}]
    LogEntry.objects.log_actions(cast(int, request.user.pk), changed, CHANGE, said)
    others.update(status=status, updated_at=timezone.now())
    number = "1 lead is" if len(changed) == 1 else f"{len(changed):,} leads are"
    messages.success(request, f"{number} newly “{status.label.lower()}”.")


@admin.register(SuccessStoryLead)
class SuccessStoryLeadAdmin(MadeByRuns):
    job = Job("marketing.tasks.find_leads", "Find leads", "marketing.change_successstorylead")
    export = "leads"
    actions = [status_action(status) for status in Status]
    list_display = [
        "repo_full_name",
        "rule",
        "stars",
        "star_velocity",
        "status",
        "short_notes",
        "found_at",
        "updated_at",
    ]
    list_filter = ["status", "rule", "found_at"]
    search_fields = ["repo_full_name", "notes", "story"]
    ordering = ["-id"]
    readonly_fields = [
        *("repo_full_name", "github_id", "rule", "stars", "star_velocity", "contact_details", "story"),
        *("execution_id", "found_at", "updated_at"),
    ]
    fields = ["status", "notes", *readonly_fields]

    @admin.display(description="notes")
    def short_notes(self, lead: Any) -> str:
        return Truncator(" ".join(lead.notes.split())).chars(80)

    @admin.display(description="contact")
    def contact_details(self, lead: Any) -> str:
        return format_html("<pre>{}</pre>", json.dumps(lead.contact, indent=2, ensure_ascii=False))

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        obj.updated_at = timezone.now()
        super().save_model(request, obj, form, change)
