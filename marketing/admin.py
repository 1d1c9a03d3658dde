"""The admin of what marketing keeps: people work on leads and drafts, the rest is made by runs and read-only."""

import json
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.html import format_html
from django.utils.text import Truncator

from marketing.models import BlogDraft, BlueprintMetric, MarketingAsset, PlatformReading, SuccessStoryLead

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin


class MadeByRuns(ModelAdmin):
    """Rows come and go with the runs: no adding or deleting, and changing only where a subclass has a field for it."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ReadOnlyAdmin(MadeByRuns):
    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class AssetList(ChangeList):
    """Measures the pictures in the database instead of reading them."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        rows = super().get_queryset(request, exclude_parameters).defer("image", "alt_text")
        return cast("QuerySet[Any]", rows.annotate(image_bytes=Length("image")))


@admin.register(MarketingAsset)
class MarketingAssetAdmin(ReadOnlyAdmin):
    list_display = [
        *("id", "repo_full_name", "asset_type", "theme", "snapshot_date", "image_size", "execution_id", "created_at"),
    ]
    list_display_links = ["id", "repo_full_name"]
    list_filter = ["asset_type", "theme", "snapshot_date"]
    search_fields = ["repo_full_name"]
    ordering = ["-id"]
    date_hierarchy = "snapshot_date"
    fields = [
        *("id", "asset_type", "theme", "github_id", "repo_full_name", "alt_text", "image_size", "execution_id"),
        *("snapshot_date", "created_at"),
    ]
    readonly_fields = ["id", "image_size"]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return AssetList

    @admin.display(description="image")
    def image_size(self, asset: Any) -> str:
        """Only a list's rows carry `image_bytes`."""
        size = asset.image_bytes if hasattr(asset, "image_bytes") else len(asset.image)
        return filesizeformat(size)


@admin.register(SuccessStoryLead)
class SuccessStoryLeadAdmin(MadeByRuns):
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


@admin.register(PlatformReading)
class PlatformReadingAdmin(ReadOnlyAdmin):
    list_display = ["platform", "report_date", "config_files", "readme_mentions", "stars", "created_at"]
    list_filter = ["platform", "report_date"]
    search_fields = ["platform", "report_text"]
    date_hierarchy = "report_date"
    ordering = ["-id"]


@admin.register(BlueprintMetric)
class BlueprintMetricAdmin(ReadOnlyAdmin):
    list_display = ["id", "repo_full_name", "metric_date", "stars", "deploys", "deploy_seconds", "success_rate"]
    list_display_links = ["id", "repo_full_name"]
    list_filter = ["metric_date"]
    search_fields = ["repo_full_name"]
    ordering = ["-id"]
    show_full_result_count = False


@admin.register(BlogDraft)
class BlogDraftAdmin(MadeByRuns):
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
