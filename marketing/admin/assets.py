"""Cards: the pictures that were made, shown as their sizes."""

from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.db.models.functions import Length
from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat

from marketing.admin.make_now import Job
from marketing.admin.shared import ReadOnlyAdmin
from marketing.models import MarketingAsset


class AssetList(ChangeList):
    """Measures the pictures in the database instead of reading them."""

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        rows = super().get_queryset(request, exclude_parameters).defer("image", "alt_text")
        return cast("QuerySet[Any]", rows.annotate(image_bytes=Length("image")))


@admin.register(MarketingAsset)
class MarketingAssetAdmin(ReadOnlyAdmin):
    job = Job("marketing.tasks.make_cards", "Make the week's cards", "marketing.change_marketingasset")
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
