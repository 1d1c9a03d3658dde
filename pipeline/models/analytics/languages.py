"""Languages: how they stand now, and the sums over their repositories on each day."""

from django.db import models


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


class LanguageDay(models.Model):
    """One row per language and published day: sums over the repositories that were current then."""

    id = models.BigIntegerField(primary_key=True)
    language = models.CharField(max_length=100)
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
        managed = False
        db_table = "analytics_language_days"
        verbose_name = "language's day"

    def __str__(self) -> str:
        return f"{self.language} on {self.snapshot_date}"
