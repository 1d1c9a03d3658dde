"""Analytics: the views that pages, API and exports read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from pipeline.admin.shared import (
    BIGINT_MAX,
    ByRepositoryAdmin,
    HugeTableAdmin,
    SearchedTableAdmin,
    StreamFilter,
    TableAdmin,
    link_column,
    number,
    run_link,
    short,
)
from pipeline.models import (
    LanguageDay,
    LanguageRanking,
    RawPayload,
    RenderDay,
    RenderServiceDay,
    RenderServiceTotal,
    RenderShowcase,
    RepoDay,
    RepoMeasures,
    RepoStarDay,
    RepoVersion,
    StagedSource,
    TrendingRepo,
)


@admin.register(TrendingRepo)
class TrendingRepoAdmin(SearchedTableAdmin):
    list_display = [
        number("rank_overall", "rank"),
        *("repo_full_name", "language"),
        number("rank_in_language", "in language"),
        "stars",
        number("stars_gained_7d", "in 7 days"),
        number("momentum_score", "momentum"),
        *("uses_render", "render_category"),
        short("unknown_parts", 40),
        "snapshot_date",
        link_column("repo_url"),
        run_link,
    ]
    list_display_links = ["repo_full_name"]
    list_filter = ["language", "uses_render", "render_category", "stream", "snapshot_date", "is_demo"]
    search_fields = ["repo_full_name", "description"]
    ordering = ["rank_overall"]


@admin.register(RepoDay)
class RepoDayAdmin(HugeTableAdmin):
    list_display = [
        "snapshot_date",
        number("rank_overall", "rank"),
        *("repo_full_name", "language", "stars"),
        number("stars_gained_7d", "in 7 days"),
        number("momentum_score", "momentum"),
        number("weeks_gaining", "weeks gaining"),
        *("uses_render", "is_current"),
        run_link,
    ]
    list_display_links = ["snapshot_date", "repo_full_name"]
    list_filter = ["is_current", "snapshot_date", StreamFilter]
    search_fields = ["repo_full_name"]
    ordering = ["-snapshot_date", "rank_overall"]


@admin.register(RepoMeasures)
class RepoMeasuresAdmin(ByRepositoryAdmin):
    list_display = [
        *("snapshot_date", "github_id", "language"),
        number("rank_overall", "rank"),
        "stars",
        number("stars_gained_7d", "in 7 days"),
        number("momentum_score", "momentum"),
        "is_current",
    ]
    list_filter = ["is_current", "snapshot_date"]
    ordering = ["-snapshot_date", "rank_overall"]


@admin.register(RepoVersion)
class RepoVersionAdmin(SearchedTableAdmin):
    list_display = [
        *("repo_full_name", "repo_key", "github_id", "language", "uses_render", "render_category", "is_current"),
        *("valid_from", "valid_to"),
        link_column("repo_url"),
    ]
    list_filter = ["is_current", "uses_render", "render_category", "is_demo"]
    search_fields = ["repo_full_name", "description"]
    ordering = ["repo_full_name", "-repo_key"]


@admin.register(RepoStarDay)
class RepoStarDayAdmin(ByRepositoryAdmin):
    list_display = ["id", "github_id", "day", "stars_gained"]
    list_filter = ["day"]
    ordering = ["-github_id", "-day"]


@admin.register(RenderShowcase)
class RenderShowcaseAdmin(SearchedTableAdmin):
    list_display = [
        *("repo_full_name", "render_category"),
        number("rank_overall", "rank"),
        "stars",
        number("stars_gained_7d", "in 7 days"),
        number("service_count", "services"),
        short("service_counts"),
        number("render_complexity_score", "complexity"),
        number("blueprint_quality", "blueprint"),
        number("documentation_score", "documentation"),
        link_column("deploy_button_url"),
    ]
    list_filter = ["render_category", "uses_render", "has_blueprint_button", "has_docker", "language", "is_demo"]
    search_fields = ["repo_full_name", "description"]
    ordering = ["rank_overall"]


@admin.register(LanguageRanking)
class LanguageRankingAdmin(TableAdmin):
    list_display = [
        number("rank_overall", "rank"),
        *("language", "language_category", "repositories"),
        number("render_repositories", "with Render"),
        "stars",
        number("stars_gained_7d", "in 7 days"),
        number("momentum_total", "momentum"),
        number("momentum_average", "average"),
        *("oldest_snapshot_date", "newest_snapshot_date"),
    ]
    list_display_links = ["language"]
    list_filter = ["language_category"]
    search_fields = ["language"]
    ordering = ["rank_overall"]


@admin.register(LanguageDay)
class LanguageDayAdmin(TableAdmin):
    list_display = [
        *("snapshot_date", "language", "repositories"),
        number("render_repositories", "with Render"),
        "stars",
        number("stars_gained_24h", "in 24 hours"),
        number("stars_gained_7d", "in 7 days"),
        number("momentum_total", "momentum"),
    ]
    list_filter = ["snapshot_date", "language"]
    search_fields = ["language"]
    ordering = ["-snapshot_date", "language"]


@admin.register(RenderDay)
class RenderDayAdmin(TableAdmin):
    list_display = [
        *("snapshot_date", "render_category", "repositories", "stars"),
        number("stars_gained_7d", "in 7 days"),
    ]
    list_filter = ["snapshot_date", "render_category"]
    ordering = ["-snapshot_date", "render_category"]


@admin.register(RenderServiceDay)
class RenderServiceDayAdmin(TableAdmin):
    list_display = ["snapshot_date", "service_type", "language", "repositories", "services"]
    list_filter = ["snapshot_date", "service_type", "language"]
    search_fields = ["service_type"]
    ordering = ["-snapshot_date", "service_type"]


@admin.register(RenderServiceTotal)
class RenderServiceTotalAdmin(TableAdmin):
    list_display = ["snapshot_date", "service_type", "repositories", "services"]
    list_filter = ["snapshot_date", "service_type"]
    search_fields = ["service_type"]
    ordering = ["-snapshot_date", "service_type"]


@admin.register(StagedSource)
class StagedSourceAdmin(SearchedTableAdmin):
    list_display = [
        *("repo_full_name", "github_id", "stream", "data_quality_score"),
        short("unknown_fields"),
        *("updated_at", "pushed_at", "loaded_at", "raw_repo_id"),
        run_link,
    ]
    list_filter = [StreamFilter]
    search_fields = ["repo_full_name"]
    ordering = ["repo_full_name"]


@admin.register(RawPayload)
class RawPayloadAdmin(ByRepositoryAdmin):
    list_display = ["payload_key", "kind", "github_id", "fetch_timestamp", "last_seen_at", run_link]
    list_filter = ["last_seen_at"]
    ordering = ["-github_id"]

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Any:
        """By the parts of the key: the key itself is computed and no index knows it."""
        kind, _, row = object_id.rpartition("-")
        if not row.isdecimal() or len(row) > len(str(BIGINT_MAX)):
            return None
        return self.get_queryset(request).filter(kind=kind, raw_id=int(row)).first()
