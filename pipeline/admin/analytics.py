"""Analytics: the views that pages, API and exports read."""

from django.contrib import admin

from pipeline.admin.shared import SearchedTableAdmin, TableAdmin, link_column, number, run_link, short
from pipeline.models import LanguageRanking, RenderShowcase, TrendingRepo


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
