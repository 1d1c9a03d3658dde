"""Blog drafts: a draft that a person has saved is that person's from then on."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from marketing.admin.make_now import Job
from marketing.admin.shared import MadeByRuns
from marketing.models import BlogDraft


@admin.register(BlogDraft)
class BlogDraftAdmin(MadeByRuns):
    job = Job("marketing.tasks.monthly_blog_draft", "Draft the month's post", "marketing.change_blogdraft")
    list_display = ["title", "month", "edited_at", "execution_id", "created_at"]
    list_filter = ["edited_at"]
    search_fields = ["title", "body"]
    date_hierarchy = "month"
    ordering = ["-month"]
    readonly_fields = ["month", "edited_at", "execution_id", "created_at"]
    fields = ["title", "body", *readonly_fields]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """From now on the draft is a person's: no run overwrites it."""
        if form.changed_data:
            obj.edited_at = timezone.now()
        super().save_model(request, obj, form, change)
