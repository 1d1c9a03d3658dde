"""Where a number comes from: the staged row and the stored payloads behind a repository's facts."""

from django.db import models


class StagedSource(models.Model):
    """One row per staged repository: what the newest facts were computed from."""

    github_id = models.BigIntegerField(primary_key=True)
    staged_id = models.BigIntegerField()
    repo_full_name = models.CharField(max_length=300)
    stream = models.CharField(max_length=50)
    topics = models.JSONField()
    open_issues = models.PositiveIntegerField(null=True)
    updated_at = models.DateTimeField(null=True)
    pushed_at = models.DateTimeField(null=True)
    unknown_fields = models.JSONField()
    data_quality_score = models.DecimalField(max_digits=3, decimal_places=2)
    loaded_at = models.DateTimeField()
    raw_repo_id = models.BigIntegerField(null=True)
    execution_id = models.BigIntegerField()

    class Meta:
        managed = False
        db_table = "analytics_staged_sources"
        verbose_name = "staged source"

    def __str__(self) -> str:
        return self.repo_full_name


class RawPayload(models.Model):
    """One row per stored answer of GitHub about a repository, as received."""

    payload_key = models.CharField(max_length=40, primary_key=True, help_text="<kind>-<id>")
    kind = models.CharField(max_length=20, help_text="repository, or the metric's type")
    raw_id = models.BigIntegerField()
    github_id = models.BigIntegerField()
    fetch_timestamp = models.DateTimeField()
    last_seen_at = models.DateTimeField()
    content_hash = models.CharField(max_length=64)
    execution_id = models.BigIntegerField()
    body = models.JSONField()

    class Meta:
        managed = False
        db_table = "analytics_raw_payloads"
        verbose_name = "stored payload"

    def __str__(self) -> str:
        return self.payload_key
