"""Staging layer: typed and validated, one row a repository. Written by etl/raw_to_staging.py."""

from django.db import models

from pipeline.models.raw import RawGithubRepo
from pipeline.models.runs import WorkflowExecution


class StagedRepo(models.Model):
    """One row per repository: the newest validated facts. NULL is unknown, never zero."""

    github_id = models.BigIntegerField(unique=True)
    repo_full_name = models.CharField(max_length=300, unique=True)
    repo_url = models.CharField(max_length=500)
    language = models.CharField(max_length=100, null=True)
    description = models.TextField(null=True)
    stars = models.PositiveIntegerField()
    forks = models.PositiveIntegerField(null=True)
    open_issues = models.PositiveIntegerField(null=True)
    created_at = models.DateTimeField(null=True)
    updated_at = models.DateTimeField(null=True)
    pushed_at = models.DateTimeField(null=True)
    stars_last_24_hours = models.PositiveIntegerField(null=True)
    stars_last_7_days = models.PositiveIntegerField(null=True)
    stars_last_30_days = models.PositiveIntegerField(null=True)
    weeks_gaining = models.PositiveSmallIntegerField(null=True, help_text="Weeks in a row with stars gained, to now")
    commits_last_7_days = models.PositiveIntegerField(null=True)
    issues_closed_last_7_days = models.PositiveIntegerField(null=True)
    active_contributors = models.PositiveIntegerField(null=True)
    uses_render = models.BooleanField(null=True)
    render_yaml_content = models.TextField(null=True)
    readme_content = models.TextField(null=True)
    topics = models.JSONField(default=list)
    star_days = models.JSONField(null=True, help_text='{"first": "YYYY-MM-DD", "gained": [n, ...]}, oldest first')
    unknown_fields = models.JSONField(default=list, help_text="Expected fields whose value could not be had.")
    data_quality_score = models.DecimalField(max_digits=3, decimal_places=2)
    stream = models.CharField(max_length=50)
    loaded_at = models.DateTimeField()
    raw_repo = models.ForeignKey(RawGithubRepo, models.SET_NULL, null=True, related_name="+")
    execution = models.ForeignKey(WorkflowExecution, models.PROTECT, related_name="staged_repos")

    class Meta:
        db_table = "stg_repos_validated"
        verbose_name = "staged repository"
        verbose_name_plural = "staged repositories"
        # The runs page counts the good ones; the rows themselves are wide.
        indexes = [models.Index(fields=["data_quality_score"], name="staged_by_quality")]

    def __str__(self) -> str:
        return self.repo_full_name


class RejectedRepo(models.Model):
    """One row per repository and run whose raw row did not pass validation, with the reason."""

    github_id = models.BigIntegerField(null=True)
    repo_full_name = models.CharField(max_length=300)
    stream = models.CharField(max_length=50)
    reason = models.TextField()
    raw_repo = models.ForeignKey(RawGithubRepo, models.SET_NULL, null=True, related_name="+")
    execution = models.ForeignKey(WorkflowExecution, models.CASCADE, related_name="rejected_repos")
    rejected_at = models.DateTimeField()

    class Meta:
        db_table = "stg_rejected_repos"
        verbose_name = "rejected repository"
        verbose_name_plural = "rejected repositories"

    def __str__(self) -> str:
        return f"{self.repo_full_name}: {self.reason}"


class RenderCategory(models.TextChoices):
    OFFICIAL = "official"
    EMPLOYEE = "employee"
    COMMUNITY = "community"
    BLUEPRINT = "blueprint"


class RenderEnrichment(models.Model):
    """One row per repository that uses Render or belongs to its makers: what its render.yaml and README say."""

    repo = models.OneToOneField(
        StagedRepo, models.CASCADE, to_field="github_id", db_column="github_id", related_name="render"
    )
    repo_full_name = models.CharField(max_length=300)
    render_category = models.CharField(max_length=10, choices=RenderCategory)
    render_services = models.JSONField(default=list, help_text='[{"name", "type", "runtime", "plan"}, ...]')
    service_counts = models.JSONField(default=dict, help_text="{service type: n}")
    connections = models.JSONField(default=list, help_text="[[service, what it reads of, its kind], ...]")
    env_groups = models.JSONField(default=list, help_text="Names of environment groups")
    has_blueprint_button = models.BooleanField(null=True)
    render_complexity_score = models.DecimalField(max_digits=3, decimal_places=1, null=True, help_text="0 to 10")
    deploy_button_url = models.TextField(null=True)
    service_count = models.PositiveIntegerField(null=True)
    blueprint_quality = models.DecimalField(max_digits=3, decimal_places=2, null=True, help_text="0 to 1")
    documentation_score = models.DecimalField(max_digits=3, decimal_places=1, null=True, help_text="0 to 10")
    has_docker = models.BooleanField(null=True)
    has_previews = models.BooleanField(null=True)
    problem = models.TextField(null=True, help_text="Why its render.yaml could not be used.")
    loaded_at = models.DateTimeField()

    class Meta:
        db_table = "stg_render_enrichment"
        verbose_name = "Render enrichment"

    def __str__(self) -> str:
        return self.repo_full_name
