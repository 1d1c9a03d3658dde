"""Raw layer: what GitHub answered, append-only. Written by etl/github_to_raw.py, pruned by etl/prune.py."""

from django.db import models

from pipeline.models.runs import WorkflowExecution


class RawGithubRepo(models.Model):
    """One row per distinct description of a repository that GitHub sent, in the order received."""

    class SourceType(models.TextChoices):
        ESTABLISHED = "established"
        RISING = "rising"
        RENDER_ECOSYSTEM = "render_ecosystem"

    github_id = models.BigIntegerField()
    repo_full_name = models.CharField(max_length=300)
    api_response = models.JSONField()
    fetch_timestamp = models.DateTimeField(help_text="When GitHub first sent it.")
    last_seen_at = models.DateTimeField(help_text="When GitHub last sent the same again; the payload is stored once.")
    source_language = models.CharField(max_length=100, blank=True)
    source_type = models.CharField(max_length=20, choices=SourceType)
    content_hash = models.CharField(max_length=64)
    execution = models.ForeignKey(WorkflowExecution, models.PROTECT, related_name="raw_repos")

    class Meta:
        db_table = "raw_github_repos"
        verbose_name = "raw repository"
        verbose_name_plural = "raw repositories"
        indexes = [
            models.Index(fields=["github_id", "id"], name="raw_repos_newest"),
            models.Index(fields=["last_seen_at"], name="raw_repos_age"),
        ]

    def __str__(self) -> str:
        return f"{self.repo_full_name} at {self.fetch_timestamp:%Y-%m-%d %H:%M}"


class RawRepoMetric(models.Model):
    """One row per distinct measurement of a repository (its commits, closed issues, root files or star history)."""

    class MetricType(models.TextChoices):
        COMMITS = "commits"
        ISSUES = "issues"
        CONTRIBUTORS = "contributors"
        FILES = "files"
        STAR_HISTORY = "star_history"

    github_id = models.BigIntegerField()
    repo_full_name = models.CharField(max_length=300)
    metric_type = models.CharField(max_length=20, choices=MetricType)
    metric_data = models.JSONField()
    fetch_timestamp = models.DateTimeField(help_text="When GitHub first sent it.")
    last_seen_at = models.DateTimeField(help_text="When GitHub last sent the same again; the payload is stored once.")
    content_hash = models.CharField(max_length=64)
    execution = models.ForeignKey(WorkflowExecution, models.PROTECT, related_name="raw_metrics")

    class Meta:
        db_table = "raw_repo_metrics"
        verbose_name = "raw metric"
        indexes = [
            models.Index(fields=["github_id", "metric_type", "id"], name="raw_metrics_newest"),
            models.Index(fields=["last_seen_at"], name="raw_metrics_age"),
        ]

    def __str__(self) -> str:
        return f"{self.metric_type} of {self.repo_full_name} at {self.fetch_timestamp:%Y-%m-%d %H:%M}"


class RawFileContent(models.Model):
    """One row per git object id: a file's text, which never changes under its id and is never fetched twice."""

    oid = models.CharField(max_length=64, primary_key=True)
    byte_size = models.BigIntegerField()
    text = models.TextField(null=True, help_text="Unknown for binary files.")
    is_truncated = models.BooleanField(default=False)
    fetch_timestamp = models.DateTimeField()
    execution = models.ForeignKey(WorkflowExecution, models.PROTECT, related_name="raw_files")

    class Meta:
        db_table = "raw_file_contents"
        verbose_name = "raw file"

    def __str__(self) -> str:
        return self.oid


class RawStreamMembership(models.Model):
    """One row per stream and run that read it whole: which repositories the stream consists of, best first."""

    stream = models.CharField(max_length=50)
    members = models.JSONField(help_text="[[github_id, source_type], ...], best first")
    remembered = models.JSONField(default=dict, help_text="What discovery need not ask again, by github_id")
    fetch_timestamp = models.DateTimeField()
    execution = models.ForeignKey(WorkflowExecution, models.PROTECT, related_name="memberships")

    class Meta:
        db_table = "raw_stream_memberships"
        verbose_name = "stream membership"
        constraints = [
            models.UniqueConstraint(fields=["execution", "stream"], name="one_membership_per_run_and_stream")
        ]
        indexes = [models.Index(fields=["stream", "id"], name="membership_newest")]

    def __str__(self) -> str:
        return f"{self.stream} in run {self.execution_id}"


class RawHttpAnswer(models.Model):
    """One row per URL whose last answer carried an ETag: a 304 costs nothing and needs a body to stand for."""

    url = models.CharField(max_length=500, primary_key=True)
    etag = models.CharField(max_length=200)
    body = models.JSONField()
    link = models.TextField(blank=True)
    fetch_timestamp = models.DateTimeField()

    class Meta:
        db_table = "raw_http_answers"
        verbose_name = "remembered answer"

    def __str__(self) -> str:
        return self.url
