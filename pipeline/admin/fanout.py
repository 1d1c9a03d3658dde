"""A shared run's parts and what all workers have asked of GitHub: to see where a run is and what holds it back."""

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin

from pipeline.admin.shared import TableAdmin
from pipeline.models import GitHubAllowance, GitHubPause, GitHubRequest, RunClaim, RunPart


@admin.register(RunPart)
class RunPartAdmin(TableAdmin):
    list_display = ["id", "execution_id", "kind", "stream", "status", "attempts", "worker", "beat_at"]
    list_filter = ["status", "kind", "stream"]
    search_fields = ["=execution__execution_id", "worker"]
    search_help_text = "Number of the run, or the worker's host"
    ordering = ["-id"]


@admin.register(RunClaim)
class RunClaimAdmin(TableAdmin):
    list_display = ["github_id", "execution_id", "part_id"]
    search_fields = ["=github_id"]
    search_help_text = "The whole GitHub id"


@admin.register(GitHubAllowance)
class GitHubAllowanceAdmin(TableAdmin):
    list_display = ["resource", "token_digest", "remaining", "limit", "reset"]
    list_filter = ["resource"]
    search_fields = ["resource"]

    @admin.display(description="reset at")
    def reset(self, allowance: Any) -> datetime:
        return datetime.fromtimestamp(allowance.reset_at, UTC)


@admin.register(GitHubRequest)
class GitHubRequestAdmin(TableAdmin):
    list_display = ["id", "resource", "token_digest", "sent_at", "ended_at", "seconds"]
    list_filter = ["resource"]
    search_fields = ["resource"]
    ordering = ["-id"]


@admin.register(GitHubPause)
class GitHubPauseAdmin(TableAdmin):
    list_display = ["id", "until"]
