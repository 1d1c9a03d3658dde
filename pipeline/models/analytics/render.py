"""The Render ecosystem: its projects, and how many there were and what they used on each day."""

from django.db import models


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
    created_at = models.DateTimeField(null=True)
    snapshot_date = models.DateField()
    stars = models.PositiveIntegerField()
    stars_gained_24h = models.PositiveIntegerField(null=True)
    stars_gained_7d = models.PositiveIntegerField(null=True)
    stars_gained_30d = models.PositiveIntegerField(null=True)
    momentum_score = models.DecimalField(max_digits=16, decimal_places=6, null=True)
    rank_overall = models.PositiveIntegerField(null=True)
    render_services = models.JSONField(null=True)
    service_counts = models.JSONField(null=True)
    service_count = models.PositiveIntegerField(null=True)
    render_complexity_score = models.DecimalField(max_digits=3, decimal_places=1, null=True)
    connections = models.JSONField(null=True)
    env_groups = models.JSONField(null=True)
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


class RenderDay(models.Model):
    """One row per category of Render projects and published day."""

    id = models.BigIntegerField(primary_key=True)
    snapshot_date = models.DateField()
    render_category = models.CharField(max_length=10)
    repositories = models.PositiveIntegerField()
    stars = models.PositiveBigIntegerField()
    stars_gained_7d = models.PositiveBigIntegerField(null=True)

    class Meta:
        managed = False
        db_table = "analytics_render_days"
        verbose_name = "day of the Render ecosystem"

    def __str__(self) -> str:
        return f"{self.render_category} on {self.snapshot_date}"


class RenderServiceDay(models.Model):
    """One row per type of Render service, language (NULL where it is unknown) and published day."""

    id = models.BigIntegerField(primary_key=True)
    snapshot_date = models.DateField()
    language = models.CharField(max_length=100, null=True)
    service_type = models.CharField(max_length=100)
    service_description = models.TextField()
    repositories = models.PositiveIntegerField()
    services = models.PositiveIntegerField()

    class Meta:
        managed = False
        db_table = "analytics_render_service_days"
        verbose_name = "day of a Render service type"

    def __str__(self) -> str:
        return f"{self.service_type} on {self.snapshot_date}"


class RenderServiceTotal(models.Model):
    """One row per type of Render service and published day, over all languages."""

    id = models.BigIntegerField(primary_key=True)
    snapshot_date = models.DateField()
    service_type = models.CharField(max_length=100)
    service_description = models.TextField()
    repositories = models.PositiveIntegerField()
    services = models.PositiveIntegerField()

    class Meta:
        managed = False
        db_table = "analytics_render_service_totals"
        verbose_name = "day's total of a Render service type"
        verbose_name_plural = "days' totals of Render service types"

    def __str__(self) -> str:
        return f"{self.service_type} on {self.snapshot_date}"
