"""Platform readings and blueprint metrics: read-only, as they were counted."""

from django.contrib import admin

from marketing.admin.make_now import Job
from marketing.admin.shared import ReadOnlyAdmin
from marketing.models import BlueprintMetric, PlatformReading


@admin.register(PlatformReading)
class PlatformReadingAdmin(ReadOnlyAdmin):
    job = Job("marketing.tasks.weekly_platform_report", "Make the platform report", "marketing.change_platformreading")
    export = "platforms"
    list_display = ["platform", "report_date", "config_files", "readme_mentions", "stars", "is_demo", "created_at"]
    list_filter = ["platform", "report_date", "is_demo"]
    search_fields = ["platform", "report_text"]
    date_hierarchy = "report_date"
    ordering = ["-id"]


@admin.register(BlueprintMetric)
class BlueprintMetricAdmin(ReadOnlyAdmin):
    job = Job("marketing.tasks.read_blueprints", "Read blueprint metrics", "marketing.change_blueprintmetric")
    export = "blueprints"
    list_display = [
        *("id", "repo_full_name", "service_name", "metric_date", "stars", "deploys", "deploy_seconds"),
        *("success_rate", "is_demo"),
    ]
    list_display_links = ["id", "repo_full_name"]
    list_filter = ["metric_date", "is_demo"]
    search_fields = ["repo_full_name", "service_name"]
    ordering = ["-id"]
    show_full_result_count = False
