"""Staging layer: typed, validated, one row a repository."""

from django.contrib import admin

from pipeline.admin.shared import SearchedTableAdmin, StreamFilter, link_column, run_link, short
from pipeline.models import RejectedRepo, RenderEnrichment, StagedRepo


@admin.register(StagedRepo)
class StagedRepoAdmin(SearchedTableAdmin):
    list_display = [
        *("repo_full_name", "github_id", "language", "stars", "stars_last_7_days", "commits_last_7_days"),
        *("uses_render", "data_quality_score", short("unknown_fields"), "stream", "loaded_at"),
        run_link,
    ]
    list_filter = [StreamFilter, "uses_render", "language"]
    search_fields = ["repo_full_name", "description"]
    ordering = ["repo_full_name"]


@admin.register(RejectedRepo)
class RejectedRepoAdmin(SearchedTableAdmin):
    list_display = ["id", "repo_full_name", "github_id", "stream", short("reason", 120), "rejected_at", run_link]
    list_display_links = ["id", "repo_full_name"]
    list_filter = [StreamFilter, "rejected_at"]
    search_fields = ["repo_full_name", "reason"]
    ordering = ["-id"]


@admin.register(RenderEnrichment)
class RenderEnrichmentAdmin(SearchedTableAdmin):
    list_display = [
        *("repo_full_name", "repo_id", "render_category", "service_count", short("service_counts")),
        *("render_complexity_score", "blueprint_quality", "documentation_score", "has_blueprint_button"),
        link_column("deploy_button_url"),
        short("problem"),
    ]
    list_filter = ["render_category", "has_blueprint_button", "has_docker", "has_previews"]
    search_fields = ["repo_full_name", "problem"]
    number_field = "repo_id"
    ordering = ["repo_full_name"]  # no index, but only the few hundred repositories of the ecosystem
