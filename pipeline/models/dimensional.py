"""Dimensional layer: a star schema. Written by etl/staging_to_dimensional.py and its parts."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from pipeline.models.indexes import MostFirstIndex
from pipeline.models.raw import RawGithubRepo
from pipeline.models.runs import WorkflowExecution
from pipeline.models.staging import RenderCategory


class RepositoryDim(models.Model):
    """One row per version of a repository (SCD2): half-open [valid_from, valid_to), one current row a github_id."""

    repo_key = models.BigAutoField(primary_key=True)
    github_id = models.BigIntegerField()
    repo_full_name = models.CharField(max_length=300)
    repo_url = models.CharField(max_length=500)
    description = models.TextField(null=True)
    language = models.CharField(max_length=100, null=True)
    created_at = models.DateTimeField(null=True)
    uses_render = models.BooleanField(null=True)
    render_category = models.CharField(max_length=10, choices=RenderCategory, null=True)
    is_demo = models.BooleanField(default=False)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    is_current = models.BooleanField()

    class Meta:
        db_table = "dim_repositories"
        verbose_name = "repository version"
        constraints = [
            models.UniqueConstraint(fields=["github_id"], condition=Q(is_current=True), name="one_current_version"),
            models.UniqueConstraint(fields=["github_id", "valid_from"], name="one_version_per_start"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True, is_current=True)
                | Q(valid_to__isnull=False, is_current=False, valid_to__gt=F("valid_from")),
                name="current_is_open",
            ),
        ]
        indexes = [
            models.Index(fields=["repo_full_name"], name="dim_repositories_name"),
            # Names are found however they are written; and one in a dozen repositories has a category.
            models.Index(Lower("repo_full_name"), condition=Q(is_current=True), name="current_names_folded"),
            models.Index(
                fields=["render_category"],
                condition=Q(render_category__isnull=False),
                name="dim_repositories_category",
            ),
        ]

    def __str__(self) -> str:
        return self.repo_full_name


class LanguageDim(models.Model):
    """One row per programming language met."""

    language_key = models.AutoField(primary_key=True)
    language_name = models.CharField(max_length=100, unique=True)
    language_category = models.CharField(max_length=30)
    ecosystem_size = models.CharField(max_length=30)

    class Meta:
        db_table = "dim_languages"
        verbose_name = "language"

    def __str__(self) -> str:
        return self.language_name


class RenderServiceDim(models.Model):
    """One row per type of Render service."""

    service_key = models.AutoField(primary_key=True)
    service_type = models.CharField(max_length=100, unique=True)
    service_description = models.TextField()

    class Meta:
        db_table = "dim_render_services"
        verbose_name = "Render service type"

    def __str__(self) -> str:
        return self.service_type


class RepoSnapshot(models.Model):
    """One row per repository and day: its measures, the score with its parts, and its ranks."""

    snapshot_id = models.BigAutoField(primary_key=True)
    repo = models.ForeignKey(RepositoryDim, models.PROTECT, db_column="repo_key", related_name="snapshots")
    github_id = models.BigIntegerField()
    # An index by language alone would hold a year of each, and SQLite would take it for the current rows of one.
    language = models.ForeignKey(
        LanguageDim, models.PROTECT, db_column="language_key", null=True, db_index=False, related_name="+"
    )
    snapshot_date = models.DateField()
    stream = models.CharField(max_length=50, help_text="The stream whose success published this row.")
    is_current = models.BooleanField(help_text="The repository's newest published row.")
    stars = models.PositiveIntegerField()
    forks = models.PositiveIntegerField(null=True)
    stars_gained_24h = models.PositiveIntegerField(null=True)
    stars_gained_7d = models.PositiveIntegerField(null=True)
    stars_gained_30d = models.PositiveIntegerField(null=True)
    star_velocity = models.DecimalField(max_digits=16, decimal_places=6, null=True, help_text="Percent in 7 days")
    activity_score = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    momentum_score = models.DecimalField(
        max_digits=16, decimal_places=6, null=True, help_text="Sum of the four parts; unknown when nothing is known."
    )
    velocity_part = models.DecimalField(max_digits=16, decimal_places=6)
    activity_part = models.DecimalField(max_digits=16, decimal_places=6)
    render_boost = models.DecimalField(max_digits=16, decimal_places=6)
    age_penalty = models.DecimalField(max_digits=16, decimal_places=6, help_text="Zero or less")
    commits_last_7_days = models.PositiveIntegerField(null=True)
    issues_closed_last_7_days = models.PositiveIntegerField(null=True)
    active_contributors = models.PositiveIntegerField(null=True)
    weeks_gaining = models.PositiveSmallIntegerField(null=True, help_text="Weeks in a row with stars gained, to now")
    data_quality_score = models.DecimalField(max_digits=3, decimal_places=2)
    rank_overall = models.PositiveIntegerField(null=True)
    rank_in_language = models.PositiveIntegerField(null=True)
    unknown_parts = models.JSONField(default=list)
    raw_repo = models.ForeignKey(RawGithubRepo, models.SET_NULL, null=True, related_name="+")
    execution = models.ForeignKey(WorkflowExecution, models.PROTECT, related_name="snapshots")
    created_at = models.DateTimeField()

    class Meta:
        db_table = "fact_repo_snapshots"
        verbose_name = "daily snapshot"
        constraints = [
            models.UniqueConstraint(fields=["github_id", "snapshot_date"], name="one_snapshot_per_day"),
            models.UniqueConstraint(fields=["github_id"], condition=Q(is_current=True), name="one_current_snapshot"),
        ]
        indexes = [
            models.Index(fields=["snapshot_date", "rank_overall"], name="snapshots_by_day"),
            models.Index(fields=["stream", "snapshot_date"], name="snapshots_by_stream"),
            models.Index(fields=["rank_overall"], condition=Q(is_current=True), name="current_snapshots_by_rank"),
            models.Index(
                fields=["language", "rank_in_language"],
                condition=Q(is_current=True),
                name="current_snapshots_by_language",
            ),
            models.Index(fields=["repo"], condition=Q(is_current=True), name="current_snapshots_by_version"),
            # The ranking by gain takes its page from here; all rows would have to be sorted for it.
            *(
                MostFirstIndex(fields=[f"-{gain}"], condition=Q(is_current=True), name=f"current_{gain}")
                for gain in ("stars_gained_24h", "stars_gained_7d", "stars_gained_30d")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.github_id} on {self.snapshot_date}"


class StarDay(models.Model):
    """One row per repository and UTC day: stars gained that day that are still held."""

    github_id = models.BigIntegerField()
    day = models.DateField()
    stars_gained = models.PositiveIntegerField()

    class Meta:
        db_table = "fact_star_days"
        verbose_name = "stars of a day"
        verbose_name_plural = "stars of a day"
        constraints = [models.UniqueConstraint(fields=["github_id", "day"], name="one_row_per_star_day")]

    def __str__(self) -> str:
        return f"{self.github_id} on {self.day}"


class RenderUsage(models.Model):
    """One row per repository version, service type and day: how many services of the type its render.yaml has."""

    usage_id = models.BigAutoField(primary_key=True)
    repo = models.ForeignKey(RepositoryDim, models.PROTECT, db_column="repo_key", related_name="render_usage")
    service = models.ForeignKey(RenderServiceDim, models.PROTECT, db_column="service_key", related_name="+")
    snapshot_date = models.DateField()
    service_count = models.PositiveIntegerField()
    complexity_score = models.DecimalField(max_digits=3, decimal_places=1, null=True)
    has_blueprint = models.BooleanField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        db_table = "fact_render_usage"
        verbose_name = "Render usage"
        verbose_name_plural = "Render usage"
        constraints = [
            models.UniqueConstraint(fields=["repo", "service", "snapshot_date"], name="one_usage_per_day"),
        ]
        indexes = [models.Index(fields=["snapshot_date", "repo"], name="render_usage_by_day")]

    def __str__(self) -> str:
        return f"{self.repo_id} {self.service_id} on {self.snapshot_date}"


class LanguageDayFact(models.Model):
    """One row per language and published day: sums over the repositories that were current then."""

    language = models.ForeignKey(LanguageDim, models.PROTECT, db_column="language_key", related_name="+")
    snapshot_date = models.DateField()
    repositories = models.PositiveIntegerField()
    render_repositories = models.PositiveIntegerField()
    stars = models.PositiveBigIntegerField()
    stars_gained_24h = models.PositiveBigIntegerField(null=True)
    stars_gained_7d = models.PositiveBigIntegerField(null=True)
    commits_last_7_days = models.PositiveBigIntegerField(null=True)
    issues_closed_last_7_days = models.PositiveBigIntegerField(null=True)
    active_contributors = models.PositiveBigIntegerField(null=True)
    momentum_total = models.DecimalField(max_digits=20, decimal_places=6, null=True)

    class Meta:
        db_table = "fact_language_days"
        verbose_name = "language's day"
        constraints = [models.UniqueConstraint(fields=["language", "snapshot_date"], name="one_row_per_language_day")]
        indexes = [models.Index(fields=["snapshot_date"], name="language_days_by_day")]

    def __str__(self) -> str:
        return f"{self.language_id} on {self.snapshot_date}"


class RenderDayFact(models.Model):
    """One row per category of Render projects and published day."""

    render_category = models.CharField(max_length=10, choices=RenderCategory)
    snapshot_date = models.DateField()
    repositories = models.PositiveIntegerField()
    stars = models.PositiveBigIntegerField()
    stars_gained_7d = models.PositiveBigIntegerField(null=True)

    class Meta:
        db_table = "fact_render_days"
        verbose_name = "day of the Render ecosystem"
        constraints = [
            models.UniqueConstraint(fields=["snapshot_date", "render_category"], name="one_row_per_render_day")
        ]

    def __str__(self) -> str:
        return f"{self.render_category} on {self.snapshot_date}"


class RenderServiceDayFact(models.Model):
    """One row per type of Render service, language and published day: how many repositories declare how many."""

    service = models.ForeignKey(RenderServiceDim, models.PROTECT, db_column="service_key", related_name="+")
    language = models.ForeignKey(LanguageDim, models.PROTECT, db_column="language_key", null=True, related_name="+")
    snapshot_date = models.DateField()
    repositories = models.PositiveIntegerField()
    services = models.PositiveIntegerField()

    class Meta:
        db_table = "fact_render_service_days"
        verbose_name = "day of a Render service type"
        constraints = [
            models.UniqueConstraint(fields=["snapshot_date", "service", "language"], name="one_row_per_service_day"),
            models.UniqueConstraint(
                fields=["snapshot_date", "service"],
                condition=Q(language__isnull=True),
                name="one_row_per_service_day_without_language",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.service_id} on {self.snapshot_date}"


class RenderServiceTotalFact(models.Model):
    """One row per type of Render service and published day, over all languages."""

    service = models.ForeignKey(RenderServiceDim, models.PROTECT, db_column="service_key", related_name="+")
    snapshot_date = models.DateField()
    repositories = models.PositiveIntegerField()
    services = models.PositiveIntegerField()

    class Meta:
        db_table = "fact_render_service_totals"
        verbose_name = "day of a Render service type in all languages"
        verbose_name_plural = "days of Render service types in all languages"
        constraints = [models.UniqueConstraint(fields=["snapshot_date", "service"], name="one_row_per_service_total")]

    def __str__(self) -> str:
        return f"{self.service_id} on {self.snapshot_date}"
