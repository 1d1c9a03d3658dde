"""Repositories as readers see them: their current and their daily rows, their versions, their stars by day."""

from django.db import models


class RankedRepo(models.Model):
    """One row per snapshot that a view shows, with the words of the repository's version at that time."""

    snapshot_id = models.BigIntegerField(primary_key=True)
    github_id = models.BigIntegerField()
    repo_key = models.BigIntegerField()
    repo_full_name = models.CharField(max_length=300)
    repo_url = models.CharField(max_length=500)
    description = models.TextField(null=True)
    language = models.CharField(max_length=100, null=True)
    created_at = models.DateTimeField(null=True)
    uses_render = models.BooleanField(null=True)
    render_category = models.CharField(max_length=10, null=True)
    is_demo = models.BooleanField()
    stream = models.CharField(max_length=50)
    snapshot_date = models.DateField()
    stars = models.PositiveIntegerField()
    forks = models.PositiveIntegerField(null=True)
    stars_gained_24h = models.PositiveIntegerField(null=True)
    stars_gained_7d = models.PositiveIntegerField(null=True)
    stars_gained_30d = models.PositiveIntegerField(null=True)
    star_velocity = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    activity_score = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    momentum_score = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    velocity_part = models.DecimalField(max_digits=16, decimal_places=6)
    activity_part = models.DecimalField(max_digits=16, decimal_places=6)
    render_boost = models.DecimalField(max_digits=16, decimal_places=6)
    age_penalty = models.DecimalField(max_digits=16, decimal_places=6)
    commits_last_7_days = models.PositiveIntegerField(null=True)
    issues_closed_last_7_days = models.PositiveIntegerField(null=True)
    active_contributors = models.PositiveIntegerField(null=True)
    data_quality_score = models.DecimalField(max_digits=3, decimal_places=2)
    weeks_gaining = models.PositiveSmallIntegerField(null=True)
    rank_overall = models.PositiveIntegerField(null=True)
    rank_in_language = models.PositiveIntegerField(null=True)
    unknown_parts = models.JSONField()
    raw_repo_id = models.BigIntegerField(null=True)
    execution_id = models.BigIntegerField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.repo_full_name


class TrendingRepo(RankedRepo):
    """One row per repository with a current snapshot."""

    class Meta:
        managed = False
        db_table = "analytics_trending_repos_current"
        verbose_name = "trending repository"
        verbose_name_plural = "trending repositories"


class RepoDay(RankedRepo):
    """One row per repository and published day, the history of the ranking."""

    is_current = models.BooleanField()

    class Meta:
        managed = False
        db_table = "analytics_repo_days"
        verbose_name = "repository's day"


class RepoMeasures(models.Model):
    """One row per repository and published day: what was measured, without the words of its version.

    For counting and sorting: a thousand rows of RepoDay take their words from as many places.
    """

    snapshot_id = models.BigIntegerField(primary_key=True)
    github_id = models.BigIntegerField()
    language = models.CharField(max_length=100, null=True)
    snapshot_date = models.DateField()
    is_current = models.BooleanField()
    stars = models.PositiveIntegerField()
    forks = models.PositiveIntegerField(null=True)
    stars_gained_24h = models.PositiveIntegerField(null=True)
    stars_gained_7d = models.PositiveIntegerField(null=True)
    stars_gained_30d = models.PositiveIntegerField(null=True)
    star_velocity = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    activity_score = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    momentum_score = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    commits_last_7_days = models.PositiveIntegerField(null=True)
    issues_closed_last_7_days = models.PositiveIntegerField(null=True)
    active_contributors = models.PositiveIntegerField(null=True)
    rank_overall = models.PositiveIntegerField(null=True)
    rank_in_language = models.PositiveIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "analytics_repo_measures"
        verbose_name = "repository's measures of a day"
        verbose_name_plural = "repositories' measures by day"

    def __str__(self) -> str:
        return f"{self.github_id} on {self.snapshot_date}"


class RepoVersion(models.Model):
    """One row per version of a repository, with its words from valid_from until before valid_to."""

    repo_key = models.BigIntegerField(primary_key=True)
    github_id = models.BigIntegerField()
    repo_full_name = models.CharField(max_length=300)
    repo_url = models.CharField(max_length=500)
    description = models.TextField(null=True)
    language = models.CharField(max_length=100, null=True)
    created_at = models.DateTimeField(null=True)
    uses_render = models.BooleanField(null=True)
    render_category = models.CharField(max_length=10, null=True)
    is_demo = models.BooleanField()
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    is_current = models.BooleanField()

    class Meta:
        managed = False
        db_table = "analytics_repo_versions"
        verbose_name = "repository's version"

    def __str__(self) -> str:
        return self.repo_full_name


class RepoStarDay(models.Model):
    """One row per repository and UTC day: stars gained that day that are still held."""

    id = models.BigIntegerField(primary_key=True)
    github_id = models.BigIntegerField()
    day = models.DateField()
    stars_gained = models.PositiveIntegerField()

    class Meta:
        managed = False
        db_table = "analytics_star_days"
        verbose_name = "repository's stars of a day"

    def __str__(self) -> str:
        return f"{self.github_id} on {self.day}"
