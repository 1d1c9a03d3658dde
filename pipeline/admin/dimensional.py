"""Dimensional layer: the star schema. Only the words about languages and service types may be edited."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from pipeline.admin.shared import (
    ByRepositoryAdmin,
    HugeTableAdmin,
    ModelAdmin,
    SearchedTableAdmin,
    StreamFilter,
    TableAdmin,
    link_column,
    number,
    run_link,
    short,
)
from pipeline.models import (
    LanguageDayFact,
    LanguageDim,
    RenderDayFact,
    RenderServiceDayFact,
    RenderServiceDim,
    RenderServiceTotalFact,
    RenderUsage,
    RepositoryDim,
    RepoSnapshot,
    StarDay,
)


class WordsAdmin(ModelAdmin):
    """A small dimension whose words may be changed; its rows and their names come from the pipeline."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(LanguageDim)
class LanguageDimAdmin(WordsAdmin):
    list_display = ["language_name", "language_key", "language_category", "ecosystem_size"]
    list_filter = ["language_category", "ecosystem_size"]
    search_fields = ["language_name"]
    ordering = ["language_name"]
    readonly_fields = ["language_key", "language_name"]


@admin.register(RenderServiceDim)
class RenderServiceDimAdmin(WordsAdmin):
    list_display = ["service_type", "service_key", short("service_description")]
    search_fields = ["service_type", "service_description"]
    ordering = ["service_type"]
    readonly_fields = ["service_key", "service_type"]


@admin.register(RepositoryDim)
class RepositoryDimAdmin(SearchedTableAdmin):
    list_display = [
        *("repo_full_name", "repo_key", "github_id", "language", "uses_render", "render_category", "is_current"),
        *("valid_from", "valid_to"),
        link_column("repo_url"),
    ]
    list_filter = ["is_current", "uses_render", "render_category", "is_demo", "language"]
    search_fields = ["repo_full_name", "description"]
    ordering = ["repo_full_name", "-repo_key"]


@admin.register(RepoSnapshot)
class RepoSnapshotAdmin(HugeTableAdmin):
    list_display = [
        "snapshot_date",
        number("rank_overall", "rank"),
        *("repo", "language", "stars"),
        number("stars_gained_7d", "in 7 days"),
        number("momentum_score", "momentum"),
        number("star_velocity", "velocity"),
        number("activity_score", "activity"),
        short("unknown_parts", 40),
        "is_current",
        run_link,
    ]
    list_filter = ["is_current", "snapshot_date", StreamFilter, "language"]
    list_select_related = ["repo", "language"]
    search_fields = ["repo__repo_full_name"]
    ordering = ["-snapshot_date", "rank_overall"]


@admin.register(StarDay)
class StarDayAdmin(ByRepositoryAdmin):
    list_display = ["id", "github_id", "day", "stars_gained"]
    list_filter = ["day"]
    ordering = ["-github_id", "-day"]


@admin.register(RenderUsage)
class RenderUsageAdmin(HugeTableAdmin):
    list_display = [
        *("usage_id", "snapshot_date", "repo", "service", "service_count", "complexity_score", "has_blueprint"),
    ]
    list_filter = ["snapshot_date", "service", "has_blueprint"]
    list_select_related = ["repo", "service"]
    search_fields = ["repo__repo_full_name"]
    number_field = "repo__github_id"
    ordering = ["-snapshot_date"]


@admin.register(LanguageDayFact)
class LanguageDayFactAdmin(TableAdmin):
    list_display = [
        *("snapshot_date", "language", "repositories"),
        number("render_repositories", "with Render"),
        "stars",
        number("stars_gained_24h", "in 24 hours"),
        number("stars_gained_7d", "in 7 days"),
        number("momentum_total", "momentum"),
    ]
    list_filter = ["snapshot_date", "language"]
    list_select_related = ["language"]
    search_fields = ["language__language_name"]
    ordering = ["-snapshot_date", "language__language_name"]


@admin.register(RenderDayFact)
class RenderDayFactAdmin(TableAdmin):
    list_display = [
        *("snapshot_date", "render_category", "repositories", "stars"),
        number("stars_gained_7d", "in 7 days"),
    ]
    list_filter = ["snapshot_date", "render_category"]
    ordering = ["-snapshot_date", "render_category"]


@admin.register(RenderServiceDayFact)
class RenderServiceDayFactAdmin(TableAdmin):
    list_display = ["snapshot_date", "service", "language", "repositories", "services"]
    list_filter = ["snapshot_date", "service", "language"]
    list_select_related = ["service", "language"]
    search_fields = ["service__service_type"]
    ordering = ["-snapshot_date", "service__service_type"]


@admin.register(RenderServiceTotalFact)
class RenderServiceTotalFactAdmin(TableAdmin):
    list_display = ["snapshot_date", "service", "repositories", "services"]
    list_filter = ["snapshot_date", "service"]
    list_select_related = ["service"]
    search_fields = ["service__service_type"]
    ordering = ["-snapshot_date", "service__service_type"]
