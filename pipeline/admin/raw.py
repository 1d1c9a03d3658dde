"""Raw layer: what GitHub answered."""

from django.contrib import admin

from pipeline.admin.shared import HugeTableAdmin, SourceLanguageFilter, StreamFilter, run_link, short
from pipeline.models import RawFileContent, RawGithubRepo, RawHttpAnswer, RawRepoMetric, RawStreamMembership


@admin.register(RawGithubRepo)
class RawGithubRepoAdmin(HugeTableAdmin):
    list_display = [
        *("id", "repo_full_name", "github_id", "source_language", "source_type", "fetch_timestamp", "last_seen_at"),
        run_link,
    ]
    list_display_links = ["id", "repo_full_name"]
    list_filter = ["source_type", SourceLanguageFilter, "last_seen_at"]
    search_fields = ["repo_full_name"]
    ordering = ["-id"]


@admin.register(RawRepoMetric)
class RawRepoMetricAdmin(HugeTableAdmin):
    list_display = [
        *("id", "repo_full_name", "github_id", "metric_type", "fetch_timestamp", "last_seen_at"),
        run_link,
    ]
    list_display_links = ["id", "repo_full_name"]
    list_filter = ["metric_type", "last_seen_at"]
    search_fields = ["repo_full_name"]
    ordering = ["-id"]


@admin.register(RawFileContent)
class RawFileContentAdmin(HugeTableAdmin):
    list_display = ["oid", "byte_size", "is_truncated", "fetch_timestamp", run_link]
    list_filter = ["is_truncated"]
    search_fields = ["oid"]
    search_help_text = "The beginning of a git object id"
    ordering = ["oid"]

    def get_search_results(self, request, queryset, search_term):  # type: ignore[no-untyped-def]
        """By the beginning of the id, on the key's index; an id may be all digits and is no GitHub id."""
        # A prefix as a range: a LIKE would need an index of its own on each database.
        term = search_term.strip().lower()
        return queryset.filter(oid__gte=term, oid__lt=f"{term}g") if term else queryset, False


@admin.register(RawStreamMembership)
class RawStreamMembershipAdmin(HugeTableAdmin):
    list_display = ["id", "stream", "fetch_timestamp", run_link]
    list_display_links = ["id", "stream"]
    list_filter = [StreamFilter]
    search_fields = ["stream"]
    search_help_text = "Stream, or the number of a run"
    number_field = "execution_id"
    ordering = ["-id"]


@admin.register(RawHttpAnswer)
class RawHttpAnswerAdmin(HugeTableAdmin):
    list_display = ["url", "etag", short("link"), "fetch_timestamp"]
    search_fields = ["url", "etag"]
    search_help_text = "Part of the URL or of the ETag"
    number_field = None
    ordering = ["url"]
