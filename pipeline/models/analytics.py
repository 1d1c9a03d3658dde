"""Analytics: unmanaged models over the SQL views in pipeline/sql/views; what pages, API and exports read."""

from django.db import models


class TrendingRepo(models.Model):
    """One row per repository with a current snapshot."""

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
    rank_overall = models.PositiveIntegerField(null=True)
    rank_in_language = models.PositiveIntegerField(null=True)
    unknown_parts = models.JSONField()
    raw_repo_id = models.BigIntegerField(null=True)
    execution_id = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "analytics_trending_repos_current"
        verbose_name = "trending repository"
        verbose_name_plural = "trending repositories"

    def __str__(self) -> str:
        return self.repo_full_name


class RenderShowcase(models.Model):
    """One row per repository of the Render ecosystem with a current snapshot."""

    github_id = models.BigIntegerField(primary_key=True)
    repo_key = models.BigIntegerField()
    repo_full_name = models.CharField(max_length=300)
    repo_url = models.CharField(max_length=500)
    description = models.TextField(null=True)
    language = models.CharField(max_length=100, null=True)
    render_category = models.CharField(max_length=10)
    uses_render = models.BooleanField(null=True)
    is_demo = models.BooleanField()
    snapshot_date = models.DateField()
    stars = models.PositiveIntegerField()
    stars_gained_7d = models.PositiveIntegerField(null=True)
    momentum_score = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    rank_overall = models.PositiveIntegerField(null=True)
    render_services = models.JSONField(null=True)
    service_counts = models.JSONField(null=True)
    service_count = models.PositiveIntegerField(null=True)
    render_complexity_score = models.DecimalField(max_digits=3, decimal_places=1, null=True)
    has_blueprint_button = models.BooleanField(null=True)
    deploy_button_url = models.TextField(null=True)
    blueprint_quality = models.DecimalField(max_digits=3, decimal_places=2, null=True)
    documentation_score = models.DecimalField(max_digits=3, decimal_places=1, null=True)
    has_docker = models.BooleanField(null=True)
    has_previews = models.BooleanField(null=True)
    problem = models.TextField(null=True)

    class Meta:
        managed = False
        db_table = "analytics_render_showcase"
        verbose_name = "Render showcase project"

    def __str__(self) -> str:
        return self.repo_full_name


class LanguageRanking(models.Model):
    """One row per language with current snapshots, ranked by the sum of its repositories' momentum."""

    language_key = models.IntegerField(primary_key=True)
    language = models.CharField(max_length=100)
    language_category = models.CharField(max_length=30)
    repositories = models.PositiveIntegerField()
    render_repositories = models.PositiveIntegerField()
    stars = models.PositiveBigIntegerField()
    stars_gained_7d = models.PositiveBigIntegerField(null=True)
    momentum_total = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    momentum_average = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    oldest_snapshot_date = models.DateField()
    newest_snapshot_date = models.DateField()
    rank_overall = models.PositiveIntegerField()

    class Meta:
        managed = False
        db_table = "analytics_language_rankings"
        verbose_name = "language ranking"

    def __str__(self) -> str:
        return self.language
